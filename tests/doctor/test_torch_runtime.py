"""Findings on torch, by planted answers."""

import pytest

from cnnscope.doctor import torch_runtime
from cnnscope.doctor.ask import Answer
from cnnscope.doctor.finding import Finding
from tests.doctor.test_providers import H100
from tests.machine.test_packages import GPU_1_31
from tests.planting import distribution

CPU_BUILD = {"version": "2.13.0+cpu", "cuda": None, "gpus": 0}
CUDA_BUILD = {"version": "2.13.0", "cuda": "13.0", "gpus": 0}
SEES_IT = {"version": "2.13.0", "cuda": "13.0", "gpus": 1, "cudnn": 91900}
WEBSITE = "(pytorch.org, Get started)"


@pytest.mark.parametrize(
    "facts, gpus, finding",
    [
        (CPU_BUILD, (), Finding("torch.cuda", "ok", "not asked for: built without CUDA, and there is no NVIDIA GPU")),
        (CUDA_BUILD, (), Finding("torch.cuda", "ok", "not asked for: built for CUDA 13.0, and there is no NVIDIA GPU")),
        (CPU_BUILD, (H100,), Finding("torch.cuda", "warn", "NVIDIA H100 is not used: built without CUDA", f"install a torch that is built for CUDA {WEBSITE}")),
        (CUDA_BUILD, (H100,), Finding("torch.cuda", "broken", "built for CUDA 13.0, and does not see NVIDIA H100", f"update NVIDIA's driver, or install a torch for an older CUDA {WEBSITE}")),
        (SEES_IT, (H100,), Finding("torch.cuda", "ok", "CUDA 13.0, cuDNN 91900, 1 GPU")),
        (SEES_IT | {"gpus": 2}, (H100, H100), Finding("torch.cuda", "ok", "CUDA 13.0, cuDNN 91900, 2 GPUs")),
    ],
)  # fmt: skip
def test_torch_and_its_gpu(facts, gpus, finding, site):
    assert torch_runtime.findings(Answer(facts), gpus) == [
        Finding("torch", "ok", f"{facts['version']} runs a convolution"),
        finding,
    ]


def test_without_torch_there_is_nothing_to_say():
    assert torch_runtime.findings(None, (H100,)) == []


@pytest.mark.parametrize(
    "answer",
    [Answer({}, "libcudart.so.13 is missing"), Answer({}, "the process was ended by SIGILL"), Answer(CPU_BUILD, "it fails")],
)  # fmt: skip
def test_a_torch_that_does_not_run(answer, site):
    assert torch_runtime.findings(answer, ()) == [
        Finding("torch", "broken", answer.fault, "pip install --force-reinstall torch")
    ]


def test_a_gpu_that_torch_was_not_built_for(site):
    answer = Answer(SEES_IT, "CUDA error: no kernel image is available for execution on the device")
    assert torch_runtime.findings(answer, (H100,))[1] == Finding(
        "torch.cuda",
        "broken",
        "CUDA 13.0: CUDA error: no kernel image is available for execution on the device",
        "pip install --upgrade torch",
    )


def test_another_cuda_than_that_of_onnxruntime(site):
    distribution(site, "onnxruntime-gpu", "1.31.1", *GPU_1_31)
    assert torch_runtime.findings(Answer(SEES_IT), (H100,))[1].status == "ok"
    assert torch_runtime.findings(Answer(SEES_IT | {"cuda": "12.8"}), (H100,))[1] == Finding(
        "torch.cuda",
        "warn",
        "CUDA 12.8, and onnxruntime-gpu wants CUDA 13: both in one process may fail",
        f"install a torch that is built for CUDA 13 {WEBSITE}",
    )
