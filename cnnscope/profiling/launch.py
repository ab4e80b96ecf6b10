"""Starts the process that measures, listens to it, and passes Ctrl-C on to it."""

import json
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cnnscope import errors
from cnnscope.errors import CnnscopeError, RunError
from cnnscope.machine.processes import environment, signal_name
from cnnscope.profiling.protocol import Progress
from cnnscope.profiling.worker import KINDS, Request

_WORKER = "cnnscope.profiling.worker"


def in_fresh_process(request: Request, progress: Callable[[Progress], None]) -> dict[str, Any]:
    """The worker's result; its errors are raised here, and RunError where it died without one.

    The first Ctrl-C asks the worker to end with what it has, the second ends it. KeyboardInterrupt where there is
    nothing to keep.
    """
    with tempfile.TemporaryFile() as complaints:
        # A session of its own: Ctrl-C in a terminal reaches this process alone, which passes it on once.
        process = subprocess.Popen(
            [sys.executable, "-m", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment(),
            start_new_session=True,
        )
        try:
            with _passing_interrupts_on(process) as pressed:
                message = _listen(process, request, progress)
                if message is None:
                    process.wait()
        finally:
            _end(process)
        if message is not None:
            return message
        if pressed():
            # It ended before it could say that it was interrupted.
            raise KeyboardInterrupt
        complaints.seek(0)
        raise _died(process.returncode, complaints.read().decode(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            # What it did not read before it died cannot be written any more.
            with suppress(BrokenPipeError):
                stream.close()


def _listen(
    process: subprocess.Popen[bytes], request: Request, progress: Callable[[Progress], None]
) -> dict[str, Any] | None:
    """What the worker measured; None where it ended without a word. The pipe to it stays open: its end ends it."""
    assert process.stdin
    assert process.stdout
    try:
        pickle.dump(request, process.stdin)
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for kind, content in filter(None, map(_message, process.stdout)):
        if kind == "progress":
            progress(Progress(*content))
        elif kind == "error":
            raise _as_raised_there(*content)
        elif kind == "interrupted":
            raise KeyboardInterrupt
        else:
            result: dict[str, Any] = content
            return result
    return None


def _message(line: bytes) -> tuple[str, Any] | None:
    """The kind and content of one line; None for a line that something else than the worker has printed."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or len(found) != 1 or not found.keys() <= {*KINDS}:
        return None
    return next(iter(found.items()))


def _as_raised_there(kind: str, message: str, hint: str) -> CnnscopeError:
    """The error of this class; some of them are made of more than the two texts that all have."""
    error: CnnscopeError = getattr(errors, kind).__new__(getattr(errors, kind))
    CnnscopeError.__init__(error, message, hint)
    return error


@contextmanager
def _passing_interrupts_on(process: subprocess.Popen[bytes]) -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether Ctrl-C was pressed; outside the main thread nobody would hear it."""
    pressed = False
    if threading.current_thread() is not threading.main_thread():
        yield lambda: pressed
        return

    def press(*_: Any) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        process.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _died(code: int, complaints: str) -> RunError:
    last = next((line.strip() for line in reversed(complaints.splitlines()) if line.strip()), "")
    if code < 0:
        name = signal_name(-code)
        killed = "the system was out of memory, or someone ended it: use a smaller --batch or --input"
        hint = killed if -code == signal.SIGKILL else last
        return RunError(f"the measuring process was ended by {name}", hint)
    return RunError(f"the measuring process ended without a result (exit code {code})", last)
