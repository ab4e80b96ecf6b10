"""D8: fire modules: layer name/type, output size, filter size / stride, depth, s1x1, e1x1, e3x3, # params.

As SqueezeNet is printed. A row with squeeze and expand figures is a fire module; the maps of a convolution stand in
its output size or as (x96) behind its window. Unsaid: padding (none, where the sizes do not say otherwise), ReLU
behind every convolution, biases. Columns of pruning (sparsity, bits, # params after) are of another network and
passed over.
"""

import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import biases, image
from cnnscope.spec.drafts.modules import fire
from cnnscope.spec.drafts.printed import area, count, geometry, plain, size
from cnnscope.spec.drafts.titles import PrintedRow, require, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns layer name/type, output size, filter size / stride, s1x1, e1x1, e3x3"
WORD = "s1x1"

TITLES = {
    "layer": r"layer(?: name)?(?: ?/ ?type)?|name|type",
    "size": r"output(?: size)?",
    "window": r"(?:filter|kernel) ?size ?/ ?stride.*",
    "depth": r"depth",
    "s1x1": r"s_?(?:1x1|\{1x1\}).*?(?<!sparsity)|squeeze",
    "e1x1": r"e_?(?:1x1|\{1x1\}).*?(?<!sparsity)",
    "e3x3": r"e_?(?:3x3|\{3x3\}).*?(?<!sparsity)",
    "params": r"#? ?param(?:eter)?s?(?: before.*)?",
}
_IGNORED = r".*sparsity|#? ?bits?|#? ?param(?:eter)?s? after.*|notes?"
_MAPS = re.compile(r"\(\s*x\s*(\d+)\s*\)")


def claims(document: Document) -> bool:
    return table_with(document, TITLES, "layer", "s1x1", "e1x1", "e3x3") is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, "layer", "s1x1", "e1x1", "e3x3")
    assert table
    require(document, table, TITLES, "size", "window")
    draft = Draft(Choices(given), paddings=("valid", "same"), habit="no padding is printed")
    faults = []
    for row in rows(document, table, TITLES, _IGNORED):
        try:
            _row(draft, row)
        except CellError as error:
            faults.append(fault(row.line, row["layer"], error))
    if faults:
        raise refusal(document.path, faults)
    image(draft)
    draft.choices.alike("activation", "relu", why="behind every convolution")
    biases(draft)
    return [draft]


def _row(draft: Draft, row: PrintedRow) -> None:
    name = plain(row["layer"])
    shape = size(row["size"]) if row["size"] else ()
    if len(shape) == 1 and not re.match(r"fc|fully|linear|dense|soft-?max|drop-?out", name):
        shape = area(row["size"])
    printed = {"output": "x".join(map(str, shape)), "params": row["params"], "depth": row["depth"]}
    if not name and (row["s1x1"] or row["window"] or row["size"]):
        raise CellError("has no name", "write conv1, maxpool1, fire2, avgpool10 ...")
    if "input" in name:
        shape = area(row["size"])
        draft.input = (row.line, f"{shape[2] if len(shape) > 2 else 3}x{shape[0]}x{shape[1]}")
        return
    if not name or name == "total":
        draft.figure(row.line, "params", row["params"])
        return
    if flat := re.match(r"fc|fully|linear|dense|soft-?max|drop-?out", name):
        _flat(draft, row, name, flat[0], shape)
        return
    if row["s1x1"]:
        if missing := [column for column in ("e1x1", "e3x3") if not row[column]]:
            raise CellError(f"has no {missing[0]}", "a fire module has s1x1, e1x1 and e3x3; is its row cut off?")
        widths = {column: str(count(row[column])) for column in ("s1x1", "e1x1", "e3x3")}
        entry = draft.add(row.line, fire(draft), layer=name, **widths, **printed)
    else:
        entry = _window(draft, row, name, shape, printed)
    entry.prints = (shape[0], shape[1]) if len(shape) > 1 else None


def _flat(draft: Draft, row: PrintedRow, name: str, kind: str, shape: tuple[int, ...]) -> None:
    """A row of units, a softmax or a dropout."""
    if kind.startswith(("soft", "drop")):
        draft.add(row.line, "softmax" if kind.startswith("soft") else "dropout", layer=name.split()[0])
    elif not shape:
        raise CellError("a fully connected row without units", "write 1x1x1000 as its output")
    else:
        draft.add(
            row.line, "fully connected", layer=name, maps=str(shape[-1]), params=row["params"], depth=row["depth"]
        )


def _window(draft: Draft, row: PrintedRow, name: str, shape: tuple[int, ...], printed: dict[str, str]):  # type: ignore[no-untyped-def]
    text = plain(row["window"])
    maps = _MAPS.search(text)
    found = geometry(_MAPS.sub("", text))
    kind = geometry(re.sub(r"[\d_]+.*$", "", name)).kind
    if kind.startswith("global"):
        return draft.add(row.line, kind, layer=name, **printed)
    if not found.kernel and "avg" in kind:
        return draft.add(row.line, "global avg pool", layer=name, **printed)
    if not found.kernel:
        raise CellError("has no window", "write 3x3/2, or 1x1/1")
    if "pool" in kind:
        kind = "max pool" if kind == "pool" else kind
        entry = draft.add(row.line, kind, layer=name, **found.cells(stride=str(found.stride or 1)), **printed)
    elif kind == "conv":
        width = maps[1] if maps else str(shape[-1] if len(shape) == 3 else found.maps)
        if width == "0":
            raise CellError("a convolution without maps", "write 111x111x96 as its output, or (x96) behind its window")
        entry = draft.add(row.line, "conv", layer=name, activation="relu", **found.cells(maps=width), **printed)
    else:
        raise CellError(
            f"`{row['layer'][:40]}` is no row of such a table", "known are conv1, maxpool1, fire2, avgpool10"
        )
    entry.unsaid = ("padding",)
    return entry
