"""D3: the ledger, one line per layer with its memory and its weights written out.

    3x3 conv, 64     memory: 224*224*64=3.2M  params: (3*3*3)*64 = 1,728
    CONV3-64: [224x224x64]  memory: 224*224*64=3.2M  weights: (3*3*3)*64 = 1,728

As in the CS231n notes and lectures after them. Every figure is a claim. What a ledger leaves unsaid is assumed: stride 1
and padding that keeps the size for convolutions, 2x2 max pools of stride 2, ReLU after every layer with weights but the
last, and biases (the weights that are printed leave them out).
"""

import re

from cnnscope.errors import CellError, Fault, SpecError
from cnnscope.spec.dialects import canonical
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Figure, Program
from cnnscope.spec.tables.document import Document, Table, TableRow, clean

EXPECTS = "lines such as `3x3 conv, 64  memory: 224*224*64=3.2M params: (3*3*3)*64 = 1,728`"

_LINE = re.compile(
    r"(?P<layer>.*?)(?:\[(?P<output>[^\]]*)\])?\s*memory:(?P<memory>.*?)(?:(?:params|weights):(?P<params>.*))?"
)
_TOTAL = re.compile(r"TOTAL\s+(memory|params|weights):(.*)", re.IGNORECASE)
_TITLE = re.compile(r"[\w .-]{1,40}:?")
_CONV = re.compile(
    r"(?:(?P<k>\d+)\s*[x×]\s*(?P<w>\d+)\s*conv\w*\s*,?\s*(?P<m>\d+)|conv\s*(?P<k2>\d+)\s*-\s*(?P<m2>\d+))", re.I
)
_POOL = re.compile(r"(?:max\s*)?pool(?:ing)?\s*2?", re.IGNORECASE)
_FULL = re.compile(r"fc\s*-?\s*(\d*)", re.IGNORECASE)
_FIGURE = re.compile(r"(?:~=|≈|~)?\s*\d[\d.,]*\s*[kmg]?i?b?\b", re.IGNORECASE)

_COLUMNS = ("type", "maps", "kernel", "stride", "padding", "activation", "size", "output", "memory", "params")


def claims(document: Document) -> bool:
    return sum("memory:" in line and bool(_LINE.fullmatch(_plain(line))) for line in document.lines) >= 2


def read(document: Document) -> Program:
    """Every line as a canonical row; SpecError for lines that are neither a layer, a total nor a title."""
    rows: list[TableRow] = []
    totals: list[Figure] = []
    faults: list[Fault] = []
    name = ""
    for number, line in enumerate(document.lines, start=1):
        text = _plain(line)
        try:
            if total := _TOTAL.search(text):
                metric = "memory" if total[1].lower() == "memory" else "params"
                for figure in _total_figures(metric, total[2]):
                    totals += figures(number, metric, figure, {})
            elif entry := _LINE.fullmatch(text):
                rows.append(TableRow(number, _cells(entry)))
            elif text and not _TITLE.fullmatch(text):
                raise CellError(f"`{text[:40]}` is no line of a ledger", f"expected {EXPECTS}")
            elif text.endswith(":"):
                name = text.removesuffix(":")
        except CellError as error:
            faults.append(Fault(number, "", error.message, error.hint))
    if faults:
        raise SpecError(document.path, faults)
    _drop_last_activation(rows)
    program = canonical.read(Document(document.path, tables=[Table(1, _COLUMNS, rows)], lines=document.lines))
    program.name = name or program.name
    program.figures = tuple(totals)
    return program


def _plain(line: str) -> str:
    """A line without markup and with single blanks."""
    return " ".join(clean(line[:1000]).replace("\\*", "*").split())


def _total_figures(metric: str, text: str) -> list[str]:
    """24M * 4 bytes ~= 96MB / image: the values and the bytes; the 4 bytes between them are the float's."""
    found = [figure.strip() for figure in _FIGURE.findall(text) if figure.strip() != "4"]
    return found if metric == "memory" else found[:1]


def _cells(entry: re.Match[str]) -> tuple[str, ...]:
    layer = entry["layer"].strip().rstrip(":").strip()
    output = (entry["output"] or "").strip()
    memory, params = (entry["memory"] or "").strip(), (entry["params"] or "").strip()
    cells = {"output": output, "memory": memory, "params": params}
    if layer.lower().startswith("input"):
        shape = [part.strip() for part in re.split(r"[x×*]", output or memory.partition("=")[0])]
        if len(shape) != 3:
            raise CellError(f"`{memory}` is not height*width*channels", "the input's memory says its shape: 224*224*3")
        cells |= {"type": "input", "maps": shape[2], "size": f"{shape[0]}x{shape[1]}", "output": ""}
    elif conv := _CONV.fullmatch(layer):
        kernel = (conv["k"] or conv["k2"], conv["w"] or conv["k2"])
        cells |= {"type": "conv", "maps": conv["m"] or conv["m2"], "kernel": "x".join(kernel), "activation": "relu"}
        cells["padding"] = "x".join(str(int(side) // 2) for side in kernel)
    elif _POOL.fullmatch(layer):
        cells |= {"type": "max pool", "kernel": "2", "stride": "2"}
    elif full := _FULL.fullmatch(layer):
        units = full[1] or re.split(r"[x×*]", output)[-1].strip()
        cells |= {"type": "fully connected", "maps": units, "activation": "relu"}
    else:
        raise CellError(
            f"`{layer[:40]}` is no layer of a ledger", "known are Input, 3x3 conv, 64, CONV3-64, Pool, FC 4096"
        )
    return tuple(cells.get(column, "") for column in _COLUMNS)


def _drop_last_activation(rows: list[TableRow]) -> None:
    if rows:
        where = _COLUMNS.index("activation")
        rows[-1] = rows[-1]._replace(cells=(*rows[-1].cells[:where], "", *rows[-1].cells[where + 1 :]))
