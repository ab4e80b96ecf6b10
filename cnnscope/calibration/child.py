"""Runs a probe in a fresh process: one that crashes or hangs is a finding, and nothing warm or busy is left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from cnnscope import errors
from cnnscope.errors import RunError

TIMEOUT = 60.0
"""Seconds; a probe takes one or two."""

_MODULE = "cnnscope.calibration.probes"
_HINT = "`cnnscope doctor` examines this installation"


def ask(probe: str, *arguments: object, seconds: float = TIMEOUT) -> Any:
    """What a probe of `probes` has found; its own fault, or RunError where the process died or did not answer."""
    # -P: a file of the current directory must not pass for a module.
    words = [sys.executable, "-P", "-m", _MODULE, probe, json.dumps(arguments)]
    try:
        run = subprocess.run(
            words,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise RunError(f"measuring {_words(probe)} gave no answer in {seconds:g} s", _HINT) from None
    except OSError as error:
        raise RunError(f"no process can be started to measure {_words(probe)}: {error.strerror}", _HINT) from None
    if run.returncode:
        raise RunError(f"measuring {_words(probe)} {_end(run.returncode)}{_last_words(run.stderr)}", _HINT)
    return _read(probe, run.stdout)


def _environment() -> dict[str, str]:
    """Ours, with this very package in reach."""
    package = str(Path(errors.__file__).parents[1])
    paths = filter(None, (package, os.environ.get("PYTHONPATH")))
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}


def _read(probe: str, stdout: str) -> Any:
    try:
        # A library may have printed something before.
        answer = json.loads((stdout.splitlines() or [""])[-1])
        if "found" in answer:
            return answer["found"]
        name, message, hint = answer["error"]
    except (ValueError, TypeError, KeyError):
        raise RunError(f"measuring {_words(probe)} gave no figure", _HINT) from None
    raise getattr(errors, name)(message, hint)


def _words(probe: str) -> str:
    return f"the {probe.replace('_', ' ')}"


def _end(code: int) -> str:
    """How a process ended, such as `was ended by SIGILL`."""
    if code > 0:
        return f"failed ({code})"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _last_words(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return f": {lines[-1].strip()[:200]}" if lines else ""
