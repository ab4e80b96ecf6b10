"""Which layers a kernel ran. A runtime fuses, folds and renames; every kernel is joined to the layers it came from.

Our exporter names every tensor after its layer, so most tensors of the rewritten graph still bear our names. A kernel
that makes such a tensor ran every operator between it and the tensors of ours that are still there. Where a blocked
layout (NCHWc) has renamed the tensor, the kernel's own name says what it began with, and the element-wise operators
behind it are its own as well. A change of layout counts with the layer that reads its result and so asked for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cnnscope.export.recipe import Step, steps
from cnnscope.graph import Layer
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
        self.element_wise: dict[str, bool] = {}
        for layer in layers:
            for step in steps(layer, layer.node.op.onnx(*layer.inputs)):
                self.steps[step.output] = step
                self.layer_of[step.output] = layer.node.name
                self.element_wise[step.output] = layer.node.op.in_place
        self.readers: dict[str, list[OptimisedNode]] = {}
        for node in nodes:
            for name in node.inputs:
                self.readers.setdefault(name, []).append(node)
        self.ran: set[str] = set()

    def layers_by_node(self, rank: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
        """The layers of every node; `rank` is the running order by name."""
        makers = {tensor: node.name for node in self.nodes if (tensor := self._made(node) or self._begun(node))}
        renamed = {node.name for node in self.nodes if not self._made(node)}
        home: dict[str, str] = {}
        for step in self.steps.values():
            read = [name for name in _tensors(step) if name in self.steps]
            if step.output in makers:
                self._claim(step, makers[step.output], home)
            elif self.element_wise[step.output] and read and all(name in home for name in read):
                # Only a kernel that had all its inputs can have run it, so of those that made them the last one did.
                last = max((home[name] for name in read), key=lambda name: rank.get(name, -1))
                if last in renamed:
                    home[step.output] = last
        self.ran = {self.layer_of[name] for name in home}
        found: dict[str, list[str]] = {}
        for name in self.steps:
            if name in home:
                found.setdefault(home[name], []).append(self.layer_of[name])
        return {name: tuple(dict.fromkeys(layers)) for name, layers in found.items()}

    def _claim(self, step: Step, node: str, home: dict[str, str]) -> None:
        """A node ran this step, and every step before it that nobody has run yet."""
        waiting = [step.output]
        while waiting:
            name = waiting.pop()
            if name in self.steps and name not in home:
                home[name] = node
                waiting += _tensors(self.steps[name])

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

    def _made(self, node: OptimisedNode) -> str | None:
        """The tensor of ours that a node makes, where its name is known."""
        if self._only_stores(node):
            return None
        return next((found for name in node.outputs if (found := self._ours(name) or self._relaid(name))), None)

    def _begun(self, node: OptimisedNode) -> str | None:
        """The tensor of ours that a node is named after: it computes that one, and maybe more."""
        return None if self._only_stores(node) else self._ours(node.name)

    def _only_stores(self, node: OptimisedNode) -> bool:
        return node.type in LINES and node.name not in self.steps

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


def _tensors(step: Step) -> Iterator[str]:
    """The names that a step reads, weights included."""
    for entry in step.inputs:
        if isinstance(entry, str):
            yield entry
