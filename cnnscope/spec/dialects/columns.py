"""D2: one column per network, one short token per layer: conv3-64, conv1-256, LRN, maxpool, FC-4096, soft-max.

As Simonyan & Zisserman 2014 print table 1. A cell that stands for all columns may be printed once (in the first column,
or merged). Unsaid: padding (sizes are kept), pools (2x2 with stride 2), activations (ReLU behind all layers with
weights but the last), biases (in all of them), and the input where no row says it.
"""

import re

from cnnscope.errors import CellError, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.draft import Choices, Draft, Given, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.habits import biases
from cnnscope.spec.printed import plain, size
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "one column per network, with cells such as conv3-64, maxpool, FC-4096"
WORD = "conv3-64"

_CONV = re.compile(r"conv\s*<?(\d{1,7})>?\s*-\s*<?(\d{1,7})>?")
_MANY = re.compile(r"(.*?[\d)])\s*(?:×|[xX*]|\\times)\s*(\d{1,2})")
_MERGED = re.compile(r"max-?\s?pool|fc-?\s?\d{1,7}|soft-?max|input.*", re.IGNORECASE)
_SAME = re.compile(r"same|idem|\"|〃")
_INPUT = re.compile(r"input.*?(\d{1,7})x(\d{1,7})(?:x(\d{1,7}))?.*|input")
_DEPTH = re.compile(r"(.*?)\s*\(?(\d{1,7})\s*(?:weight\s*)?(?:layers?)?\)?")
_FIGURES = {"params": re.compile(r"(?:number of )?(?:#\s*)?param(?:eter)?s?\.?\s*(?:\((?:in )?m(?:illions?)?\))?")}
HABIT = "a window keeps the size: the table prints none"


def claims(document: Document) -> bool:
    return any(_tokens(table) for table in document.tables)


def read(document: Document, given: Given) -> list[Draft]:
    table = next(table for table in document.tables if _tokens(table))
    labels = _labels(table)
    drafts, faults = [], []
    for column in range(labels, len(table.header)):
        if not any(row.cells[column] for row in table.rows) and not table.header[column]:
            continue
        try:
            drafts.append(_network(table, column, labels, given))
        except SpecError as error:
            faults += error.faults
    if faults:
        raise refusal(document.path, faults)
    return drafts


def _tokens(table: Table) -> bool:
    cells = (cell for row in table.rows for cell in row.cells)
    return sum(bool(_CONV.match(plain(cell))) for cell in cells) >= 2 and not _is_type_column(table)


def _is_type_column(table: Table) -> bool:
    return any(plain(cell) in ("type", "layer", "output size") for cell in table.header)


def _labels(table: Table) -> int:
    """Columns that name rows rather than hold layers."""
    first = [plain(row.cells[0]) for row in table.rows]
    return 0 if any(_CONV.match(cell) for cell in first) or not any(first) else 1


def _network(table: Table, column: int, labels: int, given: Given) -> Draft:
    name, depth = _title(table.header[column])
    draft = Draft(Choices(given), name)
    if depth:
        draft.figure(table.line, "depth", depth)
    stage, index, faults = 1, 0, []
    for row in table.rows:
        cell = _cell(row, column, labels)
        if labels and (metric := _metric(row.cells[0])):
            draft.figure(row.line, metric, f"{cell}M" if cell.isdecimal() else cell)
            continue
        try:
            for token in _split(cell):
                stage, index = _token(draft, row.line, token, stage, index)
        except CellError as error:
            faults.append(fault(row.line, name, error))
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


def _cell(row: TableRow, column: int, labels: int) -> str:
    """The cell, or the one that is merged over it."""
    cells = row.cells[labels:]
    own = cells[column - labels]
    if _SAME.match(plain(own)):
        left = [cell for cell in cells[: column - labels] if cell and not _SAME.match(plain(cell))]
        if not left:
            hint = "write the layers into the cell"
            raise SpecError(
                "", [fault(row.line, "", CellError(f"`{own[:40]}`, but no cell on its left says what", hint))]
            )
        return left[-1]
    filled = [cell for cell in cells if cell]
    if not own and len(filled) == 1 and _MERGED.match(plain(filled[0])):
        return filled[0]
    kinds = {bool(_MERGED.match(plain(cell))) for cell in filled if not _SAME.match(plain(cell))}
    if len(kinds) > 1:
        raise SpecError(
            "",
            [
                fault(
                    row.line,
                    "",
                    CellError(
                        f"`{filled[0][:30]}` and `{filled[-1][:30]}` in one row: merged cells were lost",
                        "write the pool or FC in every column, and the convolutions of the next row below it",
                    ),
                )
            ],
        )
    return own


def _split(cell: str) -> list[str]:
    """Tokens of a cell, with x2 written out."""
    tokens = []
    for part in re.split(r"[,;]\s*|\s+(?=(?:conv|max|fc|soft|lrn))", cell.strip(), flags=re.IGNORECASE):
        text = part.replace("**", "").strip()
        many = _MANY.fullmatch(text)
        tokens += [many[1]] * int(many[2]) if many else [text] if text else []
    return tokens


def _token(draft: Draft, line: int, text: str, stage: int, index: int) -> tuple[int, int]:
    token = plain(text)
    if conv := _CONV.fullmatch(token):
        index += 1
        entry = draft.add(
            line, "conv", layer=f"conv{stage}_{index}", maps=conv[2], kernel=f"{conv[1]}x{conv[1]}", activation="relu"
        )
        entry.unsaid = ("padding",)
    elif re.fullmatch(r"max-?\s?pool(?:ing)?", token):
        draft.add(line, "max pool", layer=f"pool{stage}", kernel="2x2", stride="2")
        stage, index = stage + 1, 0
    elif full := re.fullmatch(r"fc-?\s?(\d{1,7})", token):
        draft.add(line, "fully connected", maps=full[1], activation="relu")
    elif depth := re.fullmatch(r"(\d{1,4}) (?:weight )?layers", token):
        draft.figure(line, "depth", depth[1])
    elif token == "lrn":
        draft.add(line, "lrn", layer=f"norm{stage}")
    elif re.fullmatch(r"soft-?\s?max", token):
        draft.add(line, "softmax")
    elif found := _INPUT.fullmatch(token):
        if found[1]:
            draft.input = (line, f"{found[3] or 3}x{found[1]}x{found[2]}")
    else:
        raise CellError(
            f"`{text[:40]}` is no layer of such a table", "known are conv3-64, maxpool, LRN, FC-4096, soft-max"
        )
    return stage, index


def _finish(draft: Draft) -> None:
    choices = draft.choices
    if not draft.input[1]:
        draft.input = (0, choices.take("input", "3x224x224", why="the table prints none; ImageNet's usual crop"))
        size(draft.input[1])
    draft.habit = HABIT
    pools = tuple(line.name for line in draft.lines if line.cells["type"] == "max pool")
    choices.note(Assumption("pools", "2x2 with stride 2", "a maxpool halves the size", pools))
    weighted = [line for line in draft.lines if line.cells["type"] in ("conv", "fully connected")]
    if weighted and "activation" in weighted[-1].cells:
        del weighted[-1].cells["activation"]
    choices.note(Assumption("activation", "relu", "behind every layer with weights but the last"))
    biases(draft)
