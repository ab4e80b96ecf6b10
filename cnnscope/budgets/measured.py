"""What a measurement tells budgets: a plain record, and the one function that makes it.

Budgets know no clock. `Measure` is handed in from above; whoever can measure builds a `Measured` from a profile.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from cnnscope.analysis.report import Report
from cnnscope.budgets.metrics import Metric
from cnnscope.budgets.settings import RunSettings
from cnnscope.errors import CnnscopeError

SHORTEST_SAMPLE = 1e-3
"""Seconds; shorter runs are sampled several at a time."""
_FEWEST_IN_TAIL = 6.4
"""Samples beyond a percentile before it means something: p90 needs 64 samples, p95 128, p99 640."""


class Model(Protocol):
    """What budgets need of a network; api.Network is one."""

    name: str

    @property
    def analyze(self) -> Callable[..., Report]: ...


class CannotMeasure(CnnscopeError):
    """No measurement can be had here: no runtime, no such device, not built yet. The assertion is undecided."""

    exit_code = 3


class NotMeasured(NamedTuple):
    """Why there is no measurement, and what to do. `is_new`: the base does not have the network yet."""

    why: str
    hint: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class Measured:
    """One run of one network: `n` samples, the median with its 95 % interval, all in seconds.

    `statistics` holds figures by their names in budgets ("latency.p90" in seconds, "throughput" in images per second),
    None where n is too small for one. `fingerprint` names the machine and its software; figures of two fingerprints do
    not compare. An unstable run decides nothing unless all its samples agree, and `why` says what disturbed it.
    """

    n: int
    median: float
    low: float
    high: float
    statistics: Mapping[str, float | None]
    samples: tuple[float, ...] = ()
    fingerprint: str = ""
    stable: bool = True
    why: str = field(default="", compare=False)


Measure = Callable[[Model, RunSettings], Measured]


def cannot_measure(network: Model, settings: RunSettings) -> Measured:
    """The `Measure` of a program that has no profiler."""
    raise CannotMeasure("latency cannot be measured here")


class Estimate(NamedTuple):
    """A measured figure with its 95 % interval; `low` and `high` are None where the metric has none."""

    value: float
    low: float | None
    high: float | None


def estimate(measured: Measured, metric: Metric) -> Estimate | str:
    """The figure of this metric, or why there is none."""
    value = measured.median if metric.name == "latency.median" else measured.statistics.get(metric.name)
    if value is None:
        return f"{metric.name} needs more than {measured.n:,} samples"
    low, high = _interval(measured, metric)
    if not all(map(_sound, (value, *filter(lambda bound: bound is not None, (low, high))))) or measured.n < 1:
        return f"the measurement gave {value}, which is no {metric.name}"
    return Estimate(value, low, high)


def worst(measured: Measured, metric: Metric) -> float | None:
    """What the figure would be if every run had been as slow as the slowest; None where that is not known."""
    if not measured.samples or metric.kind not in ("seconds", "number") or metric.name == "latency.cv":
        return None
    slowest = max(measured.samples)
    if metric.kind == "seconds":
        return slowest
    images = (measured.statistics.get(metric.name) or math.nan) * measured.median
    return images / slowest


def _sound(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def _interval(measured: Measured, metric: Metric) -> tuple[float | None, float | None]:
    if metric.quantile is None:
        return None, None
    if metric.name == "throughput":
        # Images per second are images per pass over the median, so its interval is the median's, upside down.
        throughput = measured.statistics.get(metric.name) or math.nan
        return throughput * measured.median / measured.high, throughput * measured.median / measured.low
    if metric.quantile == 0.5:
        return measured.low, measured.high
    return quantile_interval(measured.samples, metric.quantile)


def fewest(quantile: float) -> int:
    """The samples that a quantile needs: 13 for the median, 64 for p90."""
    return math.ceil(round(_FEWEST_IN_TAIL / (1 - quantile), 6))


def quantile_interval(samples: Sequence[float], quantile: float) -> tuple[float | None, float | None]:
    """A 95 % interval of a quantile from order statistics (Hahn & Meeker 1991, section 5.2), None where n is small."""
    n = len(samples)
    if n < fewest(quantile):
        return None, None
    from statistics import NormalDist

    ordered = sorted(samples)
    half = NormalDist().inv_cdf(0.975) * math.sqrt(n * quantile * (1 - quantile))
    first, last = math.floor(n * quantile - half), math.ceil(n * quantile + half)
    return ordered[max(first - 1, 0)], ordered[min(last, n - 1)]
