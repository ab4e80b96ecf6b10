"""Tables of stacks before their cells are read: which columns are networks, rows that belong together, cells that stand
for their neighbours.
"""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.stack_cells import STACK, Stack, is_part, items, normal, only_count
from cnnscope.spec.tables.document import Table, TableRow

GROWTH = re.compile(r"\(?\s*(?:k|growth(?: rate)?)\s*=\s*(\d+)\s*\)?")
_SIZES = re.compile(
    r"(?:(?:output|feature[ -]?map|map|spatial)s? ?)?(?:size|shape|resolution|dimensions?)|output|feature[ -]?maps?"
)
_NAMES = re.compile(r"|stage|layers?|layer name|group(?: name)?|name|(?:layer )?type|block|module|component|operators?")
_SAME = re.compile(r"same|idem|\"|〃")
_FEWEST_PARTS = 4
_NUMBER = re.compile(r"\d{1,3}")


class Columns(NamedTuple):
    """A table with one column of sizes, columns that name the rows, and one column per network."""

    titles: list[str]
    rows: list[TableRow]
    size: int
    names: list[int]
    networks: list[int]


def is_stacks(table: Table) -> bool:
    """Has the table a column of sizes and a stack in some cell, or in cells below one another?"""
    if not any(_SIZES.fullmatch(plain(title)) for title in table.header):
        return False
    cells = [cell for row in table.rows for cell in row.cells if "x" in plain(cell)]
    if any(STACK.search(normal(cell)) for cell in cells):
        return True
    if sum(map(is_part, cells)) < _FEWEST_PARTS:
        return False
    return any(STACK.search(normal(cell)) for row in columns(table).rows for cell in row.cells)


def columns(table: Table) -> Columns:
    """The table with a column per network, and a row per stage."""
    titles, rows = _parted(table)
    titles, rows = _with_counts(titles, rows)
    size = next(index for index, title in enumerate(titles) if _SIZES.fullmatch(plain(title)))
    stacked = [index for index in range(len(titles)) if any(_has_stack(row.cells[index]) for row in rows)]
    names = [
        index
        for index, title in enumerate(titles)
        if index != size and index not in stacked and (_NAMES.fullmatch(plain(title)) or not _has_any(rows, index))
    ]
    networks = [index for index in range(len(titles)) if index != size and index not in names]
    return Columns(titles, _joined(rows, size, names), size, names, networks)


def _has_stack(cell: str) -> bool:
    return bool(STACK.search(normal(cell))) or (is_part(cell) and "x" in plain(cell))


def _has_any(rows: list[TableRow], index: int) -> bool:
    """Does some cell of the column say a layer, or stand for one?"""
    return any(re.search(r"\dx\d|x ?\d|pool|fc|same", plain(row.cells[index])) for row in rows)


def _parted(table: Table) -> tuple[list[str], list[TableRow]]:
    """The table with columns that print two networks, `A (k=32) / B (k=48)`, as two columns."""
    titles: list[str] = []
    rows: list[list[str]] = [[] for _ in table.rows]
    for index, title in enumerate(table.header):
        halves = [half.strip() for half in title.split(" / ")]
        two = len(halves) == 2 and all(GROWTH.search(plain(half)) for half in halves)
        titles += halves if two else [title]
        for made, row in zip(rows, table.rows, strict=True):
            cell = row.cells[index]
            parts = cell.split(" / ")
            made += [part.strip() for part in parts] if two and len(parts) == 2 else [cell] * (2 if two else 1)
    return titles, [TableRow(row.line, tuple(cells)) for row, cells in zip(table.rows, rows, strict=True)]


def _with_counts(titles: list[str], rows: list[TableRow]) -> tuple[list[str], list[TableRow]]:
    """The table without untitled columns of counts: each count goes to the cell on its left."""
    counts = [
        index
        for index, title in enumerate(titles)
        if index > 1
        and not title
        and any(row.cells[index] for row in rows)
        and all(not row.cells[index] or _count(row.cells[index]) for row in rows)
    ]
    if not counts:
        return titles, rows
    made = []
    for row in rows:
        cells = [*row.cells]
        for index in counts:
            if cells[index]:
                cells[index - 1] = f"{cells[index - 1]}; x {_count(cells[index])}"
        made.append(TableRow(row.line, tuple(cell for index, cell in enumerate(cells) if index not in counts)))
    return [title for index, title in enumerate(titles) if index not in counts], made


def _count(cell: str) -> int:
    text = plain(cell)
    return int(text) if _NUMBER.fullmatch(text) else only_count(cell)


def _joined(rows: list[TableRow], size: int, names: list[int]) -> list[TableRow]:
    """Rows that hold nothing but further convolutions of the stacks above them, in the rows above."""
    made: list[TableRow] = []
    for row in rows:
        filled = [index for index, cell in enumerate(row.cells) if cell]
        goes_on = made and filled and not any(index == size or index in names for index in filled)
        if goes_on and all(is_part(row.cells[index]) and _ends_with_part(made[-1].cells[index]) for index in filled):
            cells = [f"{above}; {own}" if own else above for above, own in zip(made[-1].cells, row.cells, strict=True)]
            made[-1] = TableRow(made[-1].line, tuple(cells))
        else:
            made.append(row)
    return made


def _ends_with_part(cell: str) -> bool:
    text = normal(cell).rpartition(";")[2].strip()
    return (bool(text) and "[" not in normal(cell) and is_part(text)) or STACK.search(normal(cell)) is not None


def meant(row: TableRow, where: list[int], rows: list[TableRow]) -> str:
    """What the last of these columns says in a row: its own cell, or the one that it stands for."""
    cell = _own(row, where)
    count = only_count(cell)
    if not count:
        return _with_merged_pool(cell, row, where)
    left = [row.cells[index] for index in reversed(where[:-1])]
    above = [other.cells[index] for index in (where[-1], where[0]) for other in reversed(rows) if other.line < row.line]
    for text in (*left, *above):
        if stack := STACK.search(normal(text)):
            if text not in left and any(
                item.maps for found in items(stack[0]) if isinstance(found, Stack) for item in found.items
            ):
                # A stack with widths of its own is that of another stage.
                break
            body = f"[{stack[1] or stack[3]}] x {count}"
            before = normal(text)[: stack.start()].strip(" ;,")
            return f"{before}; {body}" if before and text in left else _with_merged_pool(body, row, where)
    raise CellError(f"`{cell}` repeats nothing", "write the stack that it stands for: [3x3, 64; 3x3, 64] x4")


def _own(row: TableRow, where: list[int]) -> str:
    """A column's cell; `same` and an empty cell beside a merged one are the cell on the left."""
    own = row.cells[where[-1]]
    filled = [row.cells[index] for index in where if row.cells[index] and not _SAME.match(plain(row.cells[index]))]
    if _SAME.match(plain(own)):
        if not filled:
            raise CellError(f"`{own[:40]}`, but no cell on its left says what", "write the layers into the cell")
        return filled[-1]
    if own:
        return own
    others = [cell for index, cell in enumerate(row.cells) if index >= where[0] and cell]
    return filled[-1] if len(others) == 1 and filled else ""


def _with_merged_pool(cell: str, row: TableRow, where: list[int]) -> str:
    """A pool that is merged over all columns is printed in the first column only."""
    first = plain(row.cells[where[0]])
    pool = re.match(r"(\d+x\d+ max pool[^;\[]*?)(?: \(merged\))?\s*;", first)
    return f"{pool[1]}; {cell}" if pool and len(where) > 1 and cell and "pool" not in plain(cell) else cell
