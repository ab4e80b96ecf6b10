"""The process that measures: it loads one network, times it, and says so line by line on its standard output.

`python -m cnnscope.profiling.worker` reads a pickled Request, and writes one JSON object per line: {"progress": ...} as
often as there is news, and at last {"result": ...}, {"error": ...} or {"interrupted": true}. It ends when its standard
input does: with the process that asked.
"""

import json
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope import runtimes
from cnnscope.errors import CnnscopeError, RunError
from cnnscope.graph import Graph
from cnnscope.machine import gpu
from cnnscope.machine.cpu import Load
from cnnscope.machine.kernel_files import ROOT, fields
from cnnscope.profiling.alone import row_times
from cnnscope.profiling.protocol import INTERRUPTED, Limits, Progress, Protocol
from cnnscope.runtimes import KernelTimes, Settings

RUNTIME, ALONE, NONE = "runtime", "alone", "none"
KERNEL_METHODS = (RUNTIME, ALONE, NONE)
"""Who times kernels: the runtime in its place, or every row as a network of its own."""

KINDS = ("progress", "result", "error", "interrupted")
"""Of messages; each is an object with one of these keys."""

Send = Callable[[str, Any], None]


class Request(NamedTuple):
    graph: Graph
    settings: Settings
    limits: Limits
    kernels: str


def main() -> None:
    # Libraries print to standard output as they like: what they say goes to standard error.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Something may have been printed already as Python started, without an end of line.
    channel.write("\n")

    def send(kind: str, content: Any) -> None:
        channel.write(json.dumps({kind: content}) + "\n")
        channel.flush()

    asked = _Interrupt()
    try:
        request = pickle.load(sys.stdin.buffer)
        threading.Thread(target=_end_with_the_asker, daemon=True).start()
        send("result", measured(request, send, asked))
    except CnnscopeError as error:
        send("error", [type(error).__name__, error.message, error.hint])
    except MemoryError as error:
        send(
            "error", [RunError.__name__, f"not enough memory: {error}".rstrip(": "), "use a smaller --batch or --input"]
        )
    except KeyboardInterrupt:
        send("interrupted", True)


def _end_with_the_asker() -> None:
    """Nobody waits for a result any more once the other end of standard input is closed."""
    while os.read(0, 1):
        pass
    os._exit(1)


class _Interrupt:
    """Was Ctrl-C pressed? Once sampling has begun it is a request; before, there is nothing to keep."""

    def __init__(self) -> None:
        self.pressed = self.sampling = False
        signal.signal(signal.SIGINT, self._press)

    def _press(self, *_: Any) -> None:
        self.pressed = True
        if not self.sampling:
            raise KeyboardInterrupt

    def __call__(self) -> bool:
        return self.pressed


def measured(request: Request, send: Send, asked: _Interrupt) -> dict[str, Any]:
    """Time the network, then its kernels; plain data."""
    graph, settings, limits, _ = request
    send("progress", Progress("loading"))
    runtime = runtimes.module(settings.runtime)
    runtime.require(settings)
    prepared = runtime.prepare(graph, settings)
    asked.sampling = True
    before = Load.now()
    with prepared.guard():
        series = Protocol(
            prepared.run,
            limits,
            progress=lambda news: send("progress", news),
            interrupted=asked,
            throttled=_throttled(settings),
        ).measure()
    after = Load.now()
    facts, creation_seconds = dict(prepared.facts), prepared.creation_seconds
    finite = _finite(prepared.outputs())
    prepared.close()
    times = None
    if series.stop != INTERRUPTED and request.kernels != NONE:
        send("progress", Progress("timing kernels", left=limits.min_time))
        times = _kernel_times(request, runtime, asked)
    return {
        "series": series._asdict(),
        "creation_seconds": creation_seconds,
        "facts": facts,
        "finite": finite,
        "held_bytes": _most_memory(),
        "use": after.since(before)._asdict() if before and after else None,
        "times": times._asdict() if times else None,
        "interrupted": asked(),
    }


def _kernel_times(request: Request, runtime: Any, asked: _Interrupt) -> KernelTimes:
    graph, settings, limits, kernels = request
    if kernels == ALONE:
        return row_times(graph, settings, seconds=limits.min_time, stop=asked)
    times: KernelTimes = runtime.kernel_times(graph, settings, seconds=limits.min_time, stop=asked)
    return times


def _finite(outputs: list[Any]) -> bool:
    import numpy

    return all(numpy.isfinite(output).all() for output in outputs)


def _throttled(settings: Settings) -> Callable[[], bool]:
    """Does the GPU that computes say that its clock is held down?"""
    if not settings.is_cuda:
        return lambda: False
    return lambda: any(found.number == settings.device_index and bool(found.throttled_by) for found in gpu.gpus().found)


def _most_memory(root: Path = ROOT) -> int | None:
    """The most bytes that this process has held; None where the system does not say."""
    if kibibytes := fields(root / "proc/self/status").get("VmHWM"):
        return kibibytes * 1024
    # On Linux this would be at least what the process that started this one has held.
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()
