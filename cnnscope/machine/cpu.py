"""The processor: its name, its abilities, how many cores this process may use, and who else uses them."""

import os
import platform
import re
from pathlib import Path
from typing import NamedTuple, Self

from cnnscope.machine.kernel_files import ROOT, cgroups, number, text

FLAGS_THAT_MATTER = (
    *("avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16"),
    *("avx512_fp16", "amx_tile", "amx_int8", "amx_bf16", "amx_fp16", "asimd", "asimddp", "asimdhp", "bf16", "i8mm"),
    *("sve", "sve2"),
)
"""Instruction sets that the kernels of a runtime are chosen by."""


def model(root: Path = ROOT) -> str:
    """The processor's name, as `AMD EPYC`; the architecture where the kernel names none, as on ARM."""
    return _cpuinfo("model name", root) or platform.machine()


def flags(root: Path = ROOT) -> frozenset[str]:
    """The instruction sets that the kernel lists; none where it lists none."""
    return frozenset((_cpuinfo("flags", root) or _cpuinfo("Features", root)).split())


def is_virtual(root: Path = ROOT) -> bool:
    """Does a hypervisor show itself? A container on bare metal shows none."""
    return "hypervisor" in flags(root) or bool(text(root / "sys/hypervisor/type"))


def affinity() -> int:
    """How many logical CPUs this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def own() -> tuple[int | None, ...]:
    """The CPUs that this process may run on, by number; (None,) where the system does not let them be chosen."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_setaffinity") else (None,)


def stay_on(number: int | None) -> None:
    """Let this thread run on one CPU alone; with None it goes on as it is."""
    if number is not None:
        os.sched_setaffinity(0, {number})


def quota(root: Path = ROOT) -> float | None:
    """CPU time per time that the cgroups allow, in cores: the tightest of all levels; None without a quota."""
    found = [cores for directory, _ in cgroups("cpu", root) if (cores := _quota_of(directory)) is not None]
    return min(found, default=None)


def _quota_of(directory: Path) -> float | None:
    allowed, _, period = text(directory / "cpu.max").partition(" ")
    if not allowed:
        allowed, period = text(directory / "cpu.cfs_quota_us"), text(directory / "cpu.cfs_period_us")
    if not (allowed.isdecimal() and period.isdecimal() and int(period)):
        return None
    return int(allowed) / int(period)


def usable_cores(root: Path = ROOT) -> int:
    """Threads that can run all the time: the affinity, or the quota rounded down where that is less; at least 1."""
    allowed = quota(root)
    return affinity() if allowed is None else max(1, min(affinity(), int(allowed)))


def governor(root: Path = ROOT) -> str | None:
    """What chooses cpu0's frequency, such as "performance" or "powersave"; None where the kernel does not say."""
    return text(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or None


def megahertz(root: Path = ROOT) -> float | None:
    """cpu0's frequency now."""
    kilohertz = number(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq")
    if kilohertz:
        return kilohertz / 1000
    shown = _cpuinfo("cpu MHz", root)
    return float(shown) if re.fullmatch(r"\d+(\.\d+)?", shown) else None


def highest_megahertz(root: Path = ROOT) -> float | None:
    """cpu0's highest frequency, boost included; None in most virtual machines."""
    kilohertz = number(root / "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
    return kilohertz / 1000 if kilohertz else None


def last_level_cache_bytes(root: Path = ROOT) -> int | None:
    """Bytes of the caches nearest to main memory, all of them together; None where the kernel does not say."""
    found: dict[tuple[int, str], int] = {}
    for index in (root / "sys/devices/system/cpu").glob("cpu[0-9]*/cache/index[0-9]*"):
        level, kibibytes = number(index / "level"), text(index / "size").removesuffix("K")
        if level and kibibytes.isdecimal() and text(index / "type") != "Instruction":
            found[level, text(index / "shared_cpu_list")] = int(kibibytes) * 1024
    last = max((level for level, _ in found), default=0)
    return sum(size for (level, _), size in found.items() if level == last) or None


def _cpuinfo(name: str, root: Path) -> str:
    """The first value of this name in /proc/cpuinfo: cpu0's."""
    for line in text(root / "proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


class Use(NamedTuple):
    """Shares of all CPU time of the machine between two snapshots, each from 0 to 1."""

    own: float
    others: float
    stolen: float
    """Time that the hypervisor gave to other machines while we had work to do."""


class Load(NamedTuple):
    """CPU time since boot, in clock ticks, of the whole machine and of some processes."""

    total: int
    busy: int
    stolen: int
    own: int

    @classmethod
    def now(cls, *processes: int, root: Path = ROOT) -> Self | None:
        """A snapshot; `processes` are the process ids that count as ours, this process where none is given.

        Children count as ours once they have ended and were waited for; name the ones that run. None where the
        kernel keeps no such figures.
        """
        name, *ticks = (text(root / "proc/stat").splitlines() or [""])[0].split() or [""]
        # user nice system idle iowait irq softirq steal; what follows is counted in user already.
        if name != "cpu" or len(ticks) < 4 or not all(tick.isdecimal() for tick in ticks):
            return None
        times = [*map(int, ticks[:8]), 0, 0, 0, 0][:8]
        idle, stolen = times[3] + times[4], times[7]
        own = sum(_ticks(process, root) for process in processes or (os.getpid(),))
        return cls(total=sum(times), busy=sum(times) - idle - stolen, stolen=stolen, own=own)

    def since(self, earlier: "Load") -> Use:
        """Who used the CPUs between the two snapshots."""
        total = self.total - earlier.total
        if total <= 0:
            return Use(0.0, 0.0, 0.0)
        own = max(0, self.own - earlier.own)
        others = max(0, self.busy - earlier.busy - own)
        stolen = max(0, self.stolen - earlier.stolen)
        return Use(*(min(1.0, ticks / total) for ticks in (own, others, stolen)))


def _ticks(process: int, root: Path) -> int:
    """User and system time of a process and of its children that have ended; 0 for one that is gone."""
    # The name in brackets may hold spaces and brackets; utime is the 12th field after it (proc(5): 14 to 17).
    times = text(root / f"proc/{process}/stat").rpartition(")")[2].split()[11:15]
    return sum(int(ticks) for ticks in times if ticks.isdecimal())
