"""Do CPUs share a cache: what a round trip means, and when it cannot be told."""

import pytest

from cnnscope.calibration import machine_code, ping_pong
from cnnscope.calibration.ping_pong import cache_mode, mode_of, round_trip, slowest_round_trip
from cnnscope.errors import RunError
from cnnscope.machine import cpu


@pytest.mark.parametrize(
    "nanoseconds, mode",
    [
        pytest.param(None, None, id="nothing was measured"),
        pytest.param(55, "shared", id="one cache of a virtual machine of two CPUs"),
        pytest.param(120, "shared", id="an Intel mesh"),
        pytest.param(160, None, id="neither"),
        pytest.param(345, "apart", id="the same virtual machine at another time"),
    ],
)
def test_what_a_round_trip_means(nanoseconds, mode, monkeypatch):
    seconds = nanoseconds and nanoseconds * 1e-9
    assert mode_of(seconds) == mode
    monkeypatch.setattr(ping_pong, "round_trip", lambda: seconds)
    assert cache_mode() == mode


@pytest.mark.parametrize(
    "cpus, refusal, answer",
    [
        pytest.param(1, "", 1.0, id="one CPU"),
        pytest.param(2, "there is no loop of fused multiply-adds for aarch64", 1.0, id="no routine for this processor"),
        pytest.param(2, "", RunError("measuring the round trip was ended by SIGILL"), id="the process dies"),
        pytest.param(2, "", None, id="the threads never meet"),
    ],
)
def test_when_it_cannot_be_told(cpus, refusal, answer, monkeypatch):
    def ask(_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(cpu, "affinity", lambda: cpus)
    monkeypatch.setattr(machine_code, "refusal", lambda: refusal)
    monkeypatch.setattr(ping_pong, "ask", ask)
    assert round_trip() is None
    assert cache_mode() is None


@pytest.mark.parametrize(
    "cpus, pairs",
    [
        pytest.param((None,), [(None, None)], id="no CPU can be chosen"),
        pytest.param((3,), [(None, None)], id="one CPU"),
        pytest.param((0, 1), [(0, 1)], id="two"),
        pytest.param((2, 5, 7), [(2, 5), (2, 7)], id="three of many"),
        pytest.param(tuple(range(16)), [(0, other) for other in (1, 4, 7, 10, 13)], id="no more than seven pairs"),
    ],
)
def test_the_first_cpu_plays_with_some_of_the_others(cpus, pairs, monkeypatch):
    monkeypatch.setattr(cpu, "own", lambda: cpus)
    assert ping_pong._pairs() == pairs


@pytest.mark.parametrize(
    "fastest, slowest",
    [
        ({(0, 1): 50e-9, (0, 2): 300e-9}, 300e-9),
        ({(0, 1): None, (0, 2): 300e-9}, 300e-9),
        ({(0, 1): None, (0, 2): None}, None),
    ],
)
def test_the_slowest_pair_counts_of_those_that_met(fastest, slowest, monkeypatch):
    monkeypatch.setattr(machine_code, "ping_pong", lambda: None)
    monkeypatch.setattr(ping_pong, "_pairs", lambda: [*fastest])
    monkeypatch.setattr(ping_pong, "_fastest", lambda players, run, word, pair: fastest[pair])
    assert slowest_round_trip() == slowest


@pytest.mark.skipif(bool(machine_code.refusal()), reason=f"machine code: {machine_code.refusal()}")
def test_two_threads_of_one_cpu_come_to_an_end(monkeypatch):
    """They take turns of milliseconds each, and so lose patience."""
    monkeypatch.setattr(ping_pong, "TRIALS", 1)
    monkeypatch.setattr(ping_pong, "PATIENCE", 10_000)
    first = cpu.own()[0]
    monkeypatch.setattr(ping_pong, "_pairs", lambda: [(first, first)])
    assert slowest_round_trip() is None


@pytest.mark.skipif(bool(machine_code.refusal()) or cpu.affinity() < 2, reason="machine code on two CPUs")
def test_this_machine_has_a_round_trip_or_says_that_it_cannot_tell():
    seconds = round_trip()
    assert seconds is None or 0 < seconds < 1
