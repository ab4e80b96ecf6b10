"""Main memory: what there is, and how much a process may still take before something kills it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cnnscope.machine.kernel_files import ROOT, cgroups, fields, number

RAM = "the machine's memory"
_NO_LIMIT = 2**60
"""cgroup version 1 writes the largest multiple of a page where there is no limit."""


class Limit(NamedTuple):
    """One cgroup's memory limit; `used_bytes` leaves out cached files that the kernel would drop first."""

    cgroup: str
    limit_bytes: int
    used_bytes: int


class Available(NamedTuple):
    """How many bytes can still be taken, and what sets that bound, in words that fit "limited by ..."."""

    bytes: int
    limited_by: str


def total(root: Path = ROOT) -> int:
    """Bytes of main memory; 0 where the system does not say."""
    if kibibytes := fields(root / "proc/meminfo").get("MemTotal"):
        return kibibytes * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


def limits(root: Path = ROOT) -> list[Limit]:
    """The memory limits of this process's cgroup and of all above it, nearest first; empty where there are none."""
    return list(_limits(root))


def _limits(root: Path) -> Iterator[Limit]:
    for directory, name in cgroups("memory", root):
        limit = number(directory / "memory.max")
        used = number(directory / "memory.current")
        if limit is None:
            limit, used = number(directory / "memory.limit_in_bytes"), number(directory / "memory.usage_in_bytes")
        if limit is None or limit >= _NO_LIMIT:
            continue
        stat = fields(directory / "memory.stat")
        # Version 1 counts this cgroup alone in inactive_file, and those below it too in total_inactive_file.
        droppable = stat.get("total_inactive_file", stat.get("inactive_file", 0))
        yield Limit(name, limit, max(0, (used or 0) - droppable))


def available(root: Path = ROOT) -> Available:
    """The least of what the machine has free (MemAvailable) and of what each cgroup's limit leaves."""
    meminfo = fields(root / "proc/meminfo")
    free = meminfo.get("MemAvailable", meminfo.get("MemFree"))
    bounds = [Available(total(root) if free is None else free * 1024, RAM)]
    bounds += [
        Available(max(0, found.limit_bytes - found.used_bytes), f"the memory limit of cgroup {found.cgroup}")
        for found in limits(root)
    ]
    return min(bounds, key=lambda bound: bound.bytes)
