"""Findings on the machine: whatever makes measured times wrong, or ends a process that asks for too much."""

import os
from collections.abc import Iterator
from pathlib import Path

from cnnscope.doctor.finding import Finding
from cnnscope.machine import cache, cpu, memory
from cnnscope.machine.gpu import Gpu, Gpus
from cnnscope.units import short_bytes

LITTLE_MEMORY = 1_500_000_000
"""VGG-16 in float32 takes 553 MB of weights, which onnxruntime holds twice while it loads."""


def findings(root: Path, gpus: Gpus) -> list[Finding]:
    return [_processor(root), _cpus(root), _frequency(root), _memory(root), *_gpus(gpus), _cache()]


def _processor(root: Path) -> Finding:
    known = cpu.flags(root)
    flags = " ".join(flag for flag in cpu.FLAGS_THAT_MATTER if flag in known)
    return Finding("processor", "ok", f"{cpu.model(root)}: {flags or 'its instruction sets are not known'}")


def _cpus(root: Path) -> Finding:
    count, quota = cpu.affinity(), cpu.quota(root)
    found = f"{count} of {os.cpu_count()} CPUs may be used"
    if quota is None:
        return Finding("CPUs", "ok", f"{found}, no cgroup quota")
    found += f", the cgroup quota is {quota:g} CPU{'' if quota == 1 else 's'}"
    if quota >= count:
        return Finding("CPUs", "ok", found)
    threads = cpu.usable_cores(root)
    why = "is halted in every period" if quota < 1 else f"with more threads than {threads} is halted in every period"
    remedy = "raise the quota" if quota < 1 else f"profile with --threads {threads} or fewer, or raise the quota"
    return Finding("CPUs", "warn", f"{found}: a process {why}", remedy)


def _frequency(root: Path) -> Finding:
    governor, now, highest = cpu.governor(root), cpu.megahertz(root), cpu.highest_megahertz(root)
    clock = f"{now:.0f} MHz now" if now else "its clock is not shown"
    clock += f", {highest:.0f} MHz at most" if highest else ""
    if governor == "performance":
        return Finding("frequency", "ok", f"governor performance, {clock}")
    if governor:
        remedy = "sudo cpupower frequency-set --governor performance"
        return Finding(
            "frequency", "warn", f"governor {governor}, {clock}: short runs are timed at a low clock", remedy
        )
    if cpu.is_virtual(root):
        note = "times with several threads can change for seconds"
        return Finding("frequency", "ok", f"a virtual machine, {clock}, no governor to see; {note}")
    return Finding("frequency", "ok", f"no governor to see, {clock}")


def _memory(root: Path) -> Finding:
    total, available = memory.total(root), memory.available(root)
    found = f"{short_bytes(available.bytes)} can be taken, limited by {available.limited_by}"
    found += f"; {short_bytes(total)} in all" if total else ""
    if available.bytes < LITTLE_MEMORY:
        why = f"VGG-16 with weights takes about {short_bytes(LITTLE_MEMORY)}"
        return Finding("memory", "warn", f"{found}: {why}", "free some, raise the limit, or keep to small networks")
    return Finding("memory", "ok", found)


def _gpus(gpus: Gpus) -> Iterator[Finding]:
    if gpus.fault:
        yield Finding("GPU", "warn", gpus.fault, "check NVIDIA's driver: `nvidia-smi` alone must show the GPU")
    elif not gpus.found:
        yield Finding("GPU", "ok", "none: nvidia-smi is not installed")
    yield from map(_gpu, gpus.found)


def _gpu(gpu: Gpu) -> Finding:
    name = f"GPU {gpu.number}"
    free = "" if gpu.free_bytes is None else f", {short_bytes(gpu.free_bytes)} free"
    found = f"{gpu.name}, driver {gpu.driver}{free}"
    if gpu.megahertz is not None and gpu.highest_megahertz is not None:
        found += f", {gpu.megahertz} of {gpu.highest_megahertz} MHz"
    if gpu.throttled_by:
        remedy = "wait until it is cool and idle; `nvidia-smi -q -d PERFORMANCE` shows the reasons"
        return Finding(name, "warn", f"{found}; held down by: {', '.join(gpu.throttled_by)}", remedy)
    if gpu.mig:
        remedy = "compare figures of this slice only with its own"
        return Finding(name, "warn", f"{found}; split into instances (MIG)", remedy)
    return Finding(name, "ok", found)


def _cache() -> Finding:
    directory = cache.directory()
    if fault := cache.fault(directory):
        remedy = f"make it writable, or name another directory in {cache.VARIABLE}"
        return Finding("cache", "warn", f"{directory}: {fault}; ceilings are measured again each time", remedy)
    return Finding("cache", "ok", str(directory))
