"""The branches of inception modules: widths with strides, pools with projections, and their rows."""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Cells
from cnnscope.spec.drafts.printed import count, plain

_STRIDE = re.compile(r"(\d{1,7}) ?(?:, ?(\d))?")
POOL = re.compile(r"\b(l2|avg|average|max|m)\b")
_WINDOW = re.compile(r"(\d{1,7})x\1(?: ?[,/] ?(\d))?")


class Pool(NamedTuple):
    kind: str
    kernel: str
    stride: int
    projection: int


class Rows:
    """The rows of a module's branches."""

    def __init__(self, conv: str, bias: str, stride: int) -> None:
        self.conv, self.bias, self.stride = conv, bias, stride

    def branch(self, widths: dict[str, tuple[int, int]], *columns: str) -> list[Cells]:
        if not widths[columns[-1]][0]:
            return []
        filled = [column for column in columns if widths[column][0]]
        rows = []
        for index, column in enumerate(filled):
            kernel = "1x1" if "reduce" in column or column == "n1x1" else "5x5" if "5x5" in column else "3x3"
            label = column.removeprefix("n").replace("_", " ") + ("" if filled.count(column) == 1 else f" {index}")
            last = index == len(filled) - 1
            stride = "{stride}" if last and self.stride > 1 and column != "n1x1" else ""
            rows.append(self._conv(label, f"{{{column}}}", kernel, stride))
        return rows

    def pooled(self, pool: Pool) -> list[Cells]:
        stride = "{stride}" if pool.stride > 1 else "1"
        rows = [{"layer": "pool", "type": pool.kind, "kernel": pool.kernel, "stride": stride, "padding": "same"}]
        if pool.projection:
            rows.append(self._conv("pool proj", "{proj}", "1x1", ""))
        return rows

    def _conv(self, layer: str, maps: str, kernel: str, stride: str) -> Cells:
        cells = {"layer": layer, "type": self.conv, "maps": maps, "kernel": kernel, "stride": stride}
        padding = "" if kernel == "1x1" else "same"
        return cells | {"padding": padding, "bias": self.bias, "activation": "relu"}


def width(cell: str) -> tuple[int, int]:
    """256,2 -> 256 maps with stride 2."""
    text = plain(cell)
    if not text:
        return 0, 0
    match = _STRIDE.fullmatch(text)
    if not match:
        raise CellError(f"`{cell[:40]}` is not a number of maps", "write 64, or 256,2 for stride 2")
    return count(match[1]), int(match[2] or 0)


def pool(cell: str, down: int) -> Pool | None:
    """32 · avg + 32 · max + pass through · m, 32p · L2, 64p · m 3x3,2: kind, window, stride and projection."""
    text = plain(cell)
    if not text:
        return None
    word = POOL.search(text)
    kind = {"l2": "lp pool", "a": "avg pool"}.get(
        word[1] if word and word[1] == "l2" else word[1][0] if word else "", "max pool"
    )
    window = _WINDOW.search(text)
    kernel = f"{window[1]}x{window[1]}" if window else "3x3"
    rest = _WINDOW.sub(" ", POOL.sub(" ", text))
    stride = int(window[2]) if window and window[2] else down
    width = re.search(r"(\d{1,7}) ?p?\b", rest)
    rest = re.sub(r"(\d{1,7}) ?p?\b|pass(?:ed)? ?-?through|proj(?:ection)?|\bp\b|[+,\s-]", "", rest)
    if rest:
        raise CellError(f"`{cell[:40]}` is no pool with its projection", "write avg + 64, max + pass through, or 64")
    return Pool(kind, kernel, stride, int(width[1]) if width else 0)
