"""D3: the ledger, one line per layer with its memory and its weights written out.

    3x3 conv, 64     memory: 224*224*64=3.2M  params: (3*3*3)*64 = 1,728
    CONV3-64: [224x224x64]  memory: 224*224*64=3.2M  weights: (3*3*3)*64 = 1,728

As in the CS231n notes and lectures after them. Every figure is a claim. What a ledger leaves unsaid is assumed: in
convolutions stride 1 and padding that keeps the size, or what the printed sizes need instead; 2x2 max pools of stride
2, ReLU after all layers with weights but the last, and biases (the weights that are printed leave them out).
"""

import re

from cnnscope.errors import CellError, Fault
from cnnscope.graph import Assumption
from cnnscope.spec.dialects import canonical
from cnnscope.spec.drafts.draft import Cells, Choices, Given
from cnnscope.spec.drafts.habits import told_activation, told_pool
from cnnscope.spec.drafts.modules import half
from cnnscope.spec.faults import refusal
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Figure, Program
from cnnscope.spec.tables.document import Document, Table, TableRow, clean

EXPECTS = "lines such as `3x3 conv, 64  memory: 224*224*64=3.2M params: (3*3*3)*64 = 1,728`"
WORD = "memory:"
LINES = True

_LINE = re.compile(
    r"(?P<layer>.*?)(?:\[(?P<output>[^\[\]]*)\])?\s*memory:(?P<memory>.*?)(?:(?:params|weights):(?P<params>.*))?",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"TOTAL\s+(memory|params|weights):(.*)", re.IGNORECASE)
_TITLE = re.compile(r"[\w .-]{1,40}:?")
_CONV = re.compile(
    r"(?:(?P<k>\d+)\s*[x×]\s*(?P<w>\d+)\s*conv\w*\s*,?\s*(?P<m>\d+)|conv\s*(?P<k2>\d+)\s*-\s*(?P<m2>\d+))", re.I
)
_POOL = re.compile(r"(?:max\s*)?pool(?:ing)?\s*2?", re.IGNORECASE)
_FULL = re.compile(r"fc\s*-?\s*(\d*)", re.IGNORECASE)
_INPUT = re.compile(r"input.*", re.IGNORECASE)
_FIGURE = re.compile(r"(?:~=|≈|~)?\s*(?<![\d.,])\d[\d.,]*+\s*[kmg]?i?b?\b(?!\s*bytes)", re.IGNORECASE)

_COLUMNS = ("type", "maps", "kernel", "stride", "padding", "bias", "activation", "size", "output", "memory", "params")
_LONGEST_LINE = 1_000


def claims(document: Document) -> bool:
    found = (_entry(_plain(line)) for line in document.lines if len(line) <= _LONGEST_LINE)
    return sum(bool(entry and _is_layer(_layer(entry))) for entry in found) >= 2


def read(document: Document, given: Given) -> Program:
    """Every line as a canonical row; SpecError for lines that are neither a layer, a total nor a title."""
    rows: list[TableRow] = []
    totals: list[Figure] = []
    faults: list[Fault] = []
    name = ""
    for number, line in enumerate(document.lines, start=1):
        try:
            text = _plain(line)
            if total := _TOTAL.search(text):
                totals += _totals(number, "memory" if total[1].lower() == "memory" else "params", total[2])
            elif entry := _entry(text):
                rows.append(TableRow(number, _cells(entry)))
            elif text:
                name = _title(text, below=bool(rows)) or name
        except CellError as error:
            faults.append(Fault(number, "", error.message, error.hint))
    if faults:
        raise refusal(document.path, faults)
    _drop_last_activation(rows)
    choices = Choices(given)
    rows = _assumed(rows, choices)
    if "padding" not in given:
        rows = _fitted(rows, choices)
    page = Document(document.path, tables=[Table(1, _COLUMNS, rows)], lines=document.lines)
    program = canonical.read(page)
    program.assumptions, program.page = tuple(choices.made.values()), page
    program.name = name or program.name
    program.figures = tuple(totals)
    return program


def _plain(line: str) -> str:
    """A line without markup and with single blanks."""
    if len(line) > _LONGEST_LINE:
        raise CellError(f"a line of {len(line):,} characters", f"at most {_LONGEST_LINE:,} are read")
    return clean(line).replace("\\*", "*")


def _entry(text: str) -> re.Match[str] | None:
    return _LINE.fullmatch(text) if "memory:" in text.lower() else None


def _layer(entry: re.Match[str]) -> str:
    return entry["layer"].strip().rstrip(":").strip()


def _is_layer(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in (_INPUT, _CONV, _POOL, _FULL))


def _title(text: str, *, below: bool) -> str:
    """The network's name where this line gives it; CellError for a line that may be a layer without its figures."""
    if not _TITLE.fullmatch(text) or _is_layer(text) or (below and not text.endswith(":")):
        raise CellError(f"`{text[:40]}` is no line of a ledger", f"expected {EXPECTS}")
    return text.removesuffix(":") if text.endswith(":") else ""


def _totals(line: int, metric: str, text: str) -> list[Figure]:
    found = [figure for printed in _total_figures(metric, text) for figure in figures(line, metric, printed, {})]
    if not found:
        raise CellError("a total without a figure", "write `TOTAL memory: 24M` or `TOTAL params: 138M`")
    return found


def _total_figures(metric: str, text: str) -> list[str]:
    """24M * 4 bytes ~= 96MB / image (only forward!): values and bytes, neither the float's 4 nor remarks."""
    found = [figure.strip() for figure in _FIGURE.findall(text.partition("(")[0])]
    return found if metric == "memory" else found[:1]


def _cells(entry: re.Match[str]) -> tuple[str, ...]:
    layer = _layer(entry)
    output = (entry["output"] or "").strip()
    memory, params = (entry["memory"] or "").strip(), (entry["params"] or "").strip()
    cells = {"output": output, "memory": memory, "params": params}
    if _INPUT.fullmatch(layer):
        shape = [part.strip() for part in re.split(r"[x×*]", output or memory.partition("=")[0])]
        if len(shape) != 3:
            raise CellError(f"`{memory}` is not height*width*channels", "the input's memory says its shape: 224*224*3")
        cells |= {"type": "input", "maps": shape[2], "size": f"{shape[0]}x{shape[1]}", "output": ""}
    elif conv := _CONV.fullmatch(layer):
        kernel = (conv["k"] or conv["k2"], conv["w"] or conv["k2"])
        cells |= {"type": "conv", "maps": conv["m"] or conv["m2"], "kernel": "x".join(kernel), "activation": "relu"}
        cells["padding"] = "x".join(str(int(side) // 2) for side in kernel)
    elif _POOL.fullmatch(layer):
        cells |= {"type": "max pool"}
    elif full := _FULL.fullmatch(layer):
        units = full[1] or re.split(r"[x×*]", output)[-1].strip()
        cells |= {"type": "fully connected", "maps": units, "activation": "relu"}
    else:
        raise CellError(
            f"`{layer[:40]}` is no layer of a ledger", "known are Input, 3x3 conv, 64, CONV3-64, Pool, FC 4096"
        )
    return tuple(cells.get(column, "") for column in _COLUMNS)


def _assumed(rows: list[TableRow], choices: Choices) -> list[TableRow]:
    """The rows with what the user assumes in the place of the habit."""
    why = "a ledger prints none, and its sizes stay"
    if (padding := choices.take("padding", "same", "valid", why=why)) != "same":
        rows = [row._replace(cells=_with(row.cells, "padding", padding)) for row in rows]
    active = told_activation(choices, "relu", "behind all layers with weights but the last")
    rows = [row._replace(cells=_with(row.cells, "activation", active)) for row in rows]
    pool = told_pool(choices, "pools", "2x2 max pools with stride 2", "a Pool halves the size")
    bias = choices.take("bias", "yes", "no", why="the printed weights leave them out")
    return [_told(row, pool, "no" if bias == "no" else "") for row in rows]


def _told(row: TableRow, pool: Cells, bias: str) -> TableRow:
    cells = dict(zip(_COLUMNS, row.cells, strict=True))
    if cells["type"] == "max pool":
        cells |= pool | {"padding": half(pool["kernel"])}
    elif cells["type"] in ("conv", "fully connected"):
        cells["bias"] = bias
    return row._replace(cells=tuple(cells.values()))


def _fitted(rows: list[TableRow], choices: Choices) -> list[TableRow]:
    """The rows with the stride and padding of convolutions that do not keep the size that is printed before them."""
    made, side, moved = [], 0, []
    for row in rows:
        cells = dict(zip(_COLUMNS, row.cells, strict=True))
        printed = _side(cells)
        if cells["type"] == "conv" and side and printed and printed != side:
            kernel = int(cells["kernel"].split("x")[0])
            paddings = dict.fromkeys((kernel // 2, *range(kernel // 2)))
            fits = ((s, p) for s in range(1, 6) for p in paddings if (side + 2 * p - kernel) // s + 1 == printed)
            if found := next(fits, None):
                cells |= {"stride": str(found[0]), "padding": str(found[1])}
                moved.append(f"stride {found[0]} and padding {found[1]} in line {row.line}")
        made.append(row._replace(cells=tuple(cells[column] for column in _COLUMNS)))
        side = printed or side
    if moved:
        choices.note(Assumption("windows", ", ".join(moved), "the printed sizes need them", (), (), "solved"))
    return made


def _side(cells: dict[str, str]) -> int:
    """The height that a line prints of a square output: [55x55x96], or 55*55*96 as its memory."""
    text = cells["size"] or cells["output"] or cells["memory"].partition("=")[0]
    numbers = [int(part) for part in re.findall(r"\d+", text)[:3] if len(part) < 8]
    return numbers[0] if len(numbers) > 1 and numbers[0] == numbers[1] else 0


def _with(cells: tuple[str, ...], column: str, value: str) -> tuple[str, ...]:
    """The cells with another value where the column is filled."""
    where = _COLUMNS.index(column)
    return (*cells[:where], value if cells[where] else "", *cells[where + 1 :])


def _drop_last_activation(rows: list[TableRow]) -> None:
    if rows:
        where = _COLUMNS.index("activation")
        rows[-1] = rows[-1]._replace(cells=(*rows[-1].cells[:where], "", *rows[-1].cells[where + 1 :]))
