"""D11: inverted residuals by width: Input, Operator `bneck, 5x5`, exp size, #out, SE, NL, s.

As MobileNetV3 is printed, and GhostNet with `G-bneck`. The size is the input's; a window stands with its operator or in
a column of its own. Unsaid: padding (same), batch norms, the squeeze width (a quarter of the expansion, rounded to 8,
of ghosts to 4), the hard sigmoid gate, no expansion where exp size is the input's maps; `NBN` rows have no batch norm
but a bias. A tick for SE in a plain convolution is passed over unless asked for: no implementation has it.
"""

import re

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.dialects.mbconv import is_stages
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.ghost_module import ghost_bottleneck
from cnnscope.spec.drafts.habits import told_window, units
from cnnscope.spec.drafts.modules import inverted_residual
from cnnscope.spec.drafts.printed import count, geometry, plain
from cnnscope.spec.drafts.squared import image_before, one_reading, square
from cnnscope.spec.drafts.titles import PrintedRow, require, rows, table_with
from cnnscope.spec.expressions import round_to
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns Input, Operator (bneck, 3x3), exp size, #out, SE, NL, s"
WORD = "exp size"

TITLES = {
    "input": r"input(?: ?size)?",
    "operator": r"operator|type|layer",
    "kernel": r"kernel(?: ?size)?|k(?: ?size)?",
    "exp": r"# ?exp|exp\.? ?(?:size|sion)?|expansion(?: size)?",
    "out": r"#? ?out(?:put)?(?: channels)?|c|#?channels",
    "se": r"se",
    "nl": r"nl|activation|non-?linearity",
    "s": r"s|stride",
}
_NO_TICKS = {"", "-", "no", "n", "x", "false", "0", "✗", "✘", "✕"}
_TICKS = {"y", "yes", "true", "t", "1", "✓", "✔", "√", "✅", "•", "●", "se", "v"}
_GHOST = re.compile(r"g(?:host)?[- ]?(?:bneck|bottleneck)")
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
    table = table_with(document, TITLES, "operator", "exp", "out", "s")
    return table is not None and not is_stages(table)


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "operator", "exp", "out", "s")
    assert table
    ghosts = any(_GHOST.match(plain(row["operator"])) for row in rows(document, table, TITLES))
    require(document, table, TITLES, "se", *(() if ghosts else ("nl",)))
    choices = Choices(given)
    usual = "relu" if ghosts else ""
    if ghosts:
        choices.alike("activation", usual, why="the table has no column NL")
    draft = Draft(choices, habit="the printed sizes shrink only with the stride")
    choices.alike("norm", "bn", "none", why="behind every convolution but those with NBN and the squeezing ones")
    choices.note(
        Assumption(
            "squeeze", f"a quarter of the expansion, rounded to {4 if ghosts else 8}", "the table prints ticks only"
        )
    )
    printed = one_reading(rows(document, table, TITLES), choices)
    faults = []
    for index, row in enumerate(printed):
        try:
            _row(draft, _complete(row, usual, last=index == len(printed) - 1), printed[index + 1 :])
        except CellError as error:
            faults.append(fault(row.line, row["operator"], error))
    if faults:
        raise refusal(document.path, faults)
    image_before(draft, printed)
    return [draft]


def _complete(row: PrintedRow, usual: str, *, last: bool) -> PrintedRow:
    """The row with its window at its operator, and the activation of tables without such a column."""
    cells = dict(row.cells)
    if row["kernel"] and not re.search(r"\dx\d", plain(row["operator"])):
        window = plain(row["kernel"])
        cells["operator"] = f"{row['operator']}, {window if 'x' in window else f'{window}x{window}'}"
    if usual and not last and not row["nl"]:
        cells["nl"] = usual
    return PrintedRow(row.line, cells)


def _squeezed(cell: str, wide: int, multiple: int) -> str:
    """How wide the gate's first layer is; 0 without a gate. A tick means a quarter."""
    text = plain(cell)
    if text in _NO_TICKS:
        return "0"
    if re.fullmatch(r"0?\.\d{1,4}", text):
        return str(round_to(int(wide * float(text)), multiple))
    if text not in _TICKS:
        raise CellError(f"`{cell[:40]}` is neither a tick nor a share", "write y, - or 0.25")
    return str(round_to(wide // 4, multiple))


def _row(draft: Draft, row: PrintedRow, following: list[PrintedRow]) -> None:
    operator = plain(row["operator"])
    if not re.search(r"[a-z]{2}", operator):
        raise CellError("has no operator", "write conv2d, bneck, pool")
    behind = square(following[0]["input"]) if following else ()
    size = {"size": f"{behind[0]}x{behind[0]}"} if behind else {}
    maps = units(draft) if plain(row["out"]) == "k" else str(count(row["out"])) if row["out"] else ""
    stride = str(count(row["s"])) if row["s"] else "1"
    if "pool" in operator:
        draft.add(row.line, "global avg pool", **size)
        return
    if not maps:
        raise CellError("has no #out", "write the maps that the row makes")
    activation = _activation(row["nl"])
    squeezes = _squeezed(row["se"], 8, 8) != "0"
    found = geometry(re.sub(r"\bnbn\b|^(?:g(?:host)?[- ]?)?(?:bneck|bottleneck),?", "", operator).strip(" ,"))
    if operator.startswith(("bneck", "bottleneck")) or _GHOST.match(operator):
        wide, ghost = count(row["exp"]), bool(_GHOST.match(operator))
        if (
            not found.window
            and "window" not in draft.choices.made
            and any(line.cells.get("wide") for line in draft.lines)
        ):
            raise CellError("has no window", "the rows above print theirs")
        window = found.window or told_window(draft.choices)
        if ghost and (wide % 2 or int(maps) % 2):
            raise CellError("a ghost module of an odd width", "half of its maps are made from the other half")
        block = ghost_bottleneck(draft) if ghost else inverted_residual(draft, squeeze=True)
        entry = draft.add(
            row.line,
            block,
            maps=maps,
            wide=str(wide),
            squeezed=_squeezed(row["se"], wide, 4 if ghost else 8),
            kernel=window,
            stride=stride,
            act="" if ghost else activation,
            **size,
        )
    elif "nbn" in operator or found.kind == "fully connected" or (behind and square(row["input"])[:1] == (1,)):
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
