"""D19: one column of widths per network: Layer, Output size, KSize, Stride, Repeat, then 0.5x, 1x ... or g=1, g=2 ...

As ShuffleNet v1 and v2 are printed: a stage stands on two lines, stride 2 and stride 1, its name on the first. Unsaid:
padding (same), batch norms, the units (those of v1 where the columns are numbers of groups, of v2 elsewhere), that v1's
first grouped convolution has no groups, and the number of classes where the last row has none.
"""

import re
from collections.abc import Iterator

from cnnscope.errors import CellError, Fault, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts import modules
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault, readable
from cnnscope.spec.drafts.habits import image, units
from cnnscope.spec.drafts.printed import area, count, plain, size
from cnnscope.spec.drafts.told import HALF
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = (
    "columns Layer, Output size, KSize, Stride, Repeat and one column of widths per network (0.5x, 1x or g=1, g=2)"
)
WORD = "KSize"

TITLES = {
    "layer": r"layer",
    "size": r"output ?size",
    "kernel": r"k ?size|kernel(?: size)?",
    "stride": r"strides?",
    "repeat": r"repeat",
}
_WIDTH = re.compile(
    r"(?:output channels? ?\(?)?(?:\d+ ?x ?)?(?:g ?= ?(\d+)(?: groups?)?|(\d+) groups?|\d*\.?\d+ ?x|x ?\d*\.?\d+)\)?"
)
_FIGURES = (("macs", r"complexity|flops|macs|madds"), ("params", r"# ?(?:of )?(?:weights|params?|parameters)|params?"))


def claims(document: Document) -> bool:
    return _table(document) is not None


def _table(document: Document) -> Table | None:
    return next((table for table in document.tables if len(_places(table)) == len(TITLES) and _variants(table)), None)


def _places(table: Table) -> dict[str, int]:
    titles = [plain(title) for title in table.header]
    return {
        name: index
        for name, pattern in TITLES.items()
        for index, title in enumerate(titles)
        if re.fullmatch(pattern, title)
    }


def _variants(table: Table) -> list[int]:
    return [index for index, title in enumerate(table.header) if _WIDTH.fullmatch(plain(title))]


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    places, drafts, faults = _places(table), [], []
    unknown = [
        title
        for index, title in enumerate(table.header)
        if index not in (*places.values(), *_variants(table)) and (title or any(row.cells[index] for row in table.rows))
    ]
    if unknown:
        raise SpecError(
            document.path, [Fault(table.line, "", f"unknown column `{unknown[0][:40]}`", f"such tables have {EXPECTS}")]
        )
    for column in _variants(table):
        reader = _Network(table.header[column], Choices(given))
        for row in _parted(table.rows, places["layer"]):
            try:
                reader.row(
                    row,
                    {name: row.cells[index] for name, index in places.items()},
                    _width(row, column, _variants(table)),
                )
            except CellError as error:
                faults.append(fault(row.line, f"{row.cells[places['layer']]} {table.header[column]}".strip(), error))
        image(reader.draft)
        drafts.append(reader.draft)
    if faults:
        raise refusal(document.path, faults)
    return drafts


def _parted(printed: list[TableRow], layer: int) -> Iterator[TableRow]:
    """Conv1 and MaxPool, printed in one row on two lines, as two rows."""
    for row in printed:
        parts = [[part.strip() for part in cell.split(";")] for cell in row.cells]
        for index in range(len(parts[layer])):
            yield TableRow(row.line, tuple(cell[index] if index < len(cell) else "" for cell in parts))


def _width(row: TableRow, column: int, variants: list[int]) -> str:
    """The column's cell; a figure that is merged over all columns stands in the first."""
    filled = [row.cells[index] for index in variants if row.cells[index]]
    return row.cells[column] or (filled[0] if len(filled) == 1 and row.cells[variants[0]] else "")


class _Network:
    def __init__(self, title: str, choices: Choices) -> None:
        self.draft = Draft(
            choices, title, habit="the printed sizes shrink only with the stride", paddings=(HALF, "valid")
        )
        groups = _WIDTH.fullmatch(plain(title))
        self.groups = int((groups[1] or groups[2] or 0) if groups else 0)
        self.stage = ""
        self.width = ""
        self.first = True
        choices.alike("norm", "bn", "none", why="behind every convolution")
        which = "grouped 1x1, shuffle, depthwise 3x3" if self.groups else "half of the maps pass by, shuffle"
        choices.note(
            Assumption("units", which, "the columns are numbers of groups" if self.groups else "the columns are widths")
        )

    def row(self, row: TableRow, cells: dict[str, str], width: str) -> None:
        name = plain(cells["layer"])
        if metric := next((metric for metric, pattern in _FIGURES if re.fullmatch(pattern, name)), ""):
            if readable(metric, width):
                self.draft.figure(row.line, metric, width)
            return
        shape = size(cells["size"]) if cells["size"] else ()
        if shape and len(shape) != 2:
            raise CellError(f"`{cells['size'][:40]}` is not height x width", "write 224x224")
        printed = (shape[0], shape[1]) if shape else None
        unit = name.startswith("stage") or not name
        stride, repeat = (cells[column] or ("" if unit else "1") for column in ("stride", "repeat"))
        self.width = width or (self.width if unit else "")
        if name in ("image", "input"):
            maps = str(count(width)) if width else "3"
            sides = area(cells["size"])
            self.draft.input = (row.line, f"{maps}x{sides[0]}x{sides[1]}")
        elif unit:
            self.stage = name or self.stage
            self._units(row.line, stride, repeat, printed)
        elif name.startswith("global"):
            self.draft.add(row.line, "global avg pool")
        elif "pool" in name:
            entry = self.draft.add(row.line, "max pool", kernel=plain(cells["kernel"]), stride=stride)
            entry.unsaid, entry.prints = ("padding",), printed
        elif name.startswith("conv"):
            entry = self.draft.add(
                row.line,
                "conv bn",
                layer=name,
                maps=str(count(width)),
                kernel=plain(cells["kernel"]),
                stride=stride,
                activation="relu",
            )
            entry.unsaid, entry.prints = ("padding",), printed
        elif name.startswith(("fc", "fully", "linear")):
            self.draft.add(row.line, "fully connected", maps=str(count(width)) if width else units(self.draft))
        else:
            raise CellError(
                f"`{cells['layer'][:40]}` is no row of such a table",
                "known are Image, Conv1, MaxPool, Stage2, GlobalPool, FC",
            )

    def _units(self, line: int, stride: str, repeat: str, printed: tuple[int, int] | None) -> None:
        if stride not in ("1", "2") or not repeat.isdecimal():
            raise CellError("a stage needs a stride of 1 or 2, and a Repeat", "write 2 and 1, then 1 and 3")
        down = stride == "2"
        maps = str(count(self.width))
        name = f"{self.stage}_{'down' if down else 'units'}"
        cells = {"maps": maps, "repeat": repeat if repeat != "1" else "", "stride": "2" if down else ""}
        if self.groups:
            block = modules.group_shuffle_unit(self.draft, down=down)
            cells["groups"] = str(self.groups)
            if down:
                cells["first"] = "1" if self.first else str(self.groups)
                self.first = False
        else:
            block = modules.shuffle_unit(self.draft, down=down)
        entry = self.draft.add(line, block, layer=name, **cells)
        entry.prints = printed
        if printed:
            entry.cells["size"] = f"{printed[0]}x{printed[1]}"
