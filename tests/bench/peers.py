"""make bench-peers: the tools themselves against what we say that they would report, on torch modules.

The modules are built from the operators' torch spellings, so that every hook and patched function meets what it would in
a network written by hand. A tool that is not installed, or that fails on a network, is named.
"""

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import torch
from torch import Tensor, nn

import cnnscope
from cnnscope.graph import INPUT, Graph, Layer, walk
from cnnscope.ops.op import Constant
from cnnscope.reconciliation.reconcile import reconcile

NETWORKS = (
    "alexnet lenet5-slide vgg16_bn squeezenet1_1 resnet50 resnext50_32x4d densenet121 mobilenet_v2 mobilenet_v3_small "
    "efficientnet_b0 shufflenet_v2_x1_0 inception_v3 darknet19 hrnet_w18_small unet fcn-8s"
).split()
CALLS = {"add": "function", "multiply": "function"}
"""The spellings call torch.add and torch.mul."""


class Step(nn.Module):
    """One operator in several calls: modules where torch has them, else functions."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self.modules_by_output = nn.ModuleDict()
        spelled = layer.node.op.torch(*layer.inputs)
        for call in spelled:
            if call.name.startswith("nn.") and not call.name.startswith("nn.functional."):
                written = {name: _as_written(value) for name, value in call.arguments.items()}
                self.modules_by_output[call.output] = getattr(nn, call.name[3:])(**written)
        self.stored = {
            name: nn.Parameter(torch.rand(weight.shape)) if weight.trainable else torch.rand(weight.shape)
            for name, weight in layer.placed.weights.items()
        }
        for name, tensor in self.stored.items():
            if not self.modules_by_output and isinstance(tensor, nn.Parameter):
                self.register_parameter(name, tensor)

    def forward(self, *given: Tensor) -> Any:
        tensors: dict[str, Any] = {**self.stored}
        tensors |= {f"in{number}" if number > 1 else "in": tensor for number, tensor in enumerate(given, start=1)}
        for call in self.layer.node.op.torch(*self.layer.inputs):
            arguments = [_tensor(tensors, name) for name in call.inputs]
            if call.output in self.modules_by_output:
                tensors[call.output] = self.modules_by_output[call.output](*arguments)
            else:
                named = {key: _constant(value) for key, value in call.arguments.items()}
                tensors[call.output] = _function(call.name)(*arguments, **named)
        return tensors["out"]


def _as_written(value: Any) -> Any:
    """A square kernel, stride or padding is written as one number, which some tools count in another way."""
    square = isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]
    return value[0] if square else value


def _tensor(tensors: dict[str, Any], name: Any) -> Any:
    if isinstance(name, tuple) and not isinstance(name, Constant):
        return [_tensor(tensors, part) for part in name]
    if isinstance(name, Constant):
        return _constant(name)
    return None if name is None else tensors[name]


def _constant(value: Any) -> Any:
    return torch.tensor(value.values, dtype=getattr(torch, value.dtype)) if isinstance(value, Constant) else value


def _function(name: str) -> Callable[..., Any]:
    found: Any = nn if name.startswith("nn.") else torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


class Written(nn.Module):
    """The network as a person would write it with torch's modules."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.plan = [(layer.node.name, layer.node.inputs) for layer in walk(graph)]
        self.steps = nn.ModuleList(Step(layer) for layer in walk(graph))
        self.last = graph.outputs[0]

    def forward(self, x: Tensor) -> Any:
        tensors = {INPUT: x}
        for (name, inputs), step in zip(self.plan, self.steps, strict=True):
            tensors[name] = step(*(tensors[source] for source in inputs))
        return tensors[self.last]


def torchinfo(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    from torchinfo import summary

    found = summary(network, input_size=shape, verbose=0, depth=9)
    return {
        "params": found.total_params,
        "mult-adds": found.total_mult_adds,
        "forward/backward pass bytes": found.total_output_bytes,
    }


def fvcore(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis

    x = torch.rand(shape)
    flops = FlopCountAnalysis(network, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()
    activations = ActivationCountAnalysis(network, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {"FLOPs": int(flops), "activations": int(activations.total())}


def _ptflops(engine: str) -> Callable[..., dict[str, int]]:
    def count(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
        from ptflops import get_model_complexity_info

        macs, _ = get_model_complexity_info(
            network, shape[1:], as_strings=False, backend=engine, print_per_layer_stat=False, verbose=False
        )
        return {"MACs": int(macs)}

    return count


def thop(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    from thop import profile

    macs, params = profile(network, inputs=(torch.rand(shape),), verbose=False)
    return {"MACs": int(macs), "params": int(params)}


def calflops(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    # It imports transformers for language models, whatever is counted.
    for name in ("transformers", "accelerate", "accelerate.utils", "huggingface_hub", "huggingface_hub.utils", "timm"):
        sys.modules.setdefault(name, MagicMock())
    from calflops import calculate_flops

    flops, macs, params = calculate_flops(
        network, input_shape=shape, print_results=False, print_detailed=False, output_as_string=False
    )
    return {"FLOPs": int(flops), "MACs": int(macs), "params": int(params)}


def torchscan(network: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    from torchscan import crawl_module

    # It gives no total where a module is unknown to it, such as ours for sums.
    layers = [layer["metrics"] for layer in crawl_module(network, shape[1:])["layers"]]
    names = {"MACs": "macs", "FLOPs": "module_flops"}
    return {ours: sum(layer.get(name, {}).get("value") or 0 for layer in layers) for ours, name in names.items()}


TOOLS: dict[str, Callable[[nn.Module, tuple[int, ...]], dict[str, int]]] = {
    "torchinfo": torchinfo,
    "fvcore": fvcore,
    "ptflops-pytorch": _ptflops("pytorch"),
    "ptflops-aten": _ptflops("aten"),
    "thop": thop,
    "calflops": calflops,
    "torchscan": torchscan,
}


@contextlib.contextmanager
def _mended() -> Iterator[None]:
    """Takes back what a tool that fails leaves patched, which the next one would count as well."""
    before = {place: dict(vars(place)) for place in (torch, nn.functional)}
    try:
        yield
    finally:
        for place, known in before.items():
            for name, value in known.items():
                setattr(place, name, value)


def compare(name: str) -> Iterator[tuple[str, bool | None]]:
    """One line per figure, and whether the tool says what we said; None where it could not be asked."""
    graph = cnnscope.load(name).graph
    if graph.nodes[-1].op.type == "softmax":
        graph = replace(graph, nodes=graph.nodes[:-1])
    report = replace(cnnscope.load(name).analyze(), network="written by hand")
    said = {(figure.tool, figure.quantity): figure for figure in reconcile(report, calls=CALLS).figures}
    for tool, ask in TOOLS.items():
        network = Written(graph).eval()
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                torch.no_grad(),
                _mended(),
            ):
                found = ask(network, report.input_shape)
        except ImportError as error:
            yield f"{name} {tool}: not installed ({error})", None
            continue
        except Exception as error:
            yield f"{name} {tool}: fails: {type(error).__name__}: {str(error)[:100]}", None
            continue
        for quantity, value in found.items():
            ours = said[tool, quantity].theirs
            if ours is None:
                yield f"{name} {tool} {quantity}: {value:,}, which we do not state", None
                continue
            sign = "=" if ours == value else "≠"
            yield f"{name} {tool} {quantity}: {value:,} {sign} {ours:,}", ours == value


def main() -> int:
    warnings.simplefilter("ignore")
    logging.disable()
    results = []
    for name in sys.argv[1:] or NETWORKS:
        for line, agrees in compare(name):
            results.append((line, agrees))
            if agrees is not True:
                print(line, flush=True)
    agreeing = sum(agrees is True for _, agrees in results)
    print(f"{agreeing} of {len(results)} figures are what the tools report")
    return int(any(agrees is False for _, agrees in results))


if __name__ == "__main__":
    sys.exit(main())
