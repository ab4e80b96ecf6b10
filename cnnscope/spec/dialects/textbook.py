"""D1: the textbook table, Layer | Type | Maps | Size | Kernel size | Stride | Padding | Activation, output on top.

As Géron's "Hands-On Machine Learning" and lectures after it print LeNet-5 and AlexNet. Size is the output's; of a fully
connected row it is the units, of the input row the image. What such a table leaves unsaid is assumed: no padding where
the column is missing or empty, a bias in every layer with weights, and an RBF activation stands for RBF output units.
"""

import re
from dataclasses import replace

from cnnscope.spec.columns import title
from cnnscope.spec.dialects import canonical
from cnnscope.spec.program import Program
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "columns Type, Maps, Size, Kernel size, with types such as Convolution, Max pooling, Fully connected, Input"

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


def read(document: Document) -> Program:
    """Rewrite every row into canonical cells; lines, and so all errors, stay those of the file."""
    tables = [_canonical(table) if _is_textbook(table) else table for table in document.tables]
    return canonical.read(replace(document, tables=tables))


def _is_textbook(table: Table) -> bool:
    header = [title(cell) for cell in table.header]
    if "type" not in header or "size" not in header:
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
