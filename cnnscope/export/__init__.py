"""Graph -> what a framework runs. Walks the spellings that operators state as data; knows no operator by name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cnnscope.errors import MissingExtraError, UsageError
from cnnscope.export import onnx_file, onnx_model, weights_file
from cnnscope.export.weights import Tensor, random_array, random_chunks, tensors
from cnnscope.graph import Graph, Layer, walk

if TYPE_CHECKING:
    import numpy

    from cnnscope.export.torch_module import TorchNetwork

RANDOM, NONE = "random", "none"
DYNAMIC = "dynamic"


class Model(Protocol):
    """What has a graph, such as a loaded network."""

    @property
    def graph(self) -> Graph: ...


def export_onnx(
    model: Graph | Model,
    path: str | Path,
    *,
    batch: int | str = 1,
    dtype: str = "float32",
    opset: int = onnx_model.OPSET,
    weights: str = RANDOM,
    seed: int = 0,
) -> list[Path]:
    """Write a network as ONNX; returns the files written, two where the weights exceed 2 GB.

    `batch` is a number or "dynamic". `weights` are "random" (of `seed`: the same bytes on every machine), "none" (a
    file of kilobytes whose tensors point to a place that does not exist), or a .npz or .safetensors file. Every file is
    complete or absent. UsageError for what cannot be written or read and for a network whose table leaves parts out,
    WriteError where the disk refuses, MissingExtraError without onnx.
    """
    graph = _whole(model)
    if batch != DYNAMIC and (not isinstance(batch, int) or batch < 1):
        raise UsageError(f"batch {batch}", f"write a number of images, at least 1, or {DYNAMIC}")
    layers = tuple(walk(graph, batch=batch if isinstance(batch, int) else 1))
    written = onnx_model.onnx_model(graph, layers, dynamic=batch == DYNAMIC, dtype=dtype, opset=opset)
    onnx_model.check(written, layers)
    stored = list(tensors(layers))
    if weights == NONE:
        return onnx_file.write(Path(path), written, stored, None)
    with _chunks(weights, stored, seed=seed) as chunks:
        return onnx_file.write(
            Path(path), written, stored, lambda tensor: (part.astype(dtype, copy=False) for part in chunks(tensor))
        )


class InMemory(NamedTuple):
    """Layers for a runtime of this process: a model without weights, and the weights beside it by name."""

    model: bytes
    arrays: "dict[str, numpy.ndarray[Any, Any]]"


def onnx_in_memory(
    graph: Graph, layers: tuple[Layer, ...], *, dtype: str = "float32", seed: int = 0, every_tensor: bool = False
) -> InMemory:
    """The network, or a part of it, with random weights; nothing is written, and no size is too large.

    `every_tensor` makes the output of every layer one of the model's. UsageError where parts are missing.
    """
    model = onnx_model.onnx_model(_whole(graph), layers, dtype=dtype)
    if every_tensor:
        known = {output.name for output in model.graph.output}
        model.graph.output.extend(info for info in model.graph.value_info if info.name not in known)
    stored = list(tensors(layers))
    arrays = {tensor.name: random_array(tensor, seed=seed).astype(dtype, copy=False) for tensor in stored}
    return InMemory(onnx_file.with_references(model, stored), arrays)


def build_torch(model: Graph | Model, *, weights: str = RANDOM, seed: int = 0) -> "TorchNetwork":
    """The network as an nn.Module in eval mode; its state_dict keys are the layers' names, "conv1.weight".

    `weights` and `seed` as for export_onnx, so that both hold the same values. MissingExtraError without torch,
    UsageError for a network whose table leaves parts out.
    """
    graph = _whole(model)
    try:
        import torch

        from cnnscope.export.torch_module import TorchNetwork
    except ImportError:
        raise MissingExtraError("torch is not installed", "pip install 'cnnscope[torch]'") from None
    layers = tuple(walk(graph))
    stored = {tensor.name: tensor for tensor in tensors(layers)}
    if weights == NONE:
        return TorchNetwork(graph, layers, lambda name: torch.empty(stored[name].shape, device="meta")).eval()
    if weights == RANDOM:
        return TorchNetwork(graph, layers, lambda name: torch.from_numpy(random_array(stored[name], seed=seed))).eval()
    with weights_file.opened(Path(weights), list(stored.values())) as arrays:
        return TorchNetwork(graph, layers, lambda name: torch.from_numpy(arrays[name])).eval()


def _whole(model: Graph | Model) -> Graph:
    graph = model if isinstance(model, Graph) else model.graph
    if graph.missing:
        raise UsageError(
            f"{graph.name} is not whole: {'; '.join(graph.missing)}", "`cnnscope analyze` shows the part that is there"
        )
    return graph


@contextmanager
def _chunks(weights: str, stored: list[Tensor], *, seed: int) -> Iterator[Callable[[Tensor], Iterator[Any]]]:
    """The values of each tensor, part by part."""
    if weights == RANDOM:
        yield lambda tensor: random_chunks(tensor, seed=seed)
        return
    if Path(weights).suffix not in weights_file.SUFFIXES:
        known = f"{RANDOM}, {NONE}, or a file ending in {' or '.join(weights_file.SUFFIXES)}"
        raise UsageError(
            f"weights `{weights}` are not known", f"known are {known}; pickles are refused, they can run code"
        )
    with weights_file.opened(Path(weights), stored) as arrays:
        yield lambda tensor: iter([arrays[tensor.name].reshape(-1)])
