"""An operator's own rules, asked with integers that remember.

The rules of `ops/` run unchanged on a copy of the operator whose hyper-parameters are traced. Where one rule asks
another (a cost asks for the output), the answer goes on as plain numbers that know their axis: 55 is written 55.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnnscope.explanation.term import is_constant
from cnnscope.explanation.traced import leaf, shape, term_of
from cnnscope.graph import Layer, Placed
from cnnscope.ops.op import Op, Weight, parameters
from cnnscope.shapes import Axis, Shape, Window

_WEIGHT_AXES = {"weight": ("maps", "channels", "kernel", "kernel"), "bias": ("maps",)}


class Answers(NamedTuple):
    """What an operator answers, each figure with its arithmetic."""

    output: Shape
    window: Window | str | None
    """Before its padding is taken as a number: "same" computes it."""
    weights: Mapping[str, Weight]
    layer: Layer
    """The layer as the analyses take it; its output and counts of weights are plain numbers."""


def ask(layer: Layer) -> Answers:
    """Everything that the layer's operator answers for its input shapes, traced."""
    op, inputs = _traced(layer.node.op), tuple(shape(sizes, "in") for sizes in layer.inputs)
    output, window = type(op).output(op, *inputs), type(op).window(op, *inputs)
    weights = {name: _weight(name, weight) for name, weight in op.weights(*inputs).items()}
    params = parameters(weights)
    buffers = parameters({name: weight._replace(trainable=not weight.trainable) for name, weight in weights.items()})
    placed = Placed(
        op.output(*inputs),
        weights,
        leaf(params, "params"),
        leaf(buffers, "buffers"),
        op.cost(*inputs),
        op.window(*inputs),
        layer.placed.notes,
    )
    return Answers(output, window, weights, Layer(layer.node._replace(op=op), inputs, placed))


def _traced(op: Op) -> Op:
    """A copy whose hyper-parameters are traced, and whose shape and window are plain numbers to its other rules."""
    copy = object.__new__(type(op))
    state: dict[str, Any] = vars(copy)
    state.update(vars(op))
    state.update({name: _hyper(name, getattr(op, name)) for name in op.fields})
    state["output"] = lambda *inputs: shape(type(op).output(copy, *inputs), "out")
    state["window"] = lambda *inputs: _numbers(type(op).window(copy, *inputs))
    return copy


def _hyper(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return leaf(value, name, "op")
    if isinstance(value, tuple):
        return tuple(_hyper(name, part) for part in value)
    return value


def _numbers(window: Window | str | None) -> Window | str | None:
    if window is None or isinstance(window, str):
        return window
    return _axis(window[0]), _axis(window[1])


def _axis(axis: Axis) -> Axis:
    """The same axis, every whole number of it a leaf."""
    roles = ("kernel", "stride", "padding", "padding", "dilation")
    parts = [leaf(part, role, "op") if isinstance(part, int) else part for part, role in zip(axis, roles, strict=True)]
    return Axis(*parts)  # type: ignore[arg-type]


def _weight(name: str, weight: Weight) -> Weight:
    """The weight; sizes that its rule counted by itself, such as the links of a run, learn what they measure."""
    roles = _WEIGHT_AXES["bias" if "bias" in name else "weight"]
    named = zip(weight.shape, (*roles, *[""] * len(weight.shape)), strict=False)
    sizes = [
        leaf(size, role, "op") if is_constant(term_of(size)) and (size > 1 or role == "maps") else size
        for size, role in named
    ]
    return Weight(tuple(sizes), weight.trainable)
