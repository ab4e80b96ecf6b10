"""A network as data: nodes in running order, and the walk that gives every node its shapes.

A row of a table becomes one node per operator; a node placed in its graph, with shapes, is a layer. The network's input
is the tensor "in", and every other tensor has the name of the node that makes it.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from cnnscope.errors import Fault, ShapeError, SpecError
from cnnscope.ops.op import Cost, Op, Weight, parameters
from cnnscope.shapes import Shape, Window, check_dimensions, elements

INPUT = "in"
"""The name of the network's input tensor."""


SIZES = ("size", "output", "receptive_field")
"""Figures a page may claim that are not one number."""
COUNTS = (
    "output_elements",
    "params",
    "buffers",
    "macs",
    "flops",
    "memory",
    "weight_bytes",
    "output_bytes",
    "activation_bytes",
    "peak_activation_bytes",
    "training_bytes",
    "bytes_read",
    "bytes_written",
    "depth",
)
"""Figures a page may claim that are one number."""
METRICS = (*SIZES, *COUNTS)


class Node(NamedTuple):
    """An operator and the tensors it reads; `row` is the path of the table row it came from, `line` its line."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    row: str
    line: int


class Assumption(NamedTuple):
    """Something that a printed table leaves unsaid, and what was taken for it.

    `rows` are the rows that it is about, none for the whole network; `others` is what may be chosen instead. `ground`
    tells whether printed figures settle it, or the habit of such tables, or the user, or whether nothing reproduces
    what is printed: then `refuted` is that (figure, text, line), line 0 for that of the row.
    """

    what: str
    value: str
    why: str
    rows: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    ground: Literal["solved", "convention", "given", "contradiction"] = "convention"
    refuted: tuple[str, str, int] = ("", "", 0)

    @property
    def text(self) -> str:
        """padding same in C3, C5: solves 27x27, 13x13."""
        return f"{self.what} {self.value}{' in ' + ', '.join(self.rows) if self.rows else ''}: {self.why}"


class Claim(NamedTuple):
    """A figure that the page prints about the nodes first ... last - 1.

    It is about the network where `layer` is empty, and about the network's input where it is "in".

    `known_false` is the page's own explanation of a figure that it knows to be false; empty for all others.
    """

    line: int
    layer: str
    metric: str
    printed: str
    known_false: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """A network. Nodes are in running order: a node reads only the input or tensors made before it.

    `input_shape` is that of one sample, (C, H, W) or (F,). `outputs` are the tensors that nobody reads.
    """

    name: str
    input_shape: Shape
    nodes: tuple[Node, ...]
    path: str = ""
    source: str = ""
    claims: tuple[Claim, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    """What the page leaves unsaid; empty for pages in the layer-table language."""
    missing: tuple[str, ...] = ()
    """What a printed table does not say and nobody can assume: the network ends before it."""
    outputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        made, unread = {INPUT}, {INPUT: None}
        for node in self.nodes:
            if missing := [name for name in node.inputs if name not in made]:
                raise SpecError(
                    self.path, [Fault(node.line, node.name, f"reads {missing[0]}, which is not made before it")]
                )
            if node.name in made:
                raise SpecError(self.path, [Fault(node.line, node.name, "two layers have this name", "rename one row")])
            made.add(node.name)
            for name in node.inputs:
                unread.pop(name, None)
            unread[node.name] = None
        object.__setattr__(self, "outputs", tuple(unread))

    def resized(self, input_shape: Shape) -> "Graph":
        """The same nodes for an input of another size."""
        other = copy(self)
        object.__setattr__(other, "input_shape", input_shape)
        return other


class Placed(NamedTuple):
    """Everything that an operator answers for given input shapes; shared by all layers alike."""

    output: Shape
    weights: Mapping[str, Weight]
    params: int
    buffers: int
    cost: Cost
    window: Window | str | None
    notes: tuple[str, ...]


@lru_cache(1 << 16)
def place(op: Op, inputs: tuple[Shape, ...]) -> Placed:
    """Ask an operator everything for these input shapes; ShapeError when they do not fit."""
    fewest, most = op.inputs
    if not fewest <= len(inputs) <= most:
        wanted = f"{fewest}" if fewest == most else f"at least {fewest}" if len(inputs) < fewest else f"at most {most}"
        raise ShapeError(
            f"{op.type} takes {wanted} input{'s' if wanted != '1' else ''}, got {len(inputs)}",
            "name them in the `from` column, separated by commas",
        )
    output = op.output(*inputs)
    check_dimensions(output)
    weights = op.weights(*inputs)
    params = parameters(weights)
    buffers = sum(elements(weight.shape) for weight in weights.values()) - params
    return Placed(output, weights, params, buffers, op.cost(*inputs), op.window(*inputs), op.notes(*inputs))


class Layer(NamedTuple):
    """A node with the shapes of its inputs and all answers of its operator."""

    node: Node
    inputs: tuple[Shape, ...]
    placed: Placed


def walk(graph: Graph, *, input_shape: Shape | None = None, batch: int = 1) -> Iterator[Layer]:
    """The layers in running order, for another input shape or batch where given; SpecError where one does not fit."""
    shapes = {INPUT: (batch, *(input_shape or graph.input_shape))}
    for node in graph.nodes:
        inputs = tuple([shapes[name] for name in node.inputs])
        try:
            placed = place(node.op, inputs)
        except ShapeError as error:
            raise SpecError(graph.path, [Fault(node.line, node.name, error.message, error.hint)]) from None
        shapes[node.name] = placed.output
        yield Layer(node, inputs, placed)
