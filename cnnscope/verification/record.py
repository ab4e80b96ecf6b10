"""What a verification found, as plain data, and the verdict on it: nothing else decides what agrees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import NamedTuple

from cnnscope.analysis.report import JudgedClaim
from cnnscope.errors import RefusedError
from cnnscope.rendered import Rendered
from cnnscope.shapes import Shape
from cnnscope.units import exact

OURS, ONNX, RUNTIME, TORCH = "cnnscope", "onnx", "onnxruntime", "torch"
ENGINES = (ONNX, RUNTIME, TORCH)

Counts = Mapping[str, int]
"""One figure by engine, ours first; an engine that was not asked is absent."""
Shapes = Mapping[str, Shape]

FIGURES = ("shape", "params", "buffers", "stored", "macs")
"""What must be the same for every engine at a layer."""
DEVIATIONS = ("alone", "end_to_end")


class Deviation(NamedTuple):
    """The largest difference between ONNX Runtime's values and torch's, as a share of the largest value."""

    error: float
    bound: float

    @property
    def holds(self) -> bool:
        """Within the bound; values that are not finite are not."""
        return self.error <= self.bound

    @property
    def share(self) -> float:
        """Of the bound; infinite for values that are not finite."""
        return self.error / self.bound if self.error < inf else inf


class LayerVerification(NamedTuple):
    """One layer's figures by engine.

    `stored` are params and buffers together, which ONNX does not tell apart. `alone` compares the values that both
    runtimes make of the same input tensors, `end_to_end` those that they make of the network's input.
    """

    name: str
    type: str
    row: str
    line: int
    shape: Shapes
    params: Counts
    buffers: Counts
    stored: Counts
    macs: Counts
    alone: Deviation | None = None
    end_to_end: Deviation | None = None


class NotAsked(NamedTuple):
    """What was left unchecked, why, and the remedy if there is one."""

    what: str
    why: str
    remedy: str = ""

    @property
    def text(self) -> str:
        return f"{self.what}: {self.why}" + (f"; {self.remedy}" if self.remedy else "")


class Disagreement(NamedTuple):
    """Engines with different answers; `layer` is "" for the whole network. `values` are engines with their answers."""

    layer: str
    line: int
    metric: str
    values: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        answers = ", ".join(f"{engine} {value}" for engine, value in self.values)
        return f"{self.layer or 'network'}: {self.metric.replace('_', ' ')}: {answers}"


@dataclass(frozen=True)
class Verification(Rendered):
    """The verification of one network at one input shape, batch and dtype, with weights and input of one seed.

    `peak` and `peak_in_place` of the totals are bytes of live tensors, computed and measured, without and with reuse.
    """

    network: str
    source: str
    path: str
    input_shape: Shape
    dtype: str
    seed: int
    layers: tuple[LayerVerification, ...]
    totals: Mapping[str, Counts]
    same_in_place: bool | None = None
    """Does torch end in the same values where layers write over their inputs? None where nothing was computed."""
    refused: tuple[RefusedError, ...] = ()
    """Layers that an engine cannot take as they are spelled."""
    claims: tuple[JudgedClaim, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    asked: tuple[str, ...] = ()
    """The engines that answered."""

    @property
    def holds(self) -> bool:
        """Everything that was asked agrees."""
        return not self.disagreements

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Every figure on which two engines differ, values out of bounds, and claims that are not as the page says."""
        return (*self._of_refusals(), *self._of_layers(), *self._of_totals(), *self._of_claims())

    def _of_refusals(self) -> Iterator[Disagreement]:
        lines = {layer.name: layer.line for layer in self.layers}
        for error in self.refused:
            answers = ((OURS, "takes it"), (error.engine, f"refuses it: {error.reason}"))
            yield Disagreement(error.layer, lines.get(error.layer, 0), "spelling", answers)

    def _of_layers(self) -> Iterator[Disagreement]:
        for layer in self.layers:
            for metric in FIGURES:
                if differ(figures := getattr(layer, metric)):
                    yield Disagreement(layer.name, layer.line, metric, _shown(figures))
            for metric in DEVIATIONS:
                deviation = getattr(layer, metric)
                if deviation and not deviation.holds:
                    yield Disagreement(layer.name, layer.line, f"values_{metric}", _apart(deviation))

    def _of_totals(self) -> Iterator[Disagreement]:
        for metric, figures in self.totals.items():
            if differ(figures):
                yield Disagreement("", 0, metric, _shown(figures))
        if self.same_in_place is False:
            answer = ((TORCH, "ends in other values where layers write over their inputs"),)
            yield Disagreement("", 0, "values_in_place", answer)

    def _of_claims(self) -> Iterator[Disagreement]:
        for claim in self.claims:
            if not claim.as_expected:
                values = (("page", claim.claimed), (OURS, _text(claim.computed)))
                yield Disagreement(claim.layer, claim.line, f"claimed_{claim.metric}", values)


def differ(figures: Counts | Shapes) -> bool:
    """Do two engines answer differently?"""
    return len(set(figures.values())) > 1


def _shown(figures: Counts | Shapes) -> tuple[tuple[str, str], ...]:
    return tuple((engine, _text(value)) for engine, value in figures.items())


def _apart(deviation: Deviation) -> tuple[tuple[str, str], ...]:
    return ((RUNTIME, f"and {TORCH} are {deviation.error:.1e} apart, more than {deviation.bound:.1e}"),)


def _text(value: int | str | Shape | None) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value)) or "nothing"
    return exact(value) if isinstance(value, int) else str(value)
