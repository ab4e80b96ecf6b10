"""D11: inverted residuals by width: Input, Operator `bneck, 5x5`, exp size, #out, SE, NL, s.

As MobileNetV3 is printed. The size is the input's. Unsaid: padding (same), batch norms, the squeeze width (a quarter of
the expansion, rounded to 8), the hard sigmoid gate, no expansion where exp size is the input's maps; `NBN` rows have no
batch norm but a bias. A tick for SE in a plain convolution is passed over unless asked for: no implementation has it.
"""

import re

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.draft import Choices, Draft, Given, fault
from cnnscope.spec.expressions import round_to
from cnnscope.spec.faults import refusal
from cnnscope.spec.habits import units
from cnnscope.spec.modules import inverted_residual
from cnnscope.spec.printed import count, geometry, plain
from cnnscope.spec.squared import image_before, one_reading, square
from cnnscope.spec.tables.document import Document
from cnnscope.spec.titles import PrintedRow, require, rows, table_with

EXPECTS = "columns Input, Operator (bneck, 3x3), exp size, #out, SE, NL, s"
WORD = "exp size"

TITLES = {
    "input": r"input(?: ?size)?",
    "operator": r"operator|type|layer",
    "exp": r"exp\.? ?(?:size|sion)?|expansion(?: size)?",
    "out": r"#? ?out(?:put)?(?: channels)?|c|#?channels",
    "se": r"se",
    "nl": r"nl|activation|non-?linearity",
    "s": r"s|stride",
}
_TICKS = {"", "-", "no", "x", "false", "0", "✗", "✘"}
_ACTIVATIONS = {
    "re": "relu",
    "relu": "relu",
    "hs": "hard swish",
    "h-swish": "hard swish",
    "hswish": "hard swish",
    "relu6": "relu6",
    "": "",
}


def claims(document: Document) -> bool:
    return table_with(document, TITLES, "operator", "exp", "out", "s") is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "operator", "exp", "out", "s")
    assert table
    require(document, table, TITLES, "se", "nl")
    choices = Choices(given)
    draft = Draft(choices, habit="the printed sizes shrink only with the stride")
    choices.note(Assumption("norm", "bn", "behind every convolution but those with NBN and the squeezing ones"))
    choices.note(Assumption("squeeze", "a quarter of the expansion, rounded to 8", "the table prints ticks only"))
    classes = units(draft)
    printed = one_reading(rows(document, table, TITLES), choices)
    faults = []
    for index, row in enumerate(printed):
        try:
            _row(draft, row, printed[index + 1 :], classes)
        except CellError as error:
            faults.append(fault(row.line, row["operator"], error))
    if faults:
        raise refusal(document.path, faults)
    image_before(draft, printed)
    return [draft]


def _row(draft: Draft, row: PrintedRow, following: list[PrintedRow], classes: str) -> None:
    operator = plain(row["operator"])
    behind = square(following[0]["input"]) if following else ()
    size = {"size": f"{behind[0]}x{behind[0]}"} if behind else {}
    maps = classes if plain(row["out"]) == "k" else str(count(row["out"])) if row["out"] else ""
    stride = str(count(row["s"])) if row["s"] else "1"
    if "pool" in operator:
        draft.add(row.line, "global avg pool", **size)
        return
    activation = _activation(row["nl"])
    squeezes = plain(row["se"]) not in _TICKS
    found = geometry(re.sub(r"\bnbn\b|^bneck,?|^bottleneck,?", "", operator).strip(" ,"))
    if operator.startswith(("bneck", "bottleneck")):
        wide = count(row["exp"])
        block = inverted_residual(draft, squeeze=True)
        squeezed = str(round_to(wide // 4, 8)) if squeezes else "0"
        entry = draft.add(
            row.line,
            block,
            maps=maps,
            wide=str(wide),
            squeezed=squeezed,
            kernel=found.window,
            stride=stride,
            act=activation,
            **size,
        )
    elif "nbn" in operator or (behind and square(row["input"])[:1] == (1,)):
        draft.add(row.line, "fully connected", maps=maps, activation=activation)
        return
    else:
        entry = draft.add(
            row.line,
            "conv bn",
            activation=activation,
            **found.cells(maps=maps, stride=stride, kernel=found.window or "3x3"),
            **size,
        )
        entry.unsaid = ("padding",)
        if squeezes and maps:
            _squeeze_behind(draft, row.line, int(maps))
    entry.prints = (behind[0], behind[0]) if behind else None


def _squeeze_behind(draft: Draft, line: int, maps: int) -> None:
    """Squeeze and excite behind a plain convolution, where the user wants it."""
    why = "a tick in a row that is no bneck, which no implementation has; `yes` reads it"
    before = draft.lines[-1]
    if draft.choices.take("SE in conv2d", "no", "yes", why=why, rows=(before.name,)) == "no":
        return
    squeezed = str(round_to(maps // 4, 8))
    last = f"{before.name}"
    draft.add(line, "global avg pool", layer="mean")
    draft.add(line, "conv", layer="squeeze", maps=squeezed, kernel="1x1", activation="relu")
    draft.add(line, "conv", layer="gate", maps=str(maps), kernel="1x1", activation="hard sigmoid")
    draft.add(line, "multiply", layer="excite", from_=f"{last}, gate")


def _activation(cell: str) -> str:
    text = plain(cell)
    if text not in _ACTIVATIONS:
        raise CellError(f"`{cell[:40]}` is no activation of such a table", "known are RE and HS")
    return _ACTIVATIONS[text]
