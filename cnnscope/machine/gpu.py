"""NVIDIA's GPUs as nvidia-smi shows them; no library of CUDA is loaded."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

SECONDS = 10.0
"""How long nvidia-smi may take; without a persistent driver it wakes the GPUs, which takes seconds."""

_FIELDS = {
    "number": "index",
    "name": "name",
    "driver": "driver_version",
    "total": "memory.total",
    "free": "memory.free",
    "clock": "clocks.current.sm",
    "highest": "clocks.max.sm",
    "reasons": "clocks_event_reasons.active",
    "mig": "mig.mode.current",
}
_FORMER = {"clocks_event_reasons.active": "clocks_throttle_reasons.active"}
"""What drivers before 535 call a field."""
_UNKNOWN_FIELD = re.compile(r'Field "([^"]+)" is not a valid field')

# nvml.h, nvmlClocksEventReason*; idleness (1) slows nothing down that matters.
_REASONS = {
    0x2: "application clocks setting",
    0x4: "software power cap",
    0x8: "hardware slowdown",
    0x10: "sync boost",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "hardware power brake",
    0x100: "display clock setting",
}


class Gpu(NamedTuple):
    """One GPU; a figure that the driver does not tell is None."""

    number: int
    name: str
    driver: str
    total_bytes: int | None
    free_bytes: int | None
    megahertz: int | None
    highest_megahertz: int | None
    throttled_by: tuple[str, ...]
    """Why the clock is below what it could be, at this moment; empty where nothing holds it down but idleness."""
    mig: bool
    """Is the GPU split into instances (MIG)?"""


class Gpus(NamedTuple):
    """The GPUs, and why there are none: "" where nvidia-smi is not installed, since then nobody asked for any."""

    found: tuple[Gpu, ...]
    fault: str = ""


def gpus(seconds: float = SECONDS) -> Gpus:
    """Ask nvidia-smi; a tool that is missing, fails, hangs or prints something else never raises."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Gpus(())
    wanted = dict(_FIELDS)
    # At worst every field is unknown once under each of its names.
    for _ in range(len(_FIELDS) + len(_FORMER)):
        try:
            run = _query(tool, wanted, seconds)
        except subprocess.TimeoutExpired:
            return Gpus((), f"nvidia-smi gave no answer in {seconds:g} s")
        except OSError as error:
            return Gpus((), f"nvidia-smi cannot be run: {error.strerror or error}")
        unknown = _UNKNOWN_FIELD.search(run.stdout + run.stderr)
        if unknown is None:
            return _read(run, list(wanted))
        wanted = _without(wanted, unknown[1])
    return Gpus((), "nvidia-smi knows none of the fields asked for")


def _query(tool: str, wanted: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
    words = [tool, f"--query-gpu={','.join(wanted.values())}", "--format=csv,noheader,nounits"]
    return subprocess.run(
        words,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
    )


def _without(wanted: Mapping[str, str], unknown: str) -> dict[str, str]:
    """The fields with an unknown one under its former name, or without it."""
    renamed = {ours: _FORMER.get(theirs) if theirs == unknown else theirs for ours, theirs in wanted.items()}
    return {ours: theirs for ours, theirs in renamed.items() if theirs}


def _read(run: subprocess.CompletedProcess[str], names: list[str]) -> Gpus:
    lines = [line for line in run.stdout.splitlines() if line.strip()]
    if run.returncode:
        said = (*run.stderr.strip().splitlines(), *lines, "nothing was said")
        return Gpus((), f"nvidia-smi failed ({run.returncode}): {said[0].strip()[:200]}")
    rows = [[cell.strip() for cell in line.split(",")] for line in lines]
    if not rows or any(len(row) != len(names) or not row[0].isdecimal() for row in rows):
        return Gpus((), f"nvidia-smi printed something else: {(*lines, 'nothing')[0].strip()[:200]}")
    return Gpus(tuple(_gpu(dict(zip(names, row, strict=True))) for row in rows))


def _gpu(row: Mapping[str, str]) -> Gpu:
    total, free = (_number(row.get(name, "")) for name in ("total", "free"))
    return Gpu(
        number=int(row.get("number", "0")),
        name=row.get("name", ""),
        driver=row.get("driver", ""),
        total_bytes=None if total is None else total * 2**20,
        free_bytes=None if free is None else free * 2**20,
        megahertz=_number(row.get("clock", "")),
        highest_megahertz=_number(row.get("highest", "")),
        throttled_by=_reasons(row.get("reasons", "")),
        mig=row.get("mig") == "Enabled",
    )


def _number(cell: str) -> int | None:
    """`[N/A]` and `[Not Supported]` are no numbers."""
    return int(cell) if cell.isdecimal() else None


def _reasons(mask: str) -> tuple[str, ...]:
    bits = int(mask, 16) if re.fullmatch(r"0x[0-9a-fA-F]{1,16}", mask) else 0
    return tuple(words for bit, words in _REASONS.items() if bits & bit)
