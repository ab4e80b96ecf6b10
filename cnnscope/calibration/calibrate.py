"""Measures anew what a machine can do, and keeps it."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from cnnscope.calibration import cache
from cnnscope.calibration.ceilings import Ceilings, Say, checked, measure
from cnnscope.calibration.ping_pong import round_trip
from cnnscope.machine import cpu, gpu


class Calibration(NamedTuple):
    """The ceilings of one device, and where they are kept: `fault` says why they are not."""

    machine: str
    fingerprint: str
    ceilings: tuple[Ceilings, ...]
    round_trip: float | None
    """Seconds of a cache line's way to another CPU and back."""
    path: str
    fault: str = ""


def calibrate(
    device: str = "cpu",
    dtypes: Sequence[str] = ("float32",),
    threads: Sequence[int] = (1,),
    *,
    progress: Say = lambda _: None,
    warn: Say = lambda _: None,
) -> Calibration:
    """Measure every dtype on every number of threads, as `ceilings.measure` does; nothing is measured if one is bad.

    `progress` hears what is being measured, `warn` a sentence where the former file cannot be read.
    """
    wanted = list(dict.fromkeys((*checked(device, dtype, count), dtype) for dtype in dtypes for count in threads))
    found = []
    for name, count, dtype in wanted:
        found.append(measure(name, dtype, count, progress=partial(_placed, progress, _where(name, dtype, count))))
    fingerprint = found[0].fingerprint
    seconds = round_trip() if device == "cpu" else None
    if former := cache.read(fingerprint).fault:
        warn(former)
    fault = cache.keep(fingerprint, [entry._asdict() for entry in found])
    return Calibration(_name(device), fingerprint, tuple(found), seconds, str(cache.path(fingerprint)), fault)


def _where(device: str, dtype: str, threads: int) -> str:
    return f"{dtype}, {threads} thread{'' if threads == 1 else 's'}" if device == "cpu" else f"{dtype} on {device}"


def _placed(progress: Say, where: str, phase: str) -> None:
    progress(f"{where}: {phase}")


def _name(device: str) -> str:
    """The processor, or the GPU as far as nvidia-smi tells."""
    if device == "cpu":
        return cpu.model()
    number = int(device.partition(":")[2] or 0)
    return next((found.name for found in gpu.gpus().found if found.number == number), device)
