"""Writes an ONNX file: weights are streamed into it, so that memory stays small whatever the network's size.

A protobuf message is a sequence of fields, and initializers are one repeated field of the graph; each is written as its
header and its values, a chunk at a time. Serialising a model with its weights takes twice their size in memory instead.
Above 2 GB, protobuf's limit, the values go to a second file beside the first.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cnnscope.export.onnx_model import library, tensor_header
from cnnscope.export.weights import Tensor
from cnnscope.files import complete
from cnnscope.shapes import elements

LARGEST_MESSAGE = 2**31 - 1
DUMMY_LOCATION = "weights-are-not-included"

Chunks = Callable[[Tensor], Iterator[Any]]
"""The values of a tensor, in the network's dtype, part by part."""

# Field numbers of onnx.proto, shifted by three with wire type 2 (a length and bytes).
_GRAPH, _INITIALIZER, _RAW_DATA = 7 << 3 | 2, 5 << 3 | 2, 9 << 3 | 2


def write(path: Path, model: Any, stored: list[Tensor], chunks: Chunks | None) -> list[Path]:
    """Write the model with these tensors; without `chunks` a file without weights. Returns the files written."""
    element, sizes = _layout(model, stored)
    if chunks is None:
        return _write_references(path, model, stored, DUMMY_LOCATION)
    if sum(sizes) + model.ByteSize() + 100 * len(stored) > LARGEST_MESSAGE:
        data = path.with_name(f"{path.name}.data")
        with complete(data) as file:
            for tensor in stored:
                for values in chunks(tensor):
                    file.write(values.data)
        return [*_write_references(path, model, stored, data.name), data]
    with complete(path) as file:
        _write_message(file, model, stored, sizes, element, chunks)
    return [path]


def _write_references(path: Path, model: Any, stored: list[Tensor], location: str) -> list[Path]:
    """A small file whose tensors lie in another one."""
    with complete(path) as file:
        file.write(with_references(model, stored, location))
    return [path]


def with_references(model: Any, stored: list[Tensor], location: str = DUMMY_LOCATION) -> bytes:
    """The model's bytes, its tensors declared to lie in another file; they are added to the model."""
    offset = 0
    element, sizes = _layout(model, stored)
    for tensor, size in zip(stored, sizes, strict=True):
        header = tensor_header(tensor, element)
        header.data_location = library().TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", offset), ("length", size)):
            entry = header.external_data.add()
            entry.key, entry.value = key, str(value)
        model.graph.initializer.append(header)
        offset += size
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


def _layout(model: Any, stored: list[Tensor]) -> tuple[int, list[int]]:
    """The element type of the model's tensors, and the bytes of each."""
    element = model.graph.input[0].type.tensor_type.elem_type
    itemsize = 2 if element == library().TensorProto.FLOAT16 else 4
    return element, [elements(tensor.shape) * itemsize for tensor in stored]


def _write_message(
    file: BinaryIO, model: Any, stored: list[Tensor], sizes: list[int], element: int, chunks: Chunks
) -> None:
    heads = []
    for tensor, size in zip(stored, sizes, strict=True):
        head = tensor_header(tensor, element).SerializeToString(deterministic=True) + _field(_RAW_DATA, size)
        heads.append(_field(_INITIALIZER, len(head) + size) + head)
    graph = model.graph.SerializeToString(deterministic=True)
    outside = type(model)()
    outside.CopyFrom(model)
    outside.ClearField("graph")
    file.write(outside.SerializeToString(deterministic=True))
    file.write(_field(_GRAPH, len(graph) + sum(map(len, heads)) + sum(sizes)))
    file.write(graph)
    for tensor, head in zip(stored, heads, strict=True):
        file.write(head)
        for values in chunks(tensor):
            file.write(values.data)


def _field(key: int, length: int) -> bytes:
    """A field's key and the length of its bytes."""
    return _varint(key) + _varint(length)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
