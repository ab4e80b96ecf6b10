"""Rates, by a planted clock."""

import pytest

from cnnscope.calibration import trials
from cnnscope.calibration.trials import Rate, best_rate, rounds_for


class Clock:
    """A clock that only runs while work is done."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def work(self, *seconds):
        rest = iter(seconds)

        def run():
            self.now += next(rest)

        return run


@pytest.fixture
def clock(monkeypatch):
    planted = Clock()
    monkeypatch.setattr(trials, "time", planted)
    return planted


def test_the_best_trial_counts_and_the_first_run_does_not(clock):
    """The median trial takes 0.8 s for what the best does in 0.5 s: it falls short by 1 - 0.5 / 0.8."""
    assert best_rate(10, clock.work(0.1, 1.0, 0.5, 0.8, 0.6, 2.0), seconds=1.0) == Rate(20.0, pytest.approx(0.375), 5)


def test_trials_go_on_until_the_time_is_over(clock):
    assert best_rate(1, clock.work(*[0.125] * 20), seconds=1.0) == Rate(8.0, 0.0, 8)


def test_a_clock_that_stands_still_gives_no_infinite_rate(clock):
    assert best_rate(1, clock.work(*[0.0] * 5, 1.0, *[0.0] * 5), seconds=1.0).best == pytest.approx(1e9)


@pytest.mark.parametrize(
    "seconds_a_round, rounds",
    [
        pytest.param(1e-6, 20_000, id="16,000 rounds last 16 ms, so 20,000 last 20 ms"),
        pytest.param(1.0, 1, id="at least one"),
    ],
)
def test_rounds_last_about_as_long_as_asked(seconds_a_round, rounds, clock):
    def run(count):
        clock.now += count * seconds_a_round

    assert rounds_for(run, seconds=0.02) == rounds
