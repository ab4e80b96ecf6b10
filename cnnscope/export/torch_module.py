"""Graph -> torch: a module whose state_dict keys are the layers' names. Importing this file asks for torch."""

from collections.abc import Callable, Mapping
from typing import Any

import torch  # noqa: TID253 - imported only by who asks for torch
from torch import Tensor, nn  # noqa: TID253

from cnnscope.export.recipe import Step, steps
from cnnscope.graph import INPUT, Graph, Layer
from cnnscope.ops.op import Constant

Values = Callable[[str], Tensor]
"""A stored tensor by its name, "conv1.weight"."""


class TorchNetwork(nn.Module):
    """The network as torch runs it: maps (N, C, H, W), or features (N, F), to its output, or a dict of several.

    Rows are modules, nested as their names are; `print` shows them so. Every batch size works; another input size does
    where the network has no layer that is tied to one.
    """

    def __init__(self, graph: Graph, layers: tuple[Layer, ...], values: Values) -> None:
        super().__init__()
        self.outputs = graph.outputs
        self.plan: list[tuple[nn.Module, str, tuple[str, ...]]] = []
        last_reader = {name: layer.node.name for layer in layers for name in layer.node.inputs}
        self.spent = {
            reader: [name for name, last in last_reader.items() if last == reader] for reader in last_reader.values()
        }
        for layer in layers:
            module = _module(layer, values)
            _attach(self, layer.node.name.split("."), module)
            self.plan.append((module, layer.node.name, layer.node.inputs))

    def forward(self, x: Tensor) -> Tensor | dict[str, Tensor]:
        tensors = {INPUT: x}
        for module, name, inputs in self.plan:
            tensors[name] = module(*(tensors[source] for source in inputs))
            for spent in self.spent.get(name, ()):
                if spent not in self.outputs:
                    tensors.pop(spent, None)
        found = {name: tensors[name] for name in self.outputs}
        return found if len(found) > 1 else tensors[self.outputs[0]]


class Rows(nn.Module):
    """The rows of a block."""


class Recipe(nn.Module):
    """An operator that torch spells as several calls; it holds all their weights under our names."""

    def __init__(self, layer: Layer, values: Values) -> None:
        super().__init__()
        self.operator = layer.node.op
        self.inputs = layer.node.inputs
        self.name = layer.node.name
        for name, weight in layer.placed.weights.items():
            _store(self, name, values(f"{self.name}.{name}"), trainable=weight.trainable)
        self.calls = [(step, function_of(step)) for step in steps(layer, layer.node.op.torch(*layer.inputs))]

    def forward(self, *inputs: Tensor) -> Tensor:
        known: dict[str, Any] = dict(zip(self.inputs, inputs, strict=True))
        known |= {f"{self.name}.{name}": tensor for name, tensor in (*self.named_parameters(), *self.named_buffers())}
        for step, function in self.calls:
            arguments = {name: _constant(value, inputs[0]) for name, value in step.call.arguments.items()}
            given = [_given(entry, known, inputs[0]) for entry in step.inputs]
            if isinstance(function, nn.Module):
                held = step.call.tensors or {name: name for name, _ in function.named_parameters()}
                weights = {own: known[f"{self.name}.{ours}"] for own, ours in held.items()}
                known[step.output] = torch.func.functional_call(function, weights, tuple(given))
            else:
                known[step.output] = function(*given, **arguments)
        output: Tensor = known[self.name]
        return output

    def extra_repr(self) -> str:
        return repr(self.operator)


def _module(layer: Layer, values: Values) -> nn.Module:
    """torch's own module where one spells the operator, else a recipe."""
    spelling = layer.node.op.torch(*layer.inputs)
    (step, *more) = steps(layer, spelling)
    if more or not step.call.name.startswith("nn.") or step.call.name.startswith("nn.functional."):
        return Recipe(layer, values)
    module = function_of(step)
    assert isinstance(module, nn.Module)
    for name, weight in layer.placed.weights.items():
        _store(module, name, values(f"{layer.node.name}.{name}"), trainable=weight.trainable)
    for name, buffer in module.named_buffers():
        if buffer.is_meta:
            # Batch norm counts its batches; ours has seen none.
            setattr(module, name, torch.zeros(buffer.shape, dtype=buffer.dtype))
    return module


def _store(module: nn.Module, name: str, tensor: Tensor, *, trainable: bool) -> None:
    if trainable:
        module.register_parameter(name, nn.Parameter(tensor, requires_grad=tensor.is_floating_point()))
    else:
        module.register_buffer(name, tensor)


def function_of(step: Step) -> Any:
    """The module or function of a call; a module's weights are left undefined."""
    *path, last = step.call.name.split(".")
    home: Any = torch if path == ["torch"] else nn
    for part in path[1:]:
        home = getattr(home, part)
    function = getattr(home, last)
    if not isinstance(function, type):
        return function
    with torch.device("meta"):
        return function(**step.call.arguments).eval()


def _given(entry: Any, known: Mapping[str, Tensor], like: Tensor) -> Any:
    if isinstance(entry, Constant):
        return _constant(entry, like)
    if isinstance(entry, tuple):
        return [_given(part, known, like) for part in entry]
    return known[entry] if isinstance(entry, str) else entry


def _constant(value: Any, like: Tensor) -> Any:
    if not isinstance(value, Constant):
        return value
    dtype = torch.int64 if value.dtype == "int64" else like.dtype
    return torch.tensor(value.values, dtype=dtype, device=like.device)


def _attach(parent: nn.Module, path: list[str], module: nn.Module) -> None:
    """Put a module at its place; rows' names may be those of attributes, so they are stored without asking."""
    # `training` is the one attribute that torch assigns to every module.
    *above, name = (f"{part}_" if part == "training" else part for part in path)
    for part in above:
        parent = parent._modules.setdefault(part, Rows())  # type: ignore[assignment]
    if earlier := parent._modules.get(name):
        module._modules.update(earlier._modules)
    parent._modules[name] = module
