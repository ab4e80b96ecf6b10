"""D17: what model.summary() prints: Layer (type) | Output Shape | Param #, also framed, cut off or wrapped, and as
torchsummary prints it.

A summary has no windows: a convolution's follows from its params (with a bias, or else without), its stride from the
sizes above and below it, a pool's window from its stride. Unsaid besides: activations, and padding where both fit; the
image where no row is the input (the one of a usual size). Params that do not fit their layer are an error, since a
layer without a row (a pool that is a function) leaves no other trace. Every Output Shape and Param # is a claim; the
totals are held to them (`summary_totals`).
"""

from math import prod
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.graph import INPUT, Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.drafts.summary_lines import Row, Shape, is_summary, kind_of, rows, totals
from cnnscope.spec.drafts.summary_totals import check_totals
from cnnscope.spec.drafts.summary_windows import filter_side, pool_window, step_and_padding
from cnnscope.spec.drafts.titles import table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns Layer (type), Output Shape, Param #, as model.summary() prints them"
WORD = "Param #"
LINES = True

TITLES = {"layer": r"layer \(type\)", "output": r"output shape", "params": r"param(?:s| ?#)?"}
_USUAL = {28, 32, 48, 64, 96, 100, 128, 150, 160, 180, 192, 200, 224, 227, 256, 299, 300, 320, 384, 416, 448, 480, 512}
_KEEP = ("bn", "dropout", "relu", "relu6", "leaky relu", "elu", "softmax", "sigmoid", "tanh")
_FLATTEN = ("flatten", "reshape")
_ADD_INPUT = "add a row `input (InputLayer) | (None, 28, 28, 1) | 0`"


def claims(document: Document) -> bool:
    return not document.has_front and (is_summary(document.lines) or table_with(document, TITLES, *TITLES) is not None)


def read(document: Document, given: Given) -> list[Draft]:
    choices = Choices(given)
    draft = Draft(choices, paddings=("valid", "same"), habit="both would fit")
    reader = _Reader(draft)
    faults = []
    try:
        found = rows(_lines(document))
    except CellError as error:
        raise refusal(document.path, [fault(0, "", error)]) from None
    for row in found:
        try:
            reader.row(row)
        except CellError as error:
            faults.append(fault(row.line, row.name, error))
            if not reader.shape:
                break
    if faults:
        raise refusal(document.path, faults)
    choices.note(Assumption("activations", "none", "a summary prints those alone that are layers"))
    if any(" pool" in line.cells["type"] and "kernel" in line.cells for line in draft.lines):
        choices.note(
            Assumption(
                "windows of pools", "as large as their strides, or as the sizes need", "a summary does not print them"
            )
        )
    check_totals(draft, found, totals(document.lines))
    return [draft]


def _lines(document: Document) -> list[str]:
    """The text's lines, or a table's rows as such lines."""
    if is_summary(document.lines):
        return [*document.lines]
    table = table_with(document, TITLES, *TITLES)
    assert table
    lines = [""] * max([table.line, *(row.line for row in table.rows)])
    for number, cells in ((table.line, table.header), *table.rows):
        lines[number - 1] = "    ".join(cells)
    return lines


class _Source(NamedTuple):
    row: str
    shape: Shape


class _Reader:
    """Shapes are height, width, maps, or a number of features, as Keras prints them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.shape: Shape = ()
        self.named: dict[str, _Source] = {}
        self.last = INPUT

    def row(self, row: Row) -> None:
        kind = kind_of(row)
        shape = (*row.shape[1:], row.shape[0]) if row.torch and len(row.shape) == 3 else row.shape
        self._check(row, kind, shape)
        written = len(self.draft.lines)
        if kind == "input":
            self._start(row.line, shape)
            self.named[row.name] = _Source(INPUT, shape)
            return
        sources = [self.named[name] for name in row.sources if name in self.named] or [_Source(self.last, self.shape)]
        self.last, self.shape = sources[0]
        if not self.shape:
            self._first(row, kind, shape)
        if kind in ("add", "concat", "multiply"):
            if len(sources) < 2:
                raise CellError(
                    f"a {row.kind} of what the summary does not say", "print the column Connected to as well"
                )
            self._write(row, kind, from_=", ".join(source.row for source in sources))
        elif kind:
            self._one(row, kind, shape)
        elif shape != self.shape or row.params:
            raise CellError(f"a {row.kind} that changes shape or has params", "check its Output Shape and Param #")
        self._claim(row, shape, written)
        if prod(shape) == prod(self.shape) or kind not in (*_KEEP, *_FLATTEN):
            self.shape = shape
        elif kind in _FLATTEN:
            self.shape = (prod(self.shape),)
        self.named[row.name] = _Source(self.last, self.shape)

    def _claim(self, row: Row, shape: Shape, written: int) -> None:
        """What is printed, for the row's last line; torch flattens without a row, and only Linear shows it."""
        own = self.draft.lines[written:]
        if not own or (len(shape) < len(self.shape) and prod(shape) == prod(self.shape)):
            return
        own[-1].cells["output"] = "x".join(map(str, row.shape))
        if row.params is not None and len(own) == 1:
            own[0].cells["params"] = str(row.params)

    def _write(self, row: Row, type: str, **cells: str) -> Line:
        above = self.draft.lines[-1].name if self.draft.lines else INPUT
        more = {} if "from_" in cells or self.last == above else {"from_": self.last}
        entry = self.draft.add(row.line, type, layer=row.name if not row.torch else "", **more, **cells)
        self.last = entry.name
        return entry

    def _one(self, row: Row, kind: str, shape: Shape) -> None:
        if kind in ("conv", "separable", "depthwise", "transposed"):
            self._convolution(row, kind, shape)
        elif kind == "dense":
            self._dense(row, shape)
        elif kind in ("max pool", "avg pool"):
            self._pool(row, kind, shape)
        elif kind in ("adaptive avg pool", "pad", "upsample"):
            self._resized(row, kind, shape)
        elif kind == "bn":
            times = (2,) if row.torch else (4, 3)
            if row.params not in (None, *(each * shape[-1] for each in times)):
                hint = "check Param #: " + (
                    "torch prints 2 for each map" if row.torch else "Keras prints 4 for each map, 3 without scale"
                )
                raise CellError(f"{row.params:,} params are not those of {shape[-1]} maps", hint)
            self._write(row, "bn", scale="no" if row.params == 3 * shape[-1] else "")
        elif kind == "reshape":
            self._reshaped(row, shape)
        elif row.params:
            raise CellError(f"a {row.kind} with {row.params:,} params", "check Param #")
        else:
            self._write(row, kind)

    def _resized(self, row: Row, kind: str, shape: Shape) -> None:
        high, wide = shape[0] - self.shape[0], shape[1] - self.shape[1]
        if kind == "pad":
            self._write(row, kind, padding=f"{high // 2},{wide // 2},{high - high // 2},{wide - wide // 2}")
        elif kind == "upsample":
            self._write(row, kind, scale=f"{shape[0] // self.shape[0]}x{shape[1] // self.shape[1]}")
        else:
            self._write(row, kind, target=f"{shape[0]}x{shape[1]}")

    def _reshaped(self, row: Row, shape: Shape) -> None:
        if len(shape) == 1:
            self._write(row, "flatten")
        elif shape[:2] != (1, 1) or len(self.shape) > 1 or shape[2:] != self.shape:
            raise CellError("a Reshape inside the network", "only flattening is read")

    def _dense(self, row: Row, shape: Shape) -> None:
        """Behind maps, Keras applies it to every pixel; torch's Linear flattens."""
        flat = len(shape) == 1
        before = 1
        for side in self.shape if flat else self.shape[-1:]:
            before *= side
        weights = before * shape[-1]
        if row.params not in (None, weights, weights + shape[-1]):
            hint = (
                f"{before:,} inputs to {shape[-1]:,} are {weights + shape[-1]:,} with biases; is a layer without a row?"
            )
            raise CellError(f"{row.params:,} params do not fit", hint)
        window = {} if flat else {"kernel": "1x1"}
        bias = "no" if row.params == weights else ""
        type = "fully connected" if flat else "conv"
        self._write(row, type, maps=str(shape[-1]), bias=bias, **window)

    def _pool(self, row: Row, kind: str, shape: Shape) -> None:
        windows = [pool_window(before, after) for before, after in zip(self.shape, shape[:2], strict=False)]
        sides, steps = [side for side, _ in windows], [str(step) for _, step in windows]
        if self.shape[:2] == shape[:2]:
            sides, steps = [3, 3], ["1", "1"]
        entry = self._write(row, kind, kernel=f"{sides[0]}x{sides[1]}", stride="x".join(dict.fromkeys(steps)))
        entry.unsaid, entry.prints = ("padding",), (shape[0], shape[1])

    def _convolution(self, row: Row, kind: str, shape: Shape) -> None:
        channels, maps = self.shape[-1], shape[-1]
        params = row.params or 0
        side, bias = filter_side(kind, params, channels, maps)
        if not side:
            raise CellError(f"{params:,} params are no square window from {channels} to {maps} maps", "check Param #")
        cells = {"kernel": f"{side}x{side}", "bias": "" if bias else "no"}
        if kind == "transposed":
            step = max(1, round(shape[0] / self.shape[0]))
            spare = max(0, side - step) if shape[0] == self.shape[0] * step else 0
            edges = f"{spare // 2},{spare // 2},{spare - spare // 2},{spare - spare // 2}" if spare else ""
            self._write(row, "transposed conv", maps=str(maps), stride=str(step), padding=edges, **cells)
            return
        step, padding = step_and_padding(side, self.shape, shape)
        cells |= {"stride": str(step)} | ({"padding": padding} if padding else {})
        if kind == "separable":
            self._sized(self._write(row, "depthwise conv", **cells | {"bias": "no"}), shape, padding)
            self._write(row, "conv", maps=str(maps), kernel="1x1", bias=cells["bias"])
            return
        own = {"maps": str(maps)} if kind == "conv" or maps != channels else {}
        type = "conv" if kind == "conv" else "depthwise conv"
        self._sized(self._write(row, type, **own, **cells), shape, padding)

    def _sized(self, entry: Line, shape: Shape, padding: str) -> None:
        entry.prints, entry.unsaid = (shape[0], shape[1]), () if padding else ("padding",)

    def _check(self, row: Row, kind: str, shape: Shape) -> None:
        """Layers of maps have three numbers and stand behind others that have."""
        of_maps = "2d" in row.kind.lower() and "lobal" not in row.kind
        if not shape or min(shape) < 1 or len(shape) not in (1, 3) or (of_maps and len(shape) != 3):
            raise CellError(
                f"{'x'.join(map(str, shape)) or 'nothing'} is not the shape of a {row.kind}", "write (None, 28, 28, 16)"
            )
        if of_maps and self.shape and len(self.shape) != 3 and not row.sources:
            raise CellError(f"a {row.kind} behind a layer without height and width", "check the order of the rows")

    def _start(self, line: int, shape: Shape) -> None:
        if self.draft.input[1]:
            raise CellError("a second input", "a network has one")
        self.shape = shape
        self.draft.input = (line, f"{shape[2]}x{shape[0]}x{shape[1]}" if len(shape) == 3 else str(shape[0]))

    def _first(self, row: Row, kind: str, shape: Shape) -> None:
        """No input row: three channels or one, as the first convolution's params allow, and a usual image."""
        if kind == "dense" and len(shape) == 1 and row.params:
            self._start(row.line, ((row.params - shape[0]) // shape[0],))
            return
        if kind == "flatten":
            self._start(row.line, shape)
            self.draft.choices.note(Assumption("input", f"{shape[0]} features", "no row is the input"))
            return
        if kind != "conv" or len(shape) != 3:
            raise CellError("the summary has no input layer", _ADD_INPUT)
        fitting = [
            (kernel, channels)
            for channels in (3, 1)
            if (kernel := filter_side(kind, row.params or 0, channels, shape[2])[0]) % 2
        ]
        if not fitting:
            raise CellError("the input cannot be told from the params", _ADD_INPUT)
        kernel, channels = fitting[0]
        valid, same = shape[0] + kernel - 1, shape[0]
        images = {"valid": valid, "same": same, "same, stride 2": 2 * same, "valid, stride 2": 2 * (same - 1) + kernel}
        usual = next((name for name, side in images.items() if side in _USUAL and shape[0] == shape[1]), "valid")
        others = [name for name in images if name != usual]
        why = f"the summary has no input layer; {images[usual]}x{images[usual]} is the usual image"
        more = images[self.draft.choices.take("first convolution", usual, *others, why=why)] - same
        self._start(row.line, (shape[0] + more, shape[1] + more, channels))
