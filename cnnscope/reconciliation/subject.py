"""A network as other tools meet it: its layers, and how the usual implementation calls each of them.

Hooks see modules only, patched functions see functions only. A zoo network is taken as torchvision writes it, where it
does (see `implementations`); every other as modules wherever torch has one.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple, get_args

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.errors import UsageError
from cnnscope.graph import Layer, Node, place
from cnnscope.reconciliation import implementations

Call = Literal["module", "function", "method", "subclass", "linear", "untraced"]
"""nn.ReLU; F.relu; x.mean(); a subclass of nn.LayerNorm; a 1x1 convolution written as nn.Linear; padding="same",
which is traced as an operator that few know."""
CALLS: tuple[str, ...] = get_args(Call)
SEEN: tuple[Call, ...] = ("module", "function", "subclass", "linear")
"""Calls that end in one of torch.nn.functional's functions."""
OPERATORS = ("add", "multiply")
"""Written as x + y and x * y unless stated otherwise."""


class Subject(NamedTuple):
    """What is counted: `layers` without the softmax that implementations leave to the loss."""

    network: str
    report: Report
    layers: tuple[LayerReport, ...]
    calls: Mapping[str, str]
    unused_params: int = 0
    """Of heads that the implementation builds and does not run."""

    def call(self, layer: LayerReport) -> str:
        """How the implementation calls this layer: the first of `calls` that names the layer or its type."""
        for pattern, call in self.calls.items():
            if layer.type == pattern or fnmatchcase(layer.name, pattern):
                return call
        return "method" if layer.type in OPERATORS else "module"


def subject(report: Report, calls: Mapping[str, str]) -> Subject:
    """The network of a report; `calls` go before what its implementation is known to do."""
    for pattern, call in calls.items():
        if call not in CALLS:
            raise UsageError(
                f"`{call[:40]}` for {pattern[:40]} is no way to call a layer", f"known are {', '.join(CALLS)}"
            )
    known = implementations.of(report.network)
    layers = report.layers
    if layers and layers[-1].type == "softmax":
        layers = layers[:-1]
    if known.classifier_pool:
        layers = _with_pool(layers)
    return Subject(report.network, report, layers, {**calls, **known.calls}, known.unused_params)


def _with_pool(layers: tuple[LayerReport, ...]) -> tuple[LayerReport, ...]:
    """torchvision's VGG pools to 7x7 in front of its classifier, whatever the input."""
    last = max(index for index, layer in enumerate(layers) if layer.type == "max pool")
    inputs = (layers[last].output_shape,)
    placed = place(implementations.CLASSIFIER_POOL, inputs)
    node = Node("avgpool", implementations.CLASSIFIER_POOL, (layers[last].name,), "avgpool", layers[last].line)
    pool = layers[last]._replace(
        name=node.name,
        type=node.op.type,
        input_shapes=inputs,
        output_shape=placed.output,
        cost=placed.cost,
        layer=Layer(node, inputs, placed),
    )
    return (*layers[: last + 1], pool, *layers[last + 1 :])
