"""How a latency is measured: warm-up, samples long enough for the clock, and when to stop.

Follows the practice of nvbench, criterion and MLPerf: stop when the median is known well enough, when more samples no
longer make the series calmer, or when the time is up, and say which of these it was.
"""

import gc
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from cnnscope.profiling.statistics import Summary, fewest_samples, summarize

SHORTEST_SAMPLE = 1e-3
"""Seconds; a network that takes less is run several times per sample."""
FEWEST = 10
"""Runs of the warm-up, and samples."""
PRECISION = 0.01
"""Half-width of the median's interval over the median, at which the series may stop."""
WINDOWS, AGREEMENT = 3, 0.10
"""The warm-up ends when so many windows in turn have medians within this of each other."""
WARM_UP_SHARE = 0.2
"""Of the most time that sampling may take; the warm-up takes no longer, whether the windows agree or not."""
_PLATEAU = 5
"""Checkpoints, each with a tenth more samples, over which the spread must stay as it is."""

CONVERGED, PLATEAU, TIME, INTERRUPTED = STOPS = ("interval", "plateau", "time", "interrupted")
"""The rules that end a series."""


class Limits(NamedTuple):
    """Seconds that the sampling takes at least and at most."""

    min_time: float = 3.0
    max_time: float = 30.0


class Progress(NamedTuple):
    """Where a measurement stands; `left` is the most seconds that the phase may still take."""

    phase: str
    runs: int = 0
    median: float | None = None
    left: float | None = None


class Series(NamedTuple):
    """Seconds of a run, in the order measured, each the mean over `inner` runs. `stop` is the rule that fired."""

    samples: tuple[float, ...]
    inner: int
    warm_up_runs: int
    first_run: float
    stop: str
    discarded: int

    @property
    def summary(self) -> Summary:
        return summarize(self.samples)


class Protocol:
    """How `run` is timed. Samples since the last checkpoint are dropped where the device throttled, half at most."""

    def __init__(
        self,
        run: Callable[[], object],
        limits: Limits,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        interrupted: Callable[[], bool] = lambda: False,
        throttled: Callable[[], bool] = lambda: False,
        clock: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self.run = run
        self.limits = limits
        self.progress = progress
        self.interrupted = interrupted
        self.throttled = throttled
        self.clock = clock

    def measure(self) -> Series:
        """Time until the median is known to 1 %, the spread has settled, or `max_time` is over."""
        with _without_collection():
            first = self.timed(1)
            typical, warm_up = self._warm_up(first)
            inner = _runs_in(SHORTEST_SAMPLE, typical)
            samples, discarded, stop = self._sample(inner)
        return Series(tuple(samples), inner, warm_up, first, stop, discarded)

    def timed(self, inner: int) -> float:
        """Mean seconds of so many runs."""
        run, start = self.run, self.clock()
        for _ in range(inner):
            run()
        return (self.clock() - start) / inner / 1e9

    def _warm_up(self, first: float) -> tuple[float, int]:
        """Run until three windows agree or a fifth of the time is over; seconds of a run, and runs with the first."""
        end = self.clock() + (self.limits.max_time * WARM_UP_SHARE - first) * 1e9
        typical, runs, medians = first, 1, list[float]()
        while self._goes_on(end):
            times: list[float] = []
            wanted = max(3, _runs_in(SHORTEST_SAMPLE, typical))
            while len(times) < wanted and self._goes_on(end):
                times.append(self.timed(1))
            runs += len(times)
            typical = summarize(times).median
            medians = [*medians, typical][-WINDOWS:]
            self.progress(Progress("warming up", runs, typical, max((end - self.clock()) / 1e9, 0)))
            if runs > FEWEST and len(medians) == WINDOWS and max(medians) <= (1 + AGREEMENT) * min(medians):
                break
        return typical, runs

    def _goes_on(self, end: float) -> bool:
        return self.clock() < end and not self.interrupted()

    def _sample(self, inner: int) -> tuple[list[float], int, str]:
        """Samples, how many were thrown away, and which rule stopped the series."""
        start, samples, discarded, spreads = self.clock(), list[float](), 0, list[float]()
        kept, checkpoint = 0, FEWEST
        while True:
            samples.append(self.timed(inner))
            elapsed = (self.clock() - start) / 1e9
            stopped = self.interrupted()
            if len(samples) < checkpoint and elapsed < self.limits.max_time and not stopped:
                continue
            new = len(samples) - kept
            if kept and discarded + new <= kept and self.throttled():
                discarded += new
                del samples[kept:]
                summary = summarize(samples)
            else:
                summary = summarize(samples)
                spreads = [*spreads, summary.cv][-_PLATEAU:]
            kept = len(samples)
            checkpoint = kept + max(kept // 10, 1)
            left = max(self.limits.max_time - elapsed, 0)
            self.progress(Progress("measuring", kept * inner, summary.median, left))
            if stop := self._stop(summary, spreads, elapsed, stopped):
                return samples, discarded, stop

    def _stop(self, summary: Summary, spreads: list[float], elapsed: float, stopped: bool) -> str:
        if stopped:
            return INTERRUPTED
        if elapsed >= self.limits.min_time and summary.n >= FEWEST:
            if summary.half_width <= PRECISION:
                return CONVERGED
            settled = len(spreads) == _PLATEAU and max(spreads) <= (1 + AGREEMENT) * min(spreads)
            if settled and summary.n >= fewest_samples(90):
                return PLATEAU
        return TIME if elapsed >= self.limits.max_time else ""


def _runs_in(seconds: float, one: float) -> int:
    """So many runs of this length take at least so long."""
    return max(math.ceil(seconds / max(one, 1e-9)), 1)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Python's garbage collector would stop the clock's world at random."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
