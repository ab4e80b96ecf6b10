"""How a latency is measured, on a planted clock: a run takes as long as the script says."""

import gc
from itertools import chain, cycle, repeat

import pytest

from cnnscope.profiling.protocol import (
    CONVERGED,
    FEWEST,
    INTERRUPTED,
    PLATEAU,
    TIME,
    Limits,
    Progress,
    Protocol,
)


class Planted:
    """A network whose runs take the given milliseconds in turn, and the clock that they are read from."""

    def __init__(self, *milliseconds, then=1.0):
        self.durations = chain(milliseconds, then if isinstance(then, cycle) else repeat(then))
        self.now = 0
        self.runs = 0

    def run(self):
        self.runs += 1
        self.now += round(next(self.durations) * 1e6)

    def clock(self):
        return self.now

    def measure(self, min_time=0.1, max_time=1.0, **options):
        return Protocol(self.run, Limits(min_time, max_time), clock=self.clock, **options).measure()


def test_the_first_run_and_the_warm_up_are_no_samples():
    series = Planted(50, *[5] * 9, then=2).measure()
    assert series.first_run == 0.05
    assert set(series.samples) == {0.002}
    # Three windows of three runs each agree at 5 ms, but ten runs beside the first are the least; then three at 2 ms.
    assert series.warm_up_runs == 1 + 9 + 9


def test_the_warm_up_goes_on_until_three_windows_agree():
    slowing_down = [9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6]
    series = Planted(20, *slowing_down, then=4).measure(max_time=10)
    # 20, four windows that differ by more than 10 %, and three of 4 ms.
    assert series.warm_up_runs == 1 + 12 + 9


def test_the_warm_up_takes_a_fifth_of_the_time_at_most():
    restless = cycle([5, 5, 5, 10, 10, 10])
    planted = Planted(then=restless)
    series = planted.measure(min_time=0.5, max_time=1)
    spent = series.warm_up_runs * 7.5e-3
    assert 0.15 <= spent <= 0.25


def test_a_network_of_25_microseconds_is_run_40_times_per_sample():
    planted = Planted(then=0.025)
    series = planted.measure()
    assert series.inner == 40
    assert set(series.samples) == {25e-6}
    assert planted.runs == series.warm_up_runs + 40 * len(series.samples)


def test_a_network_of_a_millisecond_is_run_once_per_sample():
    assert Planted(then=1.0).measure().inner == 1
    assert Planted(then=0.999).measure().inner == 2


def test_sampling_ends_when_the_median_is_known_but_never_before_min_time():
    planted = Planted(then=1)
    series = planted.measure(min_time=0.5)
    assert (series.stop, series.discarded) == (CONVERGED, 0)
    assert 0.5 <= sum(series.samples) < 0.56


def test_a_median_that_is_known_at_the_last_moment_is_known():
    series = Planted(then=100).measure(min_time=1, max_time=1)
    assert series.stop == CONVERGED


def test_sampling_ends_on_a_plateau_when_more_samples_no_longer_make_it_calmer():
    # Two speeds in turn: the median's interval spans both, however many samples there are.
    series = Planted(then=cycle([1.0, 1.5])).measure(max_time=100)
    assert series.stop == PLATEAU
    assert len(series.samples) >= 64
    assert series.summary.half_width > 0.01


def test_sampling_ends_when_the_time_is_up():
    series = Planted(then=cycle([1.0, 1.5])).measure(min_time=0.9, max_time=1)
    growing = (1.0 + 0.02 * number for number in range(10_000))
    rising = Planted(*growing).measure(min_time=0.1, max_time=0.5)
    assert (series.stop, rising.stop) == (PLATEAU, TIME)
    assert 0.5 <= sum(rising.samples) < 0.6


@pytest.mark.parametrize("seconds, most_runs", [(20, 4), (100, 2)])
def test_a_network_slower_than_the_time_allows_gives_one_sample_after_one_run(seconds, most_runs):
    planted = Planted(then=seconds * 1e3)
    series = planted.measure(min_time=3, max_time=30)
    assert planted.runs <= most_runs
    assert (series.stop, series.inner) == (TIME, 1)
    assert set(series.samples) == {float(seconds)}


def test_an_interrupt_ends_the_warm_up_and_keeps_a_sample():
    planted = Planted(then=1)
    series = planted.measure(interrupted=lambda: planted.runs >= 2)
    assert (series.stop, series.samples, series.warm_up_runs) == (INTERRUPTED, (1e-3,), 2)


def test_an_interrupt_ends_the_sampling_and_keeps_what_was_measured():
    planted = Planted(then=1)
    series = planted.measure(min_time=5, max_time=9, interrupted=lambda: planted.runs >= 100)
    assert series.stop == INTERRUPTED
    assert len(series.samples) + series.warm_up_runs == 100


def test_samples_under_a_throttled_clock_are_dropped_and_sampling_goes_on():
    planted = Planted(then=1)
    asked = iter([False, True, True])
    series = planted.measure(min_time=0.03, throttled=lambda: next(asked, False))
    assert series.discarded == 2
    assert series.stop == CONVERGED


def test_of_a_device_that_always_throttles_half_of_the_samples_stay():
    planted = Planted(then=cycle([1.0, 1.2]))
    series = planted.measure(min_time=0.5, max_time=0.5, throttled=lambda: True)
    taken = len(series.samples) + series.discarded
    assert taken == planted.runs - series.warm_up_runs
    assert 0 < series.discarded <= taken / 2


def test_samples_that_were_dropped_make_no_plateau():
    """Five checkpoints with the same samples, the new ones thrown away, say nothing about the spread."""
    growing = (1.0 + 0.02 * number for number in range(100_000))
    checkpoints = [*range(10, 20), *range(20, 30, 2), *range(30, 42, 3), 42, 46, 50, 55, 60, 66]
    # Nobody asks at the first checkpoint: there would be nothing left to keep.
    asked = iter([False] * (len(checkpoints) - 1) + [True] * 5)
    news: list[Progress] = []
    series = Planted(*growing).measure(
        min_time=0.01, max_time=1e6, throttled=lambda: next(asked, False), progress=news.append
    )
    assert [one.runs for one in news if one.phase == "measuring"][: len(checkpoints) + 5] == checkpoints + [66] * 5
    assert series.discarded == 5 * 6
    assert len(series.samples) > 66


def test_progress_tells_the_phase_the_runs_the_median_and_the_time_left():
    news: list[Progress] = []
    Planted(then=2).measure(min_time=0.1, max_time=1, progress=news.append)
    phases = [one.phase for one in news]
    assert phases == sorted(phases, reverse=True)
    assert set(phases) == {"warming up", "measuring"}
    assert all(one.median == 2e-3 and 0 <= one.left <= 1 for one in news)
    runs = [one.runs for one in news if one.phase == "measuring"]
    assert runs[0] == FEWEST
    assert runs == sorted(runs)


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_collector_is_off_while_it_measures_and_as_before_afterwards(enabled, fails):
    planted = Planted(then=1)
    seen = set()

    def run():
        planted.run()
        seen.add(gc.isenabled())
        if fails and planted.runs > 20:
            raise MemoryError

    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        protocol = Protocol(run, Limits(0.01, 0.1), clock=planted.clock)
        if fails:
            with pytest.raises(MemoryError):
                protocol.measure()
        else:
            protocol.measure()
        assert gc.isenabled() is enabled
        assert seen == {False}
    finally:
        (gc.enable if before else gc.disable)()
