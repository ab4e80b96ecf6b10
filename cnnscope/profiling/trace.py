"""Profiles as a Chrome trace, which Perfetto and chrome://tracing show: rows above, the kernels that ran them below."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnnscope.profiling.record import Profile

_ROWS, _KERNELS = 1, 2


def chrome_trace(profiles: Sequence[Profile]) -> dict[str, Any]:
    """One process per profile; kernels one after the other, each as long as it took on average, in microseconds."""
    events = [event for number, profile in enumerate(profiles, start=1) for event in _events(profile, number)]
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def _events(profile: Profile, process: int) -> Iterator[dict[str, Any]]:
    settings = profile.settings
    name = f"{profile.network}, batch {settings.batch}, {settings.runtime} on {settings.device}"
    yield _named("process_name", name, process)
    yield _named("thread_name", "rows", process, _ROWS)
    yield _named("thread_name", "kernels", process, _KERNELS)
    row_of = {layer.name: layer.row for layer in profile.layers}
    start = 0.0
    for kernel in profile.kernels:
        home = profile.home_of(kernel)
        details = {"type": kernel.type, "layers": list(kernel.layers), "line": kernel.line}
        yield _slice(kernel.name, start, kernel.seconds, process, _KERNELS, details)
        yield _slice(row_of[home] if home else kernel.line, start, kernel.seconds, process, _ROWS, {})
        start += kernel.seconds


def _slice(
    name: str, start: float, seconds: float, process: int, thread: int, details: dict[str, Any]
) -> dict[str, Any]:
    times = {"ts": round(start * 1e6, 3), "dur": round(seconds * 1e6, 3)}
    return {"name": name, "ph": "X", **times, "pid": process, "tid": thread, "args": details}


def _named(what: str, name: str, process: int, thread: int = 0) -> dict[str, Any]:
    return {"name": what, "ph": "M", "pid": process, "tid": thread, "args": {"name": name}}
