"""Shapes and sliding windows: the one place where (n - k + 2p) / s + 1 is written.

A shape carries the batch axis: (N, C, H, W) for maps, (N, F) for features, (N, T, D) for tokens.
Paddings are four sides in the order top, left, bottom, right, or the word "same" in TensorFlow's sense.
"""

from fractions import Fraction
from typing import Literal, NamedTuple

from cnnscope.errors import ShapeError

Shape = tuple[int, ...]
Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
Padding = Sides | Literal["same"]

NO_PADDING: Sides = (0, 0, 0, 0)
LARGEST_DIMENSION = 2**31 - 1


class Axis(NamedTuple):
    """How a window moves along one axis: output o sees inputs o·stride - before + t·dilation, t = 0 ... kernel - 1.

    `stride` is a fraction where the operator enlarges (a transposed convolution of stride 2 moves by 1/2).
    """

    kernel: int
    stride: int | Fraction = 1
    before: int | Fraction = 0
    after: int | Fraction = 0
    dilation: int = 1

    @property
    def extent(self) -> int:
        """Inputs from the first to the last one seen, holes of the dilation included."""
        return (self.kernel - 1) * self.dilation + 1


Window = tuple[Axis, Axis]
"""The vertical and the horizontal axis of a sliding window."""


def elements(shape: Shape) -> int:
    """Number of values in a tensor of this shape, batch included."""
    count = 1
    for size in shape:
        count *= size
    return count


def dims(shape: Shape, separator: str = "x") -> str:
    """A shape as text without its batch axis: (1, 64, 7, 7) -> "64x7x7"."""
    return separator.join(str(size) for size in shape[1:])


def maps_of(shape: Shape) -> tuple[int, int, int, int]:
    """The four axes (N, C, H, W); ShapeError when the shape is not one of maps."""
    if len(shape) != 4:
        raise ShapeError(
            f"needs maps (channels x height x width), got {dims(shape)}",
            "a fully connected, flatten or tokens row leaves no height and width: put this row before it",
        )
    return shape[0], shape[1], shape[2], shape[3]


def window(size: Pair, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair = (1, 1)) -> Window:
    """The window that slides over `size` (height, width), its padding resolved to numbers."""
    if padding == "same":
        before, after = zip(*(_same(*axis) for axis in zip(size, kernel, stride, dilation, strict=True)), strict=True)
    else:
        before, after = padding[:2], padding[2:]
    vertical, horizontal = zip(kernel, stride, before, after, dilation, strict=True)
    return Axis(*vertical), Axis(*horizontal)


def _same(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """TensorFlow's padding for an output of ceil(size / stride); the odd pixel goes to the end."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def slide(size: Pair, moving: Window, *, ceil: bool = False) -> Pair:
    """How many positions (vertical, horizontal) a window has; ShapeError when there is none."""
    return _positions(size[0], moving[0], "high", ceil=ceil), _positions(size[1], moving[1], "wide", ceil=ceil)


def _positions(size: int, axis: Axis, direction: str, *, ceil: bool) -> int:
    span = size + axis.before + axis.after - axis.extent
    # With `ceil` the last window may hang over, so torch and Caffe let the only window do so too.
    if span < 0 and not (ceil and span > -axis.stride):
        padded = f"{size} + {axis.before} + {axis.after} padding" if axis.before or axis.after else str(size)
        raise ShapeError(
            f"a window {axis.extent} {direction} does not fit into an input {padded} {direction}: no output is left",
            "use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps",
        )
    if not ceil:
        return span // axis.stride + 1
    count = -(-span // axis.stride) + 1
    # As in Caffe and torch, a window that would start in the padding behind the input is dropped.
    starts_behind = span % axis.stride and (count - 1) * axis.stride >= size + axis.before
    return count - 1 if starts_behind else count


def misfit(size: Pair, moving: Window, *, ceil: bool = False) -> str:
    """Says in one line where (n + 2p - k) / s is not whole, how it was rounded, and when only padding was cut."""
    parts = []
    for length, axis in zip(size, moving, strict=True):
        span = length + axis.before + axis.after - axis.extent
        if rest := span % axis.stride:
            taken = _positions(length, axis, "long", ceil=ceil)
            # Two decimals at most: the figure is read, not computed with.
            cut = ", only padding is cut" if rest <= axis.after and not ceil else ""
            parts.append(f"{round(float(span / axis.stride + 1), 2):g} -> {taken}{cut}")
    return f"does not fit: {' and '.join(dict.fromkeys(parts))}" if parts else ""


def check_dimensions(shape: Shape) -> None:
    """ShapeError when an axis is empty or longer than 2^31 - 1."""
    for size in shape:
        if size < 1:
            raise ShapeError(f"the output {dims(shape)} is empty", "every axis must be at least 1")
        if size > LARGEST_DIMENSION:
            raise ShapeError(f"the output {dims(shape)} has an axis longer than 2^31 - 1", "use smaller numbers")
