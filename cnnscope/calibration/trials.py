"""Rates as the best of several short trials."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

FEWEST = 5


class Rate(NamedTuple):
    """Work per second: the best trial's, and by which share the median trial fell short of it."""

    best: float
    spread: float
    trials: int


def best_rate(work: float, run: Callable[[], object], *, seconds: float) -> Rate:
    """Trials of one run each for about so many seconds, at least five, after one that does not count.

    `work` is in whatever the rate is to be in; a run should last milliseconds.
    """
    run()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < FEWEST or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(max(time.perf_counter() - start, 1e-9))
    return Rate(work / min(times), 1 - min(times) / statistics.median(times), len(times))


def rounds_for(run: Callable[[int], object], *, seconds: float) -> int:
    """How many rounds of a loop last about so long."""
    rounds = 1000
    while True:
        start = time.perf_counter()
        run(rounds)
        spent = time.perf_counter() - start
        if spent > seconds / 4:
            return max(1, round(rounds * seconds / spent))
        rounds *= 4
