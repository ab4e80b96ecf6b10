"""How much of the network's input one output position sees, composed over the graph.

Along one axis, output o of a layer sees inputs o·stride - padding ... o·stride - padding + size - 1. At a merge it is
the union over the inputs; a 1x1 gate that multiplies whole maps is left out, as published figures do.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from cnnscope.graph import INPUT, Layer
from cnnscope.ops.op import WHOLE
from cnnscope.shapes import Axis, Window

Length = int | Fraction


class Seen(NamedTuple):
    """One axis: size, stride (jump between neighbouring outputs) and padding before the input, in input pixels."""

    size: Length
    stride: Length
    padding: Length

    @property
    def centre(self) -> Length:
        """Twice the middle of the first output's view."""
        return self.size - 2 * self.padding


class ReceptiveField(NamedTuple):
    """Vertical and horizontal view, or none of both where a position sees the whole input.

    `status` is "exact", "misaligned" (branches with other strides or centres met; the size is that of their union) or
    "whole input".
    """

    vertical: Seen | None
    horizontal: Seen | None
    status: str = "exact"

    @property
    def size(self) -> tuple[Length, Length] | None:
        return (self.vertical.size, self.horizontal.size) if self.vertical and self.horizontal else None


_WIDEST = 2**62
"""No input is as long as this, so a wider view sees all of it."""

START = ReceptiveField(Seen(1, 1, 0), Seen(1, 1, 0))
WHOLE_INPUT = ReceptiveField(None, None, WHOLE)


def receptive_fields(layers: Iterable[Layer]) -> list[ReceptiveField]:
    """The receptive field at every layer's output, in the layers' order."""
    known = {INPUT: START}
    found = []
    for layer in layers:
        node = layer.node
        field = known[node.inputs[0]] if len(node.inputs) == 1 else _union(layer, known)
        window = layer.placed.window
        if window is not None:
            field = WHOLE_INPUT if isinstance(window, str) else _through(field, window)
        known[node.name] = field
        found.append(field)
    return found


def last_spatial(fields: Iterable[ReceptiveField]) -> ReceptiveField | None:
    """The view of the last layer that does not see the whole input; None where there is none."""
    spatial = [field for field in fields if field.vertical]
    return spatial[-1] if spatial else None


def _through(field: ReceptiveField, window: Window) -> ReceptiveField:
    if not field.vertical or not field.horizontal:
        return field
    vertical, horizontal = step(field.vertical, window[0]), step(field.horizontal, window[1])
    if max(vertical.size, vertical.stride, horizontal.size, horizontal.stride) > _WIDEST:
        return WHOLE_INPUT
    return ReceptiveField(vertical, horizontal, field.status)


def step(seen: Seen, axis: Axis) -> Seen:
    """What is seen through a window: r + (k - 1)·j, where j is the stride so far, and j·s."""
    size, stride, padding = seen
    return Seen(
        _whole(size + (axis.extent - 1) * stride), _whole(stride * axis.stride), _whole(padding + axis.before * stride)
    )


def _whole(length: Length) -> Length:
    """An int where enlarging and shrinking have cancelled out."""
    return length if isinstance(length, int) or length.denominator > 1 else length.numerator


def _union(layer: Layer, known: dict[str, ReceptiveField]) -> ReceptiveField:
    spatial = layer.placed.output[2:]
    fields = [
        known[name] for name, shape in zip(layer.node.inputs, layer.inputs, strict=True) if shape[2:] == spatial
    ] or [known[name] for name in layer.node.inputs]
    first, *rest = dict.fromkeys(fields)
    if not rest:
        return first
    vertical = [field.vertical for field in (first, *rest) if field.vertical]
    horizontal = [field.horizontal for field in (first, *rest) if field.horizontal]
    if len(vertical) <= len(rest):
        return WHOLE_INPUT
    (high, high_aligned), (wide, wide_aligned) = join(vertical), join(horizontal)
    aligned = high_aligned and wide_aligned and all(field.status == "exact" for field in (first, *rest))
    return ReceptiveField(high, wide, "exact" if aligned else "misaligned")


def join(views: list[Seen]) -> tuple[Seen, bool]:
    """The smallest view around all of these, and whether they share stride and centre."""
    padding = max(view.padding for view in views)
    stop = max(view.size - view.padding for view in views)
    aligned = len({view.stride for view in views}) == 1 and len({view.centre for view in views}) == 1
    return Seen(_whole(stop + padding), max(view.stride for view in views), padding), aligned
