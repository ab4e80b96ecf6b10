"""D14: both sizes in each row: layer, size-in, size-out, kernel 7x7x3,2, param, FLPS.

As FaceNet's NN1 is printed. The kernel has its input maps behind it and the stride behind a comma. Unsaid: padding
(solved from the two sizes), ReLU, biases; `rnorm` is a local response norm, `maxout p=2` doubles a layer's units.
"""

import re
from math import prod

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault, readable
from cnnscope.spec.drafts.habits import biases
from cnnscope.spec.drafts.printed import Size, area, count, plain, size, without_remark
from cnnscope.spec.drafts.titles import PrintedRow, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns layer, size-in, size-out, kernel (7x7x3,2)"
WORD = "size-in"

TITLES = {
    "layer": r"layer|type|name",
    "in": r"size[- ]?in|input(?: ?size)?|in",
    "out": r"size[- ]?out|output(?: ?size)?|out",
    "kernel": r"kernel.*|(?:filter|window|patch) ?size.*",
    "stride": r"strides?|s",
    "params": r"#? ?param(?:eter)?s?",
    "macs": r"fl[o]?ps|macs|ops",
}
_KERNEL = re.compile(r"(\d{1,7})x(\d{1,7})(?:x(\d{1,7}))?(?:, ?(\d{1,7}))?")
_MAXOUT = re.compile(r"maxout(?: p ?= ?(\d{1,7}))?")


def claims(document: Document) -> bool:
    return table_with(document, TITLES, "layer", "in", "out", "kernel") is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "layer", "in", "out", "kernel")
    assert table
    draft = Draft(Choices(given), habit="the sizes of the row do not decide")
    faults = []
    above: Size = ()
    for row in rows(document, table, TITLES):
        try:
            if row["in"]:
                _check_joint(draft, row, above)
            _row(draft, row)
            above = size(row["out"]) if row["out"] else above
        except CellError as error:
            faults.append(fault(row.line, row["layer"], error))
    if faults:
        raise refusal(document.path, faults)
    draft.choices.alike("activation", "relu", why="behind every convolution")
    biases(draft)
    return [draft]


def _check_joint(draft: Draft, row: PrintedRow, above: Size) -> None:
    """A row that does not begin where the row above ends: the rows are believed in their order, and it is said."""
    before = size(row["in"])
    if above and prod(before) != prod(above):
        printed, given = ("x".join(map(str, sides)) for sides in (before, above))
        why = f"the row above gives {given}"
        rows = (row["layer"],)
        draft.choices.note(
            Assumption("size-in", printed, why, rows, (given,), "contradiction", ("size-in", printed, row.line))
        )


def _row(draft: Draft, row: PrintedRow) -> None:
    name = plain(row["layer"])
    figures = {metric: row[metric].upper().replace(" ", "") for metric in ("params", "macs")}
    figures = {metric: cell for metric, cell in figures.items() if readable(metric, cell)}
    if not row["out"]:
        for metric, cell in figures.items():
            draft.figure(row.line, metric, cell)
        return
    before, behind = size(row["in"]), size(row["out"])
    if not draft.input[1] and len(before) == 1:
        draft.input = (row.line, str(before[0]))
    elif not draft.input[1]:
        before = area(row["in"])
        draft.input = (row.line, f"{before[-1]}x{before[0]}x{before[1]}")
    pooled = "pool" in name
    figures["output"] = "x".join(map(str, behind))
    if "norm" in name and "pool" not in name:
        draft.add(
            row.line,
            "lrn" if "l2" not in name else "l2 norm",
            layer=name,
            scale="no" if "l2" in name else "",
            **figures,
        )
    elif name.startswith("l2"):
        draft.add(row.line, "l2 norm", layer=name, scale="no", **figures)
    elif pooled or name.startswith("conv"):
        _windowed(draft, row, name, (before, behind), figures)
    elif name.startswith(("fc", "fully", "linear")):
        _full(draft, row, name, behind, figures)
    elif name != "concat":
        raise CellError(
            f"`{row['layer'][:40]}` is no row of such a table", "known are conv1, pool1, rnorm1, fc1, concat, L2"
        )


def _windowed(draft: Draft, row: PrintedRow, name: str, sizes: tuple[Size, Size], figures: dict[str, str]) -> None:
    before, behind = sizes
    if min(len(before), len(behind)) < 2:
        raise CellError("a window needs height and width on both sides", "write 112x112x64")
    kernel = plain(row["kernel"])
    if row["stride"] and "," not in kernel:
        kernel += f",{count(row['stride'])}"
    window = _KERNEL.fullmatch(without_remark(kernel))
    if not window:
        raise CellError(f"`{row['kernel'][:40]}` is no window", "write 3x3x64,2")
    if window[3] and int(window[3]) != before[-1]:
        raise CellError(f"the window {kernel} is for {window[3]} maps, size-in has {before[-1]}", "make them agree")
    cells = {"kernel": f"{window[1]}x{window[2]}", "stride": window[4] or "1"} | figures
    own = (
        {"type": "conv", "maps": str(behind[-1]), "activation": "relu"} if "pool" not in name else {"type": "max pool"}
    )
    entry = draft.add(row.line, layer=name, **own, **cells)
    entry.prints, entry.unsaid = (behind[0], behind[1]), ("padding",)


def _full(draft: Draft, row: PrintedRow, name: str, behind: Size, figures: dict[str, str]) -> None:
    pieces = _MAXOUT.search(plain(row["kernel"]))
    figures.pop("output")
    more = {"activation": "maxout", "pieces": pieces[1] or "2"} if pieces else {}
    draft.add(row.line, "fully connected", layer=name, maps=str(prod(behind)), **more, **figures)
