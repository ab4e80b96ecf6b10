"""How much memory a verification takes, compared with what is free before anything is loaded."""

from cnnscope.analysis.report import Report
from cnnscope.errors import RunError
from cnnscope.machine import memory
from cnnscope.shapes import elements
from cnnscope.units import Bytes, short_bytes

LIBRARIES = 500_000_000
"""What onnx, ONNX Runtime and torch take themselves, about."""
ARENA = 1.25
"""ONNX Runtime's memory for tensors grows in steps, beyond their sum."""


def needed(report: Report) -> Bytes:
    """Our weights and all tensors at once, and beside them ONNX Runtime's copy of the weights or, later, torch's runs.

    torch shares our weights in float32, and has three runs side by side.
    """
    tensors = sum(layer.bytes_written for layer in report.layers) + elements(report.input_shape) * report.itemsize
    weights, peak = report.weight_bytes, report.peak_activation_bytes
    if report.dtype == "float16":
        # Both compute in float32, and hold the weights so as well.
        return LIBRARIES + int(ARENA * tensors) + 5 * weights + 6 * peak
    return LIBRARIES + int(ARENA * tensors) + weights + max(weights, 3 * peak)


def require_memory(report: Report) -> None:
    """RunError where that is more than what is free."""
    need, free = needed(report), memory.available()
    if need > free.bytes:
        raise RunError(
            f"{report.network} at batch {report.input_shape[0]} needs about {short_bytes(need)} to be verified, "
            f"and {short_bytes(free.bytes)} are free, limited by {free.limited_by}",
            "use a smaller --batch or --input, --counts-only, which computes nothing, or --force",
        )
