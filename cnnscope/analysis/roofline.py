"""The least time that a machine's ceilings allow for some work (Williams, Waterman, Patterson 2009)."""

from functools import lru_cache
from typing import Literal, NamedTuple

from cnnscope.graph import Layer
from cnnscope.shapes import Axis
from cnnscope.units import Count


class Roof(NamedTuple):
    """The least seconds that computing and moving the data take; the larger one binds."""

    compute_seconds: float
    memory_seconds: float

    @property
    def seconds(self) -> float:
        return max(self)

    @property
    def bound(self) -> Literal["compute", "memory"]:
        return "compute" if self.compute_seconds >= self.memory_seconds else "memory"


def roof(flops: int, bytes_moved: int, *, flops_per_second: float, bytes_per_second: float) -> Roof:
    """The roof over this much work under these ceilings."""
    return Roof(flops / flops_per_second, bytes_moved / bytes_per_second)


def padding_free_macs(layer: Layer) -> Count:
    """Multiply-accumulates whose input is no padding: what a kernel must do that skips products with zero.

    The same as `macs` for layers that have no window or enlarge their input.
    """
    macs, window = layer.placed.cost.macs, layer.placed.window
    if not macs or not isinstance(window, tuple) or len(layer.placed.output) != 4:
        return macs
    for axis, size, outputs in zip(window, layer.inputs[0][2:], layer.placed.output[2:], strict=True):
        if not isinstance(axis.stride, int):
            return layer.placed.cost.macs
        macs = macs * _seen(axis, size, outputs) // (axis.kernel * outputs)
    return macs


@lru_cache
def _seen(axis: Axis, size: int, outputs: int) -> int:
    """Positions of the window's taps, over all outputs, that lie on the input."""
    starts = (output * axis.stride - axis.before for output in range(outputs))
    return sum(0 <= start + tap * axis.dilation < size for start in starts for tap in range(axis.kernel))
