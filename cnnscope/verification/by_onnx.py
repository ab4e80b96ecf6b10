"""What onnx knows of a network: shapes by its own inference, and the tensors that are stored. No weights are drawn."""

import re
from typing import Any, NamedTuple

from cnnscope.errors import RefusedError
from cnnscope.export.onnx_file import with_references
from cnnscope.export.onnx_model import library, onnx_model
from cnnscope.export.weights import tensors
from cnnscope.graph import Graph, Layer
from cnnscope.shapes import Shape, elements
from cnnscope.verification.record import ONNX

_NODE = re.compile(r"node name: ([^)]*)\)")


class Written(NamedTuple):
    """Per layer the shape that onnx infers and the elements of the initializers that its nodes read; all of those."""

    shapes: dict[str, Shape]
    stored: dict[str, int]
    all_stored: int


def ask(graph: Graph, layers: tuple[Layer, ...], *, dtype: str) -> Written:
    """RefusedError where onnx cannot infer the shape of a layer."""
    onnx = library()
    model = onnx.load_from_string(with_references(onnx_model(graph, layers, dtype=dtype), list(tensors(layers))))
    names = {layer.node.name for layer in layers}
    weights = {
        tensor.name: elements(tuple(tensor.dims))
        for tensor in model.graph.initializer
        # Shapes and limits that a spelling needs are small constants inside the model.
        if tensor.data_location == onnx.TensorProto.EXTERNAL
    }
    read: dict[str, set[str]] = {}
    for node in model.graph.node:
        # A node is named as its layer, with /part behind it where the layer is spelled as several.
        layer = node.name if node.name in names else node.name.rpartition("/")[0]
        read.setdefault(layer, set()).update(weights.keys() & set(node.input))
    stored = {layer: sum(weights[name] for name in found) for layer, found in read.items()}
    return Written(_shapes(model), stored, sum(weights.values()))


def _shapes(model: Any) -> dict[str, Shape]:
    """Shapes by inference alone: what we stated about tensors is taken out of the model first."""
    onnx = library()
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    try:
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    except onnx.shape_inference.InferenceError as error:
        node = _NODE.search(str(error))
        layer = node[1].rpartition("/")[0] or node[1] if node else ""
        raise RefusedError(layer, ONNX, str(error)) from None
    return {
        info.name: tuple(axis.dim_value for axis in info.type.tensor_type.shape.dim)
        for info in (*inferred.value_info, *inferred.output)
    }
