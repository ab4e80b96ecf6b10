"""The ceilings of a device: taken from the cache, or measured when nobody has done so."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from cnnscope import machine
from cnnscope.calibration import cache, machine_code
from cnnscope.calibration.child import ask
from cnnscope.calibration.trials import Rate
from cnnscope.errors import RunError, UsageError
from cnnscope.machine import cpu
from cnnscope.machine.cpu import Load

DTYPES = ("float32", "float16", "tf32")
"""tf32, on CUDA alone, is float32 whose products may be rounded to TF32."""
MOST_THREADS = 1024
BUSY = 0.05
"""Share of the machine's CPU time, used by others, from which on a measurement says so."""

_DEVICE = re.compile(r"cpu|cuda(:\d{1,4})?")
_TRIES = 3

Say = Callable[[str], object]


class Ceilings(NamedTuple):
    """The most that was reached, in FLOP/s and bytes/s; a copied byte counts twice, read and written."""

    device: str
    dtype: str
    threads: int
    fma: float | None
    """Fused multiply-adds on registers; None where no such loop runs: `remark` says why."""
    matrix_product: float
    copy: float
    remark: str
    fingerprint: str
    loop: str
    """The width of the vectors of `fma`."""
    spread: Mapping[str, float]
    """By figure, the share by which the median trial fell short of the best."""

    @property
    def compute(self) -> float:
        """The roof: the FMA rate, or the matrix product where there is none, or where it got further."""
        return max(self.fma or 0.0, self.matrix_product)

    @property
    def source(self) -> str:
        """What `compute` was reached by."""
        by_fma = self.compute == self.fma
        return f"fused multiply-adds in vectors of {self.loop}" if by_fma else "a matrix product"

    @property
    def ridge_point(self) -> float:
        """FLOP per byte moved above which the compute roof binds, and below it the copy."""
        return self.compute / self.copy


def ceilings(
    device: str = "cpu",
    dtype: str = "float32",
    threads: int = 1,
    *,
    progress: Say = lambda _: None,
    warn: Say = lambda _: None,
) -> Ceilings:
    """From the cache, or measured now and kept there; UsageError, MissingExtraError and RunError as `measure`.

    `progress` hears what is being measured, `warn` a sentence where the cache cannot be read or written.
    """
    device, threads = checked(device, dtype, threads)
    fingerprint = machine.fingerprint()
    kept = cache.read(fingerprint)
    if kept.fault:
        warn(kept.fault)
    for entry in kept.entries:
        if (entry["device"], entry["dtype"], entry["threads"]) == (device, dtype, threads):
            return Ceilings(**entry)
    found = measure(device, dtype, threads, progress=progress)
    if fault := cache.keep(fingerprint, [found._asdict()]):
        warn(fault)
    return found


def measure(device: str, dtype: str, threads: int, *, progress: Say = lambda _: None) -> Ceilings:
    """Measure, every figure in a process of its own.

    UsageError for what cannot be asked, or a device that is not there, MissingExtraError without the library that
    computes, RunError where a process died or hung.
    """
    device, threads = checked(device, dtype, threads)
    before, of_cpu = Load.now(), device == "cpu"
    progress("matrix product")
    product = Rate(*ask("matrix_product", device, dtype, threads))
    progress("copy")
    copied = Rate(*ask("copy", device, threads))
    loop, fma, remarks = _fma(dtype, threads, product, progress) if of_cpu else ("", None, [])
    after = Load.now()
    if of_cpu and before and after and (others := after.since(before).others) > BUSY:
        remarks.append(f"other processes used {others:.0%} of the machine's CPU time: measure again when it is idle")
    if of_cpu and threads > cpu.usable_cores():
        remarks.append(f"{threads} threads share {cpu.usable_cores()} usable CPUs")
    rates = {"fma": fma, "matrix_product": product, "copy": copied}
    return Ceilings(
        device,
        dtype,
        threads,
        fma.best if fma else None,
        product.best,
        copied.best,
        "; ".join(remarks),
        machine.fingerprint(),
        loop,
        {name: rate.spread for name, rate in rates.items() if rate},
    )


def checked(device: str, dtype: str, threads: int) -> tuple[str, int]:
    """The device by its short name, and the threads, of which CUDA needs one; UsageError for what cannot be asked."""
    if not _DEVICE.fullmatch(device):
        raise UsageError(f"device `{device[:40]}` is not known", "known are cpu, cuda, cuda:1")
    if dtype not in DTYPES:
        raise UsageError(f"dtype `{dtype[:40]}` is not known", f"known are {', '.join(DTYPES)}")
    if not 1 <= threads <= MOST_THREADS:
        raise UsageError(f"threads {threads}", f"write a whole number from 1 to {MOST_THREADS}")
    if device == "cpu":
        if dtype == "tf32":
            raise UsageError("TF32 is nothing for cpu", "add --device cuda")
        return device, threads
    return "cuda" if device == "cuda:0" else device, 1


def _fma(dtype: str, threads: int, product: Rate, progress: Say) -> tuple[str, Rate | None, list[str]]:
    """The fastest loop, its rate, and what is to be said about it."""
    found: dict[str, Rate] = {}
    reasons = [machine_code.refusal()]
    for loop in machine_code.loops(dtype):
        progress(f"fused multiply-adds, {loop}")
        try:
            found[loop] = Rate(*ask("fma", loop, threads))
        except RunError as fault:
            reasons.append(f"{loop}: {fault.message}")
    if not found:
        return "", None, [f"no FMA rate, so the roof is the matrix product: {next(filter(None, reasons), 'no loop')}"]
    loop = max(found, key=found.__getitem__)
    for _ in range(_TRIES - 1):
        # Threads that run no faster than a matrix product were held up by somebody else.
        if found[loop] >= product:
            break
        found[loop] = max(found[loop], Rate(*ask("fma", loop, threads)))
    return loop, found[loop], _remarks(dtype, loop, found[loop], product, reasons)


def _remarks(dtype: str, loop: str, fma: Rate, product: Rate, reasons: list[str]) -> list[str]:
    said = [f"a loop could not run: {reason}" for reason in reasons if reason]
    if dtype == "float16" and machine_code.LOOPS[loop].dtype != dtype:
        said.append("this CPU computes float16 in single precision, so the FMA rate is that of float32")
    if product.best > fma.best:
        said.append("the matrix product got further than the FMA loop, so it is the roof")
    return said
