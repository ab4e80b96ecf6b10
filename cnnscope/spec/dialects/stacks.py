"""D6: bracketed stacks, one column per network: layer name, output size, [1x1, 64; 3x3, 64; 1x1, 256] x3.

As ResNet, ResNeXt, SENet, DenseNet and ConvNeXt are printed; brackets that a copy lost are put back where a count says
what is repeated. A stack with widths is a residual block (`C=32` are groups, `fc, [16, 256]` a squeeze-and-excitation),
one convolution alone is only repeated, one with `conv` and no widths is a dense layer whose growth is the k of the
column's title, one that begins with a depthwise window d7x7 a ConvNeXt block. Unsaid: padding, which stack of a stage
has the stride (the first) and which of its convolutions, the shortcut, batch norms, and ConvNeXt's layer norms and
downsampling. A column whose stacks hold what is no convolution is left out, which is said.
"""

import re

from cnnscope.errors import CellError, Fault, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import whole_choice
from cnnscope.spec.drafts.printed import plain, size
from cnnscope.spec.drafts.stack_cells import STACK, items, normal, only_count
from cnnscope.spec.drafts.stack_rows import Rows
from cnnscope.spec.drafts.stack_tables import GROWTH, Columns, columns, is_stacks, meant
from cnnscope.spec.drafts.told import HALF
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table, TableRow

EXPECTS = "a column of output sizes and one column per network with stacks such as [3x3, 64; 3x3, 64] x2"
WORD = "[3x3, 64; 3x3, 64] x2"

_UNIT = r"(?: ?\((?:in |x ?)?(?P<unit>m|g|b|millions?|billions?|10\^6|10\^9)\))?"
_FIGURES = (
    ("params", rf"(?:number of )?#? ?param(?:eter)?s?\.?{_UNIT}"),
    ("macs", rf"(?:#|number of)? ?(?P<before>g|m)?(?:flops|macs|madds|mult-adds){_UNIT}"),
    ("depth", "depth"),
)
_OTHER_FIGURES = re.compile(r"(?:top-? ?\d|error|err\b|acc|throughput|latency|speed|memory|year).*")


_TIMES_K = re.compile(r"\b(\d{1,5}) ?[x*]? ?k\b|\bk ?[x*] ?(\d{1,5})\b(?! ?x)")
_TIMES_N = re.compile(r"(?<=[\])]) ?x ?n\b")


def claims(document: Document) -> bool:
    return _table(document) is not None


def _table(document: Document) -> Table | None:
    return next((table for table in document.tables if is_stacks(table)), None)


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    parts = columns(table)
    drafts: list[Draft] = []
    refused: list[tuple[str, list[Fault]]] = []
    for position in range(len(parts.networks)):
        try:
            drafts.append(_network(table.line, parts, position, given))
        except SpecError as error:
            refused.append((parts.titles[parts.networks[position]], [*error.faults]))
    if not drafts or not all(_is_foreign(parts, title) for title, _ in refused):
        raise refusal(document.path, [found for _, faults in refused for found in faults])
    for title, (first, *_) in refused:
        for draft in drafts:
            draft.choices.note(Assumption("left out", title or "a column", f"line {first.line}: {first.message}"))
    return drafts


def _is_foreign(parts: Columns, title: str) -> bool:
    """Can no stack of this column be read? Then it is a network of another kind."""
    index = parts.titles.index(title)
    cells = [row.cells[index] for row in parts.rows if "[" in row.cells[index] and "]" in row.cells[index]]
    return len(cells) > 1 and not any(map(_reads, cells))


def _reads(cell: str) -> bool:
    try:
        return bool(items(cell))
    except CellError:
        return False


def _network(line: int, parts: Columns, position: int, given: Given) -> Draft:
    where = parts.networks[: position + 1]
    title = parts.titles[where[-1]]
    growth = GROWTH.search(plain(title))
    draft = Draft(Choices(given), (re.sub(r"\s*\([^()]*\)\s*$", "", title) if growth else title) or "network")
    draft.habit, draft.paddings = "a window keeps the size, or halves it with its stride", (HALF, "valid")
    if told := re.search(r"(\d{1,4})[- ]layers?\b", plain(title)):
        draft.figure(line, "depth", told[1])
    made = Rows(draft, int(growth[1]) if growth else 0)
    made.beside_residual = any(";" in cell and "[" in cell for row in parts.rows for cell in map(normal, row.cells))
    faults, last, relative = [], "", False
    for row in parts.rows:
        name = " ".join(row.cells[index] for index in parts.names)
        printed = row.cells[parts.size]
        try:
            cell = row.cells[where[-1]]
            if _is_figure(draft, row, name.strip() or printed, cell):
                continue
            relative = relative or only_count(cell) > 0
            cell = meant(row, where, parts.rows)
            last = name.strip() or last
            if not cell and printed and not any(row.cells[index] for index in where):
                hint = "a merged cell may be lost: write its layers into the first column"
                raise CellError(f"prints the size {printed[:20]} but no layers", hint)
            if STACK.search(normal(cell)) and not row.cells[where[-1]]:
                relative = True
                why = f"line {row.line} prints it in one column only"
                draft.choices.note(Assumption("merged stack", plain(cell), why))
            elif not cell and any(STACK.search(normal(row.cells[index])) for index in parts.networks):
                hint = "write the stack of the merged cell, or `none` where there is no such stage"
                raise CellError("has no layers here, but other networks have a stack", hint)
            made.stage(row.line, last, _printed(printed), items(_without_letters(draft, cell)))
        except CellError as error:
            faults.append(fault(row.line, f"{name} {title}".strip(), error))
    if not faults and relative and (problem := _other_depth(title, made)):
        faults.append(fault(line, title, problem))
    if faults:
        raise SpecError("", faults)
    made.finish()
    return draft


def _without_letters(draft: Draft, cell: str) -> str:
    """[3x3, 16xk; 3x3, 16xk] x N with numbers for k and N."""
    text = normal(cell)
    if not _TIMES_K.search(text) and not _TIMES_N.search(text):
        return cell
    if _TIMES_K.search(text):
        k = whole_choice(draft.choices, "k", "1", "the table leaves it open; 1 makes the narrowest of the family")
        text = _TIMES_K.sub(lambda width: str(int(width[1] or width[2]) * k), text)
    if _TIMES_N.search(text):
        n = whole_choice(draft.choices, "n", "1", "the table leaves it open; 1 makes the shallowest of the family")
        text = _TIMES_N.sub(f"x {n}", text)
    return text


def _is_figure(draft: Draft, row: TableRow, name: str, cell: str) -> bool:
    """Is this a row of figures? Those that are claims are kept."""
    shown = plain(name)
    if _OTHER_FIGURES.fullmatch(shown):
        return True
    for metric, pattern in _FIGURES:
        if found := re.fullmatch(pattern, shown):
            groups = found.groupdict()
            unit = (groups.get("unit") or groups.get("before") or "").replace("10^6", "m").replace("10^9", "g")[:1]
            text = plain(cell).upper().replace("X10", "x10")
            draft.figure(row.line, metric, f"{text}{unit.upper()}" if text[-1:].isdigit() and "x" not in text else text)
            return True
    return False


def _other_depth(title: str, made: Rows) -> CellError | None:
    """Cells that stand for their neighbours may stand for the wrong ones, where a column was left out."""
    told = [int(number) for number in re.findall(r"(?<![\d.])\d{2,4}(?![\dx])", plain(title).partition("(")[0])]
    depth = made.depth()
    # Some count the two convolutions of the shortcuts too, and one paper's sum is one too few.
    if not told or {depth, depth + 2, depth - 1} & {*told}:
        return None
    return CellError(
        f"its cells such as x{made.last_repeat()} stand for the stacks on their left, which makes {depth} layers",
        "the column that they repeat may be missing: write the stacks out",
    )


def _printed(cell: str) -> list[tuple[int, int]]:
    """The size of each line of the row: 28x28 / 14x14."""
    found = []
    for part in re.split(r"\s/\s|;", cell):
        if part.strip():
            numbers = size(part)
            found.append((numbers[0], numbers[1] if len(numbers) > 1 else numbers[0]))
    return found
