"""D12: MBConv stages: Stage, Operator `MBConv6, k5x5`, Resolution or Stride, #Channels, #Layers.

As EfficientNet and EfficientNetV2 are printed. A resolution is the stage's input, so the stride follows from the next
one; channels are the output's. Windows, expansions and ratios stand with the operator or in columns of their own; a
SepConv is an MBConv without expansion. Unsaid: padding (same), batch norms, SiLU, squeeze and excite (a quarter of the
block's input maps, or the SE ratio that is printed), the residual where shapes agree, the number of classes.
"""

import re
from math import ceil

from cnnscope.errors import CellError
from cnnscope.spec.drafts import modules
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import image, multiplier, told_activation, told_ratio, told_window, units
from cnnscope.spec.drafts.printed import count, geometry, plain, size
from cnnscope.spec.drafts.squared import one_reading
from cnnscope.spec.drafts.titles import PrintedRow, found, require, rows
from cnnscope.spec.expressions import round_to
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table

EXPECTS = "columns Stage, Operator (MBConv6, k3x3), Resolution or Stride, #Channels, #Layers"
WORD = "MBConv6"

TITLES = {
    "stage": r"stage(?: ?i)?",
    "operator": r"operator.*|block|type",
    "kernel": r"kernel(?: ?size)?|k(?: ?size)?",
    "t": r"t|expan(?:sion|d)(?:[ _]?(?:factor|ratio))?|exp(?:\.| ratio)?",
    "se": r"se(?:[ _]?ratio)?",
    "resolution": r"(?:input )?resolution.*|input(?: size)?",
    "stride": r"strides?|s",
    "channels": r"#? ?channels.*|#?out|c",
    "layers": r"#? ?layers.*|n|#?repeats?",
}
_MBCONV = re.compile(
    r"(fused[- ]?)?mb-?conv[- ]?(\d+)?(?:[, ]+k?(\d)x\3)?(?:[, ]+(se)(?:[ =_]*(?:ratio[ =]*)?\(?(0?\.\d+)\)?)?)?"
)


def claims(document: Document) -> bool:
    return _table(document) is not None


def _table(document: Document) -> Table | None:
    return next((table for table in document.tables if is_stages(table)), None)


def is_stages(table: Table) -> bool:
    """Has it MBConv operators, widths and numbers of layers?"""
    places = found(table, TITLES)
    column = next((index for index, name in places.items() if name == "operator"), None)
    named = column is not None and any(_MBCONV.match(plain(row.cells[column])) for row in table.rows)
    factors = any(plain(title) == "t" for title in table.header)
    return named and not factors and {"channels", "layers"} <= {*places.values()}


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    if "resolution" not in found(table, TITLES).values():
        require(document, table, TITLES, "stride")
    choices = Choices(given)
    draft = Draft(choices, habit="the printed sizes shrink only with the stride")
    activation = told_activation(choices, "silu", "behind expansions and windows, not behind projections")
    choices.alike("norm", "bn", "none", why="behind every convolution but the squeezing ones")
    printed = one_reading(rows(document, table, TITLES), choices)
    columns = {*found(table, TITLES).values()}
    reader = _Stages(
        draft,
        activation,
        squeezes_unsaid=not any("se" in plain(row["operator"]) or row["se"] for row in printed),
        has_strides="stride" in columns and "resolution" not in columns,
        windowed=any(row["kernel"] or re.search(r"conv.*\dx\d", plain(row["operator"])) for row in printed[1:-1]),
    )
    faults = []
    for index, row in enumerate(printed):
        try:
            reader.stage(_complete(row), printed[index + 1] if index + 1 < len(printed) else None)
        except CellError as error:
            faults.append(fault(row.line, f"stage {row['stage']}", error))
    if faults:
        raise refusal(document.path, faults)
    sides = size(printed[0]["resolution"]) if printed and printed[0]["resolution"] else ()
    if sides:
        draft.input = (printed[0].line, f"3x{sides[0]}x{sides[-1]}")
    image(draft)
    return [draft]


def _complete(row: PrintedRow) -> PrintedRow:
    """The row with the window, expansion and ratio at its operator that stand in columns of their own."""
    operator = plain(row["operator"])
    operator = re.sub(r"\s*\((?=k?\dx\d)", ", ", re.sub(r"(?<=\dx\d)\s*\)", "", operator))
    operator = re.sub(r"^sep(?:arable)?[- ]?conv", "mbconv1", operator)
    if match := re.match(r"(?:fused[- ]?)?mb-?conv[- ]?(\d+)?", operator):
        if not match[1] and not row["t"]:
            raise CellError(f"`{row['operator'][:40]}` has no expansion", "write MBConv6, or a column Expansion")
        operator = match[0] + (row["t"] if not match[1] else "") + operator[match.end() :]
    if row["kernel"] and not re.search(r"\dx\d", operator):
        window = plain(row["kernel"])
        operator += f", {window if 'x' in window else f'{window}x{window}'}"
    if row["se"] and match and "se" not in operator and plain(row["se"]) not in ("0", "no"):
        operator += f", se{row['se']}"
    return PrintedRow(row.line, {**row.cells, "operator": operator})


class _Stages:
    def __init__(
        self, draft: Draft, activation: str, *, squeezes_unsaid: bool, has_strides: bool, windowed: bool
    ) -> None:
        self.has_strides, self.windowed = has_strides, windowed
        self.draft, self.activation = draft, activation
        self.ratio = ""
        why = "the table is that of the smallest network"
        self.wider, self.deeper = multiplier(draft, "width", why), multiplier(draft, "depth", why)
        if squeezes_unsaid:
            why = "of the block's input maps; the table does not print it"
            self.ratio = told_ratio(draft.choices, "SE", "0.25", why)
        self.printed = 0
        """The maps of the row above."""

    def stage(self, row: PrintedRow, following: PrintedRow | None) -> None:
        operator = plain(row["operator"])
        name = f"stage{row['stage']}" if row["stage"] else ""
        if re.search(r"&|pool|\bfc\b|dense|linear|conv1x1/|fully", operator):
            self._head(row, name, operator)
            return
        here = size(row["resolution"])[0] if row["resolution"] else 0
        behind = size(following["resolution"])[0] if following and following["resolution"] else 0
        stride = str(count(row["stride"])) if row["stride"] else ""
        if self.has_strides and not stride:
            raise CellError("has no stride", "a table with a column of strides prints one in each row")
        layers = count(row["layers"])
        scaled = _MBCONV.fullmatch(operator) is not None
        maps, repeat = self._maps(row["channels"]), str(ceil(layers * self.deeper) if scaled else layers)
        cells = {"maps": maps, "repeat": repeat if repeat != "1" else "", "stride": stride}
        if behind:
            cells["size"] = f"{behind}x{behind}"
        match = _MBCONV.fullmatch(operator)
        if match:
            entry = self._block(row.line, name, match, cells, repeat)
            entry.unsaid = () if stride else ("stride",)
        else:
            window = geometry(operator)
            if window.kind != "conv" or not window.kernel:
                raise CellError(
                    f"`{row['operator'][:40]}` is no stage", "known are Conv3x3, MBConv6, k3x3, Fused-MBConv4, k3x3"
                )
            entry = self.draft.add(
                row.line, "conv bn", layer=name, activation=self.activation, kernel=window.window, **cells
            )
            entry.unsaid = ("padding",) if stride else ("padding", "stride")
        self.printed = count(row["channels"])
        entry.prints = (behind, behind) if behind and here else None

    def _block(self, line: int, name: str, match: re.Match[str], cells: dict[str, str], repeat: str):  # type: ignore[no-untyped-def]
        if not match[3] and self.windowed:
            raise CellError("has no window", "the other rows print theirs")
        kernel = match[3] or told_window(self.draft.choices)
        kernel = kernel if "x" in kernel else f"{kernel}x{kernel}"
        factor = match[2]
        ratio = match[5] or ("" if match[1] else self.ratio)
        if match[4] and not match[5]:
            why = "of the block's input maps; the table prints no ratio"
            ratio = told_ratio(self.draft.choices, "SE", "0.25", why)
        given = {"kernel": kernel, "act": self.activation, **cells}
        if match[1]:
            return self.draft.add(line, modules.fused(self.draft), layer=name, t=factor, **given)
        squeezes = bool(ratio) and float(ratio) > 0
        block = modules.inverted_residual(self.draft, squeeze=squeezes, gate="sigmoid", squeezed="silu", by_factor=True)
        share = {"se": ratio} if squeezes else {}
        return self.draft.add(line, block, layer=name, t=factor, **share, **given)

    def _maps(self, cell: str) -> str:
        return str(round_to(count(cell) * self.wider, 8)) if self.wider != 1 else str(count(cell))

    def _head(self, row: PrintedRow, name: str, operator: str) -> None:
        """Conv1x1 & Pooling & FC, together or one by one."""
        for part in filter(None, re.split(r"\s*(?:&|/|\+|,(?! ?k?\d)|;|\band\b)\s*", operator)):
            if window := re.fullmatch(r"conv(?:2d)?,? ?k?(\d)x\1(?: ?, ?bn.*)?", part):
                if not row["channels"]:
                    raise CellError("a convolution without #Channels", "write its maps")
                cells = {"maps": self._maps(row["channels"]), "kernel": f"{window[1]}x{window[1]}"}
                entry = self.draft.add(row.line, "conv bn", layer=name, activation=self.activation, **cells)
                entry.unsaid = ("padding",) if window[1] != "1" else ()
                self.printed = count(row["channels"])
            elif re.fullmatch(r"(?:global )?(?:(?:avg|average|mean) ?)?pool(?:ing)?(?: ?\d+x\d+)?", part):
                self.draft.add(row.line, "global avg pool")
            elif re.fullmatch(r"fc|fully[- ]connected|dense|linear|classifier", part):
                printed = count(row["channels"]) if row["channels"] else self.printed
                maps = units(self.draft) if printed == self.printed else str(printed)
                self.draft.add(row.line, "fully connected", maps=maps)
            elif not re.fullmatch(r"dropout|softmax|flatten", part):
                raise CellError(f"`{part[:40]}` is no part of a head", "known are Conv1x1, Pooling, FC, parted by &")
