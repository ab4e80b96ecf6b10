"""What this machine is and has, read from the kernel's files, package metadata and nvidia-smi.

Nothing heavy is imported and nothing raises: what a machine does not tell is None, "" or empty.
"""

import hashlib
import json
import platform
from pathlib import Path
from typing import Any

from cnnscope.machine import cpu, gpu, memory, packages
from cnnscope.machine.kernel_files import ROOT

__all__ = ["environment", "fingerprint"]


def environment(root: Path = ROOT) -> dict[str, Any]:
    """The machine as plain data, for the record of a measurement."""
    flags, available = cpu.flags(root), memory.available(root)
    graphics = gpu.gpus()
    return {
        "os": platform.system(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "packages": packages.versions(),
        "cpu": {
            "model": cpu.model(root),
            "flags": [flag for flag in cpu.FLAGS_THAT_MATTER if flag in flags],
            "affinity": cpu.affinity(),
            "quota": cpu.quota(root),
            "governor": cpu.governor(root),
            "megahertz": cpu.megahertz(root),
            "virtual": cpu.is_virtual(root),
        },
        "memory": {
            "total_bytes": memory.total(root),
            "available_bytes": available.bytes,
            "limited_by": available.limited_by,
        },
        "gpus": [{**found._asdict(), "throttled_by": list(found.throttled_by)} for found in graphics.found],
        "gpu_fault": graphics.fault,
    }


def fingerprint(record: dict[str, Any] | None = None) -> str:
    """Twelve hexadecimal digits of an environment's record (this machine's own where none is given).

    They change with what changes measured speed: processor and instruction sets, CPUs and quota, the versions of
    onnxruntime and torch, GPUs and their driver. They do not change with load, free memory or clocks.
    """
    record = environment() if record is None else record
    speed = {
        "architecture": record["architecture"],
        "cpu": {name: record["cpu"][name] for name in ("model", "flags", "affinity", "quota")},
        "packages": {n: v for n, v in sorted(record["packages"].items()) if n.startswith(("onnxruntime", "torch"))},
        "gpus": [(found["name"], found["driver"]) for found in record["gpus"]],
    }
    return hashlib.sha256(json.dumps(speed, sort_keys=True).encode()).hexdigest()[:12]
