"""Findings on execution providers and CUDA's libraries, by planted answers and metadata."""

import pytest

from cnnscope.doctor import providers
from cnnscope.doctor.ask import Answer
from cnnscope.doctor.finding import Finding
from cnnscope.doctor.providers import CPU, CUDA
from cnnscope.machine.gpu import Gpu
from tests.machine.test_packages import GPU_1_21, GPU_1_31
from tests.planting import distribution

H100 = Gpu(0, "NVIDIA H100", "580.95.05", 80, 80, 345, 1980, (), mig=False)
CPU_LOADS = Answer({"version": "1.31.1", "available": ["AzureExecutionProvider", CPU]})
CPU_IS_FINE = Finding(CPU, "ok", "loads and runs a convolution (onnxruntime 1.31.1)")
CUDA_LOADS = Answer({"version": "1.31.1", "available": ["TensorrtExecutionProvider", CUDA, CPU]})
CUDA_IS_FINE = Finding(CUDA, "ok", "loads and runs a convolution (onnxruntime 1.31.1)")
INSTALL = "pip install 'onnxruntime-gpu[cuda,cudnn]==1.31.1'"
REINSTALL = "pip install --force-reinstall onnxruntime-gpu==1.31.1"
NO_GPU = "pip uninstall -y onnxruntime-gpu && pip install 'cnnscope[cpu]'"
CUDA_13 = {
    "nvidia-cuda-nvrtc": "13.5.37",
    "nvidia-cuda-runtime": "13.5.37",
    "nvidia-cufft": "12.4.0.43",
    "nvidia-curand": "10.4.0.35",
    "nvidia-cudnn-cu13": "9.28.0.42",
    "nvidia-cublas": "13.10.0.20",
}
CUDA_12 = {"nvidia-cuda-runtime-cu12": "12.9.79", "nvidia-cublas-cu12": "12.9.3.13", "nvidia-cudnn-cu12": "9.28.0.42"}
LIBRARIES = "CUDA libraries"
WANTS = "onnxruntime-gpu 1.31.1 wants CUDA 13, cuDNN 9"


def gpu_wheel(site, libraries, requirements=GPU_1_31):
    distribution(site, "onnxruntime-gpu", "1.31.1", *requirements)
    for name, version in libraries.items():
        distribution(site, name, version)


def failing(fault, available=(CUDA, CPU)):
    return Answer({"version": "1.31.1", "available": list(available)}, fault)


def test_a_machine_without_a_gpu_that_asked_for_none_is_fine(site):
    distribution(site, "onnxruntime", "1.31.1")
    assert providers.findings({CPU: CPU_LOADS}, ()) == [
        CPU_IS_FINE,
        Finding(CUDA, "ok", "not asked for: onnxruntime-gpu is not installed, and there is no NVIDIA GPU"),
    ]


@pytest.mark.parametrize(
    "wheels, remedy",
    [
        (["onnxruntime"], "pip uninstall -y onnxruntime && pip install 'cnnscope[gpu]'"),
        ([], "pip install 'cnnscope[gpu]'"),
    ],
)
def test_a_gpu_that_nothing_uses_is_a_warning(wheels, remedy, site):
    for wheel in wheels:
        distribution(site, wheel, "1.31.1")
    assert providers.findings({}, (H100,)) == [
        Finding(CUDA, "warn", "NVIDIA H100 is not used: onnxruntime-gpu is not installed", remedy)
    ]


def test_everything_that_cuda_needs_is_there(site):
    gpu_wheel(site, CUDA_13)
    assert providers.findings({CPU: CPU_LOADS, CUDA: CUDA_LOADS}, (H100,)) == [
        CPU_IS_FINE,
        CUDA_IS_FINE,
        Finding(LIBRARIES, "ok", f"{WANTS}: all installed"),
    ]


@pytest.mark.parametrize(
    "fault, found, remedy",
    [
        pytest.param("libcublasLt.so.13 is missing", "does not load: libcublasLt.so.13 is missing", INSTALL, id="a library"),
        pytest.param("libcuda.so.1 is missing", "does not load: libcuda.so.1 is missing", f"install NVIDIA's driver; on a machine without a GPU: {NO_GPU}", id="the driver"),
        pytest.param("CUDA failure 100: no CUDA-capable device is detected", "does not load: CUDA failure 100: no CUDA-capable device is detected", f"install NVIDIA's driver; on a machine without a GPU: {NO_GPU}", id="no GPU"),
        pytest.param("CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version", "does not load: CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version", "update NVIDIA's driver", id="an old driver"),
        pytest.param("no answer in 60 s", "does not load: no answer in 60 s", "check that `nvidia-smi` answers, and try again", id="it hangs"),
        pytest.param("the process was ended by SIGSEGV", "does not load: the process was ended by SIGSEGV", REINSTALL, id="a crash"),
    ],
)  # fmt: skip
def test_cuda_that_does_not_load_is_broken_with_what_mends_it(fault, found, remedy, site):
    gpu_wheel(site, CUDA_13)
    assert providers.findings({CPU: CPU_LOADS, CUDA: failing(fault)}, (H100,))[1] == Finding(
        CUDA, "broken", found, remedy
    )


def test_files_of_the_other_wheel(site):
    """The wheel is there, its files are not: the CPU wheel was installed over it, and may be gone again."""
    gpu_wheel(site, CUDA_13)
    answers = {CPU: CPU_LOADS, CUDA: failing("This session contains graph nodes ...", ["AzureExecutionProvider", CPU])}
    found = "the installed files have none, only AzureExecutionProvider, CPUExecutionProvider"
    assert providers.findings(answers, ())[1] == Finding(CUDA, "broken", found, REINSTALL)
    distribution(site, "onnxruntime", "1.31.1")
    assert providers.findings(answers, ())[1] == Finding(CUDA, "broken", found, "as for the onnxruntime wheels above")


def test_a_cpu_that_does_not_load(site):
    distribution(site, "onnxruntime", "1.31.1")
    answer = Answer({}, "AttributeError: module 'onnxruntime' has no attribute 'InferenceSession'")
    assert providers.findings({CPU: answer}, ())[0] == Finding(
        CPU, "broken", answer.fault, "pip install --force-reinstall onnxruntime==1.31.1"
    )


def test_what_cnnscope_does_not_use_is_never_broken(site):
    answers = {CPU: CPU_LOADS, "TensorrtExecutionProvider": Answer({}, "libnvinfer.so.10 is missing")}
    assert providers.findings(answers, ())[2] == Finding(
        "TensorrtExecutionProvider", "ok", "does not load: libnvinfer.so.10 is missing; cnnscope does not use it"
    )


@pytest.mark.parametrize(
    "libraries, status, found",
    [
        pytest.param({}, "broken", f"{WANTS}; installed: none; missing: {', '.join(CUDA_13)}", id="none"),
        pytest.param(CUDA_12, "broken", f"{WANTS}; installed: CUDA 12, cuDNN 9; missing: {', '.join(CUDA_13)}", id="those of the wrong major"),
        pytest.param({name: version for name, version in CUDA_13.items() if "cublas" not in name}, "broken", f"{WANTS}; installed: CUDA 13, cuDNN 9; missing: nvidia-cublas", id="all but cuBLAS, which no extra names"),
        pytest.param(CUDA_13 | {"nvidia-cudnn-cu13": "8.9.7"}, "broken", f"{WANTS}; installed: CUDA 13, cuDNN 8; missing: nvidia-cudnn-cu13", id="an old cuDNN"),
        pytest.param(CUDA_13 | CUDA_12, "ok", f"{WANTS}: all installed", id="two majors, as torch may bring"),
    ],
)  # fmt: skip
def test_libraries_are_those_that_the_wheel_names(libraries, status, found, site):
    gpu_wheel(site, libraries)
    finding = providers.findings({CPU: CPU_LOADS, CUDA: failing("libcublas.so.13 is missing")}, ())[2]
    assert finding == Finding(LIBRARIES, status, found, INSTALL if status == "broken" else "")


def test_an_earlier_wheel_wants_cuda_12(site):
    gpu_wheel(site, CUDA_12, GPU_1_21)
    finding = providers.findings({CPU: CPU_LOADS, CUDA: failing("libcurand.so.10 is missing")}, ())[2]
    assert finding.found == (
        "onnxruntime-gpu 1.31.1 wants CUDA 12, cuDNN 9; installed: CUDA 12, cuDNN 9; "
        "missing: nvidia-cuda-nvrtc-cu12, nvidia-cufft-cu12, nvidia-curand-cu12"
    )


def test_libraries_of_the_system_are_as_good(site):
    gpu_wheel(site, {})
    assert providers.findings({CPU: CPU_LOADS, CUDA: CUDA_LOADS}, (H100,))[2] == Finding(
        LIBRARIES,
        "ok",
        f"{WANTS}; as wheels are installed: none; missing: {', '.join(CUDA_13)}; what loads is the system's",
    )


def test_a_wheel_that_names_no_libraries(site):
    gpu_wheel(site, {}, ())
    assert providers.findings({CPU: CPU_LOADS, CUDA: CUDA_LOADS}, (H100,))[2] == Finding(
        LIBRARIES, "ok", "onnxruntime-gpu 1.31.1 does not say which it wants"
    )


@pytest.mark.parametrize(
    "driver, answer, findings",
    [
        ("550.54.15", failing("CUDA failure 35: ..."), [Finding("NVIDIA driver", "broken", "550.54.15 is older than 580, which CUDA 13 needs", "install NVIDIA's driver 580 or newer")]),
        ("550.54.15", CUDA_LOADS, []),
        ("580.65.06", failing("CUDA failure 35: ..."), []),
    ],
    ids=["older than CUDA 13 needs", "older, but a compatibility package makes it load", "new enough"],
)  # fmt: skip
def test_the_driver_is_as_new_as_cuda_needs(driver, answer, findings, site):
    gpu_wheel(site, CUDA_13)
    assert providers.findings({CPU: CPU_LOADS, CUDA: answer}, (H100._replace(driver=driver),))[3:] == findings


@pytest.mark.parametrize(
    "wheels, available, asked",
    [
        ([], [], []),
        (["onnxruntime"], ["AzureExecutionProvider", CPU], [CPU]),
        (["onnxruntime-gpu"], ["TensorrtExecutionProvider", CUDA, CPU], [CPU, CUDA, "TensorrtExecutionProvider"]),
        (["onnxruntime-directml"], ["DmlExecutionProvider", CPU], [CPU, "DmlExecutionProvider"]),
        (["onnxruntime", "onnxruntime-gpu"], [CPU], [CPU, CUDA]),
    ],
)
def test_every_provider_that_can_be_expected_is_tried(wheels, available, asked, site, monkeypatch):
    for wheel in wheels:
        distribution(site, wheel, "1.31.1")
    monkeypatch.setattr(providers, "load", lambda name, seconds: Answer({"name": name, "available": available}))
    answers = providers.load_all()
    assert list(answers) == asked
    assert [answer.facts["name"] for answer in answers.values()] == asked
