"""D17: what model.summary() prints: Layer (type) | Output Shape | Param #.

A summary has no windows: a convolution's follows from its params (with a bias, or else without), its stride from the
sizes above and below it, a pool's window from its stride. Unsaid besides: activations, and padding where both fit.
"""

import re
from math import isqrt

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.printed import count
from cnnscope.spec.tables.document import Document
from cnnscope.spec.titles import PrintedRow, rows, table_with

EXPECTS = "columns Layer (type), Output Shape, Param #, as model.summary() prints them"
WORD = "Param #"

TITLES = {"layer": r"layer \(type\)", "output": r"output shape", "params": r"param(?:s| ?#)?"}
_NAMED = re.compile(r"(.*?)\s*\(([A-Za-z0-9]+)\)")
_FLAT = {
    "flatten": "flatten",
    "dropout": "dropout",
    "batchnormalization": "bn",
    "relu": "relu",
    "softmax": "softmax",
    "globalaveragepooling2d": "global avg pool",
    "globalmaxpooling2d": "global max pool",
}
_TOTAL = re.compile(r"(?:total|trainable|non-trainable) params", re.IGNORECASE)


def claims(document: Document) -> bool:
    return table_with(document, TITLES, *TITLES) is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, *TITLES)
    assert table
    choices = Choices(given)
    draft = Draft(choices, paddings=("valid", "same"), habit="both would fit")
    reader = _Reader(draft)
    faults = []
    for row in rows(document, table, TITLES, r"connected to|trainable"):
        if _TOTAL.match(row["layer"]):
            continue
        try:
            reader.row(row)
        except CellError as error:
            faults.append(fault(row.line, row["layer"], error))
    if faults:
        raise refusal(document.path, faults)
    choices.note(Assumption("activations", "none", "a summary does not print them"))
    return [draft]


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.shape: tuple[int, ...] = ()

    def row(self, row: PrintedRow) -> None:
        match = _NAMED.fullmatch(row["layer"].strip())
        if not match:
            raise CellError(f"`{row['layer'][:40]}` names no type", "write conv2d_1 (Conv2D)")
        name, kind = match[1] or match[2], match[2].lower()
        shape = tuple(int(number) for number in re.findall(r"\d{1,7}", row["output"]))
        self._check(row, match[2], shape)
        params = count(row["params"]) if row["params"] else 0
        if kind == "inputlayer":
            self._start(row.line, shape)
            return
        if not self.shape:
            self._first(row.line, kind, shape, params)
        if kind == "conv2d":
            entry = self._conv(row.line, name, shape, params)
            entry.cells["params"] = row["params"]
        elif "pooling2d" in kind and not kind.startswith("global"):
            down = max(1, round(self.shape[0] / shape[0]))
            type = "max pool" if kind.startswith("max") else "avg pool"
            entry = self.draft.add(row.line, type, layer=name, kernel=f"{down}x{down}", stride=str(down))
            entry.unsaid, entry.prints = ("padding",), (shape[0], shape[1])
        elif kind == "dense":
            self.draft.add(row.line, "fully connected", layer=name, maps=str(shape[-1]), params=row["params"])
        elif kind in _FLAT:
            self.draft.add(row.line, _FLAT[kind], layer=name)
        elif kind != "activation":
            raise CellError(
                f"`{match[2][:40]}` is not read from a summary",
                "known are Conv2D, MaxPooling2D, AveragePooling2D, Flatten, Dense, Dropout, BatchNormalization",
            )
        self.shape = shape or self.shape

    def _check(self, row: PrintedRow, kind: str, shape: tuple[int, ...]) -> None:
        """Layers of maps have three numbers and stand behind others that have."""
        of_maps = "2d" in kind.lower()
        if not shape or min(shape) < 1 or (of_maps and "lobal" not in kind and len(shape) != 3):
            raise CellError(f"`{row['output'][:40]}` is not the shape of a {kind}", "write (None, 28, 28, 16)")
        if of_maps and self.shape and len(self.shape) != 3:
            raise CellError(f"a {kind} behind a layer without height and width", "check the order of the rows")

    def _start(self, line: int, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.draft.input = (line, f"{shape[2]}x{shape[0]}x{shape[1]}" if len(shape) == 3 else str(shape[0]))

    def _first(self, line: int, kind: str, shape: tuple[int, ...], params: int) -> None:
        """No input row: one or three channels, as the first convolution's params allow; its size is the output's."""
        if kind != "conv2d" or len(shape) != 3:
            raise CellError("the summary has no input layer", "add a row `input (InputLayer) | (None, 28, 28, 1) | 0`")
        fitting = [channels for channels in (3, 1) if (kernel := _kernel(params, channels, shape[2])) and kernel % 2]
        if not fitting:
            raise CellError(
                "the input cannot be told from the params", "add a row `input (InputLayer) | (None, 28, 28, 1) | 0`"
            )
        kernel = _kernel(params, fitting[0], shape[2])
        same = self.draft.choices.take("first padding", "valid", "same", why="the summary has no input layer") == "same"
        side = [size if same else size + kernel - 1 for size in shape[:2]]
        self._start(line, (side[0], side[1], fitting[0]))

    def _conv(self, line: int, name: str, shape: tuple[int, ...], params: int) -> Line:
        channels, maps = self.shape[-1], shape[-1]
        kernel = _kernel(params, channels, maps)
        if not kernel:
            raise CellError(f"{params:,} params are no square window from {channels} to {maps} maps", "check Param #")
        bias = "" if (params - maps) % (channels * maps) == 0 and params > maps else "no"
        stride = max(1, round(self.shape[0] / shape[0]))
        entry = self.draft.add(
            line, "conv", layer=name, maps=str(maps), kernel=f"{kernel}x{kernel}", stride=str(stride), bias=bias
        )
        entry.unsaid, entry.prints = ("padding",), (shape[0], shape[1])
        return entry


def _kernel(params: int, channels: int, maps: int) -> int:
    """The side of the square window that has these params, with biases or without; 0 where there is none."""
    for weights in (params - maps, params):
        area, rest = divmod(weights, channels * maps)
        if rest == 0 and area > 0 and isqrt(area) ** 2 == area:
            return isqrt(area)
    return 0
