"""Pieces of library spellings that several operators share."""

from collections.abc import Iterable
from typing import Any

from cnnscope.ops.op import Call, Constant, Spelling
from cnnscope.shapes import Pair, Window


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


def even_padding(window: Window) -> Pair | None:
    """The (vertical, horizontal) padding as torch's modules take it, alike at both ends; None where the ends differ."""
    top, left, bottom, right = sides(window)
    return (top, left) if (top, left) == (bottom, right) else None


def padded(window: Window, source: str = "in", *, value: float = 0.0) -> tuple[Spelling, str]:
    """The torch step that pads by hand, none where nothing is to pad, and the name of the tensor to read after it."""
    top, left, bottom, right = sides(window)
    if not any((top, left, bottom, right)):
        return (), source
    arguments = {"padding": (left, right, top, bottom), "value": value}
    return (Call("nn.ConstantPad2d", arguments, (source,), "padded"),), "padded"
