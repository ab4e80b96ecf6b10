"""The record of a machine and its fingerprint."""

import copy
import hashlib
import json
import os
import platform

import pytest

from cnnscope.machine import environment, fingerprint
from tests.machine.test_gpu import A30
from tests.planting import distribution, program, tree

RECORD = {
    "os": "Linux",
    "kernel": "6.1.0",
    "architecture": "x86_64",
    "packages": {"python": "3.11.7", "onnxruntime": "1.31.1", "torch": "2.13.0", "rich": "15.0.0"},
    "cpu": {"model": "AMD EPYC", "flags": ["avx2", "fma"], "affinity": 2, "quota": None, "governor": None, "megahertz": 2600.0, "virtual": True},
    "memory": {"total_bytes": 100, "available_bytes": 50, "limited_by": "the machine's memory"},
    "gpus": [{"number": 0, "name": "A30", "driver": "580.95", "free_bytes": 3, "megahertz": 210}],
    "gpu_fault": "",
}  # fmt: skip


def test_a_planted_machine_s_record(tmp_path, site, tools, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3})
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "release", lambda: "6.1.0")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.7")
    monkeypatch.setattr("cnnscope.__version__", "0.1.0")
    distribution(site, "onnxruntime", "1.31.1")
    program(tools, "nvidia-smi", f"echo '{A30}'")
    root = tree(
        tmp_path / "root",
        {
            "proc/cpuinfo": "model name : AMD EPYC\nflags : sse fma avx2 hypervisor\ncpu MHz : 2600.0\n",
            "proc/meminfo": "MemTotal: 4 kB\nMemAvailable: 3 kB\n",
            "proc/self/cgroup": "0::/job\n",
            "sys/fs/cgroup/job/memory.max": "2048\n",
            "sys/fs/cgroup/job/memory.current": "1024\n",
            "sys/fs/cgroup/job/cpu.max": "150000 100000\n",
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
        },
    )
    record = environment(root)
    assert record == {
        "os": "Linux",
        "kernel": "6.1.0",
        "architecture": "x86_64",
        "packages": {"python": "3.11.7", "cnnscope": "0.1.0", "onnxruntime": "1.31.1"},
        "cpu": {
            "model": "AMD EPYC",
            "flags": ["avx2", "fma"],
            "affinity": 2,
            "quota": 1.5,
            "governor": "performance",
            "megahertz": 2600.0,
            "virtual": True,
        },
        "memory": {"total_bytes": 4096, "available_bytes": 1024, "limited_by": "the memory limit of cgroup /job"},
        "gpus": [
            {
                "number": 1,
                "name": "NVIDIA A30",
                "driver": "580.95.05",
                "total_bytes": 24576 * 2**20,
                "free_bytes": 24000 * 2**20,
                "megahertz": 210,
                "highest_megahertz": 1440,
                "throttled_by": ["software power cap", "software thermal slowdown", "hardware thermal slowdown"],
                "mig": True,
            }
        ],
        "gpu_fault": "",
    }
    assert json.loads(json.dumps(record)) == record


def changed(path, value):
    record = copy.deepcopy(RECORD)
    *way, last = path
    place = record
    for step in way:
        place = place[step]
    place[last] = value
    return record


@pytest.mark.parametrize(
    "path, value",
    [
        (["cpu", "model"], "Xeon"),
        (["cpu", "flags"], ["avx2"]),
        (["cpu", "affinity"], 4),
        (["cpu", "quota"], 1.5),
        (["packages", "onnxruntime"], "1.32.0"),
        (["packages", "torch"], "2.14.0"),
        (["gpus", 0, "driver"], "581.00"),
        (["gpus", 0, "name"], "A100"),
        (["gpus"], []),
    ],
)
def test_what_changes_speed_changes_the_fingerprint(path, value):
    assert fingerprint(changed(path, value)) != fingerprint(RECORD)


@pytest.mark.parametrize(
    "path, value",
    [
        (["memory", "available_bytes"], 1),
        (["cpu", "megahertz"], 1200.0),
        (["cpu", "governor"], "powersave"),
        (["gpus", 0, "free_bytes"], 1),
        (["gpus", 0, "megahertz"], 1440),
        (["packages", "rich"], "16.0"),
        (["kernel"], "6.2.0"),
    ],
)
def test_what_passes_does_not(path, value):
    assert fingerprint(changed(path, value)) == fingerprint(RECORD)


def test_a_fingerprint_is_a_digest_of_sorted_json_so_that_it_is_the_same_in_every_process():
    text = (
        '{"architecture": "x86_64", "cpu": {"affinity": 2, "flags": ["avx2", "fma"], "model": "AMD EPYC", "quota": null}, '
        '"gpus": [["A30", "580.95"]], "packages": {"onnxruntime": "1.31.1", "torch": "2.13.0"}}'
    )
    assert fingerprint(RECORD) == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_this_machine_has_one(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert len(fingerprint()) == 12
