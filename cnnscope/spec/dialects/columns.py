"""D2: one column per network, one short token per layer: conv3-64, conv1-256, LRN, maxpool, FC-4096, soft-max.

As Simonyan & Zisserman 2014 print table 1. A cell that stands for all columns may be printed once (in the first column,
or merged). One network may stand in a column of layers, with their output sizes and figures beside it. Unsaid: padding
(sizes are kept), pools (2x2 with stride 2), activations (ReLU behind all layers with weights but the last), biases (in
all of them), and the input where no row says it.
"""

import re
from dataclasses import replace

from cnnscope.errors import CellError, SpecError
from cnnscope.spec.drafts.column_tokens import TOKEN, add, tokens
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault, readable
from cnnscope.spec.drafts.habits import biases, image, told_pool
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.textbook_cells import shape
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "one column per network, with cells such as conv3-64, maxpool, FC-4096"
WORD = "conv3-64"

_MERGED = re.compile(
    r"(?:global )?(?:max|average|avg)[- ]?pool.*|(?:fc|dense|fully[- ]connected|linear)\b.*|soft-?max|dropout.*|input.*"
)
_SAME = re.compile(r"same|idem|\"|〃")
_PARAMS = r"(?:number of )?(?:#\s*)?param(?:eter)?s?\.?\s*(?:\((?:in )?m(?:illions?)?\))?"
_FIGURES = {
    "output": re.compile(r"(?:(?:output|feature map|map|activation) ?)?(?:size|shape|dimensions?)|output"),
    "params": re.compile(_PARAMS),
    "macs": re.compile(r"(?:# ?)?(?:flops|macs|madds|mult-adds|operations)"),
    "memory": re.compile(r"memory"),
}
_OTHER_FAMILY = re.compile(r"(?:layer )?type|operat(?:or|ion)s?|(?:kernel|filter)s?(?: size)?|maps|input(?: ?size)?")
HABIT = "a window keeps the size: the table prints none"


def claims(document: Document) -> bool:
    return any(_is_columns(table) for table in document.tables)


def read(document: Document, given: Given) -> list[Draft]:
    table = next(table for table in document.tables if _is_columns(table))
    labels, where = _places(table)
    drafts, faults = [], []
    for position in range(len(where)):
        try:
            drafts.append(_network(table, labels, where, position, given))
        except SpecError as error:
            faults += error.faults
    if faults:
        raise refusal(document.path, faults)
    return drafts


def _is_columns(table: Table) -> bool:
    if any(_OTHER_FAMILY.fullmatch(plain(title)) for title in table.header):
        return False
    _, where = _places(table)
    found = sum(bool(TOKEN.match(plain(row.cells[index]))) for row in table.rows for index in where)
    return found >= 2 and (len(where) == 1 or not _beside(table))


def _beside(table: Table) -> dict[int, str]:
    """Columns of figures beside a column of layers."""
    return {
        index: metric
        for index, title in enumerate(table.header)
        for metric, pattern in _FIGURES.items()
        if pattern.fullmatch(plain(title)) and plain(title)
    }


def _places(table: Table) -> tuple[list[int], list[int]]:
    """Columns that name rows, and those that hold layers."""
    filled = [index for index, title in enumerate(table.header) if title or any(row.cells[index] for row in table.rows)]
    where = [index for index in filled if index not in _beside(table)]
    first = [plain(row.cells[where[0]]) for row in table.rows] if where else []
    labelled = len(where) > 1 and any(first) and not any(TOKEN.match(cell) for cell in first)
    return (where[:1], where[1:]) if labelled else ([], where)


def _network(table: Table, labels: list[int], where: list[int], position: int, given: Given) -> Draft:
    beside = _beside(table)
    name, depth = _title("" if beside else table.header[where[position]])
    draft = Draft(Choices(given), name, habit=HABIT)
    if depth:
        draft.figure(table.line, "depth", depth)
    stage, faults = (1, 0), []
    table = _with_lone_cells(draft, table, where)
    for row in table.rows:
        cells = [row.cells[index] for index in where]
        try:
            cell = _cell(cells, position)
            _check_filled(table, row)
            if labels and (metric := _metric(row.cells[labels[0]])):
                draft.figure(row.line, metric, f"{cell}M" if cell.isdecimal() else cell)
                continue
            before = len(draft.lines)
            for token in tokens(cell):
                stage = add(draft, row.line, token, *stage)
            if len(cells) > 1 and _pools_twice(draft, before):
                hint = "write the merged cell above it into every column, or --assume 'lone cells=merged'"
                raise CellError(f"no layer stands before `{cell[:20]}`", hint)
            _print(draft, before, row, where, beside)
        except CellError as error:
            faults.append(fault(row.line, "" if isinstance(error, _RowError) else name, error))
    if faults:
        raise SpecError("", faults)
    _finish(draft)
    return draft


def _title(text: str) -> tuple[str, str]:
    """A (11) -> the name A and the depth 11."""
    match = re.fullmatch(r"(.*?)\s*\((\d{1,7})[^)]*\)", text.strip())
    return (match[1].strip(), match[2]) if match else (text.strip(), "")


def _metric(label: str) -> str:
    return next((metric for metric, pattern in _FIGURES.items() if pattern.fullmatch(plain(label))), "")


class _RowError(CellError):
    """What is wrong with a row, whatever the column."""


def _cell(cells: list[str], position: int) -> str:
    """The cell, or the one that is merged over it."""
    own = cells[position]
    if _SAME.match(plain(own)):
        left = [cell for cell in cells[:position] if cell and not _SAME.match(plain(cell))]
        if not left:
            raise _RowError(f"`{own[:40]}`, but no cell on its left says what", "write the layers into the cell")
        return left[-1]
    filled = [cell for cell in cells if cell]
    if not own and len(filled) == 1 and _MERGED.match(plain(filled[0])):
        return filled[0]
    kinds = {bool(_MERGED.match(plain(cell))) for cell in filled if not _SAME.match(plain(cell))}
    if len(kinds) > 1:
        problem = f"`{filled[0][:30]}` and `{filled[-1][:30]}` in one row: merged cells were lost"
        hint = "write the pool or FC in every column, and the convolutions of the next row below it"
        raise _RowError(problem, hint)
    return own


def _check_filled(table: Table, row: TableRow) -> None:
    """What was merged over all columns goes with the column that held it."""
    if not any(row.cells) and row is not table.rows[-1]:
        hint = "write the pool or FC that stood there, or leave the row out"
        raise _RowError("a row without cells: a merged cell may be lost", hint)


def _with_lone_cells(draft: Draft, table: Table, where: list[int]) -> Table:
    """The table as it is, or with convolutions that stand alone in the first column in all of them."""
    lone = [row for row in table.rows if len(where) > 1 and _is_lone(row, where)]
    if not lone:
        return table
    why = f"`{lone[0].cells[where[0]][:30]}` stands in the first column alone; `merged` gives it to all"
    if draft.choices.take("lone cells", "the first network's", "merged", why=why) != "merged":
        return table
    rows = []
    for row in table.rows:
        first, alone = row.cells[where[0]], row in lone
        cells = tuple(first if alone and index in where else cell for index, cell in enumerate(row.cells))
        rows.append(row._replace(cells=cells))
    return replace(table, rows=rows)


def _is_lone(row: TableRow, where: list[int]) -> bool:
    first, *others = (row.cells[index] for index in where)
    return bool(first) and not any(others) and not _MERGED.match(plain(first)) and bool(TOKEN.match(plain(first)))


def _pools_twice(draft: Draft, before: int) -> bool:
    """Does a row begin with a pool right behind a pool, or at the beginning?"""
    kinds = [line.cells["type"] for line in draft.lines[max(before - 1, 0) : before + 1]]
    return len(draft.lines) > before and all(" pool" in kind and "global" not in kind for kind in kinds)


def _print(draft: Draft, before: int, row: TableRow, where: list[int], beside: dict[int, str]) -> None:
    """The figures beside a row of one layer; the size is that of the last of several."""
    made = draft.lines[before:]
    for index, metric in beside.items():
        text = row.cells[index]
        found = shape(text) if metric == "output" else None
        if made and found and found.area:
            made[-1].prints = found.area
            made[-1].cells["output" if found.maps else "size"] = f"{found.text}{f'x{found.maps}' if found.maps else ''}"
        elif len(made) == 1 and readable(metric, text):
            made[0].cells[metric] = text
        elif not made and found and found.area and not draft.lines and not draft.input[1]:
            draft.input = (row.line, f"{found.maps or 3}x{found.text}")
        elif not made and text and not any(row.cells[place] for place in where):
            raise CellError(f"`{text[:30]}` stands beside no layer", "write the layer, or leave the row out")


def _finish(draft: Draft) -> None:
    choices = draft.choices
    image(draft)
    pools = [line for line in draft.lines if "window" in line.unsaid]
    names = tuple(line.name for line in pools)
    told = told_pool(choices, "pools", "2x2 with stride 2", "a maxpool halves the size", names) if pools else {}
    for line in pools:
        line.cells |= told
        line.unsaid = ("padding",) if told["kernel"] != "2x2" else ()
    weighted = [line for line in draft.lines if line.cells["type"] in ("conv", "fully connected")]
    if weighted and "activation" in weighted[-1].cells:
        del weighted[-1].cells["activation"]
    choices.alike("activation", "relu", why="behind every layer with weights but the last")
    biases(draft)
