"""Do the CPUs share a cache? A cache line that two threads hand to and fro tells.

Two CPUs of a small virtual machine behave now as on one last-level cache, now as on two, for seconds at a time, and
nothing inside the machine shows it: a network on two threads then takes 10 to 70 % longer.
"""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, Literal

from cnnscope.calibration import machine_code
from cnnscope.calibration.child import ask
from cnnscope.errors import RunError
from cnnscope.machine import cpu

SHARED, APART = 140e-9, 180e-9
"""Seconds of a round trip up to which a cache is shared, and from which on it is not.

The two modes of a virtual machine on an AMD EPYC were measured: 47 to 84 ns and 345 to 428 ns. The bounds leave room
for slower single caches, such as an Intel mesh (not measured).
"""
ROUNDS, TRIALS = 5_000, 12
PATIENCE = 2**25
"""Looks in vain that a trial allows, tens of milliseconds; a healthy one takes less than two."""
MOST_PAIRS = 7

Mode = Literal["shared", "apart"]


def cache_mode() -> Mode | None:
    """Do the CPUs of this process share a last-level cache just now? None where that cannot be told."""
    return mode_of(round_trip())


def mode_of(seconds: float | None) -> Mode | None:
    """What a round trip of so long means; between the two it could mean either."""
    if seconds is None or SHARED < seconds < APART:
        return None
    return "shared" if seconds <= SHARED else "apart"


def round_trip() -> float | None:
    """Seconds of a cache line's way to another CPU and back, the slowest of the pairs tried, in a process of its own.

    None with fewer than two CPUs, and where the routine cannot run.
    """
    if cpu.affinity() < 2 or machine_code.refusal():
        return None
    try:
        found: float | None = ask("round_trip")
    except RunError:
        return None
    return found


def slowest_round_trip() -> float | None:
    """What the process of `round_trip` measures: of every pair the fastest trial, and of these the slowest."""
    run, word = machine_code.ping_pong(), machine_code.shared_word()
    with ThreadPoolExecutor(2) as players:
        found = [_fastest(players, run, word, pair) for pair in _pairs()]
    return max((seconds for seconds in found if seconds), default=None)


def _pairs() -> list[tuple[int | None, int | None]]:
    """The first CPU with some of the others; no CPUs, for threads that go where they like, where none can be chosen."""
    first, *others = cpu.own()
    if first is None or not others:
        return [(None, None)]
    return [(first, other) for other in others[:: -(-len(others) // MOST_PAIRS)]]


def _fastest(players: Executor, run: Callable[..., int], word: Any, pair: tuple[int | None, ...]) -> float | None:
    """Seconds of a round trip in the best trial; None where the threads never met, as on one busy CPU."""
    found: list[float] = []

    def play(me: int) -> int:
        cpu.stay_on(pair[me])
        start = time.perf_counter()
        left = run(word, me, 1 - me, ROUNDS, PATIENCE)
        times.append((time.perf_counter() - start) / ROUNDS)
        return left

    for _ in range(TRIALS):
        times: list[float] = []
        word.value = 0
        if not any(list(players.map(play, (0, 1)))):
            # Who came first has waited for the other, whose time is the shorter one.
            found.append(min(times))
    return min(found, default=None)
