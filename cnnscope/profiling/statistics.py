"""What samples of a latency say, by order statistics: nothing is assumed about how they are spread."""

import math
import statistics
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

CONFIDENCE = 0.95
"""Of the median's interval."""
PERCENTILES = (90, 95, 99)
PERCENTILE_CONFIDENCE = 0.99
STABLE_CV, STABLE_IQR = 0.025, 0.10
"""A series is stable up to this coefficient of variation, and up to this interquartile range over its median."""
_EXACT = 1000
"""Up to so many samples the binomial is summed; beyond, the normal distribution is as good and does not underflow."""


class Summary(NamedTuple):
    """Figures of n samples, in seconds. `low` ... `high` holds the median with 95 % confidence.

    A percentile is None where n is too small to know it with 99 % confidence.
    """

    n: int
    median: float
    low: float
    high: float
    mean: float
    min: float
    max: float
    iqr: float
    cv: float
    p90: float | None
    p95: float | None
    p99: float | None

    @property
    def half_width(self) -> float:
        """Half of the median's interval, as a share of the median."""
        return (self.high - self.low) / 2 / self.median

    @property
    def stable(self) -> bool:
        return self.cv <= STABLE_CV and self.iqr <= STABLE_IQR * self.median


def summarize(samples: Sequence[float]) -> Summary:
    """The figures of at least one sample."""
    ordered, n = sorted(samples), len(samples)
    median, mean = statistics.median(ordered), statistics.fmean(ordered)
    low, high = _median_ranks(n)
    return Summary(
        n=n,
        median=median,
        low=ordered[low],
        high=ordered[high],
        mean=mean,
        min=ordered[0],
        max=ordered[-1],
        iqr=_quantile(ordered, 75) - _quantile(ordered, 25),
        cv=statistics.stdev(ordered, mean) / mean if n > 1 else 0.0,
        **{f"p{p}": _quantile(ordered, p) if n >= fewest_samples(p) else None for p in PERCENTILES},
    )


def _quantile(ordered: Sequence[float], percent: int) -> float:
    """The smallest sample that at least this share of the samples does not exceed."""
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


@lru_cache
def _median_ranks(n: int) -> tuple[int, int]:
    """Between which of n ordered samples, counted from 0, the median lies with 95 % confidence; all of them if few."""
    tail, rank, below = (1 - CONFIDENCE) / 2, 0, 0.0
    if n > _EXACT:
        rank = math.floor(n / 2 - statistics.NormalDist().inv_cdf(1 - tail) * math.sqrt(n) / 2)
    else:
        while (below := below + 0.5**n * math.comb(n, rank)) <= tail:
            rank += 1
    return max(rank - 1, 0), n - max(rank, 1)


@lru_cache
def fewest_samples(percent: int) -> int:
    """So many samples tell a percentile with 99 % confidence, one of them thrown away: 64 for p90, 130, 662 for p99.

    The rule of MLPerf's LoadGen: fewer than two of n samples lie above the percentile with at most 1 % probability.
    """
    above, n = 1 - percent / 100, 2
    while (1 - above) ** n + n * above * (1 - above) ** (n - 1) > 1 - PERCENTILE_CONFIDENCE:
        n += 1
    return n
