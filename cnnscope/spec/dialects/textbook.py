"""D1: one row per layer, Layer | Type | Maps | Size | Kernel size | Stride | Padding | Activation, the output on top or
below.

As Géron's "Hands-On Machine Learning" and lectures and posts after it print LeNet-5 and AlexNet. Where no column names
the types, the layers' names do (Conv 1, Max Pool 1, FC6). Size is the output's; of a fully connected row it is the
units, of the input row the image. Unsaid: padding where the column is missing or empty (none, where the sizes do not
say otherwise), the kind of a pool, and biases in every layer with weights. An RBF activation stands for RBF units; a
fully connected row with as many units as its input has values is a flattening.
"""

import re

from cnnscope.errors import Fault, SpecError
from cnnscope.graph import METRICS
from cnnscope.spec.columns import FIELDS, PLAIN, title
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given
from cnnscope.spec.drafts.habits import image
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.textbook_rows import Writer
from cnnscope.spec.drafts.textbook_words import TITLES, is_foreign, operators
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table

EXPECTS = "columns Type, Maps, Size, Kernel size, with types such as Convolution, Max pooling, Fully connected, Input"
WORD = "Kernel size"

_KNOWN = {*PLAIN, *METRICS, *FIELDS, "", "number"}
_AREA = re.compile(r"\d+ ?[x×*] ?\d+")
_FILTER_SHAPE = re.compile(r"\d ?[x×] ?\d+ ?[x×] ?\d+(?: ?[x×] ?\d+| dw\b)")
"""3x3x3x32 and 3x3x32 dw are of another family."""
_OWN_WORD = re.compile(r"convolution|pooling", re.IGNORECASE)


def claims(document: Document) -> bool:
    return any(_is_textbook(table) for table in document.tables)


def read(document: Document, given: Given) -> list[Draft]:
    """Every row in running order; lines, and so all errors, stay those of the file."""
    table = next(table for table in document.tables if _is_textbook(table))
    names = _names(table)
    for text, name in zip(table.header, names, strict=True):
        if name not in _KNOWN and name != "type":
            raise SpecError(
                document.path,
                [
                    Fault(
                        table.line,
                        "",
                        f"unknown column `{text[:40]}`",
                        "leave it out, or rename it: Maps, Size, Stride",
                    )
                ],
            )
        if name and name != "number" and names.count(name) > 1:
            raise SpecError(document.path, [Fault(table.line, "", f"two columns `{name}`", "keep one")])
    heading = next((text for _, level, text in document.headings if level == 1), "")
    draft = Draft(
        Choices(given),
        heading,
        paddings=("valid", "same"),
        mixed=True,
        habit="textbooks print padding where there is any",
    )
    bias = draft.choices.take("bias", "yes", "no", why="textbooks count them")
    writer = Writer(draft)
    writer.write(_running(table, names))
    if writer.faults:
        raise refusal(document.path, writer.faults)
    for line in draft.lines:
        if bias == "no" and line.cells["type"].startswith(("conv", "fully connected")):
            line.cells["bias"] = "no"
    image(draft, writer.image)
    return [draft]


def _is_textbook(table: Table) -> bool:
    names = _names(table)
    titles = {title(text) for text in table.header}
    if "type" not in names or not {"size", "kernel"} & {*names}:
        return False
    if {"filters", "output"} <= titles and "kernel" not in names:
        # There Size is the window's.
        return False
    if "kernel" in names and any(_FILTER_SHAPE.search(row.cells[names.index("kernel")]) for row in table.rows):
        return False
    types = [row.cells[names.index("type")] for row in table.rows]
    if {"type", "size"} <= titles and ("kernel_size" in titles or any(_OWN_WORD.search(cell) for cell in types)):
        return True
    known = sum(bool(operators(cell)) for cell in types)
    if "kernel" not in names or 2 * known <= len(types) or any(name not in _KNOWN for name in names):
        return False
    return any(text and title(text) not in _KNOWN for text in table.header) or any(map(is_foreign, types))


def _names(table: Table) -> list[str]:
    """Our names for the columns; the type is the column that says so, or else the one that holds types."""
    names = []
    for index, text in enumerate(table.header):
        shown = plain(text)
        name = title(text)
        if name not in METRICS or name in ("size", "output"):
            name = next((name for name, pattern in TITLES.items() if re.fullmatch(pattern, shown)), name)
        areas = any(_AREA.search(row.cells[index]) for row in table.rows)
        if areas and re.fullmatch("feature[ -]?maps?", shown):
            name = "size"
        elif areas and re.fullmatch("#? ?(?:filters?|kernels?)", shown):
            name = "kernel"
        names.append(name)
    if "type" not in names:
        held = [index for index, name in enumerate(names) if name in ("", "layer") and _holds_types(table, index)]
        if held:
            names[held[-1]] = "type"
            if "layer" not in names and "number" in names:
                names[names.index("number")] = "layer"
    return names


def _holds_types(table: Table, column: int) -> bool:
    known = sum(bool(operators(row.cells[column])) for row in table.rows)
    return known >= 2 and 2 * known > len(table.rows)


def _running(table: Table, names: list[str]) -> list[tuple[int, Cells]]:
    """The rows in running order under our names: the input first."""
    rows = [
        (row.line, {name: cell for name, cell in zip(names, row.cells, strict=True) if cell and name})
        for row in table.rows
        if any(row.cells)
    ]
    kinds = [operators(cells.get("type", "")) for _, cells in rows]
    upwards = "input" in kinds[-1:] and "input" not in kinds[:1]
    flat = ("fully connected", "softmax", "output")
    if upwards or ("input" not in kinds and kinds and kinds[0] in flat and kinds[-1].startswith("conv")):
        rows.reverse()
    return rows
