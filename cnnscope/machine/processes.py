"""Processes of our own: what crashes or hangs in one is an answer, and nothing warm or busy is left behind."""

import os
import signal
import sys


def environment() -> dict[str, str]:
    """For a Python that imports what this one imports, and nothing that lies in the current directory by chance."""
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 - "" is the current directory
    return os.environ | {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}


def signal_name(number: int) -> str:
    """SIGKILL for 9, `signal 63` for one without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
