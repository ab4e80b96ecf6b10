"""Findings on packages: Python, the core, the extras, and wheels that overwrite each other."""

import platform
import sys
from collections.abc import Mapping

from cnnscope.doctor.finding import Finding
from cnnscope.machine import packages

_CORE = ("rich", "typer", "platformdirs")
_WHEELS = "onnxruntime wheels"


def findings(has_gpu: bool) -> list[Finding]:
    wheels = packages.onnxruntime_wheels()
    return [_python(), _core(), _runtime(wheels), *_extras(), *_wheels(wheels, has_gpu)]


def _python() -> Finding:
    bits = 64 if sys.maxsize > 2**32 else 32
    return Finding("Python", "ok", f"{platform.python_implementation()} {platform.python_version()}, {bits} bit")


def _core() -> Finding:
    found = {name: packages.version(name) for name in _CORE}
    if missing := [name for name, version in found.items() if not version]:
        return Finding("core packages", "broken", _not_installed(missing), "pip install --upgrade cnnscope")
    return Finding("core packages", "ok", _listed(found))


def _runtime(wheels: Mapping[str, str]) -> Finding:
    """The extra [cpu], or [gpu] where its wheel is the one that is installed: both bring onnxruntime."""
    extra = "gpu" if "onnxruntime-gpu" in wheels else "cpu"
    found = {name: packages.version(name) for name in ("onnx", "numpy", "safetensors")}
    missing = [name for name, version in found.items() if not version]
    missing += [] if wheels else ["onnxruntime"]
    if missing:
        why = f"{_not_installed(missing)}: export, verify and profile need them"
        return Finding(f"extra {extra}", "warn", why, f"pip install 'cnnscope[{extra}]'")
    return Finding(f"extra {extra}", "ok", f"{_listed(found)}, {_listed(wheels)}")


def _extras() -> list[Finding]:
    """Extras of one package, with what needs it."""
    needs = {"torch": "verify and profile --runtime torch need it", "pandas": "Report.to_pandas needs it"}
    return [
        Finding(f"extra {name}", "ok", f"{name} {version}")
        if (version := packages.version(name))
        else Finding(f"extra {name}", "warn", f"{name} is not installed: {why}", f"pip install 'cnnscope[{name}]'")
        for name, why in needs.items()
    ]


def _wheels(wheels: Mapping[str, str], has_gpu: bool) -> list[Finding]:
    """Two wheels with one module: the later overwrote the earlier, and removing either breaks the other."""
    if len(wheels) < 2:
        return []
    extra = "gpu" if has_gpu and "onnxruntime-gpu" in wheels else "cpu"
    found = f"{_listed(wheels)} are {'both' if len(wheels) == 2 else 'all'} installed and overwrite each other's files"
    return [
        Finding(_WHEELS, "broken", found, f"pip uninstall -y {' '.join(wheels)} && pip install 'cnnscope[{extra}]'")
    ]


def _not_installed(names: list[str]) -> str:
    return f"{', '.join(names)} {'are' if len(names) > 1 else 'is'} not installed"


def _listed(found: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())
