"""The processor, by planted kernel files."""

import os

import pytest

from cnnscope.machine import cpu
from cnnscope.machine.cpu import Load, Use
from tests.planting import tree

X86 = "processor\t: 0\nmodel name\t: AMD EPYC 9B45\ncpu MHz\t\t: 2596.122\nflags\t\t: fpu avx2 fma hypervisor\n\nprocessor\t: 1\nmodel name\t: other\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp\n"
FREQUENCY = "sys/devices/system/cpu/cpu0/cpufreq"


def test_the_first_processor_speaks_for_all(tmp_path):
    root = tree(tmp_path, {"proc/cpuinfo": X86})
    assert cpu.model(root) == "AMD EPYC 9B45"
    assert cpu.flags(root) == {"fpu", "avx2", "fma", "hypervisor"}
    assert cpu.megahertz(root) == 2596.122
    assert cpu.is_virtual(root)


def test_an_arm_processor_has_features_and_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr(cpu.platform, "machine", lambda: "aarch64")
    root = tree(tmp_path, {"proc/cpuinfo": ARM})
    assert cpu.model(root) == "aarch64"
    assert cpu.flags(root) == {"fp", "asimd", "asimddp"}
    assert cpu.megahertz(root) is None
    assert not cpu.is_virtual(root)


@pytest.mark.parametrize(
    "files, governor, now, highest",
    [
        pytest.param({}, None, None, None, id="no governor, as in most virtual machines"),
        pytest.param(
            {f"{FREQUENCY}/scaling_governor": "powersave\n", f"{FREQUENCY}/scaling_cur_freq": "1200000\n", f"{FREQUENCY}/cpuinfo_max_freq": "4500000\n"},
            "powersave",
            1200,
            4500,
            id="a laptop on battery",
        ),
        pytest.param({f"{FREQUENCY}/scaling_governor": "", f"{FREQUENCY}/scaling_cur_freq": "<unknown>\n"}, None, None, None, id="broken text"),
    ],
)  # fmt: skip
def test_frequencies(files, governor, now, highest, tmp_path):
    root = tree(tmp_path, files)
    assert (cpu.governor(root), cpu.megahertz(root), cpu.highest_megahertz(root)) == (governor, now, highest)


@pytest.mark.parametrize(
    "files, cores",
    [
        pytest.param({}, None, id="no cgroups"),
        pytest.param({"proc/self/cgroup": "0::/job\n", "sys/fs/cgroup/job/cpu.max": "150000 100000\n"}, 1.5, id="v2"),
        pytest.param({"proc/self/cgroup": "0::/job\n", "sys/fs/cgroup/job/cpu.max": "max 100000\n"}, None, id="v2, max"),
        pytest.param(
            {"proc/self/cgroup": "0::/pod/job\n", "sys/fs/cgroup/pod/cpu.max": "200000 100000\n", "sys/fs/cgroup/pod/job/cpu.max": "max 100000\n"},
            2,
            id="v2: the limit is that of the group above",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/pod/job\n", "sys/fs/cgroup/pod/cpu.max": "200000 100000\n", "sys/fs/cgroup/pod/job/cpu.max": "50000 100000\n"},
            0.5,
            id="v2: nested limits, the tighter one holds",
        ),
        pytest.param(
            {"proc/self/cgroup": "3:cpu,cpuacct:/docker/ab\n0::/docker/ab\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "400000\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n"},
            4,
            id="v1 in a container: the path is the host's, the mount the container's",
        ),
        pytest.param(
            {"proc/self/cgroup": "1:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"},
            None,
            id="v1 without a quota",
        ),
        pytest.param({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000\n"}, None, id="broken: no period"),
        pytest.param({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 0\n"}, None, id="broken: period 0"),
        pytest.param({"proc/self/cgroup": "rubbish\n::\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"}, None, id="broken: no cgroup in the list"),
    ],
)  # fmt: skip
def test_a_quota_is_the_tightest_of_all_levels(files, cores, tmp_path):
    assert cpu.quota(tree(tmp_path, files)) == cores


@pytest.mark.parametrize("quota, cores", [("max", 8), ("150000", 1), ("50000", 1), ("350000", 3), ("9900000", 8)])
def test_usable_cores_are_those_that_can_run_all_the_time(quota, cores, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    root = tree(tmp_path, {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{quota} 100000\n"})
    assert cpu.usable_cores(root) == cores


def test_affinity_falls_back_to_the_number_of_cpus(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert cpu.affinity() == 6


CACHE = "sys/devices/system/cpu"


@pytest.mark.parametrize(
    "caches, total",
    [
        pytest.param([], None, id="the kernel lists none"),
        pytest.param([(0, 1, "Data", "48K", "0"), (0, 1, "Instruction", "32K", "0"), (0, 3, "Unified", "32768K", "0-1"), (1, 3, "Unified", "32768K", "0-1")], 32 << 20, id="one cache of two CPUs counts once"),
        pytest.param([(0, 2, "Unified", "1024K", "0"), (0, 3, "Unified", "32768K", "0"), (1, 3, "Unified", "32768K", "1")], 64 << 20, id="two caches"),
        pytest.param([(0, 1, "Data", "64K", "0"), (0, 2, "Unified", "512K", "0")], 512 << 10, id="a small ARM processor has no third level"),
        pytest.param([(0, 3, "Unified", "", "0")], None, id="broken: no size"),
    ],
)  # fmt: skip
def test_the_last_level_caches_together(caches, total, tmp_path):
    for index, (number, level, kind, size, shared) in enumerate(caches):
        folder = f"{CACHE}/cpu{number}/cache/index{index}"
        names = {"level": f"{level}\n", "type": f"{kind}\n", "size": f"{size}\n", "shared_cpu_list": f"{shared}\n"}
        tree(tmp_path, {f"{folder}/{name}": text for name, text in names.items()})
    assert cpu.last_level_cache_bytes(tmp_path) == total


def test_cpus_by_number_where_they_can_be_chosen(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {5, 2})
    stayed = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda pid, cpus: stayed.append((pid, cpus)))
    assert cpu.own() == (2, 5)
    cpu.stay_on(5)
    cpu.stay_on(None)
    assert stayed == [(0, {5})]
    monkeypatch.delattr(os, "sched_setaffinity")
    assert cpu.own() == (None,)


# user nice system idle iowait irq softirq steal guest guest_nice
BEFORE = "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1\n"
AFTER = "cpu  190 10 70 930 50 10 10 30 60 0\ncpu0 1 1 1 1\n"
# pid (comm) state and ten more fields, then utime stime cutime cstime
PROCESS = "7 (a) b) R 1 7 7 0 -1 0 0 0 0 0 {} {} {} {} 20 0 1\n"


def test_the_share_of_others_is_what_is_busy_and_not_ours(tmp_path):
    """300 ticks pass: 130 idle, 30 stolen, 140 busy; ours are 60 + 10 + 5 + 0 of them, so others have 65."""
    root = tree(tmp_path, {"proc/stat": BEFORE, "proc/7/stat": PROCESS.format(10, 5, 0, 0)})
    before = Load.now(7, root=root)
    tree(tmp_path, {"proc/stat": AFTER, "proc/7/stat": PROCESS.format(70, 15, 5, 0)})
    after = Load.now(7, root=root)
    assert before == Load(total=1000, busy=150, stolen=0, own=15)
    assert after == Load(total=1300, busy=290, stolen=30, own=90)
    assert after.since(before) == Use(own=75 / 300, others=65 / 300, stolen=30 / 300)


@pytest.mark.parametrize("text", ["", "cpu\n", "cpu  1 2 x 4\n", "intr 1 2 3 4\n"])
def test_a_broken_stat_gives_no_snapshot(text, tmp_path):
    assert Load.now(root=tree(tmp_path, {"proc/stat": text})) is None


def test_a_kernel_from_before_steal_was_counted(tmp_path):
    assert Load.now(7, root=tree(tmp_path, {"proc/stat": "cpu 1 2 3 4\n"})) == Load(total=10, busy=6, stolen=0, own=0)


def test_no_time_between_two_snapshots_is_no_use():
    assert Load(10, 5, 0, 5).since(Load(10, 5, 0, 5)) == Use(0, 0, 0)
