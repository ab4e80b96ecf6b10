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
from cnnscope.ops import OPERATORS as ALL_OPERATORS
from cnnscope.reconciliation import implementations
from cnnscope.shapes import Shape

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
    """Its name in the zoo, "" for any other page: of those, no implementation is known."""
    report: Report
    layers: tuple[LayerReport, ...]
    calls: Mapping[str, str]
    unused_params: int = 0
    """Of heads that the implementation builds and does not run."""

    def call(self, layer: LayerReport) -> str:
        """How the implementation calls this layer: the first of `calls` that names the layer or its type."""
        for pattern, call in self.calls.items():
            if _names(pattern, layer):
                return call
        return "method" if layer.type in OPERATORS else "module"


def _names(pattern: str, layer: LayerReport) -> bool:
    return layer.type == pattern or fnmatchcase(layer.name, pattern)


def _types(report: Report) -> str:
    return f"its types are {', '.join(dict.fromkeys(layer.type for layer in report.layers))}"


def subject(report: Report, calls: Mapping[str, str]) -> Subject:
    """The network of a report; `calls` go before what its implementation is known to do."""
    types = {operator.type for operator in ALL_OPERATORS}
    for pattern, call in calls.items():
        if call not in CALLS:
            raise UsageError(
                f"`{call[:40]}` for {pattern[:40]} is no way to call a layer", f"known are {', '.join(CALLS)}"
            )
        if pattern not in types and not any(_names(pattern, layer) for layer in report.layers):
            raise UsageError(f"{report.network} has no layer or type `{pattern[:40]}`", _types(report))
    name = implementations.zoo_name(report.network, report.path)
    known = implementations.of(name)
    layers = report.layers
    if layers and layers[-1].type == "softmax":
        layers = layers[:-1]
    if known.classifier_pool:
        layers = _with_pool(layers)
    others = {pattern: call for pattern, call in known.calls.items() if pattern not in calls}
    return Subject(name, report, layers, {**calls, **others}, known.unused_params)


def _with_pool(layers: tuple[LayerReport, ...]) -> tuple[LayerReport, ...]:
    """torchvision's VGG pools to 7x7 in front of its classifier, whatever the input: fc6 always sees 512x7x7."""
    last = max(index for index, layer in enumerate(layers) if layer.type == "max pool")
    shape = layers[last].output_shape
    node = Node("avgpool", implementations.CLASSIFIER_POOL, (layers[last].name,), "avgpool", layers[last].line)
    pool = _placed(layers[last]._replace(name=node.name, type=node.op.type), node, shape)
    classifier = _placed(layers[last + 1], layers[last + 1].layer.node, pool.output_shape)
    return (*layers[: last + 1], pool, classifier, *layers[last + 2 :])


def _placed(layer: LayerReport, node: Node, shape: Shape) -> LayerReport:
    """The layer as it is behind an input of this shape."""
    placed = place(node.op, (shape,))
    return layer._replace(
        input_shapes=(shape,),
        output_shape=placed.output,
        params=placed.params,
        cost=placed.cost,
        layer=Layer(node, (shape,), placed),
    )
