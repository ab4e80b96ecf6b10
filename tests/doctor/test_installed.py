"""Findings on packages, by planted metadata."""

import platform

from cnnscope.doctor import installed
from cnnscope.doctor.finding import Finding
from tests.planting import distribution

PYTHON = Finding("Python", "ok", f"{platform.python_implementation()} {platform.python_version()}, 64 bit")
CORE = Finding("core packages", "ok", "rich 15.0.0, typer 0.28.0, platformdirs 4.14.7")


def plant(site, **versions):
    found = {"rich": "15.0.0", "typer": "0.28.0", "platformdirs": "4.14.7"} | versions
    for name, version in found.items():
        distribution(site, name.replace("_", "-"), version)


def test_everything_is_there(site):
    plant(site, onnx="1.23.2", numpy="2.4.6", safetensors="0.8.0", onnxruntime="1.31.1", torch="2.13.0", pandas="3.1.1")
    assert installed.findings(has_gpu=False) == [
        PYTHON,
        CORE,
        Finding("extra cpu", "ok", "onnx 1.23.2, numpy 2.4.6, safetensors 0.8.0, onnxruntime 1.31.1"),
        Finding("extra torch", "ok", "torch 2.13.0"),
        Finding("extra pandas", "ok", "pandas 3.1.1"),
    ]


def test_a_new_installation_is_told_what_to_install(site):
    plant(site)
    assert installed.findings(has_gpu=False)[2:] == [
        Finding(
            "extra cpu",
            "warn",
            "onnx, numpy, safetensors, onnxruntime are not installed: export, verify and profile need them",
            "pip install 'cnnscope[cpu]'",
        ),
        Finding(
            "extra torch",
            "warn",
            "torch is not installed: verify and profile --runtime torch need it",
            "pip install 'cnnscope[torch]'",
        ),
        Finding("extra pandas", "warn", "pandas is not installed: Report.to_pandas needs it", "pip install 'cnnscope[pandas]'"),
    ]  # fmt: skip


def test_the_extra_is_that_of_the_wheel(site):
    plant(site, onnxruntime_gpu="1.31.1", numpy="2.4.6", safetensors="0.8.0")
    assert installed.findings(has_gpu=True)[2] == Finding(
        "extra gpu",
        "warn",
        "onnx is not installed: export, verify and profile need them",
        "pip install 'cnnscope[gpu]'",
    )


def test_two_wheels_are_broken_and_a_gpu_decides_which_to_keep(site):
    plant(site, onnxruntime="1.31.1", onnxruntime_gpu="1.31.0")
    found = "onnxruntime 1.31.1, onnxruntime-gpu 1.31.0 are both installed and overwrite each other's files"
    uninstall = "pip uninstall -y onnxruntime onnxruntime-gpu"
    with_gpu, without = (installed.findings(has_gpu=has_gpu)[-1] for has_gpu in (True, False))
    assert with_gpu == Finding("onnxruntime wheels", "broken", found, f"{uninstall} && pip install 'cnnscope[gpu]'")
    assert without == Finding("onnxruntime wheels", "broken", found, f"{uninstall} && pip install 'cnnscope[cpu]'")


def test_a_core_package_that_is_gone(site):
    distribution(site, "rich", "15.0.0")
    assert installed.findings(has_gpu=False)[1] == Finding(
        "core packages", "broken", "typer, platformdirs are not installed", "pip install --upgrade cnnscope"
    )
