"""D18: the parameters of a rule instead of rows: depth, w0, wa, wm, group width (RegNet); depth and k (wide ResNet,
DenseNet); layers of each stage, a and b (RepVGG).

RegNet (Radosavovic et al. 2020, section 3.3): block j has width w0 + wa·j, rounded to w0·wm^i and to multiples of 8,
then to a multiple of the group width (the nearest that is not more than 10 % below). Wide ResNet (Zagoruyko &
Komodakis 2016): three stages of (d - 4) / 6 blocks of two 3x3 convolutions with 16k, 32k, 64k maps. DenseNet's k is
the growth rate; where a column is called k alone, the printed params say which rule it is, or else the wide ResNet's is
assumed. Depths and widths of stages (1, 3, 7, 5 and 64, 128, 288, 672) are RegNet's too. A column SE is the ratio of
squeeze and excite to the block's input maps.
"""

import math
import re
from fractions import Fraction

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given, fault, readable
from cnnscope.spec.drafts.habits import classifier, image, told_ratio, whole_choice
from cnnscope.spec.drafts.printed import count, plain
from cnnscope.spec.drafts.rules import DENSE, dense_params, densenet, repvgg
from cnnscope.spec.drafts.titles import PrintedRow, found, rows, table_with
from cnnscope.spec.expressions import round_to
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table
from cnnscope.units import parse_printed

EXPECTS = (
    "columns depth, w0, wa, wm, group width (RegNet), depth and k (wide ResNet, DenseNet), or layers of each stage, "
    "a, b (RepVGG), one row per network"
)
WORD = "wm"

TITLES = {
    "name": r"name|model|network|",
    "depth": r"d|depth|#? ?layers|l",
    "stages": r"d_?i|depths|(?:layers|blocks) (?:of|in|per) (?:each )?stage",
    "widths": r"w_?i|widths",
    "w0": r"w_?\{?0\}?",
    "wa": r"w_?\{?a\}?",
    "wm": r"w_?\{?m\}?",
    "group": r"g|group ?width|groups?|group_?w",
    "b": r"b",
    "a": r"a",
    "growth": r"growth(?: ?rate)?(?: ?,? ?\(?k\)?)?|k \(growth(?: ?rate)?\)",
    "k": r"k|widen(?:ing)? ?factor(?: ?,? ?\(?k\)?)?|k \(widen(?:ing)? ?factor\)|width",
    "se": r"se(?: ?ratio)?",
    "params": r"#? ?params?.*|parameters.*",
    "macs": r"flops.*|macs.*",
}


def claims(document: Document) -> bool:
    return _table(document) is not None


_KINDS = (
    ("depth", "w0", "wa", "wm", "group"),
    ("stages", "widths", "group"),
    ("stages", "a", "b"),
    ("depth", "growth"),
    ("depth", "k"),
)


def _table(document: Document) -> Table | None:
    return next((table for needed in _KINDS if (table := table_with(document, TITLES, *needed))), None)


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    drafts, faults = [], []
    unit = {name: _unit(table.header[index]) for index, name in found(table, TITLES).items()}
    for number, row in enumerate(rows(document, table, TITLES), start=1):
        draft = Draft(Choices(given), row["name"] or f"network {number}")
        printed = {metric: row[metric] + unit.get(metric, "") if row[metric] else "" for metric in ("params", "macs")}
        try:
            _network(draft, row, printed["params"])
        except CellError as error:
            faults.append(fault(row.line, row["name"], error))
        for metric, figure in printed.items():
            if readable(metric, figure):
                draft.figure(row.line, metric, figure)
        drafts.append(draft)
    if faults:
        raise refusal(document.path, faults)
    return drafts


def _unit(title: str) -> str:
    """params (M) -> M."""
    match = re.search(r"\(([KMGB])\)$", title.strip())
    return match[1] if match else ""


def _network(draft: Draft, row: PrintedRow, params: str) -> None:
    if row["w0"] or row["widths"]:
        _regnet(draft, row)
    elif row["stages"]:
        factors = [float(_number(row[column])) for column in ("a", "b")]
        repvgg(draft, row.line, _listed(row["stages"]), *factors)
        _head(draft, row.line)
        image(draft)
    elif row["growth"] or row["k"]:
        depth, k = count(row["depth"]), count(row["growth"] or row["k"])
        usual, *others = _likeliest(depth, k, params, growth=bool(row["growth"]))
        why = "reproduces the printed params" if others and params else "the habit of a column k"
        kind = draft.choices.take("rule", usual, *others, why=why) if others else usual
        _wide_resnet(draft, row) if kind == "wide ResNet" else _densenet(draft, row, depth, k, kind)
    else:
        raise CellError("no network follows from this row", "write its depth and width")


def _likeliest(depth: int, k: int, params: str, *, growth: bool) -> list[str]:
    """The rules that a row may mean, the one first whose params come nearest to the printed ones."""
    kinds = [*DENSE] if growth else ["wide ResNet", *DENSE]
    if not readable("params", params):
        return kinds
    figure = float(parse_printed(params).value)
    made = {kind: wide_params(depth, k) if kind == "wide ResNet" else dense_params(depth, k, kind) for kind in kinds}
    return sorted(kinds, key=lambda kind: abs(made[kind] / figure - 1) if figure else 0)


def wide_params(depth: int, k: int) -> int:
    """The params of a wide ResNet for 10 classes."""
    total, before = 27 * 16, 16
    for width in (16 * k, 32 * k, 64 * k):
        for _ in range((depth - 4) // 6):
            total += 2 * before + 9 * before * width + 2 * width + 9 * width * width
            total += before * width if before != width else 0
            before = width
    return total + 2 * before + 10 * before + 10


def _densenet(draft: Draft, row: PrintedRow, depth: int, growth: int, kind: str) -> None:
    densenet(draft, row.line, depth, growth, kind)
    _head(draft, row.line, "10")
    image(draft, "3x32x32")


def _listed(cell: str) -> list[int]:
    """1, 3, 7, 5"""
    numbers = [int(number) for number in re.findall(r"\d{1,6}", cell)]
    if not numbers or re.sub(r"[\d\s,;\[\]()/-]", "", cell) or sum(numbers) > 100_000:
        raise CellError(f"`{cell[:40]}` is no list of numbers", "write 1, 3, 7, 5")
    return numbers


def _number(cell: str) -> Fraction:
    text = plain(cell)
    if not re.fullmatch(r"\d{1,6}(?:[.,]\d{1,6})?", text):
        raise CellError(f"`{cell[:40]}` is not a number", "write 27.89")
    return Fraction(text.replace(",", "."))


def widths(depth: int, w0: Fraction, wa: Fraction, wm: Fraction) -> list[int]:
    """The width of every block, before groups (equations 2 to 4 of the paper)."""
    found = []
    for block in range(depth):
        power = round(math.log(float((w0 + wa * block) / w0)) / math.log(float(wm))) if block else 0
        found.append(round(float(w0) * float(wm) ** power / 8) * 8)
    return found


def _stages(row: PrintedRow) -> list[tuple[int, int]]:
    """(blocks, width) of each stage, printed or by the rule."""
    if row["widths"]:
        blocks, printed = _listed(row["stages"]), _listed(row["widths"])
        if len(blocks) != len(printed) or not 0 < sum(blocks) <= 1_000 or min(printed) < 1:
            raise CellError("as many depths as widths are needed", "write 1, 3, 7, 5 and 64, 128, 288, 672")
        return [*zip(blocks, printed, strict=True)]
    depth = count(row["depth"])
    w0, wa, wm = (_number(row[column]) for column in ("w0", "wa", "wm"))
    if not 0 < depth <= 1_000 or w0 <= 0 or wm <= 1:
        raise CellError("no network follows from these figures", "depth 1 to 1,000, w0 above 0, wm above 1")
    every = widths(depth, w0, wa, wm)
    return [(every.count(width), width) for width in sorted({*every})]


def _regnet(draft: Draft, row: PrintedRow) -> None:
    group = count(row["group"])
    if group < 1 or plain(row["b"]) not in ("", "1", "1.0"):
        raise CellError("a bottleneck or a group that is not read", "the ratio b is 1, the group width 1 or more")
    made = _stages(row)
    choices = draft.choices
    why = "the ratio to the block's input maps; none is printed"
    ratio = row["se"] or told_ratio(choices, "SE", "none", why) or "none"
    stem = str(whole_choice(choices, "stem", "32", "a 3x3 convolution with stride 2"))
    choices.note(Assumption("bottleneck", "1", "blocks 1x1, 3x3 in groups, 1x1 of the same width"))
    choices.alike("norm", "bn", "none", why="behind every convolution, which then has no bias")
    draft.add(row.line, "conv bn", layer="stem", maps=stem, kernel="3x3", stride="2", padding="1", activation="relu")
    block = _block(draft, squeeze=ratio not in ("none", "0"))
    for stage, (many, width) in enumerate(made, start=1):
        if width < 1:
            raise CellError("no network follows from these figures", "w0 of 8 or more")
        groups = min(group, width)
        maps = str(round_to(width, groups))
        cells = {"se": ratio} if ratio not in ("none", "0") else {}
        name = f"stage{stage}"
        draft.add(row.line, block, layer=name, w=maps, gw=str(groups), stride="2", repeat=str(many), **cells)
    _head(draft, row.line)
    image(draft)


def _block(draft: Draft, *, squeeze: bool) -> str:
    """1x1, 3x3 in groups of gw maps, 1x1; the stride in the window, a projection where the shape changes."""
    rows: list[Cells] = [
        {"layer": "a", "type": "conv bn", "maps": "{w}", "kernel": "1x1", "activation": "relu"},
        {"layer": "b", "type": "conv bn", "maps": "{w}", "kernel": "3x3", "stride": "{stride}", "padding": "1"}
        | {"groups": "{w//gw}", "activation": "relu"},
    ]
    if squeeze:
        rows += [
            {"layer": "mean", "type": "global avg pool"},
            {
                "layer": "squeeze",
                "type": "conv",
                "maps": "{floor(se*in.maps + 1/2)}",
                "kernel": "1x1",
                "activation": "relu",
            },
            {"layer": "gate", "type": "conv", "maps": "{w}", "kernel": "1x1", "activation": "sigmoid"},
            {"layer": "excite", "type": "multiply", "from": "b, gate"},
        ]
    changed = "{stride != 1 or in.maps != w}"
    rows += [
        {"layer": "c", "type": "conv bn", "maps": "{w}", "kernel": "1x1"},
        {"layer": "skip", "type": "conv bn", "maps": "{w}", "kernel": "1x1", "stride": "{stride}"}
        | {"from": "in", "when": changed},
        {"layer": "out", "type": "add", "activation": "relu", "from": "c, skip"},
    ]
    return draft.block(f"regnet-block(w, gw{', se' if squeeze else ''}, stride=1)", rows)


def _wide_resnet(draft: Draft, row: PrintedRow) -> None:
    depth, k = count(row["depth"]), count(row["k"])
    if (depth - 4) % 6 or depth < 10:
        raise CellError(f"a wide ResNet of {depth} layers", "6n + 4 layers make whole blocks: 16, 22, 28, 40")
    choices = draft.choices
    why = "wide ResNets put the norm first; their convolutions have no biases"
    choices.note(Assumption("blocks", "BN-ReLU-conv, twice 3x3", why))
    draft.add(row.line, "conv", layer="conv1", maps="16", kernel="3x3", padding="1", bias="no")
    block = wide_block(draft)
    for stage, width in enumerate((16, 32, 64), start=1):
        stride = "" if stage == 1 else "2"
        cells = {"repeat": str((depth - 4) // 6), "stride": stride}
        draft.add(row.line, block, layer=f"stage{stage}", w=str(width * k), **cells)
    draft.add(row.line, "bn relu", layer="norm")
    _head(draft, row.line, "10")
    image(draft, "3x32x32")


def wide_block(draft: Draft) -> str:
    """Norm and ReLU before each convolution; where the shape changes, the shortcut begins behind the first of them."""
    pre = {"type": "bn relu"}
    conv = {"type": "conv", "maps": "{w}", "kernel": "3x3", "bias": "no", "padding": "1"}
    changed = "{stride != 1 or in.maps != w}"
    return draft.block(
        "wide(w, stride=1)",
        [
            pre | {"layer": "norm1", "from": "in"},
            conv | {"layer": "a", "stride": "{stride}"},
            pre | {"layer": "norm2"},
            conv | {"layer": "b"},
            {"layer": "skip", "type": "conv", "maps": "{w}", "kernel": "1x1", "bias": "no", "stride": "{stride}"}
            | {"from": "in", "when": changed},
            {"layer": "out", "type": "add", "from": "b, skip"},
        ],
    )


def _head(draft: Draft, line: int, usual: str = "1000") -> None:
    classifier(draft, line, usual, pool=True, why="the rule leaves it out; `none` leaves it out here too")
