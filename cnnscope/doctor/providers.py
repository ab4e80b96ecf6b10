"""Findings on onnxruntime: which execution providers really load, and whether CUDA's libraries are those it wants."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from cnnscope.doctor.ask import SECONDS, Answer, ask
from cnnscope.doctor.finding import Finding
from cnnscope.machine import packages
from cnnscope.machine.gpu import Gpu
from cnnscope.machine.packages import Library

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
_UNASKED = ("AzureExecutionProvider",)
"""Runs nothing on this machine: it calls a service."""
_GPU_WHEEL = "onnxruntime-gpu"
_NO_GPU = f"pip uninstall -y {_GPU_WHEEL} && pip install 'cnnscope[cpu]'"
_AS_FOR_THE_WHEELS = "as for the onnxruntime wheels above"
LEAST_DRIVER = {11: 450, 12: 525, 13: 580}
"""The oldest driver for each major of CUDA: docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility."""


def load(provider: str, seconds: float = SECONDS) -> Answer:
    """Create a session with this provider alone and run a convolution, in a process of its own."""
    return ask("onnxruntime", provider, seconds=seconds)


def cuda(seconds: float = SECONDS) -> Finding:
    """Whether CUDA loads, and what to do where it does not."""
    return _cuda(load(CUDA, seconds), ())


def load_all(seconds: float = SECONDS) -> dict[str, Answer]:
    """Every provider that can be expected to load, with its answer; all at the same time."""
    wheels = packages.onnxruntime_wheels()
    expected = [CPU, CUDA] if _GPU_WHEEL in wheels else [CPU] if wheels else []
    answers = _together(expected, seconds)
    available = answers[CPU].facts.get("available", []) if answers else []
    others = [name for name in available if name not in (*expected, *_UNASKED)]
    return answers | _together(others, seconds)


def _together(providers: Iterable[str], seconds: float) -> dict[str, Answer]:
    names = list(providers)
    with ThreadPoolExecutor(max(1, len(names))) as pool:
        return dict(zip(names, pool.map(lambda name: load(name, seconds), names), strict=True))


def findings(answers: Mapping[str, Answer], gpus: tuple[Gpu, ...]) -> list[Finding]:
    found = [_cpu(answers[CPU])] if CPU in answers else []
    found.append(_cuda(answers.get(CUDA), gpus))
    found += [_other(name, answer) for name, answer in answers.items() if name not in (CPU, CUDA)]
    if packages.version(_GPU_WHEEL):
        loads = CUDA in answers and not answers[CUDA].fault
        found += [_libraries(loads), *_driver(loads, gpus)]
    return found


def _cpu(answer: Answer) -> Finding:
    if answer.fault:
        return Finding(CPU, "broken", answer.fault, _reinstall())
    return Finding(CPU, "ok", f"loads and runs a convolution (onnxruntime {answer.facts.get('version', '?')})")


def _cuda(answer: Answer | None, gpus: tuple[Gpu, ...]) -> Finding:
    if answer is None and not gpus:
        return Finding(CUDA, "ok", f"not asked for: {_GPU_WHEEL} is not installed, and there is no NVIDIA GPU")
    if answer is None:
        wheels = " ".join(packages.onnxruntime_wheels())
        remedy = (
            f"pip uninstall -y {wheels} && pip install 'cnnscope[gpu]'" if wheels else "pip install 'cnnscope[gpu]'"
        )
        return Finding(CUDA, "warn", f"{gpus[0].name} is not used: {_GPU_WHEEL} is not installed", remedy)
    if not answer.fault:
        return Finding(CUDA, "ok", f"loads and runs a convolution (onnxruntime {answer.facts.get('version', '?')})")
    available = answer.facts.get("available", [CUDA])
    if CUDA not in available and "is missing" not in answer.fault:
        return Finding(CUDA, "broken", f"the installed files have none, only {', '.join(available)}", _reinstall())
    return Finding(CUDA, "broken", f"does not load: {answer.fault}", _remedy(answer.fault))


def _remedy(fault: str) -> str:
    """By what onnxruntime said; libcuda belongs to the driver, all other libraries come as wheels."""
    if "libcuda.so" in fault or "no CUDA-capable device" in fault:
        return f"install NVIDIA's driver; on a machine without a GPU: {_NO_GPU}"
    if "driver version is insufficient" in fault:
        return "update NVIDIA's driver"
    if fault.startswith("no answer"):
        return "check that `nvidia-smi` answers, and try again"
    return _install_libraries() if "is missing" in fault else _reinstall()


def _reinstall() -> str:
    wheels = packages.onnxruntime_wheels()
    if len(wheels) > 1:
        return _AS_FOR_THE_WHEELS
    return " ".join(["pip install --force-reinstall", *(f"{name}=={version}" for name, version in wheels.items())])


def _install_libraries() -> str:
    """Of the version that is installed: another one may want another CUDA."""
    if len(packages.onnxruntime_wheels()) > 1:
        return _AS_FOR_THE_WHEELS
    return f"pip install '{_GPU_WHEEL}[cuda,cudnn]=={packages.version(_GPU_WHEEL)}'"


def _other(provider: str, answer: Answer) -> Finding:
    """cnnscope runs nothing on it, so nothing is broken where it does not load."""
    found = f"does not load: {answer.fault}" if answer.fault else "loads and runs a convolution"
    return Finding(provider, "ok", f"{found}; cnnscope does not use it")


def _libraries(loads: bool) -> Finding:
    """CUDA and cuDNN as the wheel's extras want them, against the wheels that are installed."""
    name, wanted, installed = (
        "CUDA libraries",
        _with_cublas(packages.wanted_cuda(_GPU_WHEEL)),
        packages.installed_cuda(),
    )
    version = packages.version(_GPU_WHEEL)
    if not wanted:
        return Finding(name, "ok", f"{_GPU_WHEEL} {version} does not say which it wants")
    missing = [library.wheel for library in wanted if _major(installed.get(library.wheel, "")) != library.major]
    wants = f"{_GPU_WHEEL} {version} wants {_majors({library.wheel: f'{library.major}' for library in wanted})}"
    if not missing:
        return Finding(name, "ok", f"{wants}: all installed")
    has = f"installed: {_majors(installed) or 'none'}; missing: {', '.join(missing)}"
    if loads:
        return Finding(name, "ok", f"{wants}; as wheels are {has}; what loads is the system's")
    return Finding(name, "broken", f"{wants}; {has}", _install_libraries())


def _with_cublas(wanted: list[Library]) -> list[Library]:
    """The extra `cuda` does not name cuBLAS, which convolutions need; cuDNN's wheel brings it."""
    runtime = next((library for library in wanted if library.wheel.startswith("nvidia-cuda-runtime")), None)
    if runtime is None:
        return wanted
    return [*wanted, Library(runtime.wheel.replace("cuda-runtime", "cublas"), runtime.major)]


def _majors(wheels: Mapping[str, str]) -> str:
    """CUDA 12 and 13, cuDNN 9."""
    cuda = sorted({major for wheel, version in wheels.items() if (major := packages.cuda_major(wheel, version))})
    cudnn = sorted({_major(version) for wheel, version in wheels.items() if wheel.startswith("nvidia-cudnn")})
    parts = (("CUDA", cuda), ("cuDNN", cudnn))
    return ", ".join(f"{what} {' and '.join(map(str, majors))}" for what, majors in parts if majors)


def _major(version: str) -> int:
    first = version.partition(".")[0]
    return int(first) if first.isdecimal() else 0


def _driver(loads: bool, gpus: tuple[Gpu, ...]) -> list[Finding]:
    """A driver that is older than the wanted CUDA; one that loads all the same (a compatibility package) is fine."""
    runtime = next((lib for lib in packages.wanted_cuda(_GPU_WHEEL) if "cuda-runtime" in lib.wheel), None)
    least = LEAST_DRIVER.get(runtime.major) if runtime else None
    if loads or not gpus or runtime is None or least is None or _major(gpus[0].driver) >= least:
        return []
    found = f"{gpus[0].driver} is older than {least}, which CUDA {runtime.major} needs"
    return [Finding("NVIDIA driver", "broken", found, f"install NVIDIA's driver {least} or newer")]
