"""Pieces of library spellings that several operators share."""

from collections.abc import Iterable
from typing import Any

from cnnscope.ops.op import Call, Constant
from cnnscope.shapes import Window


def integers(values: Iterable[int]) -> Constant:
    """A tensor of indices, sizes or axes."""
    return Constant(tuple(values), "int64")


def scalar(value: float) -> Constant:
    """A number of the network's own dtype."""
    return Constant(value, "float")


def sides(window: Window) -> tuple[int, int, int, int]:
    """The window's padding in our order: top, left, bottom, right."""
    vertical, horizontal = window
    return int(vertical.before), int(horizontal.before), int(vertical.after), int(horizontal.after)


def onnx_window(window: Window) -> dict[str, Any]:
    """The attributes that ONNX's Conv and pools share."""
    vertical, horizontal = window
    return {
        "kernel_shape": (vertical.kernel, horizontal.kernel),
        "strides": (vertical.stride, horizontal.stride),
        "dilations": (vertical.dilation, horizontal.dilation),
        "pads": sides(window),
    }


def torch_padding(window: Window, *, value: float = 0.0, most: tuple[int, int] | None = None) -> tuple[tuple[int, int], tuple[Call, ...], str]:
    """The (vertical, horizontal) padding argument that a torch module can take, or else a padding step before it.

    torch modules pad both ends alike; pools also refuse more than half their kernel (`most`). Returns the argument, the
    steps to run first, and the name of the tensor to read.
    """
    top, left, bottom, right = sides(window)
    if (top, left) == (bottom, right) and (most is None or (top <= most[0] and left <= most[1])):
        return (top, left), (), "in"
    step = Call("nn.ConstantPad2d", {"padding": (left, right, top, bottom), "value": value}, ("in",), "padded")
    return (0, 0), (step,), "padded"
