"""Findings on torch and its CUDA."""

from cnnscope.doctor.ask import Answer
from cnnscope.doctor.finding import Finding
from cnnscope.machine import packages
from cnnscope.machine.gpu import Gpu

_CUDA = "torch.cuda"


def findings(answer: Answer | None, gpus: tuple[Gpu, ...]) -> list[Finding]:
    """Nothing where torch is not installed: the extra's line says so."""
    if answer is None:
        return []
    facts = answer.facts
    if "version" not in facts or (answer.fault and not facts.get("gpus")):
        return [Finding("torch", "broken", answer.fault, "pip install --force-reinstall torch")]
    return [Finding("torch", "ok", f"{facts['version']} runs a convolution"), _cuda(answer, gpus)]


def _cuda(answer: Answer, gpus: tuple[Gpu, ...]) -> Finding:
    cuda, found = answer.facts.get("cuda"), answer.facts.get("gpus", 0)
    if answer.fault:
        return Finding(_CUDA, "broken", f"CUDA {cuda}: {answer.fault}", "pip install --upgrade torch")
    if found:
        return _other_major(str(cuda)) or Finding(
            _CUDA, "ok", f"CUDA {cuda}, cuDNN {answer.facts.get('cudnn')}, {found} GPU{'s' if found > 1 else ''}"
        )
    if not gpus:
        built = f"built for CUDA {cuda}" if cuda else "built without CUDA"
        return Finding(_CUDA, "ok", f"not asked for: {built}, and there is no NVIDIA GPU")
    if cuda:
        remedy = "update NVIDIA's driver, or install a torch for an older CUDA (pytorch.org, Get started)"
        return Finding(_CUDA, "broken", f"built for CUDA {cuda}, and does not see {gpus[0].name}", remedy)
    remedy = "install a torch that is built for CUDA (pytorch.org, Get started)"
    return Finding(_CUDA, "warn", f"{gpus[0].name} is not used: built without CUDA", remedy)


def _other_major(cuda: str) -> Finding | None:
    """Two majors of CUDA in one process: whichever library loads first may be used by both."""
    wants = next((lib.major for lib in packages.wanted_cuda() if "cuda-runtime" in lib.wheel), None)
    if wants is None or cuda.partition(".")[0] == str(wants):
        return None
    found = f"CUDA {cuda}, and onnxruntime-gpu wants CUDA {wants}: both in one process may fail"
    return Finding(_CUDA, "warn", found, f"install a torch that is built for CUDA {wants} (pytorch.org, Get started)")
