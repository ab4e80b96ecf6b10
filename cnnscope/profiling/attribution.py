"""Which layers a kernel ran. A runtime fuses, folds and renames; every kernel is joined to the layers it came from.

Our exporter names every tensor after its layer, so most tensors of the rewritten graph still bear our names. A kernel
that makes such a tensor ran every operator between it and the tensors of ours that are still there. Where a blocked
layout (NCHWc) has renamed the tensor, the kernel's own name says what it began with, and the element-wise operators
behind it are its own as well. A change of layout counts with the layer that reads its result and so asked for it.

Operators that do the same to the same tensor may be merged: the one that runs then ran for all of them. (One that is
not merged but swallowed by what reads it, as a ReLU is by a ReLU6, counts with the merged ones all the same.)
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_NUMBERED = re.compile(r"[A-Za-z]+_\d+")
_FUSION = re.compile(r"/\w+Fusion/?$")


class Attribution(NamedTuple):
    """Kernels with the layers that each ran; `removed` are layers that ran nowhere, as dropout does."""

    kernels: tuple[Kernel, ...]
    removed: tuple[str, ...]


def attribute(layers: Sequence[Layer], kernels: Sequence[Kernel], nodes: Sequence[OptimisedNode] | None) -> Attribution:
    """Join kernels to layers; `nodes` is the graph that the runtime made, None where kernels name their layers."""
    if nodes is None:
        return Attribution(tuple(kernels), ())
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
        self._inputs = {node.name: node.inputs for node in nodes}
        self._outputs = {node.name: node.outputs for node in nodes}
        self._maker = {made: node for node in nodes for made in node.outputs}
        self.twins = _twins(self.steps.values())
        self.ran: set[str] = set()

    def layers_by_node(self, rank: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
        """The layers of every node; `rank` is the running order by name."""
        makers = {step: node.name for node in self.nodes for step in self._named_steps(node)}
        renamed = {node.name for node in self.nodes if not self._made(node)}
        self._settle_twins(makers)
        home = {name: node for name, node in makers.items() if name in self.steps}
        for step in self.steps.values():
            read = [twin for name in _tensors(step) if (twin := self.twins.get(name)) in self.steps]
            if step.output in makers:
                self._claim(step, makers[step.output], home)
            elif self.element_wise[step.output] and not _copies(step) and read and all(name in home for name in read):
                # Only a kernel that had all its inputs can have run it, so of those that made them the last one did.
                last = max((home[name] for name in read), key=lambda name: rank.get(name, -1))
                if last in renamed:
                    home[step.output] = self._inlined_behind(last) or last
        removed = {step.output for step in self.steps.values() if _copies(step) and step.output not in makers}
        home = {name: home[twin] for name, twin in self.twins.items() if twin in home and name not in removed}
        self.ran = {self.layer_of[name] for name in home}
        found: dict[str, list[str]] = {}
        for name in self.steps:
            if name in home:
                found.setdefault(home[name], []).append(self.layer_of[name])
        return {name: tuple(dict.fromkeys(layers)) for name, layers in found.items()}

    def _settle_twins(self, makers: Mapping[str, str]) -> None:
        """Of steps that are alike, those with a node of their own ran; the others are one with the one that is read."""
        ran: dict[str, str] = {}
        for name, first in self.twins.items():
            if name not in makers or _copies(self.steps[name]):
                continue
            # What nobody reads is an output of the network, which is kept beside the one that stands for the others.
            if first not in ran or self._is_read(makers[name]):
                ran[first] = name
        self.twins = {name: name if name in makers else ran.get(first, first) for name, first in self.twins.items()}

    def _inlined_behind(self, name: str) -> str | None:
        """The last node of a function's body where it was put in place of an operator behind this node.

        Such nodes are called after their type and a number. In the functions that have no kernel, HardSwish and PRelu,
        the last one reads the operator's own input once more.
        """
        readers = [reader for made in self._outputs[name] for reader in self.readers.get(made, ())]
        unnamed = [reader.name for reader in readers if reader.name not in self.steps]
        inlined = [name for name in unnamed if _NUMBERED.fullmatch(name)]
        return inlined[-1] if inlined else None

    def _is_read(self, name: str) -> bool:
        """Does any kernel compute with what this node makes?"""
        readers = (reader for made in self._outputs[name] for reader in self.readers.get(made, ()))
        return any(not self._only_stores(reader) or self._is_read(reader.name) for reader in readers)

    def _claim(self, step: Step, node: str, home: dict[str, str]) -> None:
        """The node that ran this step also ran every step before it that no other node did."""
        waiting = [*_tensors(step)]
        while waiting:
            name = self.twins.get(waiting.pop())
            if name in self.steps and name not in home:
                # A transposition that lost its name was moved, not swallowed: it has a kernel and a line of its own.
                if self.steps[name].call.name not in LINES:
                    home[name] = node
                waiting += _tensors(self.steps[name])

    def asking(self, name: str, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The layer for which a kernel without one ran: the first that reads what it makes, else the one it reads."""
        return self._reading(name, found)[:1] or self._making(name, found)[-1:]

    def _reading(self, name: str, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Layers of the first kernel with any that a kernel's result reaches."""
        readers = (reader.name for made in self._outputs.get(name, ()) for reader in self.readers.get(made, ()))
        return next((there for reader in readers if (there := found.get(reader) or self._reading(reader, found))), ())

    def _making(self, name: str, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Layers of the nearest kernel with any that made what a kernel reads."""
        makers = (maker.name for read in self._inputs.get(name, ()) if (maker := self._maker.get(read)))
        return next((there for maker in makers if (there := found.get(maker) or self._making(maker, found))), ())

    def _named_steps(self, node: OptimisedNode) -> Iterator[str]:
        """The steps that a node ran by its name and by that of what it makes."""
        for name in (self._begun(node), self._made(node)):
            if name and _copies(self.steps[name]) and node.type != "Identity":
                # The copy was removed at the network's end; what it would have copied is made under its name.
                name = self.twins[name]
            if name in self.steps:
                yield name

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
        candidates = [name, _FUSION.sub("", name)]
        for prefix in _PREFIXES:
            candidates += [found.removeprefix(prefix) for found in candidates]
        for suffix in _SUFFIXES:
            candidates += [found.removesuffix(suffix) for found in candidates]
        return next((found for found in candidates if found in self.steps), None)


def _twins(steps: Iterable[Step]) -> dict[str, str]:
    """For every step the first one that computes the same of the same; a runtime may run one for all of them.

    For a step that only copies, what it copies: a runtime may read that instead.
    """
    found: dict[str, str] = {}
    firsts: dict[object, str] = {}
    for step in steps:
        inputs = tuple(found.get(entry, entry) if isinstance(entry, str) else repr(entry) for entry in step.inputs)
        key = (step.call.name, repr(sorted(step.call.arguments.items())), inputs)
        found[step.output] = str(inputs[0]) if _copies(step) else firsts.setdefault(key, step.output)
    return found


def _copies(step: Step) -> bool:
    """Dropout at inference, for one; a runtime removes it where it can."""
    return step.call.name == "Identity"


def _tensors(step: Step) -> Iterator[str]:
    """The names that a step reads, weights included."""
    for entry in step.inputs:
        if isinstance(entry, str):
            yield entry
