"""Installed packages, by planted metadata."""

import platform

import cnnscope
from cnnscope.machine import packages
from cnnscope.machine.packages import Library
from tests.planting import distribution

# As the wheels on PyPI say them.
GPU_1_21 = (
    "numpy>=1.21.6",
    'nvidia-cuda-nvrtc-cu12~=12.0; extra == "cuda"',
    'nvidia-cuda-runtime-cu12~=12.0; extra == "cuda"',
    'nvidia-cufft-cu12~=11.0; extra == "cuda"',
    'nvidia-curand-cu12~=10.0; extra == "cuda"',
    'nvidia-cudnn-cu12~=9.0; extra == "cudnn"',
)
GPU_1_31 = (
    'sympy; extra == "symbolic"',
    'nvidia-cuda-nvrtc~=13.0; extra == "cuda"',
    'nvidia-cuda-runtime~=13.0; extra == "cuda"',
    'nvidia-cufft~=12.0; extra == "cuda"',
    'nvidia-curand~=10.0; extra == "cuda"',
    'nvidia-cudnn-cu13~=9.0; extra == "cudnn"',
)


def test_versions_are_those_of_installed_packages_alone(site):
    distribution(site, "onnxruntime", "1.31.1")
    distribution(site, "torch", "2.13.0+cpu")
    distribution(site, "unrelated", "1.0")
    assert packages.versions() == {
        "python": platform.python_version(),
        "cnnscope": cnnscope.__version__,
        "onnxruntime": "1.31.1",
        "torch": "2.13.0+cpu",
    }


def test_both_wheels_are_found_at_once(site):
    assert packages.onnxruntime_wheels() == {}
    distribution(site, "onnxruntime-gpu", "1.31.0")
    distribution(site, "onnxruntime", "1.31.1")
    distribution(site, "onnxruntime-extensions", "0.15.2")
    assert packages.onnxruntime_wheels() == {"onnxruntime": "1.31.1", "onnxruntime-gpu": "1.31.0"}


def test_a_directory_that_an_uninstall_left_behind_is_no_package(site):
    (site / "torch-2.0.dist-info").mkdir()
    assert packages.version("torch") is None


def test_the_wheel_says_which_cuda_it_wants(site):
    distribution(site, "onnxruntime-gpu", "1.31.1", *GPU_1_31)
    assert packages.wanted_cuda() == [
        Library("nvidia-cuda-nvrtc", 13),
        Library("nvidia-cuda-runtime", 13),
        Library("nvidia-cufft", 12),
        Library("nvidia-curand", 10),
        Library("nvidia-cudnn-cu13", 9),
    ]


def test_an_earlier_wheel_wants_suffixed_names(site):
    distribution(site, "onnxruntime-gpu", "1.21.0", *GPU_1_21)
    assert packages.wanted_cuda()[1:] == [
        Library("nvidia-cuda-runtime-cu12", 12),
        Library("nvidia-cufft-cu12", 11),
        Library("nvidia-curand-cu12", 10),
        Library("nvidia-cudnn-cu12", 9),
    ]


def test_a_wheel_that_is_not_there_wants_nothing(site):
    assert packages.wanted_cuda() == []


def test_installed_cuda_is_found_under_every_name(site):
    distribution(site, "nvidia-cublas-cu12", "12.9.3.13")
    distribution(site, "nvidia-cudnn-cu13", "9.28.0.42")
    distribution(site, "nvidia-cuda-runtime", "13.5.37")
    found = packages.installed_cuda()
    assert found == {
        "nvidia-cuda-runtime": "13.5.37",
        "nvidia-cublas-cu12": "12.9.3.13",
        "nvidia-cudnn-cu13": "9.28.0.42",
    }
    assert [packages.cuda_major(*item) for item in found.items()] == [13, 12, 13]
    assert packages.cuda_major("nvidia-cufft", "12.4.0.43") is None
