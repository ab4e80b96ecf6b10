"""The spellings of a network's operators with every name resolved: what ONNX and torch builders walk alike."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cnnscope.graph import Layer
from cnnscope.ops.op import Call, Constant, Spelling


class Step(NamedTuple):
    """One call of a layer: its inputs are tensor names, weight names, Constants, None, or tuples of these."""

    name: str
    call: Call
    inputs: tuple[Any, ...]
    output: str


def steps(layer: Layer, spelling: Spelling) -> Iterator[Step]:
    """The calls of a layer. The last one carries the layer's name, and so does the tensor that it makes."""
    node = layer.node
    names: dict[str, Any] = {"in": node.inputs[0]}
    names |= {f"in{index}": tensor for index, tensor in enumerate(node.inputs[1:], start=2)}
    names |= {weight: f"{node.name}.{weight}" for weight in layer.placed.weights}
    for call in spelling:
        last = call is spelling[-1]
        output = node.name if last else f"{node.name}/{call.output}"
        yield Step(node.name if last else f"{node.name}/{call.output}", call, _resolved(call.inputs, names), output)
        names[call.output] = output


def _resolved(inputs: tuple[Any, ...], names: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        _resolved(entry, names)
        if isinstance(entry, tuple) and not isinstance(entry, Constant)
        else names[entry]
        if isinstance(entry, str)
        else entry
        for entry in inputs
    )
