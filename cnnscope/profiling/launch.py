"""Starts the process that measures, listens to it, and passes Ctrl-C on to it."""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from cnnscope import errors
from cnnscope.errors import RunError
from cnnscope.profiling.protocol import Progress
from cnnscope.profiling.worker import Request

_WORKER = "cnnscope.profiling.worker"


def in_fresh_process(request: Request, progress: Callable[[Progress], None]) -> dict[str, Any]:
    """The worker's result; its errors are raised here, and RunError where it died without one.

    The first Ctrl-C asks the worker to end with what it has, the second ends it. KeyboardInterrupt where there is
    nothing to keep.
    """
    with tempfile.TemporaryFile() as complaints:
        command = [sys.executable, "-m", _WORKER]
        # A session of its own: Ctrl-C in a terminal reaches this process alone, which passes it on once.
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_environment(),
            start_new_session=True,
        )
        try:
            with _passing_interrupts_on(process):
                message = _listen(process, request, progress)
                process.wait()
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()
        if message is None:
            complaints.seek(0)
            _died(process.returncode, complaints.read().decode(errors="replace"))
    return message


def _environment() -> dict[str, str]:
    """The worker imports what this process imports, and nothing that lies in the current directory by chance."""
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 - "" is the current directory
    return os.environ | {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1"}


def _listen(
    process: subprocess.Popen[bytes], request: Request, progress: Callable[[Progress], None]
) -> dict[str, Any] | None:
    assert process.stdin
    assert process.stdout
    try:
        pickle.dump(request, process.stdin)
        process.stdin.close()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        message = json.loads(line)
        if "progress" in message:
            progress(Progress(*message["progress"]))
        elif "error" in message:
            kind, text, hint = message["error"]
            raise getattr(errors, kind)(text, hint)
        elif "interrupted" in message:
            raise KeyboardInterrupt
        else:
            result: dict[str, Any] = message["result"]
            return result
    return None


@contextmanager
def _passing_interrupts_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = False

    def press(*_: Any) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        process.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _died(code: int, complaints: str) -> NoReturn:
    last = next((line.strip() for line in reversed(complaints.splitlines()) if line.strip()), "")
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        hint = "it ran out of memory, or someone ended it: use a smaller --batch" if -code == signal.SIGKILL else last
        raise RunError(f"the measuring process was ended by {name}", hint)
    raise RunError(f"the measuring process ended without a result (exit code {code})", last)
