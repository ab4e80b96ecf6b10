"""Asks a question in a fresh process, so that what crashes or hangs there is an answer and not our end."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope.machine.processes import signal_name

SECONDS = 60.0
"""The first use of CUDA loads gigabytes of libraries from disk."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_MISSING = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object file")
_CUDA_FAILURE = re.compile(r"((?:CUDA|CUDNN|CUBLAS) failure -?\d+: [^;\n]+)")
_REASON = re.compile(r"Failed to (?:load|create|register) [^\n]+")
_PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")


class Answer(NamedTuple):
    """What a question found: facts by name, and why it failed, "" where it did not."""

    facts: dict[str, Any]
    fault: str = ""


def ask(question: str, *words: str, seconds: float = SECONDS) -> Answer:
    """Run `ask_<question>.py` with this interpreter; -P keeps this room's files from shadowing other modules."""
    program = Path(__file__).with_name(f"ask_{question}.py")
    return run([sys.executable, "-P", str(program), *words], seconds)


def run(command: list[str], seconds: float) -> Answer:
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired:
        return Answer({}, f"no answer in {seconds:g} s")
    except OSError as error:
        return Answer({}, f"{command[0]} cannot be run: {error.strerror or error}")
    out, said = (_COLOURS.sub("", stream.decode("utf-8", "replace")) for stream in (done.stdout, done.stderr))
    facts = _facts(out)
    if done.returncode < 0:
        return Answer(facts, f"the process was ended by {signal_name(-done.returncode)}")
    if facts and "fault" not in facts:
        return Answer(facts)
    return Answer(facts, _essential(str(facts.get("fault", "")), f"{said}\n{out}"))


def _facts(out: str) -> dict[str, Any]:
    """The last line, where it is a JSON object: a library may have printed something before it."""
    try:
        found = json.loads(out.strip().rpartition("\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _essential(fault: str, said: str) -> str:
    """The one line that says why: a missing library, a failure of CUDA, the exception, or the last line of all."""
    said = f"{fault}\n{said}"
    if missing := _MISSING.search(said):
        return f"{missing[1]} is missing"
    if failure := _CUDA_FAILURE.search(said):
        return failure[1].strip()
    if "fallback to CPU EP" in fault and (reason := _REASON.search(said)):
        # The exception only says that the provider was not there; the log says why.
        return reason[0].strip()[:300]
    kind, _, message = fault.partition(": ")
    first = next(iter(message.strip().splitlines()), "")
    if first:
        short = _PREFIX.sub("", first)
        return (short if short != first else f"{kind}: {first}")[:300]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it ended without a word"
