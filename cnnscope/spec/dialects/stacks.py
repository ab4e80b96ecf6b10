"""D6: bracketed stacks, one column per network: layer name, output size, [1x1, 64; 3x3, 64; 1x1, 256] x3.

As ResNet, ResNeXt, DenseNet and ConvNeXt are printed. A stack with widths is a residual block (`C=32` are groups), one
with `conv` and no widths a dense layer whose growth is the k of the column's title, one that begins with a depthwise
window d7x7 a ConvNeXt block. Unsaid: padding, which stack of a stage has the stride (the first) and which of its
convolutions, the shortcut, batch norms, and ConvNeXt's layer norms and downsampling.
"""

import re

from cnnscope.errors import CellError, SpecError
from cnnscope.spec.draft import Choices, Draft, Given, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.printed import plain, size
from cnnscope.spec.solve import HALF
from cnnscope.spec.stack_cells import STACK, items, only_count
from cnnscope.spec.stack_rows import Rows
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "a column of output sizes and one column per network with stacks such as [3x3, 64; 3x3, 64] x2"
WORD = "[3x3, 64; 3x3, 64] x2"

_SIZE = r"output(?: size)?|feature map(?: size)?"
_NAME = r"|stage|layers?|layer name|group(?: name)?|name"
_FIGURES = (("params", r"#? ?param(?:eter)?s?\.?"), ("macs", r"flops|macs|madds|mult-adds|gflops"), ("depth", "depth"))
_GROWTH = re.compile(r"\(?\s*(?:k|growth(?: rate)?)\s*=\s*(\d+)\s*\)?")
_SAME = re.compile(r"same|idem|\"|〃")


def claims(document: Document) -> bool:
    return _table(document) is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    titles, rows = _parted(table)
    where = [index for index, title in enumerate(titles) if not _label(title)]
    drafts, faults = [], []
    for position, column in enumerate(where):
        try:
            drafts.append(_network(table, titles, rows, where[: position + 1], given, column))
        except SpecError as error:
            faults += error.faults
    if faults:
        raise refusal(document.path, faults)
    return drafts


def _table(document: Document) -> Table | None:
    return next((table for table in document.tables if _is_stacks(table)), None)


def _is_stacks(table: Table) -> bool:
    titles = [plain(title) for title in table.header]
    cells = (plain(cell) for row in table.rows for cell in row.cells)
    return any(re.fullmatch(_SIZE, title) for title in titles) and any(STACK.search(cell) for cell in cells)


def _label(title: str) -> bool:
    return bool(re.fullmatch(f"{_SIZE}|{_NAME}", plain(title)))


def _parted(table: Table) -> tuple[list[str], list[TableRow]]:
    """The table with columns that print two networks, `A (k=32) / B (k=48)`, as two columns."""
    titles: list[str] = []
    rows: list[list[str]] = [[] for _ in table.rows]
    for index, title in enumerate(table.header):
        halves = [half.strip() for half in title.split(" / ")]
        two = len(halves) == 2 and all(_GROWTH.search(plain(half)) for half in halves)
        titles += halves if two else [title]
        for made, row in zip(rows, table.rows, strict=True):
            cell = row.cells[index]
            parts = cell.split(" / ")
            made += [part.strip() for part in parts] if two and len(parts) == 2 else [cell] * (2 if two else 1)
    return titles, [TableRow(row.line, tuple(cells)) for row, cells in zip(table.rows, rows, strict=True)]


def _network(
    table: Table, titles: list[str], rows: list[TableRow], where: list[int], given: Given, column: int
) -> Draft:
    title = titles[column]
    growth = _GROWTH.search(plain(title))
    draft = Draft(Choices(given), (re.sub(r"\s*\([^()]*\)\s*$", "", title) if growth else title) or "network")
    draft.habit, draft.paddings = "a window keeps the size, or halves it with its stride", (HALF, "valid")
    made = Rows(draft, int(growth[1]) if growth else 0)
    faults, last = [], ""
    sizes = next(index for index, title in enumerate(titles) if re.fullmatch(_SIZE, plain(title)))
    for row in rows:
        name = " ".join(row.cells[index] for index, title in enumerate(titles) if _label(title) and index != sizes)
        try:
            cell = _cell(row, where, len(titles))
            metric = _metric(name) or _metric(row.cells[sizes])
            if metric:
                draft.figure(row.line, metric, plain(cell).upper().replace("X10", "x10"))
                continue
            cell = _repeated(cell, row, where, rows)
            last = name.strip() or last
            if not cell and row.cells[sizes] and not any(row.cells[index] for index in where):
                hint = "a merged cell may be lost: write its layers into the first column"
                raise CellError(f"prints the size {row.cells[sizes][:20]} but no layers", hint)
            made.stage(row.line, last, _printed(row.cells[sizes]), items(cell))
        except CellError as error:
            faults.append(fault(row.line, f"{name} {title}".strip(), error))
    if faults:
        raise SpecError("", faults)
    made.finish()
    return draft


def _metric(name: str) -> str:
    return next((metric for metric, pattern in _FIGURES if re.fullmatch(pattern, plain(name))), "")


def _cell(row: TableRow, where: list[int], width: int) -> str:
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


def _repeated(cell: str, row: TableRow, where: list[int], rows: list[TableRow]) -> str:
    """`x4` repeats the stack on the left, or else the one above, with another count; a pool before it goes along."""
    count = only_count(cell)
    if not count:
        return _with_merged_pool(cell, row, where)
    left = [row.cells[index] for index in reversed(where[:-1])]
    above = [other.cells[where[-1]] for other in reversed(rows) if other.line < row.line]
    further = [other.cells[where[0]] for other in reversed(rows) if other.line < row.line]
    for text in (*left, *above, *further):
        if stack := STACK.search(plain(text)):
            body = f"[{stack[1] or stack[3]}] x {count}"
            before = plain(text)[: stack.start()].strip(" ;,")
            return f"{before}; {body}" if before and text in left else _with_merged_pool(body, row, where)
    raise CellError(f"`{cell}` repeats nothing", "write the stack that it stands for: [3x3, 64; 3x3, 64] x4")


def _with_merged_pool(cell: str, row: TableRow, where: list[int]) -> str:
    """A pool that is merged over all columns is printed in the first column only."""
    first = plain(row.cells[where[0]])
    pool = re.match(r"(\d+x\d+ max pool[^;\[]*?)(?: \(merged\))?\s*;", first)
    return f"{pool[1]}; {cell}" if pool and len(where) > 1 and cell and "pool" not in plain(cell) else cell


def _printed(cell: str) -> list[tuple[int, int]]:
    """The size of each line of the row: 28x28 / 14x14."""
    found = []
    for part in re.split(r"\s/\s|;", cell):
        if part.strip():
            numbers = size(part)
            found.append((numbers[0], numbers[1] if len(numbers) > 1 else numbers[0]))
    return found
