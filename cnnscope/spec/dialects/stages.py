"""D7: the transposed stage table: output map size 32x32 | 16x16 | 8x8, # layers 1+2n | 2n | 2n, # filters 16 | 32 |
64.

As He et al. 2015 print their CIFAR networks. A stage of 2n layers is n residual blocks of two 3x3 convolutions; a 1
before it is a first convolution. Unsaid: n (a second table with a column `n` lists the networks), the shortcut (zeros
for new maps, the paper's option A), batch norms, the input's channels and the classifier.
"""

import re
from dataclasses import replace

from cnnscope.errors import CellError, SpecError, UsageError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts import modules
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import classifier, image
from cnnscope.spec.drafts.printed import count, plain, size
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "rows output map size, # layers (1+2n, 2n), # filters, with one column per stage"
WORD = "output map size"

_ROWS = {
    "size": r"(?:output )?(?:feature )?map size|output size",
    "layers": r"(?:#|no\.?|num(?:ber)?)? ?(?:of )?(?:conv(?:olution(?:al)?)? )?layers",
    "maps": r"(?:#|no\.?|num(?:ber)?)? ?(?:of )?(?:filters|maps|channels)|width",
}
_TERM = re.compile(r"(\d{1,7})?( ?[x*]? ?n)?")
_FIGURES = (
    ("params", r"(?:params?|parameters).*|#? ?params?|table \d{1,7}"),
    ("macs", r"macs.*|flops.*"),
    ("depth", r"(?:#? ?)layers|depth"),
)


def claims(document: Document) -> bool:
    return any(_found(table) for table in document.tables)


def _found(table: Table) -> Table | None:
    """The table of stages, its rows the sizes, layers and filters."""
    if _stages(table):
        return table
    turned = _upright(table) if table.rows else table
    return turned if _stages(turned) else None


def read(document: Document, given: Given) -> list[Draft]:
    table = next(found for table in document.tables if (found := _found(table)))
    listed = [] if "n" in given else _listed(document)
    try:
        if listed:
            drafts = []
            for line, n, figures in listed:
                draft = _network(table, Choices(given), n, f"n={n}")
                draft.choices.note(Assumption("n", str(n), f"line {line} lists it"))
                for metric, cell in figures.items():
                    draft.figure(line, metric, cell)
                drafts.append(draft)
            return drafts
        choices = Choices(given)
        blocks = choices.take("n", "3", why="the table leaves it open; 3 makes the smallest of the family")
        if not blocks.isdecimal() or len(blocks) > 4 or int(blocks) < 1:
            raise UsageError(f"--assume n={blocks[:40]}: not a number of blocks", "write a whole number such as 9")
        return [_network(table, choices, int(blocks), "")]
    except CellError as error:
        raise SpecError(document.path, [fault(table.line, "", error)]) from None


def _stages(table: Table) -> dict[str, tuple[str, ...]]:
    """The three rows by what they hold; nothing where one is missing."""
    lines = [table.header, *(row.cells for row in table.rows)]
    named = {plain(cells[0]).removesuffix(":"): cells[1:] for cells in lines if cells}
    found = {
        what: cells for what, pattern in _ROWS.items() for name, cells in named.items() if re.fullmatch(pattern, name)
    }
    return found if len(found) == len(_ROWS) else {}


def _listed(document: Document) -> list[tuple[int, int, dict[str, str]]]:
    """The networks of a second table: (line, n, figures)."""
    for table in document.tables:
        titles = [plain(title) for title in table.header]
        if "n" in titles:
            found = []
            for row in table.rows:
                cells = dict(zip(titles, row.cells, strict=True))
                figures = {
                    metric: cells[title]
                    for title in titles
                    for metric, pattern in _FIGURES
                    if re.fullmatch(pattern, title)
                }
                found.append((row.line, count(cells["n"]), figures))
            return found
    return []


def _network(table: Table, choices: Choices, n: int, name: str) -> Draft:
    rows = _stages(table)
    draft = Draft(choices, name, habit="a 3x3 window keeps the size")
    shortcut = choices.take(
        "shortcut", "padded", "projection", "none", why="option A of the paper: no weights; `projection` is option B"
    )
    choices.alike("norm", "bn", "none", why="behind every convolution, which then has no bias")
    sides = [size(cell) for cell in rows["size"] if cell]
    maps = [count(cell) for cell in rows["maps"] if cell]
    layers = [_layers(cell, n) for cell in rows["layers"] if cell]
    if not len(sides) == len(maps) == len(layers):
        raise CellError("the rows have different numbers of stages", "give every stage a size, layers and filters")
    lines = {
        what: next((row.line for row in table.rows if re.fullmatch(pattern, plain(row.cells[0]))), table.line)
        for what, pattern in _ROWS.items()
    }
    block = modules.residual(draft, ["3x3", "3x3"], shortcut=shortcut)
    for stage, (side, width, (first, further)) in enumerate(zip(sides, maps, layers, strict=True), start=1):
        if first:
            draft.add(
                lines["layers"],
                "conv bn",
                layer=f"conv{stage}",
                maps=str(width),
                kernel="3x3",
                padding="same",
                activation="relu",
            )
        if further % 2:
            raise CellError(
                f"{further} layers are no blocks of two", "write 2n, or 1+2n where a convolution comes first"
            )
        entry = draft.add(
            lines["layers"], block, layer=f"stage{stage}", a=str(width), b=str(width), repeat=str(further // 2)
        )
        entry.prints, entry.unsaid = (side[0], side[-1] if len(side) < 3 else side[1]), ("stride",)
        entry.cells["size"] = f"{entry.prints[0]}x{entry.prints[1]}"
    classifier(draft, table.line, "10", pool=True, why="the table leaves it out; `none` leaves it out here too")
    image(draft, f"3x{sides[0][0]}x{sides[0][-1]}")
    return draft


def _layers(cell: str, n: int) -> tuple[int, int]:
    """1+2n, 2n+1, 1+4, 5: a first convolution and the layers in blocks of two."""
    terms = [_TERM.fullmatch(part.strip()) for part in plain(cell).split("+")]
    found = [(int(term[1] or 1), bool(term[2])) for term in terms if term and term[0]]
    alone = [number for number, times in found if not times]
    by_n = [number for number, times in found if times]
    if len(found) != len(terms) or len(by_n) > 1 or len(alone) > 2 - len(by_n):
        raise CellError(f"`{cell[:40]}` is no number of layers", "write 1+2n, 2n or a number")
    if by_n and by_n[0] % 2:
        raise CellError(
            f"`{cell[:40]}` layers are no blocks of two", "write 2n, or 1+2n where a convolution comes first"
        )
    first = min(alone) if len(alone) + len(by_n) == 2 else sum(alone) % 2 if alone else 0
    if first > 1:
        raise CellError(f"`{cell[:40]}`: more than one layer before the blocks", "write 1+2n, 2n or a number")
    return first, sum(alone) - first + sum(by_n) * n


def _upright(table: Table) -> Table:
    """The table with its columns as rows: a column of sizes, one of layers and one of filters."""
    lines = [table.header, *(row.cells for row in table.rows)]
    header, *rows = zip(*lines, strict=True)
    return replace(table, header=header, rows=[TableRow(table.line, cells) for cells in rows])
