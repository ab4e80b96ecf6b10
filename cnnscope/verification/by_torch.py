"""What torch knows of a network: shapes, what its modules hold, FLOPs, and the memory alive after every layer.

Importing this file asks for torch. On the meta device tensors have shapes and memory but no values, so that nothing is
computed; everything else is the same.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch  # noqa: TID253 - imported only by who asks for torch
from torch import Tensor, nn  # noqa: TID253
from torch.multiprocessing.reductions import StorageWeakRef  # noqa: TID253
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: TID253
from torch.utils.flop_counter import FlopCounterMode  # noqa: TID253

from cnnscope.errors import RefusedError
from cnnscope.export.recipe import steps
from cnnscope.export.torch_module import TorchNetwork, function_of
from cnnscope.graph import INPUT, Graph, Layer
from cnnscope.ops.op import Constant
from cnnscope.shapes import Shape, elements
from cnnscope.verification.record import TORCH

_NOT_COUNTED = "num_batches_tracked"
"""Batch norm's counter is no buffer of the network."""


class Held(NamedTuple):
    """Elements that a module holds."""

    params: int
    buffers: int


class Ran(NamedTuple):
    """One pass: every layer's output shape, the largest sum of live memories at the end of a layer, the outputs."""

    shapes: dict[str, Shape]
    peak: int
    outputs: dict[str, Tensor]


def without_values(graph: Graph, layers: tuple[Layer, ...], *, dtype: str) -> TorchNetwork:
    """The twin on the meta device."""
    shapes = {
        f"{layer.node.name}.{name}": weight.shape for layer in layers for name, weight in layer.placed.weights.items()
    }
    kind = getattr(torch, dtype)
    return TorchNetwork(
        graph, layers, lambda name: torch.empty(shapes[name], dtype=kind, device="meta")
    ).eval().to("meta")  # fmt: skip


def start_without_values(shape: Shape, *, dtype: str) -> Callable[[], Tensor]:
    return lambda: torch.empty(shape, dtype=getattr(torch, dtype), device="meta")


def same(one: Ran, other: Ran) -> bool:
    """Are the network's outputs the same bits?"""
    return all(
        torch.equal(one.outputs[name].nan_to_num(), tensor.nan_to_num()) for name, tensor in other.outputs.items()
    )


def held(layer: Layer) -> Held:
    """Elements that torch's own modules for the layer hold, and those of weights that its functions are handed.

    The twin's modules hold our weights instead, so they would agree whatever we state.
    """
    params, buffers, handed = 0, 0, set()
    for step in steps(layer, layer.node.op.torch(*layer.inputs)):
        function = function_of(step)
        if isinstance(function, nn.Module):
            own = held_by(function)
            params, buffers = params + own.params, buffers + own.buffers
        handed |= set(_names(step.inputs))
    for name, weight in layer.placed.weights.items():
        if f"{layer.node.name}.{name}" in handed:
            count = elements(weight.shape)
            params, buffers = (params + count, buffers) if weight.trainable else (params, buffers + count)
    return Held(params, buffers)


def held_by(module: nn.Module) -> Held:
    """Elements of a module and all inside it."""
    buffers = [tensor.numel() for name, tensor in module.named_buffers() if not name.endswith(_NOT_COUNTED)]
    return Held(sum(tensor.numel() for tensor in module.parameters()), sum(buffers))


def _names(inputs: tuple[Any, ...]) -> Iterator[str]:
    for entry in inputs:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, tuple) and not isinstance(entry, Constant):
            yield from _names(entry)


def flops(network: TorchNetwork, layers: Sequence[Layer], *, dtype: str) -> dict[str, int]:
    """What torch counts for every layer's own module on inputs of our shapes; nothing is computed."""
    found = {}
    # torch counts its plain attention, not the fused one that it would take here.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        for layer, (module, name, _) in zip(layers, network.plan, strict=True):
            before = counter.get_total_flops()
            call(module, name, [start_without_values(shape, dtype=dtype)() for shape in layer.inputs])
            found[name] = counter.get_total_flops() - before
    return found


def run(network: TorchNetwork, layers: Sequence[Layer], start: Callable[[], Tensor], *, in_place: bool = False) -> Ran:
    """Run the twin layer by layer on the tensor that `start` makes; every tensor is let go after its last reader.

    With `in_place` element-wise layers write over an input that nobody needs any longer: torch computes most of them
    beside it, so the values are moved there. That proves that the memory was free, and leaves the measured sum to the
    layer's end.
    """
    tensors = {INPUT: start()}
    memories = _Memories(tensors[INPUT])
    last_reader = {name: index for index, layer in enumerate(layers) for name in layer.node.inputs}
    shapes, peak = {}, 0
    with torch.no_grad():
        for index, (layer, (module, name, inputs)) in enumerate(zip(layers, network.plan, strict=True)):
            made = call(module, name, [tensors[source] for source in inputs])
            shapes[name] = tuple(made.shape)
            needed = [n for n in tensors if last_reader.get(n, -1) > index or n in network.outputs]
            if layer.node.op.strided:
                # A copy, as ONNX Runtime makes and as we count: without it the values left out would stay alive too.
                made = made.clone(memory_format=torch.contiguous_format)
            elif in_place and layer.node.op.in_place:
                made = memories.written_over(made, inputs, tensors, [*needed, INPUT])
            tensors[name] = made
            memories.add(made)
            del made
            peak = max(peak, memories.alive_bytes())
            for spent in inputs:
                if spent not in needed:
                    tensors.pop(spent, None)
    return Ran(shapes, peak, {name: tensors[name] for name in network.outputs})


def call(module: nn.Module, name: str, given: list[Tensor]) -> Tensor:
    """What a layer's module makes of these tensors; RefusedError where torch cannot."""
    try:
        made: Tensor = module(*given)
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError) as error:
        raise RefusedError(name, TORCH, str(error)) from None
    return made


class _Memories:
    """The memories that tensors were given, watched without keeping any alive."""

    def __init__(self, first: Tensor) -> None:
        # Held, so that no later memory gets its address.
        self.input = StorageWeakRef(first.untyped_storage())  # type: ignore[no-untyped-call]
        self.watched: dict[int, tuple[StorageWeakRef, int]] = {}
        self.add(first)

    def add(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        self.watched[_address(tensor)] = (StorageWeakRef(storage), storage.nbytes())  # type: ignore[no-untyped-call]

    def alive_bytes(self) -> int:
        self.watched = {
            address: (reference, size)
            for address, (reference, size) in self.watched.items()
            if not reference.expired()  # type: ignore[no-untyped-call]
        }
        return sum(size for _, size in self.watched.values())

    def written_over(
        self, made: Tensor, inputs: Sequence[str], tensors: dict[str, Tensor], needed: Sequence[str]
    ) -> Tensor:
        """The values in the memory of an input that is free now, else where they are; never in the network's input."""
        taken = {_address(tensors[name]) for name in needed if name in tensors} | {self.input.cdata}
        for name in inputs:
            place = tensors[name]
            if _address(place) not in taken and place.shape == made.shape and _address(place) != _address(made):
                return place.copy_(made)
        return made


def _address(tensor: Tensor) -> int:
    """Of the memory, which several tensors may share; meta tensors have one too."""
    address: int = StorageWeakRef(tensor.untyped_storage()).cdata  # type: ignore[no-untyped-call]
    return address
