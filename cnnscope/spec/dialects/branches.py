"""D4: inception tables: type, patch size/stride, output size, depth, #1x1, #3x3 reduce, #3x3, #5x5 ..., pool proj.

As GoogLeNet, BN-Inception and FaceNet's NN2 print them. A row with branch columns is a module of parallel branches; a
convolution with a `reduce` figure is a 1x1 convolution before it. `256,2` has stride 2, `L2` is an L2 pool, a pool that
passes through has no projection. Unsaid: padding (same, where the sizes do not say otherwise), ReLU behind every
convolution, biases; batch norm, which the tables with double 3x3 columns have and the older ones do not; and the
classifier, where the table ends before it.
"""

import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.branch_rows import POOL, Rows, pool, width
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given, Line, fault, readable
from cnnscope.spec.drafts.habits import classifier, image
from cnnscope.spec.drafts.modules import side_by_side
from cnnscope.spec.drafts.printed import area, geometry, plain, size, without_remark
from cnnscope.spec.drafts.titles import PrintedRow, has, require, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns type, output size, #1x1, #3x3 reduce, #3x3, #5x5 reduce (or double #3x3), #5x5, pool proj"
WORD = "#3x3 reduce"

TITLES = {
    "type": r"type|layer(?: type)?",
    "patch": r"patch(?: ?size)? ?/ ?stride.*|kernel ?/ ?stride",
    "size": r"output(?: size)?",
    "depth": r"depth",
    "n1x1": r"#? ?1x1",
    "n3x3_reduce": r"#? ?3x3 ?red(?:uce|\.)?",
    "n3x3": r"#? ?3x3",
    "n5x5_reduce": r"#? ?5x5 ?red(?:uce|\.)?",
    "n5x5": r"#? ?5x5",
    "double_reduce": r"double #? ?3x3 ?red(?:uce|\.)?",
    "double": r"double #? ?3x3",
    "proj": r"pool ?\+? ?proj(?:ection)?\.?(?: \(p\))?|pool",
    "params": r"#? ?param(?:eter)?s",
    "macs": r"ops|flo?ps|operations|madds|mult-adds",
}
_BRANCHES = ("n1x1", "n3x3_reduce", "n3x3", "n5x5_reduce", "n5x5", "double_reduce", "double", "proj")
_NAMED = re.compile(r"\((\d{1,7})x(\d{1,7})(?:x\d{1,7})?, ?(\d)\)")
"""conv1 (7x7x3, 2), as FaceNet names its first row."""


def claims(document: Document) -> bool:
    return table_with(document, TITLES, "type", "n1x1", "n3x3_reduce", "n3x3") is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "type", "n1x1", "n3x3_reduce", "n3x3")
    assert table
    doubled = has(table, TITLES, "double") or has(table, TITLES, "double_reduce")
    wide = ("double_reduce", "double") if doubled else ("n5x5_reduce", "n5x5")
    require(document, table, TITLES, "size", *wide, "proj")
    draft = Draft(Choices(given), habit="the modules need it to join their branches")
    normed = any(plain(title).startswith("double") for title in table.header)
    norm = draft.choices.take(
        "norm",
        *(("bn", "none") if normed else ("none", "bn")),
        why="tables with double 3x3 columns are of networks with batch norm" if normed else "the table names none",
    )
    conv = "conv bn" if norm == "bn" else "conv"
    bias = draft.choices.take("bias", "yes", "no", why="papers count them")
    faults = []
    for row in rows(document, table, TITLES, "notes?|stage"):
        try:
            _row(draft, row, conv, "yes" if bias == "yes" and norm == "bn" else "no" if bias == "no" else "")
        except CellError as error:
            faults.append(fault(row.line, row["type"], error))
    if faults:
        raise refusal(document.path, faults)
    _input(draft, table.line)
    draft.choices.alike("activation", "relu", why="behind every convolution")
    if draft.lines and not any(line.cells["type"].startswith("fully") for line in draft.lines):
        classifier(draft, draft.lines[-1].line)
    return [draft]


def _row(draft: Draft, row: PrintedRow, conv: str, bias: str) -> None:
    name = plain(row["type"]).replace("*", "").strip()
    figures = _figures(row)
    if not name or name == "total":
        for metric, cell in figures.items():
            draft.figure(row.line, metric, cell)
    elif any(row[column] for column in _BRANCHES if column != "proj" or "incep" in name):
        _module(draft, row, name, conv, bias, figures)
    elif "input" in name:
        draft.input = (row.line, _shape(area(row["size"])))
    elif "pool" in name or "conv" in name:
        _window(draft, row, name, conv, bias, figures)
    elif "dropout" in name:
        share = re.search(r"(\d{1,7}(?:\.\d{1,7})?) ?%", name)
        draft.add(row.line, "dropout", layer="dropout", p=f"{share[1]}%" if share else "", **figures)
    elif name in ("linear", "fc", "fully connected", "fully conn"):
        draft.add(row.line, "fully connected", layer=name, maps=str(size(row["size"])[-1]), **figures)
    elif "softmax" in name:
        draft.add(row.line, "softmax", layer="softmax", **figures)
    elif "norm" in name or name == "lrn":
        draft.add(row.line, "l2 norm" if "l2" in name else "lrn", scale="no" if "l2" in name else "", **figures)
    else:
        raise CellError(
            f"`{row['type'][:40]}` is no row of such a table",
            "known are convolution, max pool, inception, avg pool, dropout, linear, softmax",
        )


def _window(draft: Draft, row: PrintedRow, name: str, conv: str, bias: str, figures: Cells) -> None:
    """A convolution or pool; `max pool + norm` has a normalisation behind it."""
    shape = area(row["size"])
    named = _NAMED.search(name)
    name = _NAMED.sub("", name).strip()
    window = geometry(without_remark(row["patch"]) or POOL.sub(" ", plain(row["proj"])).replace(", ", "/"))
    if named:
        window = window._replace(kernel=(int(named[1]), int(named[2])), stride=int(named[3]))
    first, *rest = [part.strip() for part in name.split("+")]
    if first == "norm":
        draft.add(row.line, "lrn")
        first, rest = rest[0], []
    if "pool" in first and not window.kernel:
        draft.add(row.line, "global avg pool" if "av" in first else "global max pool", layer=first, **figures)
        return
    if "pool" in first:
        kind = "avg pool" if "av" in first else "max pool"
        entry = draft.add(row.line, kind, layer=first, **window.cells(stride=str(window.stride or 1)), **figures)
    else:
        maps = str(window.maps or shape[-1])
        entry = draft.add(
            row.line, conv, layer=first, activation="relu", bias=bias, **window.cells(maps=maps), **figures
        )
    entry.prints, entry.unsaid = (shape[0], shape[1]), ("padding",)
    if rest:
        draft.add(row.line, "lrn")


def _figures(row: PrintedRow) -> Cells:
    found = {"depth": row["depth"], "params": row["params"].upper().replace(" ", ""), "macs": row["macs"]}
    shape = plain(row["size"])
    if shape:
        found["output"] = "x".join(map(str, size(row["size"])))
    return {metric: cell for metric, cell in found.items() if readable(metric, cell)}


def _module(draft: Draft, row: PrintedRow, name: str, conv: str, bias: str, figures: Cells) -> None:
    """A row of branches: the widths become arguments, its structure a block."""
    widths = {column: width(row[column]) for column in _BRANCHES if column != "proj"}
    for reduce, wide in (("n3x3_reduce", "n3x3"), ("n5x5_reduce", "n5x5"), ("double_reduce", "double")):
        if "incep" in name and widths[wide][0] and not row[reduce]:
            shown = wide.removeprefix("n").replace("_", " ")
            raise CellError(f"a {shown} branch without its reduce", "write 0 where there is none")
    if not row["n1x1"] and not row["proj"] and not widths["double"][0] and not widths["n5x5"][0]:
        _reduced(draft, row, name, conv, bias, figures, widths)
        return
    strided = geometry(row["patch"]).stride if row["patch"] else 0
    strides = [strided, *(stride for _, stride in widths.values())]
    down = max(1, *strides)
    found = pool(row["proj"], down)
    if found:
        down = max(down, found.stride)
    rows_of = Rows(conv, bias, down)
    branches = [
        rows_of.branch(widths, *columns) for columns in (("n1x1",), ("n3x3_reduce", "n3x3"), ("n5x5_reduce", "n5x5"))
    ]
    branches.append(rows_of.branch(widths, "double_reduce", "double", "double"))
    if found:
        branches.append(rows_of.pooled(found))
    used = [
        column
        for column in widths
        if any(f"{{{column}}}" in cells.get("maps", "") for branch in branches for cells in branch)
    ]
    arguments = {column: str(widths[column][0]) for column in used}
    parameters = [*used, *(["proj"] if found and found.projection else []), *(["stride"] if down > 1 else [])]
    if found and found.projection:
        arguments["proj"] = str(found.projection)
    block = side_by_side(draft, "inception", [branch for branch in branches if branch], parameters)
    entry = draft.add(
        row.line,
        block,
        layer=re.sub(r"\W+", "_", name).strip("_"),
        stride=str(down) if down > 1 else "",
        **arguments,
        **figures,
    )
    _prints(entry, row)


def _reduced(
    draft: Draft, row: PrintedRow, name: str, conv: str, bias: str, figures: Cells, widths: dict[str, tuple[int, int]]
) -> None:
    """A convolution with a 1x1 convolution before it: one row, so that its figures are those of both."""
    window = geometry(row["patch"]) if row["patch"] else geometry("3x3/1")
    one = {"type": conv, "activation": "relu", "bias": bias}
    block = draft.block(
        "reduced(n3x3_reduce, n3x3, kernel=3x3, stride=1)",
        [
            one | {"layer": "3x3 reduce", "maps": "{n3x3_reduce}", "kernel": "1x1"},
            one | {"layer": "3x3", "maps": "{n3x3}", "kernel": "{kernel}", "stride": "{stride}", "padding": "same"},
        ],
    )
    arguments = {column: str(widths[column][0]) for column in ("n3x3_reduce", "n3x3")}
    entry = draft.add(
        row.line,
        block,
        layer=re.sub(r"\W+", "_", name).strip("_"),
        kernel=window.window or "3x3",
        stride=str(window.stride or 1),
        **arguments,
        **figures,
    )
    _prints(entry, row)


def _prints(entry: Line, row: PrintedRow) -> None:
    shape = size(row["size"]) if row["size"] else ()
    entry.prints = (shape[0], shape[1]) if len(shape) > 1 else None


def _shape(shape: tuple[int, ...]) -> str:
    return f"{shape[2] if len(shape) == 3 else 3}x{shape[0]}x{shape[1]}"


def _input(draft: Draft, line: int) -> None:
    """The input of a first row 112x112 with stride 2 is 224x224."""
    if draft.input[1] or not draft.lines or not draft.lines[0].prints:
        return image(draft)
    first = draft.lines[0]
    assert first.prints
    stride = int(first.cells.get("stride", "1").split("x")[0])
    usual = f"3x{first.prints[0] * stride}x{first.prints[1] * stride}"
    return image(draft, usual)
