"""Looks for what keeps cnnscope from running here, or from measuring well, and says how to mend it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cnnscope.doctor import hardware, installed, providers, torch_runtime
from cnnscope.doctor.ask import SECONDS, ask
from cnnscope.doctor.finding import Diagnosis, Finding
from cnnscope.machine import gpu, packages
from cnnscope.machine.kernel_files import ROOT

__all__ = ["Diagnosis", "Finding", "examine"]


def examine(root: Path = ROOT, seconds: float = SECONDS) -> Diagnosis:
    """Every finding. What may crash or hang is asked in processes of its own, each for `seconds` at most."""
    with ThreadPoolExecutor(3) as pool:
        asked = pool.submit(ask, "torch", seconds=seconds) if packages.version("torch") else None
        loading = pool.submit(providers.load_all, seconds)
        gpus = pool.submit(gpu.gpus).result()
        answers, torch = loading.result(), asked.result() if asked else None
    return Diagnosis(
        (
            *installed.findings(has_gpu=bool(gpus.found)),
            *providers.findings(answers, gpus.found),
            *torch_runtime.findings(torch, gpus.found),
            *hardware.findings(root, gpus),
        )
    )
