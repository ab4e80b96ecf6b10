"""D1: the textbook table, Layer | Type | Maps | Size | Kernel size | Stride | Padding | Activation, output on top.

As Géron's "Hands-On Machine Learning" and lectures after it print LeNet-5 and AlexNet. Size is the output's; of a fully
connected row it is the units, of the input row the image. Unsaid: padding where the column is missing or empty (none,
where the sizes do not say otherwise), and biases in every layer with weights. An RBF activation stands for RBF units.
"""

import re
from contextlib import suppress
from dataclasses import replace

from cnnscope.errors import CellError
from cnnscope.spec.columns import title
from cnnscope.spec.dialects import canonical
from cnnscope.spec.draft import Choices, Draft, Given, Line
from cnnscope.spec.printed import size, without_remark
from cnnscope.spec.program import Program
from cnnscope.spec.solve import solve
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "columns Type, Maps, Size, Kernel size, with types such as Convolution, Max pooling, Fully connected, Input"
WORD = "Kernel size"

_TYPES = (
    (re.compile(r"conv(olution(al)?)?( layer)?"), "conv"),
    (re.compile(r"max[ -]?pool(ing)?"), "max pool"),
    (re.compile(r"(avg\.?|average|mean)[ -]?pool(ing)?|sub-?sampling"), "avg pool"),
    (re.compile(r"(fully|densely)[ -]connected|fc|dense"), "fully connected"),
    (re.compile(r"input( image)?"), "input"),
)
_OWN_WORD = re.compile(r"convolution|pooling", re.IGNORECASE)
_COLUMNS = {"kernel_size": "kernel", "name": "layer", "filters": "maps", "output_size": "size", "strides": "stride"}


def claims(document: Document) -> bool:
    return any(_is_textbook(table) for table in document.tables)


def read(document: Document, given: Given) -> Program:
    """Rewrite every row into canonical cells; lines, and so all errors, stay those of the file."""
    choices = Choices(given)
    tables = [_canonical(table) if _is_textbook(table) else table for table in document.tables]
    bias = choices.take("bias", "yes", "no", why="textbooks count them")
    tables = [
        _solved(table, choices, bias) if _is_textbook(before) else table
        for before, table in zip(document.tables, tables, strict=True)
    ]
    page = replace(document, tables=tables)
    program = canonical.read(page)
    program.assumptions, program.page = tuple(choices.made.values()), page
    return program


def _solved(table: Table, choices: Choices, bias: str) -> Table:
    """The table with the padding that its sizes need where none is printed."""
    draft = Draft(choices, paddings=("valid", "same"), habit="textbooks print padding where there is any")
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    running = rows[::-1] if rows and rows[-1].get("type") == "input" and rows[0].get("type") != "input" else rows
    for cells in running:
        if cells.get("type") == "input":
            draft.input = (0, f"1x{cells.get('size', '')}")
            continue
        line = Line(0, {column: cell for column, cell in cells.items() if cell} | {"type": cells.get("type", "")})
        line.cells.setdefault("layer", f"{cells.get('type', 'row')} {len(draft.lines) + 1}")
        printed = without_remark(cells.get("size", "") or cells.get("output", ""))
        with suppress(CellError):
            shape = size(printed)
            line.prints = (shape[0], shape[1]) if len(shape) > 1 else (shape[0], shape[0])
        if "kernel" in line.cells and "padding" not in line.cells:
            line.unsaid = ("padding",)
        draft.lines.append(line)
    if bias == "no":
        for line in draft.lines:
            if line.cells["type"] in ("conv", "fully connected"):
                line.cells["bias"] = "no"
    with suppress(CellError):
        solve(draft)
    found = {
        id(cells): line
        for cells, line in zip((c for c in running if c.get("type") != "input"), draft.lines, strict=True)
    }
    header = (
        *table.header,
        *(
            column
            for column in ("padding", "rounding", "bias")
            if column not in table.header and any(column in line.cells for line in draft.lines)
        ),
    )
    filled = [
        TableRow(row.line, tuple(_filled(cells, found.get(id(cells)), column) for column in header))
        for row, cells in zip(table.rows, rows, strict=True)
    ]
    return replace(table, header=header, rows=filled)


def _filled(cells: dict[str, str], line: Line | None, column: str) -> str:
    """The printed cell, or what was solved for it; valid is what an empty cell means."""
    solved = line.cells.get(column, "") if line and column in ("padding", "rounding", "bias") else ""
    return cells.get(column, "") or ("" if solved == "valid" else solved)


def _is_textbook(table: Table) -> bool:
    header = [title(cell) for cell in table.header]
    if "type" not in header or "size" not in header:
        return False
    if {"filters", "output"} <= {*header} and "kernel_size" not in header:
        # There Size is the window's.
        return False
    types = [row.cells[header.index("type")] for row in table.rows]
    return "kernel_size" in header or any(_OWN_WORD.search(cell) for cell in types)


def _canonical(table: Table) -> Table:
    header = [_COLUMNS.get(title(cell), title(cell)) for cell in table.header]
    columns = (*header, *(column for column in ("output", "maps") if column not in header))
    rows = [TableRow(row.line, _cells(dict(zip(header, row.cells, strict=True)), columns)) for row in table.rows]
    return replace(table, header=columns, rows=rows)


def _cells(cells: dict[str, str], columns: tuple[str, ...]) -> tuple[str, ...]:
    kind = _type(cells.get("type", ""))
    cells = cells | {"type": kind}
    maps, size = _number(cells.get("maps", "")), _number(cells.get("size", ""))
    if kind == "fully connected":
        cells |= {"maps": maps or size, "size": ""}
        if cells.get("activation", "").lower() == "rbf":
            cells |= {"type": "rbf", "activation": ""}
    elif kind.endswith("pool"):
        # A pool's maps follow from its input, so the printed figure is a claim like its size.
        both = bool(maps and size and not cells.get("output"))
        cells |= {"maps": "", "size": "" if both else size} | ({"output": f"{size}x{maps}"} if both else {})
    else:
        cells |= {"maps": maps, "size": size}
    return tuple(cells.get(column, "") for column in columns)


def _type(text: str) -> str:
    plain = " ".join(text.lower().split())
    return next((name for pattern, name in _TYPES if pattern.fullmatch(plain)), text)


def _number(text: str) -> str:
    """A cell without a remark in parentheses: 3 (RGB)."""
    return text.partition("(")[0].strip()
