"""Memory, by planted kernel files."""

import os

import pytest

from cnnscope.machine import memory
from cnnscope.machine.memory import Available, Limit
from tests.planting import tree

GIB = 2**30
MEMINFO = {
    "proc/meminfo": "MemTotal:       8388608 kB\nMemFree:        1048576 kB\nMemAvailable:   4194304 kB\nHugePages_Total:       0\n"
}
V1_NONE = "9223372036854771712\n"


def v1(path, limit, usage, stat=""):
    where = f"sys/fs/cgroup/memory{path}"
    return {
        f"{where}/memory.limit_in_bytes": limit,
        f"{where}/memory.usage_in_bytes": usage,
        f"{where}/memory.stat": stat,
    }


def v2(path, limit, usage, stat=""):
    where = f"sys/fs/cgroup{path}"
    return {f"{where}/memory.max": limit, f"{where}/memory.current": usage, f"{where}/memory.stat": stat}


@pytest.mark.parametrize(
    "files, limits, available",
    [
        pytest.param({}, [], Available(4 * GIB, "the machine's memory"), id="no cgroups"),
        pytest.param(
            {"proc/self/cgroup": "0::/job\n", **v2("/job", "2147483648\n", "1610612736\n", "anon 1\ninactive_file 1073741824\n")},
            [Limit("/job", 2 * GIB, GIB // 2)],
            Available(3 * GIB // 2, "the memory limit of cgroup /job"),
            id="v2: cached files count as free: 2 - (1.5 - 1)",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/job\n", **v2("/job", "max\n", "1610612736\n")},
            [],
            Available(4 * GIB, "the machine's memory"),
            id="v2: max is no limit",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/pod/job\n", **v2("/pod/job", "3221225472\n", "0\n"), **v2("/pod", "2147483648\n", "1073741824\n")},
            [Limit("/pod/job", 3 * GIB, 0), Limit("/pod", 2 * GIB, GIB)],
            Available(GIB, "the memory limit of cgroup /pod"),
            id="v2: nested, the group above leaves less",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/job\n", **v2("/job", "68719476736\n", "0\n")},
            [Limit("/job", 64 * GIB, 0)],
            Available(4 * GIB, "the machine's memory"),
            id="v2: a limit above what the machine has free",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/\n", **v2("", "1073741824\n", "2147483648\n")},
            [Limit("/", GIB, 2 * GIB)],
            Available(0, "the memory limit of cgroup /"),
            id="v2 in a container, over its limit: nothing is left, never less",
        ),
        pytest.param(
            {"proc/self/cgroup": "4:memory:/docker/ab\n0::/\n", **v1("", "2147483648\n", "1073741824\n", "inactive_file 1\ntotal_inactive_file 536870912\n")},
            [Limit("/", 2 * GIB, GIB // 2)],
            Available(3 * GIB // 2, "the memory limit of cgroup /"),
            id="v1 in a container: the path is the host's, the mount the container's",
        ),
        pytest.param(
            {"proc/self/cgroup": "4:memory:/a/b\n", **v1("/a/b", V1_NONE, "1\n"), **v1("/a", "1073741824\n", "0\n"), **v1("", V1_NONE, "1\n")},
            [Limit("/a", GIB, 0)],
            Available(GIB, "the memory limit of cgroup /a"),
            id="v1: the largest number is no limit, the group above has one",
        ),
        pytest.param(
            {"proc/self/cgroup": "4:memory:/../../a\n", **v1("/a", "1073741824\n", "garbage\n")},
            [Limit("/a", GIB, 0)],
            Available(GIB, "the memory limit of cgroup /a"),
            id="broken: a path out of the tree stays in it, an unreadable use is 0",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/job\n", **v2("/job", "lots\n", "1\n")},
            [],
            Available(4 * GIB, "the machine's memory"),
            id="broken: a limit that is no number",
        ),
    ],
)  # fmt: skip
def test_the_tightest_bound_is_named(files, limits, available, tmp_path):
    root = tree(tmp_path, MEMINFO | files)
    assert memory.total(root) == 8 * GIB
    assert memory.limits(root) == limits
    assert memory.available(root) == available


def test_an_old_kernel_has_only_free_memory(tmp_path):
    root = tree(tmp_path, {"proc/meminfo": "MemTotal: 2048 kB\nMemFree: 1024 kB\n"})
    assert memory.available(root) == Available(2**20, "the machine's memory")


def test_without_proc_the_system_is_asked_for_the_total(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert memory.available(tmp_path) == Available(4_096_000, "the machine's memory")


def test_a_system_that_tells_nothing_has_0(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sysconf")
    assert memory.total(tmp_path) == 0
