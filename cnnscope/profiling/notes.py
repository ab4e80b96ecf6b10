"""What may have disturbed a measurement, each with what to do about it."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnnscope.machine import cpu
from cnnscope.runtimes import Settings

BUSY, STOLEN = 0.05, 0.01
"""Shares of the machine's CPU time, used by others or given away by the hypervisor, that are worth a note."""


def notes_on(settings: Settings, result: dict[str, Any], cache_modes: Sequence[str | None]) -> Iterator[str]:
    """Sentences on a worker's result; `cache_modes` are those before and after it, none where one thread ran."""
    use, usable = result["use"], cpu.usable_cores()
    if not result["finite"]:
        yield "the outputs are not all finite: NaN and infinity may run at another speed"
    if settings.threads > usable and not settings.is_cuda:
        yield f"{settings.threads} threads share {usable} usable CPUs: use --threads auto"
    if use and use["others"] > BUSY:
        yield f"other processes used {use['others']:.0%} of the machine's CPU time: measure when it is idle"
    if use and use["stolen"] > STOLEN:
        yield f"the hypervisor gave {use['stolen']:.0%} of the machine's CPU time away"
    if discarded := result["series"]["discarded"]:
        yield f"{discarded} samples were dropped, since the GPU held its clock down meanwhile"
    if cache_modes:
        yield _on_caches(cache_modes)
    if result["interrupted"]:
        yield "interrupted: this is what was measured until then"


def _on_caches(modes: Sequence[str | None]) -> str:
    """Several threads run at two speeds on small virtual machines, as their CPUs share a cache or not."""
    if None in modes:
        return "it could not be told whether the CPUs share a cache, which several threads depend on"
    if len(set(modes)) > 1:
        return "the CPUs shared a cache for some of the time only: measure again, or with --threads 1"
    where = "shared a cache" if modes[0] == "shared" else "were on caches apart"
    return f"the CPUs {where} before and after; on other days several threads may run at another speed"
