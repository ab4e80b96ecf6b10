"""Runs the spellings of one operator: the ONNX calls as a model of their own, the torch calls one after another."""

from collections.abc import Mapping
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnxruntime
import torch

from cnnscope.ops import Constant, Spelling

Arrays = Mapping[str, np.ndarray]
Dims = tuple[int | str, ...]

OPSET, IR_VERSION = 17, 8
DTYPES = {"float": np.float32, "float32": np.float32, "int64": np.int64}

torch.set_num_threads(1)


def onnx_model(spelling: Spelling, inputs: Mapping[str, Dims], weights: Arrays, *, rank: int) -> onnx.ModelProto:
    """A model of these calls, its output's axes left open but for their number.

    Initializers are the weights that a call reads, and constants, which are called "<output>.<position>".
    """
    nodes, initializers = [], {}

    def tensor(name: str, source: str | Constant | None) -> str:
        if source is None:
            return ""
        if isinstance(source, Constant):
            initializers[name] = array(source)
            return name
        if source in weights:
            initializers[source] = weights[source]
        return source

    for call in spelling:
        read = [tensor(f"{call.output}.{place}", source) for place, source in enumerate(call.inputs)]
        nodes.append(onnx.helper.make_node(call.name, read, [call.output], **call.arguments))
    graph = onnx.helper.make_graph(
        nodes,
        "operator",
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims) for name, dims in inputs.items()],
        [onnx.helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, [None] * rank)],
        [onnx.numpy_helper.from_array(values, name) for name, values in initializers.items()],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="cnnscope"
    )
    onnx.checker.check_model(model)
    return model


def inferred_shape(model: onnx.ModelProto, batch: int) -> tuple[int | str, ...]:
    """The output's shape by onnx.shape_inference alone, for inputs of this batch size."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    for value in fixed.graph.input:
        value.type.tensor_type.shape.dim[0].dim_value = batch
    inferred = onnx.shape_inference.infer_shapes(fixed, check_type=True, strict_mode=True)
    return tuple(axis.dim_value or axis.dim_param for axis in inferred.graph.output[0].type.tensor_type.shape.dim)


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """ONNX Runtime on the CPU, one thread, silent."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


class Evaluated(NamedTuple):
    """What torch made, and how many elements of ours it held as parameters and buffers of its modules, or was handed."""

    output: torch.Tensor
    parameters: int
    buffers: int
    handed: int


def run_torch(spelling: Spelling, inputs: Mapping[str, torch.Tensor], weights: Arrays) -> Evaluated:
    """Run these calls in inference; a module must hold our weights and no others, under the names its call states."""
    known: dict[str, Any] = dict(inputs)
    ours = {name: torch.from_numpy(values) for name, values in weights.items()}
    held, handed = [0, 0], set()

    def value(source: Any) -> Any:
        if isinstance(source, tuple) and not isinstance(source, Constant):
            return [value(part) for part in source]
        if source in ours:
            handed.add(source)
            return ours[source]
        return plain(source) if source is None or isinstance(source, Constant) else known[source]

    for call in spelling:
        made = attrgetter(call.name)(SimpleNamespace(torch=torch, nn=torch.nn))
        arguments = {name: plain(argument) for name, argument in call.arguments.items()}
        if isinstance(made, type):
            module = filled(made(**arguments), call.tensors or {name: name for name in ours}, ours)
            held[0] += sum(tensor.numel() for tensor in module.parameters())
            held[1] += sum(tensor.numel() for name, tensor in module.named_buffers() if name != "num_batches_tracked")
            known[call.output] = module(*map(value, call.inputs))
        else:
            known[call.output] = made(*map(value, call.inputs), **arguments)
    return Evaluated(known["out"], *held, sum(ours[name].numel() for name in handed))


def filled(module: torch.nn.Module, names: Mapping[str, str], ours: Mapping[str, torch.Tensor]) -> torch.nn.Module:
    """The module in inference, with our weights for its own; `names` maps its names to ours."""
    with torch.no_grad():
        for name, own in module.state_dict().items():
            if name == "num_batches_tracked":
                continue
            given = ours[names[name]]
            assert own.shape == given.shape, f"{name}: torch holds {tuple(own.shape)}, we state {tuple(given.shape)}"
            own.copy_(given)
    return module.eval()


def array(constant: Constant) -> np.ndarray:
    return np.asarray(constant.values, DTYPES[constant.dtype])


def plain(argument: Any) -> Any:
    """A call's argument as torch takes it: Constants become tensors."""
    return torch.from_numpy(array(argument)) if isinstance(argument, Constant) else argument
