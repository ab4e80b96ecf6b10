"""The record that everything prints: one entry per layer, totals derived from them, claims judged."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

from cnnscope.analysis.memory import (
    OPTIMIZER_COPIES,
    Optimizer,
    Peak,
    peak_activation,
    saved_for_backward,
    stores_output,
)
from cnnscope.analysis.receptive_field import ReceptiveField, last_spatial, receptive_fields
from cnnscope.graph import Assumption, Graph, Layer, walk
from cnnscope.ops.op import Cost
from cnnscope.rendered import Rendered
from cnnscope.shapes import Shape, elements
from cnnscope.units import DTYPE_BYTES, Bytes, Count


class LayerReport(NamedTuple):
    """One layer's figures; names and definitions as in docs/conventions.md. Bytes are those of the report's dtype."""

    name: str
    type: str
    line: int
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    params: Count
    buffers: Count
    cost: Cost
    output_bytes: Bytes
    bytes_read: Bytes
    bytes_written: Bytes
    receptive_field: ReceptiveField
    notes: tuple[str, ...]
    row: str
    layer: Layer

    @property
    def macs(self) -> Count:
        return self.cost.macs

    @property
    def intensity(self) -> float:
        """FLOPs per byte moved."""
        return self.cost.flops / (self.bytes_read + self.bytes_written)


class JudgedClaim(NamedTuple):
    """A figure that the page prints, beside ours. `known_false` is the page's own explanation of a false one."""

    line: int
    layer: str
    metric: str
    claimed: str
    computed: int | str | None
    holds: bool
    why: str
    known_false: str = ""

    @property
    def as_expected(self) -> bool:
        """True claims hold; figures that the page itself calls false do not."""
        return self.holds != bool(self.known_false)


Renderer = Callable[["Report"], str]


@dataclass(frozen=True)
class Report(Rendered):
    """The analysis of one network at one input shape, batch and dtype. Totals are properties, never stored twice."""

    network: str
    source: str
    path: str
    input_shape: Shape
    dtype: str
    layers: tuple[LayerReport, ...]
    peak: Peak
    saved_bytes: Bytes
    optimizer: Optimizer = "momentum"
    in_place: bool = True
    claims: tuple[JudgedClaim, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    """What a printed table leaves unsaid and what was taken for it; empty for pages in the layer-table language."""
    missing: tuple[str, ...] = ()
    """What a printed table does not say and nobody can assume."""

    @property
    def status(self) -> str:
        """partial where the table does not print all of the network: every total is a lower bound then."""
        return "partial" if self.missing else "complete"

    @cached_property
    def params(self) -> Count:
        return sum(layer.params for layer in self.layers)

    @cached_property
    def buffers(self) -> Count:
        return sum(layer.buffers for layer in self.layers)

    @cached_property
    def cost(self) -> Cost:
        """Arithmetic by kind over all layers."""
        return Cost(*map(sum, zip(*(layer.cost for layer in self.layers), strict=True))) if self.layers else Cost()

    @property
    def macs(self) -> Count:
        return self.cost.macs

    @property
    def flops(self) -> Count:
        return self.cost.flops

    @property
    def itemsize(self) -> Bytes:
        return DTYPE_BYTES[self.dtype]

    @property
    def weight_bytes(self) -> Bytes:
        return (self.params + self.buffers) * self.itemsize

    @cached_property
    def activation_bytes(self) -> Bytes:
        return sum(layer.output_bytes for layer in self.layers)

    @property
    def peak_activation_bytes(self) -> Bytes:
        return self.peak.bytes

    @property
    def training_bytes(self) -> Bytes:
        """Weights, gradients, optimizer state, and what backward needs of the forward pass."""
        copies = 2 + OPTIMIZER_COPIES[self.optimizer]
        return (copies * self.params + self.buffers) * self.itemsize + self.saved_bytes

    @cached_property
    def depth(self) -> Count:
        """Layers with multiply-accumulates on the longest path from the input."""
        return depth(self.layers)

    @cached_property
    def receptive_field(self) -> ReceptiveField | None:
        """That of the last layer that does not see the whole input."""
        return last_spatial(layer.receptive_field for layer in self.layers)

    def to_pandas(self) -> Any:
        """A DataFrame of exact integers with one row per layer: conv1, conv1.bn and conv1.relu are three; needs pandas.

        The column `row` names the table's row that a layer comes from.
        """
        return self.renderers["pandas"](self)


def depth(layers: tuple[LayerReport, ...]) -> Count:
    """Layers with multiply-accumulates on the longest path through these layers."""
    reached: dict[str, int] = {}
    for layer in layers:
        before = max((reached.get(name, 0) for name in layer.inputs), default=0)
        reached[layer.name] = before + (layer.cost.macs > 0)
    return max(reached.values(), default=0)


def analyze(
    graph: Graph,
    *,
    input_shape: Shape | None = None,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: Optimizer = "momentum",
    in_place: bool = True,
) -> Report:
    """All figures of a network. SpecError where the input shape does not fit; claims are not judged here."""
    itemsize = DTYPE_BYTES[dtype]
    layers = tuple(walk(graph, input_shape=input_shape, batch=batch))
    fields = receptive_fields(layers)
    return Report(
        network=graph.name,
        source=graph.source,
        path=graph.path,
        input_shape=(batch, *(input_shape or graph.input_shape)),
        dtype=dtype,
        layers=tuple(map(layer_report, layers, fields, stores_output(layers), repeat(itemsize))),
        peak=peak_activation(graph, layers, itemsize, in_place=in_place),
        saved_bytes=saved_for_backward(layers, itemsize),
        optimizer=optimizer,
        in_place=in_place,
        assumptions=graph.assumptions,
        missing=graph.missing,
    )


def layer_report(layer: Layer, seen: ReceptiveField, stores: bool, itemsize: Bytes) -> LayerReport:
    """One layer's figures; one that `stores` no output writes over its input."""
    node, inputs, placed = layer
    written = elements(placed.output) * itemsize
    read = sum([elements(shape) for shape in inputs]) + placed.params + placed.buffers
    return LayerReport(
        node.name,
        node.op.type,
        node.line,
        node.inputs,
        inputs,
        placed.output,
        placed.params,
        placed.buffers,
        placed.cost,
        written if stores else 0,
        read * itemsize,
        written,
        seen,
        placed.notes,
        node.row,
        layer,
    )
