"""Memory of one pass: the peak by liveness, and what training keeps.

A tensor lives from the layer that makes it to its last reader; the network's outputs live to the end, its input from
the start to its last reader. Views of a tensor (flatten, identity, dropout in inference) lie in its memory, which lives
as long as the last of them. An element-wise layer takes over the memory of an input that nobody else still needs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Literal, NamedTuple

from cnnscope.graph import INPUT, Graph, Layer
from cnnscope.shapes import elements
from cnnscope.units import Bytes

Optimizer = Literal["sgd", "momentum", "adam"]
OPTIMIZER_COPIES: dict[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Values that an optimizer keeps for every param."""


class Peak(NamedTuple):
    """The moment when most activation memory is alive: while `layer` runs, with the tensors alive then."""

    bytes: Bytes
    layer: str
    alive: tuple[tuple[str, Bytes], ...]


def peak_activation(graph: Graph, layers: Sequence[Layer], itemsize: Bytes, *, in_place: bool = True) -> Peak:
    """The largest sum of live tensors over the running order."""
    highest, where = 0, 0
    for index, (total, _) in enumerate(_steps(graph, layers, itemsize, in_place=in_place)):
        if total > highest:
            highest, where = total, index
    for index, (_, alive) in enumerate(_steps(graph, layers, itemsize, in_place=in_place)):
        if index == where:
            return Peak(highest, layers[where].node.name, tuple(alive.items()))
    return Peak(0, "", ())


def _steps(
    graph: Graph, layers: Sequence[Layer], itemsize: Bytes, *, in_place: bool
) -> Iterator[tuple[Bytes, dict[str, Bytes]]]:
    """For every layer the bytes alive while it runs, and the tensors that hold them (a view that changes underfoot).

    A memory goes by the newest tensor that lies in it.
    """
    holders, last_use = _memories(graph, layers)
    alive = {INPUT: elements(layers[0].inputs[0]) * itemsize} if layers else {}
    newest, total = {INPUT: INPUT}, sum(alive.values())
    for index, layer in enumerate(layers):
        node, size = layer.node, elements(layer.placed.output) * itemsize
        holder, read = holders[node.name], dict.fromkeys(holders[name] for name in node.inputs)
        spent = [memory for memory in read if last_use[memory] == index]
        if holder != node.name:
            alive = _renamed(alive, newest[holder], node.name)
        elif in_place and node.op.in_place and (reused := _reusable(spent, newest, alive, size)):
            alive = _renamed(alive, newest[reused], node.name)
            spent.remove(reused)
        else:
            alive[node.name] = size
            total += size
        newest[holder] = node.name
        yield total, alive
        for memory in spent:
            total -= alive.pop(newest[memory])


def _memories(graph: Graph, layers: Sequence[Layer]) -> tuple[dict[str, str], dict[str, int]]:
    """For every tensor the one whose memory it lies in, and for every memory the index of the last layer to read it."""
    holders, last_use = {INPUT: INPUT}, {INPUT: -1}
    for index, layer in enumerate(layers):
        node = layer.node
        holders[node.name] = holders[node.inputs[0]] if node.op.view or node.op.idle else node.name
        last_use |= {holders[name]: index for name in node.inputs}
    return holders, last_use | {holders[name]: len(layers) for name in graph.outputs}


def _reusable(spent: Iterable[str], newest: Mapping[str, str], alive: Mapping[str, Bytes], size: Bytes) -> str | None:
    """A memory of this size that nobody needs any longer; the network's input is its caller's."""
    return next((memory for memory in spent if memory != INPUT and alive[newest[memory]] == size), None)


def _renamed(alive: dict[str, Bytes], old: str, new: str) -> dict[str, Bytes]:
    """The same memory under the name of the tensor that lies in it now, in last place."""
    alive[new] = alive.pop(old)
    return alive


def last_readers(graph: Graph, layers: Sequence[Layer]) -> dict[str, str]:
    """For every tensor the layer that reads its memory last, "" where that lives to the end or nobody reads it."""
    holders, last_use = _memories(graph, layers)
    names = dict(enumerate(layer.node.name for layer in layers))
    return {tensor: names.get(last_use.get(memory, -1), "") for tensor, memory in holders.items()}


def saved_for_backward(layers: Sequence[Layer], itemsize: Bytes) -> Bytes:
    """Bytes that the backward pass needs of the forward pass: every saved tensor once, plus masks and indices."""
    tensors, extra = saved_tensors(layers, itemsize)
    return sum(tensors.values()) * itemsize + sum(extra.values())


def saved_tensors(layers: Sequence[Layer], itemsize: Bytes) -> tuple[dict[str, int], dict[str, Bytes]]:
    """The values of every tensor that backward needs, and the bytes that layers keep beside: masks and indices."""
    saved: dict[str, int] = {}
    seen_as: dict[str, str] = {}
    extra: dict[str, int] = {}
    for layer in layers:
        op, name = layer.node.op, layer.node.name
        inputs = [seen_as.get(tensor, tensor) for tensor in layer.node.inputs]
        if op.view:
            seen_as[name] = inputs[0]
        if "input" in op.saves:
            saved.update(zip(inputs, map(elements, layer.inputs), strict=True))
        if "output" in op.saves:
            saved[name] = elements(layer.placed.output)
        if beside := op.extra_saved_bytes(itemsize, *layer.inputs):
            extra[name] = beside
    return saved, extra


def stores_output(layers: Sequence[Layer]) -> list[bool]:
    """Which layers store an output of their own: all but element-wise ones that write over their input.

    One output counts per row: beside a row's convolution its batch norm and ReLU store nothing. An element-wise layer
    in a row without one stores nothing either, unless somebody else still reads its input.
    """
    readers = Counter(name for layer in layers for name in layer.node.inputs)
    storing = {layer.node.row for layer in layers if not _overwrites(layer)}
    return [not _overwrites(layer) or _needs_a_copy(layer, readers, storing) for layer in layers]


def _overwrites(layer: Layer) -> bool:
    return layer.node.op.in_place and len(layer.inputs) == 1


def _needs_a_copy(layer: Layer, readers: Mapping[str, int], storing: Set[str]) -> bool:
    source = layer.node.inputs[0]
    shared = source == INPUT or (readers[source] > 1 and layer.node.row not in storing)
    return shared and not layer.node.op.view
