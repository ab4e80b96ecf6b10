"""Runs a probe in a fresh process: one that crashes or hangs is a finding, and nothing warm or busy is left behind."""

import json
import subprocess
import sys
from typing import Any

from cnnscope import errors
from cnnscope.errors import RunError
from cnnscope.machine.processes import environment, signal_name

TIMEOUT = 60.0
"""Seconds; a probe takes one or two."""

MODULE = "cnnscope.calibration.probes"
WORDS = {
    "fma": "the FMA rate",
    "matrix_product": "the matrix product",
    "copy": "the copy",
    "round_trip": "the round trip",
}
_HINT = "`cnnscope doctor` examines this installation"


def ask(probe: str, *arguments: object, seconds: float = TIMEOUT) -> Any:
    """What a probe of `probes` has found; its own fault, or RunError where the process died or did not answer."""
    words = [sys.executable, "-m", MODULE, probe, json.dumps(arguments)]
    try:
        run = subprocess.run(
            words,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment(),
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise RunError(f"measuring {WORDS[probe]} gave no answer in {seconds:g} s", _HINT) from None
    except OSError as error:
        raise RunError(f"no process can be started to measure {WORDS[probe]}: {error.strerror}", _HINT) from None
    if run.returncode:
        raise RunError(f"measuring {WORDS[probe]} {_end(run.returncode)}{_last_words(run.stderr)}", _HINT)
    return _read(probe, run.stdout)


def _read(probe: str, stdout: str) -> Any:
    try:
        # A library may have printed something before.
        answer = json.loads((stdout.splitlines() or [""])[-1])
        if "found" in answer:
            return answer["found"]
        name, message, hint = answer["error"]
    except (ValueError, TypeError, KeyError):
        raise RunError(f"measuring {WORDS[probe]} gave no figure", _HINT) from None
    raise getattr(errors, name)(message, hint)


def _end(code: int) -> str:
    """How a process ended, such as `was ended by SIGILL`."""
    return f"failed ({code})" if code > 0 else f"was ended by {signal_name(-code)}"


def _last_words(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return f": {lines[-1].strip()[:200]}" if lines else ""
