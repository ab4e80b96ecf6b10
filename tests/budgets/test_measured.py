"""Measured figures, with planted measurements: noise, other machines, and base and head in turns."""

import math
import random
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnscope.budgets.baseline import Baseline, MeasuredFigure, NetworkEntry
from cnnscope.budgets.comparing import ROUNDS, in_turns, of_estimates, of_pair
from cnnscope.budgets.config import Check, Config, Written
from cnnscope.budgets.grammar import budget
from cnnscope.budgets.measured import CannotMeasure, Estimate, Measured, estimate, quantile_interval
from cnnscope.budgets.metrics import METRICS
from cnnscope.budgets.run import run
from cnnscope.budgets.settings import RunSettings
from cnnscope.errors import MissingExtraError
from tests.budgets.conftest import PAGE
from tests.spec.reading import report

RUN = RunSettings(max_time=30.0)
NONE_KEPT = Baseline({})
MS = 1e-3


class Planted:
    """A network that says how fast it is."""

    name = "net"

    def __init__(self, ms=10.0):
        self.ms = ms

    def analyze(self, **settings):
        return report(PAGE)


def measured(ms=10.0, *, n=100, spread=0.02, fingerprint="this machine", seed=0, **changes):
    """n samples around a median, with its interval from order statistics, as a profiler would give them."""
    draw = random.Random(seed)
    samples = tuple(max(draw.gauss(ms, ms * spread), ms / 10) * MS for _ in range(n))
    middle = median(samples)
    low, high = quantile_interval(samples, 0.5)
    ordered = sorted(samples)
    statistics = {
        "latency.p90": ordered[int(0.9 * n)] if n >= 64 else None,
        "latency.mean": sum(samples) / n,
        "latency.max": ordered[-1],
        "throughput": 1 / middle,
    }
    given = {"n": n, "median": middle, "low": low or ordered[0], "high": high or ordered[-1], "statistics": statistics}
    return Measured(**given | {"samples": samples, "fingerprint": fingerprint} | changes)


def check(*texts, **changes):
    written = tuple(Written(budget(text)._replace(**changes)) for text in texts)
    return Check("latency", ("net.md",), written, run=RUN, path="cnnscope.toml")


def kept(ms=10.0, *, metric="latency.median", fingerprint="this machine", settings=RUN, seed=1):
    """A baseline with one measured figure."""
    before = measured(ms, seed=seed)
    figure = MeasuredFigure(*estimate(before, METRICS[metric]), before.n, before.median, fingerprint, settings)
    return Baseline(
        {"latency": {"net": NetworkEntry("sha256:0", (1, 1, 8, 8), "float32", "momentum", {metric: figure}, {})}}
    )


def judged(*texts, now=None, baseline=NONE_KEPT, load_base=None, skip=False, measure=None, **changes):
    config = Config("c.toml", Path(), (check(*texts, **changes),), skip_other_machines=skip)
    found = run(
        config,
        load=lambda model: [Planted()],
        baseline=baseline,
        measure=measure or (lambda network, settings: now or measured()),
        load_base=load_base,
    )
    return found.verdicts[0]


@pytest.mark.parametrize(
    "text, now, status, why",
    [
        pytest.param("latency.median <= 12 ms", measured(10), "pass", "", id="holds"),
        pytest.param("latency.median <= 8 ms", measured(10), "fail", "", id="broken"),
        pytest.param(
            "latency.median <= 10.01 ms", measured(10), "thin", "the interval crosses the limit", id="within the noise"
        ),
        pytest.param("latency.median <= 10.15 ms", measured(10, spread=0.001), "thin", "", id="1.5 % left"),
        pytest.param("latency.p90 <= 12 ms", measured(10), "pass", "", id="a percentile"),
        pytest.param(
            "latency.p90 <= 12 ms",
            measured(10, n=63),
            "undecided",
            "latency.p90 needs more than 63 samples",
            id="too few samples for a percentile",
        ),
        pytest.param(
            "latency.p99 <= 12 ms",
            measured(10),
            "undecided",
            "latency.p99 needs more than 100 samples",
            id="a statistic that the profile leaves out",
        ),
        pytest.param("latency.max <= 12 ms", measured(10), "pass", "", id="no interval, no matter"),
        pytest.param("throughput >= 90", measured(10), "pass", "", id="images per second"),
        pytest.param("throughput >= 110", measured(10), "fail", "", id="too few images per second"),
        pytest.param(
            "throughput >= 100",
            measured(10),
            "thin",
            "the interval crosses the limit",
            id="throughput has the median's interval",
        ),
        pytest.param(
            "latency.median <= 10.2 ms",
            measured(10, stable=False, why="cv 40 %"),
            "undecided",
            "the measurement is too noisy: cv 40 %",
            id="noise that reaches the limit",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, stable=False, why="cv 40 %"),
            "pass",
            "every sample holds it, though cv 40 %",
            id="noise that does not reach the limit",
        ),
        pytest.param(
            "throughput >= 90", measured(10, stable=False), "pass", "every sample holds it", id="images at the slowest"
        ),
        pytest.param(
            "throughput >= 99",
            measured(10, stable=False),
            "undecided",
            "the measurement is too noisy",
            id="and not all",
        ),
        pytest.param(
            "latency.median >= 1 ms",
            measured(10, stable=False),
            "undecided",
            "the measurement is too noisy",
            id="noise never shows that a run is slow",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, stable=False, samples=()),
            "undecided",
            "the measurement is too noisy",
            id="noise without its samples",
        ),
        pytest.param(
            "latency.median <= 1 ms",
            measured(10, stable=False),
            "undecided",
            "the measurement is too noisy: it did not settle",
            id="noise decides nothing, not even a failure",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, median=math.nan),
            "undecided",
            "the measurement gave nan, which is no latency.median",
            id="NaN",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, median=-1.0),
            "undecided",
            "the measurement gave -1.0, which is no latency.median",
            id="time that ran backwards",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, median=0.0),
            "undecided",
            "the measurement gave 0.0, which is no latency.median",
            id="no time at all",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            measured(10, high=math.inf),
            "undecided",
            "the measurement gave",
            id="an interval without an end",
        ),
        pytest.param(
            "latency.median <= 12 ms",
            Measured(0, 0.01, 0.01, 0.01, {}),
            "undecided",
            "the measurement gave 0.01",
            id="no samples",
        ),
    ],
)
def test_absolute_limits(text, now, status, why):
    found = judged(text, now=now)
    assert (found.status, found.why[: len(why)]) == (status, why)


@pytest.mark.parametrize(
    "fault, why",
    [
        (CannotMeasure("no device cuda here"), "no device cuda here"),
        (
            MissingExtraError("onnxruntime is not installed", "pip install 'cnnscope[cpu]'"),
            "onnxruntime is not installed",
        ),
    ],
)
def test_what_cannot_be_measured_is_undecided(fault, why):
    def measure(network, settings):
        raise fault

    found = judged("latency.median <= 12 ms", measure=measure)
    assert (found.status, found.why) == ("undecided", why)


def test_a_network_runs_once_for_all_its_measured_budgets_and_never_for_static_ones():
    runs = []

    def measure(network, settings):
        runs.append(settings)
        return measured()

    judged("latency.median <= 12 ms", "latency.p90 <= 15 ms", measure=measure)
    assert runs == [RUN]
    judged("params <= 6K", measure=measure)
    assert len(runs) == 1


@pytest.mark.parametrize(
    "text, ms, status, changes",
    [
        pytest.param("latency.median <= base + 10%", 10, "pass", {}, id="as fast as before"),
        pytest.param("latency.median <= base + 10%", 5, "pass", {}, id="faster"),
        pytest.param("latency.median <= base + 10%", 10.99, "thin", {}, id="near the limit: the interval crosses it"),
        pytest.param(
            "latency.median <= base + 10%", 11.05, "thin", {}, id="above, without confidence: no regression yet"
        ),
        pytest.param("latency.median <= base + 10%", 15, "fail", {}, id="slower, surely"),
        pytest.param("latency.median <= base + 10%", 15, "warn", {"level": "warn"}, id="slower, and only warned"),
        pytest.param("latency.median <= base + 1 ms", 15, "fail", {}, id="an amount of time"),
        pytest.param("latency.median <= base - 20%", 10, "fail", {}, id="must be faster"),
        pytest.param("latency.median <= base - 20%", 7, "pass", {}, id="is faster"),
    ],
)
def test_a_regression_needs_an_effect_and_confidence(text, ms, status, changes):
    assert judged(text, now=measured(ms), baseline=kept(10), **changes).status == status


def test_a_sure_change_below_min_change_is_no_regression():
    change = budget("latency.min <= 6 ms").limit
    found = judged("latency.median <= base + 10%", now=measured(15), baseline=kept(10), min_change=change)
    assert (found.status, "the change is within 6 ms" in found.why) == ("thin", True)


def test_a_sure_change_below_one_percent_is_no_regression():
    found = judged("latency.median <= base", now=measured(10.05, n=4000, spread=0.001), baseline=kept(10, seed=3))
    assert found.status == "thin"


def test_throughput_is_better_when_it_is_more():
    base = kept(10, metric="throughput")
    assert judged("throughput >= base - 10%", now=measured(10), baseline=base).status == "pass"
    assert judged("throughput >= base - 10%", now=measured(15), baseline=base).status == "fail"


@pytest.mark.parametrize("skip, status", [(False, "undecided"), (True, "skipped")])
def test_another_machine_is_not_compared_with(skip, status):
    found = judged(
        "latency.median <= base + 10%", now=measured(10), baseline=kept(10, fingerprint="that machine"), skip=skip
    )
    assert found.status == status
    assert found.why == "the baseline was measured on another machine: that machine, not this machine"


def test_a_run_in_which_everything_is_skipped_checked_nothing():
    config = Config("c.toml", Path(), (check("latency.median <= base"),), skip_other_machines=True)
    found = run(
        config,
        load=lambda model: [Planted()],
        baseline=kept(10, fingerprint="that machine"),
        measure=lambda network, settings: measured(),
    )
    assert ([one.status for one in found.verdicts], found.exit_code) == (["skipped"], 3)


def test_other_settings_are_not_compared_with():
    found = judged("latency.median <= base", now=measured(), baseline=kept(10, settings=RUN._replace(threads=4)))
    assert (found.status, found.why) == (
        "undecided",
        "the baseline is incomparable: it was measured with other settings",
    )


def test_a_figure_that_the_baseline_counted_is_not_compared_with_a_measured_one():
    base = Baseline(
        {"latency": {"net": NetworkEntry("s", (1, 1, 8, 8), "float32", "momentum", {"latency.median": 3}, {})}}
    )
    assert judged("latency.median <= base", baseline=base).status == "undecided"


def test_a_figure_that_the_baseline_does_not_know_is_undecided_without_an_absolute_limit():
    assert judged("latency.median <= base").status == "undecided"
    assert judged("latency.median <= base", "latency.median <= 1 s").status == "new"


# Base and head in turns.


def turns(base_ms, head_ms, *, drift=0.0, **changes):
    """A measure whose machine gets slower from call to call; returns it with the log of its calls."""
    calls = []

    def measure(network, settings):
        calls.append(network.ms)
        slower = 1 + drift * len(calls)
        return measured(network.ms * slower, n=20, seed=len(calls), **changes)

    return measure, calls, Planted(base_ms), Planted(head_ms)


def test_both_sides_run_in_turns_and_share_the_time():
    seen = []

    def measure(network, settings):
        seen.append((network.ms, settings.max_time))
        return measured(network.ms)

    in_turns(measure, Planted(1), Planted(2), RUN)
    assert [ms for ms, _ in seen] == [1, 2, 2, 1] * (ROUNDS // 2)
    assert sum(time for ms, time in seen if ms == 1) == pytest.approx(RUN.max_time)


@pytest.mark.parametrize(
    "base_ms, head_ms, drift, status",
    [
        pytest.param(10, 10, 0, "pass", id="the same"),
        pytest.param(10, 15, 0, "fail", id="slower by half"),
        pytest.param(10, 6, 0, "pass", id="faster"),
        pytest.param(10, 10, 0.05, "pass", id="the same, on a machine that doubles its time meanwhile"),
        pytest.param(10, 13, 0.05, "fail", id="slower, on such a machine"),
        pytest.param(10, 11.04, 0, "thin", id="at the limit"),
    ],
)
def test_a_drifting_machine_counts_for_both_sides_alike(base_ms, head_ms, drift, status):
    measure, calls, base, _ = turns(base_ms, head_ms, drift=drift)
    config = Config("c.toml", Path(), (check("latency.median <= base + 10%"),))
    found = run(
        config,
        load=lambda model: [Planted(head_ms)],
        baseline=Baseline({}),
        measure=measure,
        load_base=lambda model: [base],
    )
    assert found.verdicts[0].status == status, found.verdicts[0].why
    assert len(calls) == 2 * ROUNDS


def test_a_false_alarm_is_rare():
    """The same network on both sides: at most 5 of 40 comparisons without a tolerance may call it slower."""
    alarms = 0
    for seed in range(40):
        draw = random.Random(seed)
        pair = in_turns(
            lambda network, settings, draw=draw: measured(10, n=20, seed=draw.random()), Planted(), Planted(), RUN
        )
        ratio = of_pair(pair, METRICS["latency.median"])
        alarms += ratio.low > 1
    assert alarms <= 5


@pytest.mark.parametrize(
    "spoil, why",
    [
        ({"n": 1, "samples": (0.01,)}, "latency.median needs more than 10 samples of base"),
        ({"samples": (math.nan,) * 20}, "base has samples that are no times"),
    ],
)
def test_rounds_that_cannot_be_compared(spoil, why):
    _, _, base, head = turns(10, 10)
    pair = in_turns(lambda network, settings: measured(10, **{"n": 20} | spoil), base, head, RUN)
    assert of_pair(pair, METRICS["latency.median"]) == why


@pytest.mark.parametrize(
    "spread, limit, status",
    [
        pytest.param(0.02, "base + 10%", "pass", id="quiet"),
        pytest.param(0.9, "base + 10%", "undecided", id="an interval from here to there tells nothing"),
        pytest.param(0.9, "base - 1%", "undecided", id="nor does it break a limit"),
    ],
)
def test_a_comparison_that_noise_decides_is_undecided(spread, limit, status):
    draw = random.Random(7)
    config = Config("c.toml", Path(), (check(f"latency.median <= {limit}"),))
    found = run(
        config,
        load=lambda model: [Planted()],
        baseline=NONE_KEPT,
        measure=lambda network, settings: measured(10, n=20, spread=spread, seed=draw.random(), stable=False),
        load_base=lambda model: [Planted()],
    )
    assert found.verdicts[0].status == status, found.verdicts[0].why


def test_rounds_on_two_machines_cannot_be_compared():
    machines = iter(["a", "b"] * ROUNDS)
    pair = in_turns(lambda network, settings: measured(fingerprint=next(machines)), Planted(), Planted(), RUN)
    assert of_pair(pair, METRICS["latency.median"]) == "the machine changed between two rounds"


def test_percentiles_need_their_samples_in_turns_as_well():
    pair = in_turns(lambda network, settings: measured(n=6), Planted(), Planted(), RUN)
    assert of_pair(pair, METRICS["latency.p90"]) == "latency.p90 needs more than 60 samples of base"


def test_a_base_without_the_network_is_undecided():
    found = judged("latency.median <= base", load_base=lambda model: [])
    assert (found.status, found.why) == ("undecided", "the base has no network net yet")


def test_another_input_does_not_compare():
    before = kept()
    entry = before.checks["latency"]["net"]._replace(input_shape=(1, 1, 9, 9))
    found = judged("latency.median <= base", baseline=Baseline({"latency": {"net": entry}}))
    assert (found.status, found.why) == (
        "undecided",
        "the baseline is incomparable: its input is 1x1x9x9, not 1x1x8x8",
    )


@pytest.mark.parametrize(
    "text, ms, hint",
    [
        # 1.5 times 640 samples of 10 ms are 9.6 s, of 40 ms 38.4 s, which is more than the 30 s that are left.
        ("latency.p99 <= 1 s", 10, 'give it more time: run = { min_time = "10 s" }'),
        ("latency.p99 <= 1 s", 40, 'give it more time: run = { min_time = "39 s", max_time = "39 s" }'),
        # A run of a microsecond is sampled a millisecond at a time: 1.5 times 64 of them.
        ("latency.p90 <= 1 s", 0.001, 'give it more time: run = { min_time = "1 s" }'),
    ],
)
def test_how_long_a_percentile_takes(text, ms, hint):
    assert judged(text, now=measured(ms, n=20)).hint == hint


# The statistics themselves.


def test_the_interval_of_a_median_by_hand():
    """n = 100, median: ranks 50 -+ 1.96 * 5, so the 40th and the 61st of 1 ... 100."""
    assert quantile_interval(range(1, 101), 0.5) == (40, 61)


def test_the_interval_of_a_percentile_needs_64_samples():
    assert quantile_interval(range(63), 0.9) == (None, None)
    low, high = quantile_interval(range(64), 0.9)
    assert low < 0.9 * 64 < high


def test_the_ratio_of_two_intervals_by_hand():
    """Each side -+ 10 % on a logarithm: the ratio's half width is the root of the sum of both squares."""
    side = Estimate(1.0, math.exp(-0.1), math.exp(0.1))
    ratio = of_estimates(side, side)
    assert ratio.value == 1
    assert math.log(ratio.high) == pytest.approx(math.hypot(0.1, 0.1))
    assert math.log(ratio.low) == pytest.approx(-math.hypot(0.1, 0.1))


def test_a_side_without_an_interval_has_no_ratio():
    assert of_estimates(Estimate(1, None, None), Estimate(1, 0.9, 1.1)) is None


@given(st.floats(1e-6, 1e3), st.floats(0.01, 100), st.floats(1.0001, 2), st.floats(1.0001, 2))
def test_a_ratio_lies_in_its_interval(base, factor, wide, wider):
    head = base * factor
    ratio = of_estimates(Estimate(base, base / wide, base * wide), Estimate(head, head / wider, head * wider))
    assert ratio.low <= ratio.value * (1 + 1e-9)
    assert ratio.value <= ratio.high * (1 + 1e-9)
    assert ratio.value == pytest.approx(factor)


anything = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.just(0.0), st.floats(0.001, 0.1))


@given(anything, anything, anything, anything, st.booleans(), st.integers(0, 200))
def test_a_measurement_that_makes_no_sense_is_never_green(middle, low, high, p90, stable, n):
    now = Measured(n, middle, low, high, {"latency.p90": p90}, (), "m", stable)
    for text in ("latency.median <= 1 s", "latency.p90 <= 1 s", "latency.median >= 1 us"):
        found = judged(text, now=now)
        if found.status in ("pass", "thin"):
            assert stable
            assert n >= 1
            assert math.isfinite(found.value)
            assert found.value > 0
