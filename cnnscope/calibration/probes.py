"""What is measured, one probe to a process: `python -m cnnscope.calibration.probes NAME JSON-ARGUMENTS`.

The last line of stdout is JSON: {"found": ...}, or {"error": [class, message, hint]} for a fault that a user can mend.
"""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from typing import Any

from cnnscope.calibration import machine_code
from cnnscope.calibration.ping_pong import slowest_round_trip
from cnnscope.calibration.trials import Rate, best_rate, rounds_for
from cnnscope.errors import CnnscopeError
from cnnscope.machine import cpu, memory

SECONDS = 0.4
"""Trials of one figure, or of one size of matrix."""
TRIALS = (0.003, 0.02)
"""Seconds of an FMA trial: short ones fit between the turns of other processes, and for long ones waking the threads up
is nothing."""
MATRIX_SIZES, LARGE_SIZES, FEW_THREADS = (256, 384, 512), (1024, 2048), 4
"""Rows, columns and depth; more than a few threads need larger matrices to share."""
CACHES, LEAST_BYTES, MOST_BYTES = 4, 128 * 2**20, 2**30
"""An array that is copied is so many times as large as all last-level caches together, within these bounds."""


@contextmanager
def side_by_side(threads: int) -> Iterator[Callable[[Callable[[int], object]], object]]:
    """Calls a function in so many threads at once, each with its number, and waits for all.

    Each thread has a CPU of its own as far as they go: two that take turns on one would reach no more than one does.
    """
    cpus = cycle(cpu.own())
    with ThreadPoolExecutor(threads, initializer=lambda: cpu.stay_on(next(cpus))) as pool:
        yield lambda function: list(pool.map(function, range(threads)))


def fma(loop: str, threads: int) -> Rate:
    """FLOP/s of multiply-adds on registers alone, all threads together."""
    run = machine_code.fma(loop)
    rates = []
    with side_by_side(threads) as call:
        for trial in TRIALS:
            rounds = rounds_for(run, seconds=trial)
            work = machine_code.LOOPS[loop].flops * rounds * threads
            task = partial(call, partial(_of_one_thread, run, rounds))
            rates.append(best_rate(work, task, seconds=SECONDS / len(TRIALS)))
    return max(rates)


def _of_one_thread(run: Callable[[int], None], rounds: int, _: int) -> None:
    run(rounds)


def matrix_product(device: str, dtype: str, threads: int) -> Rate:
    """FLOP/s of ONNX Runtime's product of two square matrices of random values: the best size."""
    if device != "cpu":
        from cnnscope.calibration import cuda

        return cuda.matrix_product(device, dtype)
    from cnnscope.graph import INPUT, Graph, Node
    from cnnscope.ops import FullyConnected
    from cnnscope.runtimes import Settings
    from cnnscope.runtimes.onnxruntime import prepare, require

    settings = Settings(device=device, dtype=dtype, threads=threads)
    require(settings)
    rates = []
    for size in MATRIX_SIZES + (LARGE_SIZES if threads > FEW_THREADS else ()):
        node = Node("product", FullyConnected(maps=size, bias=False), (INPUT,), "product", 0)
        session = prepare(Graph("product", (size,), (node,)), settings._replace(batch=size))
        rates.append(best_rate(2 * size**3, session.run, seconds=SECONDS / 2))
        session.close()
    return max(rates)


def copy(device: str, threads: int) -> Rate:
    """Bytes per second, read and written, from one array to another; every thread copies its share."""
    if device != "cpu":
        from cnnscope.calibration import cuda

        return cuda.copy(device)
    import numpy

    values = array_bytes() // 8
    # Memory that was never written to is one page of zeros, which every cache holds.
    source, target = numpy.ones(values), numpy.zeros(values)
    shares = [slice(values * n // threads, values * (n + 1) // threads) for n in range(threads)]
    with side_by_side(threads) as call:
        return best_rate(
            2 * 8 * values,
            lambda: call(lambda number: numpy.copyto(target[shares[number]], source[shares[number]])),
            seconds=SECONDS,
        )


def array_bytes() -> int:
    """Far more than the last-level caches hold, and no more than an eighth of the memory that is free."""
    wanted = max(LEAST_BYTES, min(CACHES * (cpu.last_level_cache_bytes() or 0), MOST_BYTES))
    return max(min(wanted, memory.available().bytes // 8), 2**20)


PROBES: dict[str, Callable[..., Rate | float | None]] = {
    "fma": fma,
    "matrix_product": matrix_product,
    "copy": copy,
    "round_trip": slowest_round_trip,
}


def answer(name: str, arguments: str) -> dict[str, Any]:
    """What the parent reads: the probe's figure, or the fault that kept it from measuring one."""
    try:
        found = PROBES[name](*json.loads(arguments))
    except CnnscopeError as fault:
        return {"error": [type(fault).__name__, fault.message, fault.hint]}
    return {"found": found}


if __name__ == "__main__":
    print(json.dumps(answer(*sys.argv[1:])))  # noqa: T201 - its parent reads it
