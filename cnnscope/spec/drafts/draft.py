"""A network as a table prints it, between the table and the layer-table language.

A draft holds what the table says (rows, printed sizes and figures), what it leaves unsaid, and the choices that were
made for it. `solve` fills what is unsaid; then the draft is a page in the language, which is read like any other and
which `convert` writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnscope.errors import CellError, Fault, UsageError
from cnnscope.graph import METRICS, Assumption
from cnnscope.spec.figures import figures
from cnnscope.spec.tables.document import Document, Table, TableRow

Given = Mapping[str, str]
"""What the user assumes: --assume padding=same, or C3.padding=same for one row."""
Cells = dict[str, str]

_ORDER = [
    "layer",
    "type",
    "maps",
    "kernel",
    "stride",
    "padding",
    "rounding",
    "dilation",
    "groups",
    "bias",
    "scale",
    "mode",
    "target",
    "heads",
    "block",
    "part",
    "range",
    "channel_padding",
    "p",
    "slope",
    "pieces",
    "activation",
    "from",
    "repeat",
    "when",
    "size",
    "output",
    "params",
    "macs",
    "memory",
    "depth",
    "notes",
]
_FAR_BELOW = 1_000_000
"""Lines of headings that no file has."""


class Choices:
    """What a reader settles where a table is silent; every choice is recorded, and the user's come first."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.made: dict[str, Assumption] = {}
        self.instead: dict[str, tuple[str, str]] = {}
        """(the habit, what the user tells instead) of what all rows have alike; `told.obey` writes it into them."""

    def take(self, what: str, value: str, *others: str, why: str, rows: tuple[str, ...] = ()) -> str:
        """The value of something unsaid: the user's, or else this one. With `others` only these may be chosen."""
        chosen = self.given.get(what, value)
        if others and chosen not in (value, *others):
            known = " or ".join(dict.fromkeys((value, *others)))
            raise UsageError(f"--assume {what}={chosen[:40]} is not known here", f"write {known}")
        ground: Literal["given", "convention"] = "given" if what in self.given else "convention"
        rest = tuple(other for other in dict.fromkeys((value, *others)) if other != chosen)
        self.made[what] = Assumption(what, chosen, "as told" if ground == "given" else why, rows, rest, ground)
        return chosen

    def alike(self, what: str, value: str, *others: str, why: str) -> None:
        """Something that the rows are read with, all alike: the norm bn, the activation relu."""
        self.instead[what] = (value, self.take(what, value, *others, why=why))

    def note(self, assumption: Assumption) -> None:
        """Record a choice that was made elsewhere, and that nobody can override."""
        key = assumption.what
        while key in self.made:
            key += "'"
        self.made[key] = assumption


@dataclass(slots=True)
class Line:
    """One row: canonical cells, the height and width that the table prints behind it, and what it leaves unsaid."""

    line: int
    cells: Cells
    prints: tuple[int, int] | None = None
    unsaid: tuple[str, ...] = ()
    """`padding` (with the rounding of pools), `stride`; `window`, which its reader fills."""
    window: tuple[int, int] | None = None
    """The kernel, where the row is no window itself but ends with one."""

    @property
    def name(self) -> str:
        return self.cells["layer"]


@dataclass(slots=True)
class Draft:
    """One network. `name` is "" where the table has none; `input` is its line and text, "" where it says none."""

    choices: Choices
    name: str = ""
    input: tuple[int, str] = (0, "")
    lines: list[Line] = field(default_factory=list)
    blocks: dict[str, list[Cells]] = field(default_factory=dict)
    """Tables below the network's, by their heading: bottleneck(a, b, stride=1)."""
    figures: list[tuple[int, str, str]] = field(default_factory=list)
    """(line, metric, figure) of the whole network."""
    missing: list[str] = field(default_factory=list)
    """What the table does not print and nobody can assume; the network ends before it."""
    paddings: tuple[str, ...] = ("same", "valid")
    """Which padding is tried first, and taken where no size decides."""
    mixed: bool = False
    """Are these paddings mixed, `same` here and `valid` there, before others are tried for all rows alike?"""
    habit: str = "what such tables mean where they print none"
    """Why the first of them is taken."""

    def add(self, line: int, type: str, **cells: str) -> Line:
        """A further row; rows without a name, or with a name that is taken, get one."""
        given = {column.rstrip("_"): cell for column, cell in cells.items() if cell}
        given["layer"] = self._free(given.get("layer", ""), type)
        entry = Line(line, {"type": type} | given)
        self.lines.append(entry)
        return entry

    def figure(self, line: int, metric: str, printed: str) -> None:
        """A claim about the whole network, where the text is a figure; prose in its place is passed over."""
        if readable(metric, printed):
            self.figures.append((line, metric, printed))

    def block(self, heading: str, rows: Iterable[Cells]) -> str:
        """Declare a block; returns its name, with a number where another block has that name already."""
        name, _, parameters = heading.partition("(")
        body, number = [*rows], 1
        while True:
            own = f"{name}{number if number > 1 else ''}"
            taken = next((other for other in self.blocks if other.partition("(")[0] == own), "")
            if not taken or (taken == f"{own}({parameters}" and self.blocks[taken] == body):
                self.blocks.setdefault(f"{own}({parameters}", body)
                return own
            number += 1

    def _free(self, name: str, type: str) -> str:
        taken = {line.name for line in self.lines} | {"in"}
        name = name.replace(",", "").strip()[:60]
        if name and name not in taken:
            return name
        short = {"fully connected": "fc", "max pool": "pool", "avg pool": "pool", "global avg pool": "pool"}
        words = short.get(type, "pool" if " pool" in type else type.split()[0])
        stem, number = (f"{name}_" if name else words), 1 + bool(name)
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}"

    def page(self, path: str) -> Document:
        """The draft in the layer-table language; rows keep the lines of the printed table."""
        front = {"name": (0, self.name)} if self.name else {}
        front |= {"input": self.input} if self.input[1] else {}
        for line, metric, printed in self.figures:
            before = f"{front[metric][1]}; " if metric in front else ""
            front[metric] = (line, before + printed)
        heads = [" (".join(self.name.split("(")).replace("  (", " (") or "network", *self.blocks]
        headings = [(_FAR_BELOW + index, 1 if index == 0 else 2, head) for index, head in enumerate(heads)]
        first = self.lines[0].line if self.lines else 1
        tables = [_table([(line.line, line.cells) for line in self.lines], headings[0])]
        tables += [
            _table([(first, cells) for cells in rows], heading)
            for heading, rows in zip(headings[1:], self.blocks.values(), strict=True)
        ]
        return Document(path, front=front, tables=tables, headings=headings)


def _table(rows: list[tuple[int, Cells]], heading: tuple[int, int, str]) -> Table:
    used = {column: None for _, cells in rows for column, cell in cells.items() if cell}
    own = [column for column in used if column not in _ORDER]
    columns = [column for column in (*_ORDER[:2], *own, *_ORDER[2:]) if column in used]
    filled = [TableRow(line, tuple(cells.get(column, "") for column in columns)) for line, cells in rows]
    return Table(heading[0], tuple(columns), filled, heading[2], heading[0])


def readable(metric: str, printed: str) -> bool:
    """Is this a figure of the metric?"""
    if not printed or metric not in METRICS:
        return False
    try:
        return bool(figures(0, metric, printed, {}))
    except CellError:
        return False


def fault(line: int, row: str, error: CellError) -> Fault:
    """What is wrong with a cell, at its place."""
    return Fault(line, row[:40], error.message, error.hint)
