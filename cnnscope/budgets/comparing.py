"""Is one measurement slower than another? An effect is believed when its confidence interval says so too.

Two ways: from two intervals, one of them in the baseline file (MOVER, Zou & Donner 2008, on logarithms), or from
samples that one job took of both sides in turns (a bootstrap over rounds, so that a machine that slows down counts for
both sides alike). Ratios are head over base.
"""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from cnnscope.budgets.measured import Estimate, Measure, Measured, Model, fewest
from cnnscope.budgets.metrics import Metric
from cnnscope.budgets.settings import RunSettings

SMALLEST_EFFECT = 0.01
"""A measured change below 1 % is never called a regression, however sure: layouts of memory make as much."""
WIDEST_INTERVAL = 0.05
"""An interval that crosses the limit and reaches further than this to either side, and than the limit leaves room for,
is noise."""
ROUNDS = 10
_RESAMPLES = 1_000
_ORDER = "ABBA"


class Ratio(NamedTuple):
    """Head over base with a 95 % interval, and both figures."""

    value: float
    low: float
    high: float
    base: float
    head: float


def of_estimates(base: Estimate, head: Estimate) -> Ratio | None:
    """The ratio of two figures that were measured apart; None where one has no interval."""
    if base.low is None or base.high is None or head.low is None or head.high is None:
        return None
    middle = math.log(head.value / base.value)
    below = math.hypot(math.log(head.value / head.low), math.log(base.high / base.value))
    above = math.hypot(math.log(head.high / head.value), math.log(base.value / base.low))
    return Ratio(head.value / base.value, math.exp(middle - below), math.exp(middle + above), base.value, head.value)


class Pair(NamedTuple):
    """Both sides measured in turns: `base[i]` and `head[i]` ran next to each other."""

    base: tuple[Measured, ...]
    head: tuple[Measured, ...]


def in_turns(measure: Measure, base: Model, head: Model, settings: RunSettings) -> Pair:
    """Measure base, head, head, base and so on; the time of the settings is shared between all rounds of a side."""
    short = settings._replace(min_time=settings.min_time / ROUNDS, max_time=settings.max_time / ROUNDS)
    sides: dict[str, list[Measured]] = {"A": [], "B": []}
    for turn in range(2 * ROUNDS):
        side = _ORDER[turn % len(_ORDER)]
        sides[side].append(measure(base if side == "A" else head, short))
    return Pair(tuple(sides["A"]), tuple(sides["B"]))


def of_pair(pair: Pair, metric: Metric) -> Ratio | str:
    """The ratio of one figure between both sides, or why there is none.

    A round may be as unstable as it likes: what that does to the comparison shows in the interval.
    """
    for side, runs in (("base", pair.base), ("head", pair.head)):
        if len({run.fingerprint for run in (*pair.base, *pair.head)}) > 1:
            return "the machine changed between two rounds"
        samples = sum(len(run.samples) for run in runs)
        if samples < fewest(metric.quantile or 0.5):
            return f"{metric.name} needs more than {samples:,} samples of {side}"
        if not all(math.isfinite(sample) and sample > 0 for run in runs for sample in run.samples):
            return f"{side} has samples that are no times"
    return _bootstrap(pair, metric)


def _bootstrap(pair: Pair, metric: Metric) -> Ratio:
    rounds = range(len(pair.base))
    draw = random.Random(0)
    ratios = sorted(_ratio(pair, metric, draw.choices(rounds, k=len(rounds)))[0] for _ in range(_RESAMPLES))
    value, base, head = _ratio(pair, metric, rounds)
    edge = round(0.025 * _RESAMPLES)
    return Ratio(value, ratios[edge], ratios[-edge - 1], base, head)


def _ratio(pair: Pair, metric: Metric, rounds: Sequence[int]) -> tuple[float, float, float]:
    """The ratio over these rounds, each with all its samples, and the figure of both sides."""
    quantile = metric.quantile or 0.5
    base = _quantile([sample for i in rounds for sample in pair.base[i].samples], quantile)
    head = _quantile([sample for i in rounds for sample in pair.head[i].samples], quantile)
    if metric.name == "throughput":
        # Both sides run the same number of images per pass; the first round says how many that is.
        images = (pair.base[0].statistics.get(metric.name) or math.nan) * pair.base[0].median
        return base / head, images / base, images / head
    return head / base, base, head


def _quantile(samples: list[float], quantile: float) -> float:
    """By linear interpolation between order statistics (Hyndman & Fan 1996, type 7)."""
    samples.sort()
    place = (len(samples) - 1) * quantile
    below = math.floor(place)
    above = min(below + 1, len(samples) - 1)
    return samples[below] + (samples[above] - samples[below]) * (place - below)
