"""cnnscope profile, as a user meets it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnnscope.errors import RunError
from cnnscope.machine.memory import RAM, Available
from cnnscope.profiling import memory
from cnnscope.profiling import profile as profiling
from tests.cli.shell import ROOT, cnnscope, on_a_terminal
from tests.profiling.samples import roofs
from tests.spec.reading import page, table

QUICK = ("--min-time", "0.02", "--max-time", "0.1", "--no-ceilings")
TINY = page("layer | type | maps | kernel", "a | conv relu | 4 | 3", "fc | fully connected | 2 |", input="3x8x8")


@pytest.fixture
def tiny(run):
    """`run` in a directory that holds a tiny network."""
    Path("net.md").write_text(TINY)
    return run


@pytest.fixture
def planted(monkeypatch):
    """Puts an answer in the place of every measuring process, for each batch its own; errors are raised."""

    def plant(**answers):
        def answer(request, progress):
            found = answers.get(f"batch{request.settings.batch}", {})
            if isinstance(found, BaseException):
                raise found
            series = {"samples": [1e-3] * 12, "inner": 1, "stop": "interval", "warm_up_runs": 11, "discarded": 0}
            return {
                "series": series | {"first_run": 2e-3},
                "creation_seconds": 0.1,
                "facts": {},
                "finite": True,
                "held_bytes": 10**8,
                "use": None,
                "times": None,
                "interrupted": False,
                **found,
            }

        monkeypatch.setattr(profiling, "in_fresh_process", answer)
        monkeypatch.setattr(profiling, "measured_ceilings", lambda *_, **__: roofs(2e11, 2e10))

    return plant


@pytest.mark.parametrize(
    "words, message",
    [
        (["--threads", "0"], "threads 0\n  write a whole number from 1 to 1024"),
        (["--threads", "-1"], "threads `-1`\n  write a number of threads, at least 1, or auto"),
        (["--threads", "x"], "threads `x`\n  write a number of threads, at least 1, or auto"),
        (["--threads", "4000"], "threads 4000\n  write a whole number from 1 to 1024"),
        (["--batch", "0"], "batch 0\n  write a whole number from 1 to 2147483647"),
        (["--batch", "1,0,8"], "batch 0\n  write a whole number from 1 to 2147483647"),
        (["--batch", "x"], "batch `x`\n  write numbers of images, at least 1, separated by commas"),
        (["--batch", "1,,2"], "batch `1,,2`\n  write numbers of images, at least 1, separated by commas"),
        (["--batch", "9999999999"], "batch 9999999999\n  write a whole number from 1 to 2147483647"),
        (["--seed", "-1"], "seed -1\n  write a whole number from 0 to 9223372036854775807"),
        (["--device", "tpu"], "device `tpu` is not known\n  did you mean cpu? known are cpu, cuda, cuda:1"),
        (["--device", "cuad"], "device `cuad` is not known\n  did you mean cuda? known are cpu, cuda, cuda:1"),
        (["--device", "cpu:1"], "device `cpu:1` is not known\n  did you mean cpu? known are cpu, cuda, cuda:1"),
        (["--device", "cuda:x"], "device `cuda:x` is not known\n  did you mean cuda:1? known are cpu, cuda, cuda:1"),
        (["--dtype", "int8"], "dtype `int8` is not known\n  known are float32, float16"),
        (
            ["--graph-opt", "al"],
            "graph-opt `al` is not known\n  did you mean all? known are all, extended, basic, disable",
        ),
        (["--runtime", "tensorflow"], "runtime `tensorflow` is not known\n  known are onnxruntime, torch"),
        (["--kernels", "alon"], "kernels `alon` is not known\n  did you mean alone? known are auto, runtime, alone, none"),
        (["--min-time", "0"], "a time from 0 s to 30 s\n  0 < --min-time <= --max-time, in seconds"),
        (["--min-time", "nan"], "a time from nan s to 30 s\n  0 < --min-time <= --max-time, in seconds"),
        (["--min-time", "40"], "a time from 40 s to 30 s\n  0 < --min-time <= --max-time, in seconds"),
        (["--max-time", "inf"], "a time from 3 s to inf s\n  0 < --min-time <= --max-time, in seconds"),
        (
            ["--runtime", "torch", "--graph-opt", "basic"],
            "torch runs layers as they are\n  leave --graph-opt and --kernels alone out, or use onnxruntime",
        ),
        (["--tf32"], "CUDA graphs and TF32 are nothing for cpu\n  add --device cuda"),
        (["-o", "no/out.json"], "no/out.json: there is no directory no\n  create it first"),
        (["--trace", "no/t.json"], "no/t.json: there is no directory no\n  create it first"),
        (["--trace", "."], ". is a directory\n  name a file in it"),
        (
            ["-o", "out.json", "--trace", "out.json"],
            "out.json cannot be both the profile and its trace\n  name two files",
        ),
        (["--columns", "shar"], "no column `shar`\n  did you mean share?"),
        (["--format", "jsn"], "`jsn` is not known\n  did you mean json?"),
        (["--input", "x"], None),
        (["--depth", "0"], "--depth 0\n  it must be at least 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_bad_words_are_refused_before_anything_is_measured(words, message, tiny, planted):
    planted(batch1=AssertionError("measured"))
    code, out, err = tiny("profile", "net.md", *words)
    assert (code, out) == (2, "")
    assert "measured" not in err
    assert err == f"error: {message}\n" or (message is None and err.startswith("error: input `x`"))
    assert [path.name for path in Path.cwd().iterdir()] == ["net.md"]


@pytest.mark.parametrize("device", ["cuda", "cuda:9"])
@pytest.mark.parametrize("runtime, message", [("onnxruntime", "has no CUDA provider"), ("torch", "finds no GPU")])
def test_a_gpu_that_is_not_there_is_never_replaced_by_the_cpu(device, runtime, message, tiny, monkeypatch):
    torch, onnxruntime = pytest.importorskip("torch"), pytest.importorskip("onnxruntime")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    code, out, err = tiny("profile", "net.md", "--device", device, "--runtime", runtime)
    assert (code, out) == (2, "")
    assert message in err
    assert "doctor" in err


def test_a_batch_that_does_not_fit_is_refused_with_figures_and_tried_only_by_force(tiny, planted, monkeypatch):
    code, out, err = tiny("profile", "net.md", "--batch", "2147483647")
    assert (code, out) == (2, "")
    # 3x8x8 and 4x6x6 values of 4 bytes for each image, and half as much again.
    assert err.startswith("error: this run needs about 4.")
    assert " TB, and " in err
    assert err.endswith(
        f" are free ({memory.available().limited_by})\n"
        "  use a smaller --batch, --input or --dtype, or --force to try all the same\n"
    )
    planted()
    monkeypatch.setattr(memory, "available", lambda: Available(1000, RAM))
    assert tiny("profile", "net.md")[2] == (
        "error: this run needs about 250.0 MB, and 1.00 KB are free (the machine's memory)\n"
        "  use a smaller --batch, --input or --dtype, or --force to try all the same\n"
    )
    code, out, _ = tiny("profile", "net.md", "--force")
    assert code == 0
    assert "1.00 KB were free" in out


@pytest.mark.parametrize(
    "package, words, message",
    [
        ("onnxruntime", [], "onnxruntime is not installed\n  pip install 'cnnscope[cpu]'"),
        ("onnx", [], "onnx is not installed\n  pip install 'cnnscope[cpu]'"),
        ("torch", ["--runtime", "torch"], "torch is not installed\n  pip install 'cnnscope[torch]'"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(package, words, message, tiny, tmp_path, monkeypatch):
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / f"{package}.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(str(missing))
    code, out, err = tiny("profile", "net.md", *words)
    assert (code, out) == (2, "")
    assert err.endswith(f"error: {message}\n")


@pytest.mark.parametrize(
    "runtime, kernels",
    [("onnxruntime", "auto"), ("onnxruntime", "alone"), ("onnxruntime", "none"), ("torch", "auto"), ("torch", "none")],
)
def test_every_way_of_timing_layers_gives_a_profile(runtime, kernels, tiny):
    words = ("--runtime", runtime, "--kernels", kernels, "--format", "json", *QUICK)
    code, out, _ = tiny("profile", "net.md", *words)
    record = json.loads(out)
    assert code == 0
    assert record["latency"]["n"] >= 1
    assert record["settings"]["runtime"] == runtime
    assert {layer for kernel in record["kernels"] for layer in kernel["layers"]} == (
        set() if kernels == "none" else {"a", "a.relu", "fc"}
    )
    assert (record["removed"], record["interrupted"]) == ([], False)
    assert record["attribution"]["unattributed_seconds"] == 0


VARIANTS = (
    "---\ninput: 3x8x8\n---\n# net(maps)\n" + table("type | maps | kernel", "conv | {maps} | 1")
    + "\n## variants\n" + table("model | maps", "net-a | 1", "net-b | 2")
)  # fmt: skip


def test_pages_variants_batches_and_inputs_are_measured_one_after_the_other(run, planted):
    planted()
    Path("net.md").write_text(VARIANTS)
    Path("other.md").write_text(TINY)
    code, out, _ = run("profile", "net.md", "other.md", "--batch", "1, 8", "--input", "3x9x10", "--format", "json")
    assert code == 0
    found = [(one["network"], one["settings"]["batch"], one["input_shape"]) for one in json.loads(out)]
    assert found == [(name, batch, [batch, 3, 9, 10]) for name in ("net-a", "net-b", "other") for batch in (1, 8)]


def test_an_input_that_does_not_fit_a_later_network_is_found_before_the_first_is_measured(run, planted):
    planted(batch1=AssertionError("measured"))
    Path("net.md").write_text(VARIANTS)
    Path("other.md").write_text(page("type | maps | kernel", "conv | 4 | 9", input="3x9x9"))
    code, out, err = run("profile", "net.md", "other.md", "--input", "3x8x8")
    assert (code, out) == (2, "")
    assert err.startswith("error: other.md:6: conv1: ")


def test_auto_threads_are_those_that_this_process_may_use(tiny, planted):
    planted()
    record = json.loads(tiny("profile", "net.md", "--threads", "auto", "--format", "json")[1])
    assert 1 <= record["settings"]["threads"] <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    "second, code, message",
    [
        (RunError("no memory", "use less"), 2, "error: no memory\n  use less\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        ({"interrupted": True}, 130, "interrupted\n"),
    ],
    ids=["an error", "Ctrl-C before a sample", "Ctrl-C while layers are timed"],
)
def test_what_was_measured_before_the_end_is_kept(second, code, message, tiny, planted):
    planted(batch2=second, batch3=AssertionError("went on"))
    words = ("--batch", "1,2,3", "-o", "out.json", "--trace", "trace.json")
    assert tiny("profile", "net.md", *words) == (code, "", message)
    found = json.loads(Path("out.json").read_text())
    batches = [one["settings"]["batch"] for one in (found if isinstance(found, list) else [found])]
    assert batches == ([1, 2] if isinstance(second, dict) else [1])
    assert json.loads(Path("trace.json").read_text())["traceEvents"]


def test_nothing_is_written_where_nothing_was_measured(tiny, planted):
    planted(batch1=RunError("no memory", "use less"))
    assert tiny("profile", "net.md", "-o", "out.json", "--trace", "trace.json")[0] == 2
    assert [path.name for path in Path.cwd().iterdir()] == ["net.md"]


@pytest.mark.parametrize("words", [("-o", "out.json"), ("--trace", "out.json")])
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(words, tiny, planted, monkeypatch):
    planted()
    Path("out.json").write_text("before")

    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    code, _, err = tiny("profile", "net.md", *words)
    assert code == 2
    assert err.startswith("error: out.json cannot be written: No space left on device\n")
    assert {path.name: path.read_text() for path in Path.cwd().iterdir()} == {"out.json": "before", "net.md": TINY}


@pytest.mark.parametrize(
    "words, warning",
    [
        ({"finite": False}, "the outputs are not all finite: NaN and infinity may run at another speed"),
        (
            {"use": {"own": 0.5, "others": 0.2, "stolen": 0.03}},
            "other processes used 20% of the machine's CPU time: measure when it is idle",
        ),
        (
            {"use": {"own": 0.5, "others": 0.0, "stolen": 0.03}},
            "the hypervisor gave 3% of the machine's CPU time away",
        ),
        ({"interrupted": True}, "interrupted: this is what was measured until then"),
    ],
)
def test_what_disturbs_a_measurement_is_noted(words, warning, tiny, planted):
    planted(batch1=words)
    assert f"\n≠ {warning}\n" in tiny("profile", "net.md")[1]


def test_more_threads_than_cores_are_noted(tiny, planted):
    planted()
    assert "≠ 1000 threads share " in tiny("profile", "net.md", "--threads", "1000")[1]


# From here on in processes of their own.


def started(*words, cwd, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "cnnscope", "profile", *words],
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more},
    )


def test_ctrl_c_while_sampling_keeps_the_samples_and_says_so(tmp_path):
    (tmp_path / "net.md").write_text(TINY)
    words = ("net.md", "--min-time", "60", "--max-time", "60", "-o", "out.json", "-o", "out.txt")
    with started(*words, cwd=tmp_path) as process:
        while "measuring" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    record = json.loads((tmp_path / "out.json").read_text())
    assert (record["latency"]["stop"], record["interrupted"], record["kernels"]) == ("interrupted", True, [])
    text = (tmp_path / "out.txt").read_text("utf-8")
    assert "stopped when it was INTERRUPTED" in text
    assert text.endswith("≠ interrupted: this is what was measured until then\n")


def test_ctrl_c_while_loading_leaves_nothing(tmp_path):
    (tmp_path / "net.md").write_text(TINY)
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "onnxruntime.py").write_text("import time\ntime.sleep(60)\n")
    path = os.pathsep.join([str(tmp_path / "slow"), str(ROOT)])
    with started("net.md", "-o", "out.json", cwd=tmp_path, PYTHONPATH=path) as process:
        assert process.stderr.readline() == "net, batch 1: loading\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    assert not (tmp_path / "out.json").exists()


def test_a_page_from_standard_input_is_measured_and_progress_is_a_line_per_phase(tmp_path):
    run = cnnscope("profile", "-", *QUICK, "--format", "csv", stdin=TINY, cwd=tmp_path)
    assert run.returncode == 0
    phases = [line.rpartition(": ")[2] for line in run.stderr.splitlines()]
    assert phases == ["loading", "warming up", "measuring", "timing kernels"]
    rows = [*csv.DictReader(io.StringIO(run.stdout))]
    assert [row["layer"] for row in rows][:2] == ["a", "fc"]
    assert [row["macs"] for row in rows][:2] == [str(4 * 27 * 36), str(2 * 144)]


def test_on_a_terminal_progress_renews_one_line_and_is_gone_at_the_end():
    text = on_a_terminal(100, "profile", "lenet5", *QUICK, NO_COLOR="1")
    progress, _, result = text.rpartition("\r\x1b[K")
    assert "lenet5, batch 1: measuring, " in progress
    assert " s left" in progress
    assert "\n" not in progress
    assert result.startswith("lenet5 · input 1x32x32 · batch 1 · float32 · onnxruntime on cpu, 1 thread\n")


def test_files_that_lie_about_by_chance_are_not_imported_by_the_measuring_process(tmp_path):
    """The installed command does not look into the current directory, and neither may the process that it starts."""
    for name in ("numpy", "json", "onnx", "onnxruntime"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported by chance')\n")
    run = subprocess.run(
        [sys.executable, "-P", "-m", "cnnscope", "profile", "lenet5", *QUICK, "--kernels", "none"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "redirection, code, message",
    [("<&-", 0, ""), ("> /dev/full", 2, "error: stdout cannot be written: "), (">&-", 2, "")],
)
def test_streams_that_are_closed_or_full_do_no_harm(redirection, code, message, tmp_path):
    command = f"{sys.executable} -m cnnscope profile lenet5 {' '.join(QUICK)} --kernels none {redirection}"
    run = subprocess.run(
        command, shell=True, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert run.returncode == code, run.stderr
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert "internal" not in run.stderr


def test_times_are_compared_with_the_machine_s_ceilings(tiny, planted):
    planted()
    out = tiny("profile", "net.md")[1]
    assert "that this machine does at most (fused multiply-adds in vectors of 256 bits)" in out
    assert "at most" not in tiny("profile", "net.md", "--no-ceilings")[1]


def test_ceilings_that_cannot_be_measured_are_a_remark(tiny, planted, monkeypatch):
    def refused(*_, **__):
        raise RunError("measuring the copy was ended by SIGKILL", "")

    planted()
    monkeypatch.setattr(profiling, "measured_ceilings", refused)
    code, out, _ = tiny("profile", "net.md")
    assert code == 0
    assert "\n≠ this machine's ceilings are unknown: measuring the copy was ended by SIGKILL\n" in out


def test_ceilings_are_those_of_the_cpus_that_can_be_used(tiny, planted, monkeypatch):
    asked = []

    def measured(device, dtype, threads, **_):
        asked.append((device, dtype, threads))
        return roofs(2e11, 2e10)

    planted()
    monkeypatch.setattr(profiling, "measured_ceilings", measured)
    monkeypatch.setattr(profiling, "usable_cores", lambda: 2)
    tiny("profile", "net.md", "--threads", "1")
    tiny("profile", "net.md", "--threads", "1000", "--dtype", "float16")
    assert asked == [("cpu", "float32", 1), ("cpu", "float16", 2)]
