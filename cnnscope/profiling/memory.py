"""How much memory a run will take, before it is run: refusing with figures beats being killed."""

from typing import NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.errors import UsageError
from cnnscope.machine.gpu import gpus
from cnnscope.machine.memory import available
from cnnscope.runtimes import Settings
from cnnscope.units import Bytes, short_bytes

PROCESS: dict[str, Bytes] = {"onnxruntime": 250_000_000, "torch": 400_000_000}
"""A Python process with the runtime loaded, and the profile of its kernels, before it has seen a network."""
WEIGHTS: dict[str, float] = {"onnxruntime": 3.6, "torch": 2.1}
"""Copies of the weights that are held at once, measured on networks of 0.5 to 3 GB: as drawn, as the runtime packs
them, and for ONNX Runtime once more while it writes the graph that kernels are joined to."""
ACTIVATIONS = 1.5
"""Of the peak by liveness: arenas, workspaces and padded layouts."""


class Need(NamedTuple):
    """Bytes on the computer and, where there is one, on the GPU."""

    host: Bytes
    device: Bytes


def predicted(report: Report, settings: Settings) -> Need:
    """What a run needs, from the analysis at its batch and dtype; an upper estimate."""
    weights, activations = report.weight_bytes, int(ACTIVATIONS * report.peak_activation_bytes)
    packed = int(WEIGHTS[settings.runtime] * weights)
    if settings.is_cuda:
        return Need(PROCESS[settings.runtime] + 2 * weights, weights + activations)
    # Where the CPU computes halves in single precision it holds them so as well.
    wider = 2 if settings.dtype == "float16" else 1
    return Need(PROCESS[settings.runtime] + wider * (packed + activations), 0)


def free(settings: Settings) -> Bytes:
    """Bytes that are free where the network computes; 0 where the GPU does not tell."""
    return (_on_gpu(settings) or 0) if settings.is_cuda else available().bytes


def require(report: Report, settings: Settings) -> None:
    """UsageError where a run needs more than is free."""
    need, on_host = predicted(report, settings), available()
    if need.host > on_host.bytes:
        raise _refusal(need.host, on_host.bytes, f"free ({on_host.limited_by})")
    on_device = _on_gpu(settings) if settings.is_cuda else None
    if on_device is not None and need.device > on_device:
        raise _refusal(need.device, on_device, f"free on {settings.device}")


def _on_gpu(settings: Settings) -> Bytes | None:
    return next((gpu.free_bytes for gpu in gpus().found if gpu.number == settings.device_index), None)


def _refusal(need: Bytes, bytes_free: Bytes, where: str) -> UsageError:
    return UsageError(
        f"this run needs about {short_bytes(need)}, and {short_bytes(bytes_free)} are {where}",
        "use a smaller --batch, --input or --dtype, or --force to try all the same",
    )
