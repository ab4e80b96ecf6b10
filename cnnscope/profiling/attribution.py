"""Which layers a kernel ran. A runtime fuses, folds and renames; every kernel is joined to the layers it came from.

Our exporter names every tensor after its layer, so most tensors of the rewritten graph still bear our names. A kernel
that makes such a tensor ran every operator between it and the tensors of ours that are still there. Where a blocked
layout (NCHWc) has renamed the tensor, the kernel's own name says what it began with, and it ran what nobody else ran.
A change of layout counts with the layer that reads its result, since that layer asked for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cnnscope.export.recipe import Step, steps
from cnnscope.graph import INPUT, Layer
from cnnscope.runtimes import Kernel, OptimisedNode

LINES = {
    "ReorderInput": "layout",
    "ReorderOutput": "layout",
    "Transpose": "layout",
    "Cast": "casts",
    "MemcpyToHost": "copies",
    "MemcpyFromHost": "copies",
}
"""Kernels that compute nothing, and what their time is spent on."""

_PREFIXES, _SUFFIXES = ("fused ", "InsertedPrecisionFreeCast_"), ("_nchwc", "_bn")
"""What ONNX Runtime puts before and behind the names of what it fuses, computes in float32 or blocks."""


class Attribution(NamedTuple):
    """Kernels with the layers that each ran; `removed` are layers that ran nowhere, as dropout does."""

    kernels: tuple[Kernel, ...]
    removed: tuple[str, ...]


def attribute(layers: Sequence[Layer], kernels: Sequence[Kernel], nodes: Sequence[OptimisedNode] | None) -> Attribution:
    """Join kernels to layers; `nodes` is the graph that the runtime made, None where kernels name their layers."""
    if nodes is None:
        ran = {name for kernel in kernels for name in kernel.layers}
        return Attribution(tuple(kernels), tuple(n.node.name for n in layers if n.node.name not in ran))
    joined = _Join(layers, nodes)
    rank = {kernel.name: index for index, kernel in enumerate(kernels)}
    found = joined.layers_by_node(rank)
    named = []
    for kernel in kernels:
        behind = found.get(kernel.name) or joined.asking(kernel.name, found)
        line = "" if kernel.name in found else LINES.get(kernel.type, "" if behind else "other")
        named.append(kernel._replace(layers=behind, line=line))
    return Attribution(tuple(named), tuple(layer.node.name for layer in layers if layer.node.name not in joined.ran))


class _Join:
    """The two graphs side by side. A step is one node of ours; it bears the name of the tensor that it makes."""

    def __init__(self, layers: Sequence[Layer], nodes: Sequence[OptimisedNode]) -> None:
        self.nodes = nodes
        self.steps: dict[str, Step] = {}
        self.layer_of: dict[str, str] = {}
        for layer in layers:
            for step in steps(layer, layer.node.op.onnx(*layer.inputs)):
                self.steps[step.output] = step
                self.layer_of[step.output] = layer.node.name
        self.readers: dict[str, list[OptimisedNode]] = {}
        for node in nodes:
            for name in node.inputs:
                self.readers.setdefault(name, []).append(node)
        self.ran: set[str] = set()

    def layers_by_node(self, rank: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
        """The layers of every node; `rank` is the running order by name."""
        made = {node.name: tensor for node in self.nodes if (tensor := self._tensor(node))}
        there = {INPUT, *made.values()} | {ours for n in self.nodes for name in n.outputs if (ours := self._ours(name))}
        covered = {name: self._between(tensor, there) for name, tensor in made.items()}
        home = {step: name for name, names in covered.items() for step in names}
        renamed = {node.name for node in self.nodes if not any(map(self._ours, node.outputs))}
        for step in self.steps.values():
            if step.output in home:
                continue
            # Only a kernel that had all its inputs can have run it, so of those before it the last one did.
            before = [home[name] for name in _tensors(step) if name in home]
            if before and (last := max(before, key=lambda name: rank.get(name, -1))) in renamed:
                covered[last].append(step.output)
                home[step.output] = last
        self.ran = {self.layer_of[step] for step in home}
        return {name: tuple(dict.fromkeys(map(self.layer_of.__getitem__, names))) for name, names in covered.items()}

    def asking(self, name: str, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The layer for which a kernel without one ran: the first that reads what it makes, else the one it reads."""
        node = next((node for node in self.nodes if node.name == name), None)
        if not node:
            return ()
        reading = [reader for made in node.outputs for reader in self.readers.get(made, ())]
        for reader in reading:
            if layers := found.get(reader.name) or self.asking(reader.name, found):
                return layers[:1]
        makers = [made.name for made in self.nodes if set(made.outputs) & set(node.inputs)]
        return next((found[maker][-1:] for maker in makers if maker in found), ())

    def _tensor(self, node: OptimisedNode) -> str | None:
        """The tensor of ours that a node makes, or begins with where the rest of it is unknown."""
        if node.type in LINES and node.name not in self.steps:
            return None
        for name in node.outputs:
            if found := self._ours(name) or self._relaid(name):
                return found
        return self._ours(node.name)

    def _relaid(self, tensor: str) -> str | None:
        """The tensor of ours that a change of layout or type makes of this one."""
        changes = (reader for reader in self.readers.get(tensor, ()) if reader.type in LINES)
        return next((found for change in changes for name in change.outputs if (found := self._ours(name))), None)

    def _ours(self, name: str) -> str | None:
        """The tensor of ours with this name, whatever was put before or behind it."""
        candidates = [name]
        for prefix in _PREFIXES:
            candidates += [found.removeprefix(prefix) for found in candidates]
        for suffix in _SUFFIXES:
            candidates += [found.removesuffix(suffix) for found in candidates]
        return next((found for found in candidates if found in self.steps), None)

    def _between(self, tensor: str, there: set[str]) -> list[str]:
        """The steps that lead to a tensor from those that are still there, in running order."""
        found, waiting = {tensor}, [tensor]
        while waiting:
            for name in _tensors(self.steps[waiting.pop()]):
                if name in self.steps and name not in there and name not in found:
                    found.add(name)
                    waiting.append(name)
        return [name for name in self.steps if name in found]


def _tensors(step: Step) -> Iterator[str]:
    """The names that a step reads, weights included."""
    for entry in step.inputs:
        if isinstance(entry, str):
            yield entry
