"""Graph -> ONNX. Node and tensor names are the layer names; the model holds no weights yet (see onnx_file.py)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cnnscope import __version__
from cnnscope.errors import MissingExtraError, UsageError
from cnnscope.export.recipe import Step, steps
from cnnscope.export.weights import Tensor, tensors
from cnnscope.graph import Graph, Layer
from cnnscope.ops.op import Constant

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 17, 8
"""Conservative on purpose: what operators are spelled in, and what runtimes of 2022 and later read."""
OPSETS = range(17, 22)
DTYPES = ("float32", "float16")

_AXES_BECAME_INPUT = {"ReduceMean": 18, "ReduceMax": 18}
"""From this opset on an operator takes its axes as an input, not as an attribute."""


def onnx_model(
    graph: Graph, layers: tuple[Layer, ...], *, dynamic: bool = False, dtype: str = "float32", opset: int = OPSET
) -> "onnx.ModelProto":
    """The network, or the part of it that `layers` are, with its weights as undefined initializers.

    A part reads as inputs the tensors that it does not make. `dynamic` leaves the batch open.
    UsageError for an opset or dtype that cannot be written, MissingExtraError without onnx.
    """
    if opset not in OPSETS:
        raise UsageError(f"opset {opset}", f"from {OPSETS[0]} to {OPSETS[-1]} can be written")
    if dtype not in DTYPES:
        raise UsageError(f"dtype `{dtype}` cannot be exported", f"known are {', '.join(DTYPES)}")
    model: onnx.ModelProto = _Writer(library(), dtype, opset).model(graph, layers, dynamic=dynamic)
    return model


def library() -> Any:
    """The onnx package; MissingExtraError names the extra."""
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("onnx is not installed", "pip install 'cnnscope[cpu]'") from None
    return onnx


class _Writer:
    def __init__(self, onnx: Any, dtype: str, opset: int) -> None:
        self.onnx = onnx
        self.opset = opset
        self.element = getattr(onnx.TensorProto, dtype.upper().replace("FLOAT32", "FLOAT"))
        self.constants: dict[Any, Any] = {}

    def model(self, graph: Graph, layers: tuple[Layer, ...], *, dynamic: bool) -> Any:
        helper = self.onnx.helper
        made = {layer.node.name: layer.placed.output for layer in layers}
        read = {name: shape for layer in layers for name, shape in zip(layer.node.inputs, layer.inputs, strict=True)}
        inputs = [name for name in read if name not in made]
        outputs = [name for name in made if name not in read or name in graph.outputs]
        infos = {name: self._info(name, shape, dynamic=dynamic) for name, shape in (read | made).items()}
        nodes = [
            node
            for layer in layers
            for step in steps(layer, layer.node.op.onnx(*layer.inputs))
            for node in self._nodes(step)
        ]
        body = helper.make_graph(
            nodes,
            graph.name,
            [infos[name] for name in inputs],
            [infos[name] for name in outputs],
            list(self.constants.values()),
            value_info=[info for name, info in infos.items() if name not in inputs and name not in outputs],
        )
        return helper.make_model(
            body,
            opset_imports=[helper.make_opsetid("", self.opset)],
            ir_version=IR_VERSION if self.opset == OPSET else 10,
            producer_name="cnnscope",
            producer_version=__version__,
            doc_string=graph.source,
        )

    def _info(self, name: str, shape: tuple[int, ...], *, dynamic: bool) -> Any:
        axes = ("N", *shape[1:]) if dynamic else shape
        return self.onnx.helper.make_tensor_value_info(name, self.element, axes)

    def _nodes(self, step: Step) -> Iterator[Any]:
        arguments, inputs = dict(step.call.arguments), list(step.inputs)
        if self.opset >= _AXES_BECAME_INPUT.get(step.call.name, 99) and "axes" in arguments:
            inputs.append(Constant(tuple(arguments.pop("axes")), "int64"))
        names = [self._name(entry) for entry in inputs]
        yield self.onnx.helper.make_node(step.call.name, names, [step.output], step.name, **_plain(arguments))

    def _name(self, entry: Any) -> str:
        if isinstance(entry, Constant):
            return str(self._constant(entry).name)
        return entry or ""

    def _constant(self, constant: Constant) -> Any:
        """One initializer for all uses of a constant."""
        key = (constant.values, constant.dtype)
        if key not in self.constants:
            element = (
                self.element if constant.dtype == "float" else getattr(self.onnx.TensorProto, _ELEMENTS[constant.dtype])
            )
            scalar = not isinstance(constant.values, tuple)
            values = [constant.values] if scalar else list(constant.values)  # type: ignore[arg-type]
            dims = [] if scalar else [len(values)]
            name = f"constant{len(self.constants) + 1}"
            self.constants[key] = self.onnx.helper.make_tensor(name, element, dims, values)
        return self.constants[key]


_ELEMENTS = {"int64": "INT64", "float32": "FLOAT"}


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}


def check(model: "onnx.ModelProto", layers: tuple[Layer, ...]) -> None:
    """onnx.checker with full check and strict shape inference, the weights standing in as inputs.

    A failure is an error of ours: it is raised as it comes.
    """
    onnx = library()
    whole = onnx.ModelProto()
    whole.CopyFrom(model)
    element = whole.graph.input[0].type.tensor_type.elem_type
    for tensor in tensors(layers):
        whole.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, element, tensor.shape))
    onnx.checker.check_model(whole, full_check=True)


def tensor_header(tensor: Tensor, element: int) -> Any:
    """A tensor's name, shape and type without its values."""
    header = library().TensorProto()
    header.name, header.data_type = tensor.name, element
    header.dims.extend(tensor.shape)
    return header
