"""Findings on the machine, by planted kernel files."""

import os

import pytest

from cnnscope.doctor import hardware
from cnnscope.doctor.finding import Finding
from cnnscope.machine.gpu import Gpus
from tests.doctor.test_providers import H100
from tests.planting import tree

FREQUENCY = "sys/devices/system/cpu/cpu0/cpufreq"
NO_GPU = Gpus(())


@pytest.fixture(autouse=True)
def four_of_eight_cpus(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("CNNSCOPE_CACHE_DIR", str(tmp_path / "cache"))


def find(name, root, files, gpus=NO_GPU):
    (finding,) = [finding for finding in hardware.findings(tree(root, files), gpus) if finding.name == name]
    return finding


def test_the_processor_is_named_with_what_matters(tmp_path):
    files = {"proc/cpuinfo": "model name : AMD EPYC\nflags : sse4 avx512f fma avx2\n"}
    assert find("processor", tmp_path, files) == Finding("processor", "ok", "AMD EPYC: avx2 fma avx512f")
    assert (
        find("processor", tmp_path, {"proc/cpuinfo": "model name : M\n"}).found
        == "M: its instruction sets are not known"
    )


@pytest.mark.parametrize(
    "quota, status, found, remedy",
    [
        ("max", "ok", "4 of 8 CPUs may be used, no cgroup quota", ""),
        ("800000", "ok", "4 of 8 CPUs may be used, the cgroup quota is 8 CPUs", ""),
        ("150000", "warn", "4 of 8 CPUs may be used, the cgroup quota is 1.5 CPUs: a process with more threads than 1 is halted in every period", "profile with --threads 1 or fewer, or raise the quota"),
        ("50000", "warn", "4 of 8 CPUs may be used, the cgroup quota is 0.5 CPUs: a process is halted in every period", "raise the quota"),
    ],
)  # fmt: skip
def test_cpus_and_quota(quota, status, found, remedy, tmp_path):
    files = {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{quota} 100000\n"}
    assert find("CPUs", tmp_path, files) == Finding("CPUs", status, found, remedy)


@pytest.mark.parametrize(
    "files, finding",
    [
        ({f"{FREQUENCY}/scaling_governor": "performance\n", f"{FREQUENCY}/scaling_cur_freq": "3700000\n", f"{FREQUENCY}/cpuinfo_max_freq": "4500000\n"}, Finding("frequency", "ok", "governor performance, 3700 MHz now, 4500 MHz at most")),
        ({f"{FREQUENCY}/scaling_governor": "powersave\n"}, Finding("frequency", "warn", "governor powersave, its clock is not shown: short runs are timed at a low clock", "sudo cpupower frequency-set --governor performance")),
        ({"proc/cpuinfo": "flags : hypervisor\ncpu MHz : 2596.122\n"}, Finding("frequency", "ok", "a virtual machine, 2596 MHz now, no governor to see; times with several threads can change for seconds")),
        ({}, Finding("frequency", "ok", "no governor to see, its clock is not shown")),
    ],
)  # fmt: skip
def test_frequency(files, finding, tmp_path):
    assert find("frequency", tmp_path, files) == finding


def test_memory(tmp_path):
    files = {"proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n"}
    assert find("memory", tmp_path, files) == Finding(
        "memory", "ok", "8.19 GB can be taken, limited by the machine's memory; 16.38 GB in all"
    )


def test_a_small_limit(tmp_path):
    files = {
        "proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n",
        "proc/self/cgroup": "0::/job\n",
        "sys/fs/cgroup/job/memory.max": "1000000000\n",
        "sys/fs/cgroup/job/memory.current": "400000000\n",
    }
    assert find("memory", tmp_path, files) == Finding(
        "memory",
        "warn",
        "600.0 MB can be taken, limited by the memory limit of cgroup /job; 16.38 GB in all: "
        "VGG-16 with weights takes about 1.50 GB",
        "free some, raise the limit, or keep to small networks",
    )


@pytest.mark.parametrize(
    "gpus, finding",
    [
        (NO_GPU, Finding("GPU", "ok", "none: nvidia-smi is not installed")),
        (Gpus((), "nvidia-smi gave no answer in 10 s"), Finding("GPU", "warn", "nvidia-smi gave no answer in 10 s", "check NVIDIA's driver: `nvidia-smi` alone must show the GPU")),
        (Gpus((H100._replace(free_bytes=79 * 10**9),)), Finding("GPU 0", "ok", "NVIDIA H100, driver 580.95.05, 79.00 GB free, 345 of 1980 MHz")),
        (Gpus((H100._replace(free_bytes=None, megahertz=None),)), Finding("GPU 0", "ok", "NVIDIA H100, driver 580.95.05")),
        (Gpus((H100._replace(throttled_by=("software power cap", "hardware thermal slowdown")),)), Finding("GPU 0", "warn", "NVIDIA H100, driver 580.95.05, 80 B free, 345 of 1980 MHz; held down by: software power cap, hardware thermal slowdown", "wait until it is cool and idle; `nvidia-smi -q -d PERFORMANCE` shows the reasons")),
        (Gpus((H100._replace(mig=True),)), Finding("GPU 0", "warn", "NVIDIA H100, driver 580.95.05, 80 B free, 345 of 1980 MHz; split into instances (MIG)", "compare figures of this slice only with its own")),
    ],
)  # fmt: skip
def test_gpus(gpus, finding, tmp_path):
    assert find(finding.name, tmp_path, {}, gpus) == finding


def test_the_cache(tmp_path):
    assert find("cache", tmp_path, {}) == Finding("cache", "ok", f"{tmp_path}/cache")
    assert find("cache", tmp_path, {"cache": "a file"}) == Finding(
        "cache",
        "warn",
        f"{tmp_path}/cache: {tmp_path}/cache is not a directory; ceilings are measured again each time",
        "make it writable, or name another directory in CNNSCOPE_CACHE_DIR",
    )
