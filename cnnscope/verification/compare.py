"""ONNX Runtime's values against torch's, layer by layer. Importing this file asks for torch.

*Alone*: a layer's torch module is given ONNX Runtime's own input tensors, so that a wrong layer is named and no other.
Rounding errors grow with the square root of the number of terms n of an output's sum (Higham & Mary 2019), so two
results may differ by 8 · eps · sqrt(1 + n), eps being the spacing of the dtype's numbers at 1.

*End to end*: both runtimes start from the network's input, which proves the wiring. Errors of earlier layers now pass
through later ones, which enlarge or damp them. By how much is measured: torch runs once more from an input shaken by
sqrt(eps), and the change of a tensor, as a multiple of the input's, is its growth. An error made at a tensor of growth
g arrives at one of growth h as h / g times itself; where several tensors meet, each is shaken alone, and h is what that
changes. Errors of different layers and inputs are independent, so squares are added up. A bound as large as the values
proves nothing, and one beyond thirty times the shaking was measured where growth is no longer in proportion: neither is
given, nor any behind it, which would have been grown from it.

torch computes in float32 from the same rounded weights also where ONNX Runtime runs in float16: on a CPU it lacks some
operators of float16, and is the more exact of the two. ONNX Runtime may then hand a layer the float32 values that it
has rounded for us, so the bound alone grows by what such a rounding of the inputs changes, which is measured too.
"""

from collections.abc import Mapping, Sequence
from math import hypot, inf, isfinite, nan
from typing import Any, NamedTuple

import torch  # noqa: TID253 - imported only by who asks for torch
from torch import Tensor  # noqa: TID253

from cnnscope.export.torch_module import TorchNetwork
from cnnscope.graph import INPUT, Graph, Layer
from cnnscope.verification.by_torch import call
from cnnscope.verification.record import Deviation

FEW = 16
"""Of so few outputs all may be small by accident, although the sums behind them were not."""
ROUNDINGS = 8

LARGEST_BOUND = 0.5
"""Values that far apart have little in common."""
SHAKES = 30
"""Beyond so many times the shaking errors no longer grow in proportion, and their growth was measured too small."""


class Compared(NamedTuple):
    """How far the runtimes are apart at a layer; None where that cannot be told: values not finite, bound too large."""

    alone: Deviation | None
    end_to_end: Deviation | None


def twin(graph: Graph, layers: tuple[Layer, ...], weights: Mapping[str, Any]) -> TorchNetwork:
    """The torch network in float32 that holds these arrays, without a copy where they are float32."""
    return TorchNetwork(graph, layers, lambda name: torch.from_numpy(weights[name]).float()).eval()


def compare(network: TorchNetwork, layers: Sequence[Layer], theirs: dict[str, Any]) -> dict[str, Compared]:
    """For every layer how far torch is from ONNX Runtime's tensors.

    Tensors are taken out of `theirs` after their last reader, so that memory shrinks as the comparison goes on.
    """
    last_reader = {name: index for index, layer in enumerate(layers) for name in layer.node.inputs}
    found = {}
    with torch.no_grad():
        passes = _Passes(torch.from_numpy(theirs[INPUT]))
        for index, (layer, (module, name, inputs)) in enumerate(zip(layers, network.plan, strict=True)):
            given = [torch.from_numpy(theirs[source]).float() for source in inputs]
            expected = torch.from_numpy(theirs[name])
            bound = ROUNDINGS * passes.eps * (1 + layer.node.op.terms(*layer.inputs)) ** 0.5
            found[name] = Compared(
                _alone(module, name, given, expected, bound), passes.end_to_end(module, name, inputs, expected, bound)
            )
            for spent in dict.fromkeys(inputs):
                if last_reader[spent] == index:
                    theirs.pop(spent, None)
                    passes.drop(spent)
    return found


def _alone(module: torch.nn.Module, name: str, given: list[Tensor], expected: Tensor, bound: float) -> Deviation | None:
    made = call(module, name, given)
    if not all(map(_is_finite, given)) or not _tells(made, expected):
        return None
    if expected.dtype != made.dtype:
        eps = torch.finfo(expected.dtype).eps
        bound += _apart(call(module, name, [_shaken(tensor, eps) for tensor in given]), made)
    return Deviation(_apart(made, expected, given), bound)


def _tells(made: Tensor, expected: Tensor) -> bool:
    """Where torch's values are finite ONNX Runtime's should be, unless they overflow a smaller dtype."""
    return _is_finite(expected) or (expected.dtype == made.dtype and _is_finite(made))


class _Passes:
    """torch's run from the network's input, the one from a shaken input, and how errors grow between tensors."""

    def __init__(self, x: Tensor) -> None:
        self.eps = torch.finfo(x.dtype).eps
        self.shake: float = self.eps**0.5
        self.largest = min(LARGEST_BOUND, SHAKES * self.shake)
        self.own, self.shaken = {INPUT: x.float()}, {INPUT: _shaken(x.float(), self.shake)}
        self.growth: dict[str, float] = {INPUT: 1.0}
        self.bounds: dict[str, float] = {INPUT: 0.0}
        self.lost: set[str] = set()
        """Tensors that a smaller dtype cannot hold or whose errors cannot be bounded, and all behind them."""

    def end_to_end(
        self, module: torch.nn.Module, name: str, inputs: Sequence[str], expected: Tensor, bound: float
    ) -> Deviation | None:
        for tensors in (self.own, self.shaken):
            tensors[name] = call(module, name, [tensors[source] for source in inputs])
        own = self.own[name]
        self.growth[name] = self._grown(self.shaken[name], own)
        self.bounds[name] = hypot(bound, self._arriving(module, name, inputs))
        too_far = self.bounds[name] >= self.largest
        overflown = expected.dtype != own.dtype and not _is_finite(expected)
        if too_far or overflown or self.lost.intersection(inputs):
            self.lost.add(name)
        if name in self.lost or not _tells(own, expected):
            return None
        return Deviation(_apart(own, expected, [self.own[source] for source in inputs]), self.bounds[name])

    def _grown(self, shaken: Tensor, own: Tensor) -> float:
        return _apart(shaken, own) / self.shake

    def _arriving(self, module: torch.nn.Module, name: str, inputs: Sequence[str]) -> float:
        """The inputs' bounds, carried through the layer: the largest alone, or what all have in common."""
        together = min(self.bounds[source] * _ratio(self.growth[name], self.growth[source]) for source in inputs)
        sources = dict.fromkeys(inputs)
        if len(sources) == 1:
            return together
        alone = []
        for source in sources:
            mixed = [(self.shaken if other == source else self.own)[other] for other in inputs]
            grown = self._grown(call(module, name, mixed), self.own[name])
            alone.append(self.bounds[source] * _ratio(grown, self.growth[source]))
        return max(together, *alone)

    def drop(self, name: str) -> None:
        del self.own[name], self.shaken[name]


def _ratio(later: float, earlier: float) -> float:
    """1 where the shaking did not reach a tensor, or went beyond all numbers."""
    return later / earlier if earlier and isfinite(later) and isfinite(earlier) else 1.0


def _shaken(tensor: Tensor, share: float) -> Tensor:
    """Every value a little larger or smaller, the same ones each time."""
    generator = torch.Generator().manual_seed(0)
    signs = torch.randint(0, 2, tensor.shape, generator=generator).to(tensor.dtype) * 2 - 1
    return tensor + tensor * signs * share


def _is_finite(tensor: Tensor) -> bool:
    return isfinite(_largest(tensor))


def _apart(found: Tensor, expected: Tensor, given: Sequence[Tensor] = ()) -> float:
    """The largest difference as a share of the largest value; of few outputs also of the largest input."""
    if found.shape != expected.shape:
        return inf
    scale = _largest(expected)
    if expected.numel() < FEW:
        scale = max([scale, *map(_largest, given)])
    worst = _largest(found.float() - expected.float())
    return worst / scale if scale else worst


def _largest(tensor: Tensor) -> float:
    """The largest magnitude; NaN where there is one."""
    low, high = tensor.aminmax()
    return max(-float(low), float(high)) if low == low else nan
