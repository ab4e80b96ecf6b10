"""D10: inverted residuals by expansion factor: Input 112^2x32, Operator bottleneck, t, c, n, s.

As MobileNetV2 is printed. The size is the input's; s belongs to the first of the n calls. Unsaid: the 3x3 window,
padding (same), batch norm and ReLU6 behind all convolutions but the projections, no expansion where t is 1, the
residual where shapes agree, and the number of classes k (the last 1x1 convolution is the classifier, with a bias).
"""

import re
from fractions import Fraction

from cnnscope.errors import CellError
from cnnscope.spec.dialects.mbconv import is_stages
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import multiplier, told_activation, told_ratio, told_window, units
from cnnscope.spec.drafts.modules import inverted_residual
from cnnscope.spec.drafts.printed import count, geometry, plain
from cnnscope.spec.drafts.squared import image_before, square
from cnnscope.spec.drafts.titles import PrintedRow, has, require, rows, table_with
from cnnscope.spec.expressions import round_to
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns Input, Operator, t, c, n, s"
WORD = "t"

TITLES = {
    "input": r"input(?: ?(?:size|shape|resolution))?",
    "operator": r"operator|type|layer|block|module",
    "kernel": r"k|kernel(?: ?size)?",
    "t": r"t|e|exp(?:ansion|and)?(?: ?(?:factor|ratio|rate|t))?",
    "c": r"c|f|(?:#|output )?channels|#?out|filters",
    "n": r"n|#?repeats?|#?layers|repeat times",
    "s": r"s|stride",
}


OPTIONAL = ("kernel",)
"""Columns that such tables may lack."""
_SE = r"(?:(?:,| )* ?\(?(?:w/ ?|with )?se ?(0?\.\d+)?\)?)?"
_BLOCK = re.compile(
    r"(?:(?:linear |residual |inverted )*(?:bottleneck|residual)s?|bneck|ir[bf]?"
    r"|(?P<separable>sep(?:arable)? ?-?conv|ds-?conv|depthwise[- ]separable(?: conv(?:olution)?)?)"
    rf"|mb-?conv ?(?P<factor>\d{{1,2}})?)(?: block)?(?P<se>{_SE})"
    rf"(?:(?:,| )* ?\(?k?(?P<kernel>(?P<side>\d{{1,2}})x(?P=side))\)?)?(?P<later>{_SE})"
)
"""A block with its factor, window and squeeze-and-excitation: MBConv6 5x5, bottleneck, IR, SepConv 3x3."""


def claims(document: Document) -> bool:
    table = table_with(document, TITLES, "operator", "t", "c", "s")
    return table is not None and not is_stages(table)


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "operator", "t", "c", "s")
    assert table
    require(document, table, TITLES, "n")
    choices = Choices(given)
    draft = Draft(choices, habit="the printed sizes shrink only with the stride")
    activation = told_activation(choices, "relu6", "behind expansions and windows, not behind projections")
    choices.alike("norm", "bn", "none", why="behind every convolution but the classifier")
    width = multiplier(draft, "width", "the table is that of the full network; other widths are rounded to 8")
    printed = rows(document, table, TITLES)
    windows = has(table, TITLES, "kernel")
    faults = []
    for index, row in enumerate(printed):
        try:
            _row(draft, row, printed[index + 1 :], activation)
            if row["t"] and windows and not row["kernel"]:
                raise CellError("a block without k", "write its window into the column k")
            _widen(draft, width)
        except CellError as error:
            faults.append(fault(row.line, row["operator"], error))
    if faults:
        raise refusal(document.path, faults)
    image_before(draft, printed)
    return [draft]


def _widen(draft: Draft, width: Fraction) -> None:
    """The last row's maps at another width; the wide convolution at the end only grows (Sandler et al. 2018)."""
    cells = draft.lines[-1].cells
    if width == 1 or "maps" not in cells or cells["type"] == "fully connected":
        return
    maps = int(cells["maps"])
    at_the_end = cells["type"] == "conv bn" and cells.get("kernel") == "1x1"
    cells["maps"] = str(max(maps, round_to(maps * width, 8)) if at_the_end else round_to(maps * width, 8))


def _row(draft: Draft, row: PrintedRow, following: list[PrintedRow], activation: str) -> None:
    operator = plain(row["operator"])
    repeat = row["n"] if row["n"] not in ("", "1") else ""
    behind = square(following[0]["input"]) if following and not following[0]["input"].isdecimal() else ()
    size = {"size": f"{behind[0]}x{behind[0]}"} if behind else {}
    if len(behind) > 1 and draft.choices.given.get("width", "1") == "1":
        size = {"output": f"{behind[0]}x{behind[0]}x{behind[1]}"}
    maps = units(draft) if plain(row["c"]) == "k" else str(count(row["c"])) if row["c"] else ""
    if not operator:
        raise CellError("has no operator", "write conv2d, bottleneck, avgpool 7x7 ...")
    if block := _BLOCK.fullmatch(operator):
        _require_figures(row, behind)
        kernel = _kernel(row, block["kernel"] or "")
        if not kernel:
            why = "the window of such blocks; the table prints none"
            kernel = told_window(draft.choices, why)
        ratio = _ratio(draft, block)
        kind = inverted_residual(draft, squeeze=bool(ratio), gate="sigmoid", by_factor=True)
        entry = draft.add(
            row.line,
            kind,
            maps=maps,
            repeat=repeat,
            stride=str(count(row["s"] or "1")),
            act=activation,
            t=_factor(row, block),
            se=ratio,
            kernel=kernel,
            **size,
        )
    elif "pool" in operator:
        draft.add(row.line, "global avg pool", **size)
        return
    elif not following or plain(row["c"]) == "k" or "fc" in operator:
        draft.add(row.line, "fully connected", maps=maps)
        return
    else:
        found = geometry(operator)
        kernel = _kernel(row, found.window)
        stride = str(count(row["s"])) if row["s"] else "1"
        entry = draft.add(
            row.line,
            "conv bn",
            activation=activation,
            repeat=repeat,
            **found.cells(maps=maps, stride=stride, kernel=kernel or "3x3"),
            **size,
        )
        entry.unsaid = ("padding",)
    entry.prints = (behind[0], behind[0]) if behind else None


def _require_figures(row: PrintedRow, behind: tuple[int, ...]) -> None:
    """What makes a block: its maps, how often, and its stride where no size tells it."""
    for column in ("c", "n", *(() if behind else ("s",))):
        if not row[column]:
            raise CellError(f"a block without {column}", f"write a number into the column {column}")


def _kernel(row: PrintedRow, named: str) -> str:
    """The window of the operator's name or of a column of windows; CellError where they differ."""
    cell = plain(row["kernel"])
    printed = f"{cell}x{cell}" if cell.isdecimal() else cell
    if printed and not re.fullmatch(r"\d{1,7}x\d{1,7}", printed):
        raise CellError(f"`{row['kernel'][:40]}` is no window", "write 3 or 3x3")
    if printed and named and printed != named:
        raise CellError(
            f"`{row['operator'][:40]}` has another window than the column k, {cell[:20]}", "make them agree"
        )
    return named or printed


def _factor(row: PrintedRow, block: re.Match[str]) -> str:
    """The expansion; MBConv6 prints it too, and a separable convolution has none."""
    named = "1" if block["separable"] else block["factor"] or ""
    printed = str(count(row["t"])) if row["t"] else named
    if named and printed != named:
        raise CellError(f"`{row['operator'][:40]}` expands by {named}, the column t by {printed}", "make them agree")
    return printed or str(count(row["t"]))


def _ratio(draft: Draft, block: re.Match[str]) -> str:
    """The squeezed share of the input's maps, "" where the row has no squeeze-and-excitation."""
    told = f"{block['se']} {block['later']}".strip()
    if not told:
        return ""
    share = re.search(r"0?\.\d+", told)
    why = "the squeezed share of a block's input maps is not printed"
    return share[0] if share else told_ratio(draft.choices, "se ratio", "0.25", why)
