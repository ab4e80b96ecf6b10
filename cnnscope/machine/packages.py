"""Installed packages by their metadata: nothing is imported, so a broken package is still seen."""

import importlib.metadata as metadata
import platform
import re
from typing import NamedTuple

import cnnscope

NAMED = (
    *("rich", "typer", "platformdirs", "numpy", "onnx", "onnxruntime", "onnxruntime-gpu"),
    *("safetensors", "torch", "pandas"),
)
ONNXRUNTIME_WHEELS = (
    *("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino", "onnxruntime-rocm"),
    *("onnxruntime-migraphx", "onnxruntime-training", "onnxruntime-silicon", "onnxruntime-webgpu"),
    *("ort-nightly", "ort-nightly-gpu"),
)
"""Wheels that all install the one module `onnxruntime`, and so overwrite each other's files."""

_REQUIREMENT = re.compile(
    r"(?P<name>nvidia-[a-z0-9-]+?)[\s(]*~=\s*(?P<major>\d+)[^;]*;.*extra\s*==\s*['\"]cu(da|dnn)['\"]"
)


class Library(NamedTuple):
    """A library of CUDA that a wheel wants, by the name of its own wheel, and the major version."""

    wheel: str
    major: int


def version(name: str) -> str | None:
    """The installed version of a distribution, None where there is none (or nothing but a directory is left of it)."""
    try:
        # A damaged installation has no version; the types do not say so.
        found: str | None = metadata.version(name)
    except (metadata.PackageNotFoundError, KeyError):
        return None
    return found or None


def versions() -> dict[str, str]:
    """Python, cnnscope and the packages that matter here, those that are installed."""
    installed = {name: found for name in NAMED if (found := version(name))}
    return {"python": platform.python_version(), "cnnscope": cnnscope.__version__, **installed}


def onnxruntime_wheels() -> dict[str, str]:
    """Every installed wheel that brings the module onnxruntime, with its version; more than one is a fault."""
    return {name: found for name in ONNXRUNTIME_WHEELS if (found := version(name))}


def wanted_cuda(wheel: str = "onnxruntime-gpu") -> list[Library]:
    """The CUDA libraries that a wheel's extras `cuda` and `cudnn` name; empty where it says nothing.

    onnxruntime-gpu 1.21 wants `nvidia-cuda-runtime-cu12~=12.0`, 1.31 `nvidia-cuda-runtime~=13.0`: from CUDA 13 on
    the names of the wheels, but cuDNN's, have no suffix.
    """
    try:
        requirements = metadata.requires(wheel) or []
    except metadata.PackageNotFoundError:
        return []
    found = (_REQUIREMENT.match(requirement) for requirement in requirements)
    return [Library(match["name"], int(match["major"])) for match in found if match]


def installed_cuda() -> dict[str, str]:
    """Wheels of CUDA's runtime, cuBLAS, cuFFT, cuRAND, NVRTC and cuDNN that are installed, of whichever major."""
    parts = ("cuda-runtime", "cublas", "cufft", "curand", "cuda-nvrtc", "cudnn")
    names = [f"nvidia-{part}{suffix}" for part in parts for suffix in ("", "-cu11", "-cu12", "-cu13")]
    return {name: found for name in names if (found := version(name))}


def cuda_major(wheel: str, found: str) -> int | None:
    """CUDA's major version by the name of a wheel (-cu12), or by its version where the name says none."""
    if suffix := re.search(r"-cu(\d+)$", wheel):
        return int(suffix[1])
    major = found.partition(".")[0]
    # Only these two count as CUDA itself does: cuFFT 12 and cuRAND 10 belong to CUDA 13.
    return int(major) if wheel in ("nvidia-cuda-runtime", "nvidia-cublas") and major.isdecimal() else None
