"""Every figure that a budget may name, with its unit and how it is read from a report or a measurement.

Static figures come from the analysis and are exact; measured ones come from a run and carry an interval. The names are
those of docs/conventions.md and of the profile record, so JSON, columns and budgets agree.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from cnnscope.analysis.report import LayerReport, Report, depth
from cnnscope.budgets.units import Kind
from cnnscope.ops.op import Cost

Layers = Sequence[LayerReport]
Value = int | Fraction


class Metric(NamedTuple):
    """A figure by name; exactly one of `whole` and `measured` says where it comes from."""

    name: str
    kind: Kind
    whole: Callable[[Report], Value | None] | None = None
    """The network's figure; None where it has none, such as the receptive field of a network without windows."""
    part: Callable[[Report, Layers], Value | None] | None = None
    """The figure of some of its layers, where that means something."""
    adds_up: bool = False
    """The network's figure is the sum over its layers, so layers can be blamed for it."""
    more_is_better: bool = False
    quantile: float | None = None
    """Of the measured samples; 0.5 for the median."""

    @property
    def measured(self) -> bool:
        return self.whole is None

    @property
    def has_interval(self) -> bool:
        """Does a measurement of it come with an interval, so that two can be compared?"""
        return self.quantile is not None


def _sum(name: str, kind: Kind, of: Callable[[Report, LayerReport], int]) -> Metric:
    def part(report: Report, layers: Layers) -> int:
        return sum(of(report, layer) for layer in layers)

    return Metric(name, kind, lambda report: part(report, report.layers), part, adds_up=True)


def _seen(report: Report, layers: Layers) -> Value | None:
    """The smaller side that the last of these layers sees, in input pixels."""
    size = layers[-1].receptive_field.size
    return min(size) if size else None


def _last_seen(report: Report) -> Value | None:
    size = report.receptive_field.size if report.receptive_field else None
    return min(size) if size else None


def _intensity(report: Report, layers: Layers) -> Value | None:
    moved = sum(layer.bytes_read + layer.bytes_written for layer in layers)
    return Fraction(sum(layer.cost.flops for layer in layers), moved) if moved else None


def _of_kind(name: str) -> Metric:
    return _sum(f"flops.{name}", "count", lambda report, layer: int(getattr(layer.cost, name)))


STATIC = (
    _sum("params", "count", lambda report, layer: layer.params),
    _sum("buffers", "count", lambda report, layer: layer.buffers),
    _sum("macs", "count", lambda report, layer: layer.macs),
    _sum("flops", "count", lambda report, layer: layer.cost.flops),
    *(_of_kind(name) for name in Cost._fields if name != "macs"),
    _sum("weight_bytes", "bytes", lambda report, layer: (layer.params + layer.buffers) * report.itemsize),
    _sum("output_bytes", "bytes", lambda report, layer: layer.output_bytes),
    _sum("activation_bytes", "bytes", lambda report, layer: layer.output_bytes),
    Metric("peak_activation_bytes", "bytes", lambda report: report.peak_activation_bytes),
    Metric("training_bytes", "bytes", lambda report: report.training_bytes),
    _sum("bytes_read", "bytes", lambda report, layer: layer.bytes_read),
    _sum("bytes_written", "bytes", lambda report, layer: layer.bytes_written),
    Metric("intensity", "number", lambda report: _intensity(report, report.layers), _intensity, more_is_better=True),
    Metric("depth", "number", lambda report: report.depth, lambda report, layers: depth(tuple(layers))),
    Metric("receptive_field", "number", _last_seen, _seen, more_is_better=True),
    Metric("claims", "claims", lambda report: sum(not claim.as_expected for claim in report.claims)),
)
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
MEASURED = (
    *(Metric(f"latency.{name}", "seconds", quantile=quantile) for name, quantile in QUANTILES.items()),
    *(Metric(f"latency.{name}", "seconds") for name in ("mean", "min", "max", "iqr")),
    Metric("latency.cv", "number"),
    Metric("throughput", "number", more_is_better=True, quantile=0.5),
)
METRICS = {metric.name: metric for metric in (*STATIC, *MEASURED)}
