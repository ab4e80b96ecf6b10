"""cnnscope calibrate: its output, whole, what it keeps, and its exit codes."""

import csv
import io
import json

import pytest

from cnnscope.calibration import cache
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.errors import MissingExtraError, RunError
from tests.cli.shell import cnnscope, on_a_terminal

MACHINE = "0123456789ab"


def planted(device, dtype, threads, **fields):
    """What a machine of 2017 might have reached."""
    spread = {"fma": 0.004, "matrix_product": 0.02, "copy": 0.1}
    found = Ceilings(device, dtype, threads, threads * 117.2e9, threads * 103e9, 27.04e9, "", MACHINE, "256 bits", spread)  # fmt: skip
    return found._replace(**fields)


@pytest.fixture
def calibrate(run, monkeypatch, tmp_path):
    """The command on a machine of two CPUs that reaches this much; `fields` are what it reaches instead."""
    asked = []

    def command(*words, fields=None, round_trip=55e-9):
        def measure(device, dtype, threads, *, progress):
            progress("copy")
            asked.append((device, dtype, threads))
            return planted(device, dtype, threads, **(fields or {}))

        monkeypatch.setattr("cnnscope.calibration.calibrate.measure", measure)
        monkeypatch.setattr("cnnscope.calibration.calibrate.round_trip", lambda: round_trip)
        return run("calibrate", *words)

    monkeypatch.setenv("CNNSCOPE_CACHE_DIR", "cache")
    monkeypatch.setattr("cnnscope.machine.cpu.usable_cores", lambda: 2)
    monkeypatch.setattr("cnnscope.machine.cpu.model", lambda *_: "AMD EPYC")
    monkeypatch.setattr("cnnscope.machine.gpu.gpus", lambda: type("", (), {"found": ()}))
    command.asked = asked
    return command


def test_the_table_has_units_that_people_read(calibrate):
    """117.2 / 27.04 = 4.33 FLOP per byte."""
    assert calibrate() == (
        0,
        f"""\
the best of several trials on AMD EPYC
device  dtype    threads  FMA GFLOP/s  product GFLOP/s  copy GB/s  ridge FLOP/byte  spread
-------------------------------------------------------------------------------------------------
cpu     float32        1        117.2            103.0       27.0              4.3  0% / 2% / 10%
cpu     float32        2        234.4            206.0       27.0              8.7  0% / 2% / 10%
spread: by how much the median trial fell short of the best, for FMA / product / copy
roof             fused multiply-adds in vectors of 256 bits
CPUs             share a last-level cache just now: 55 ns to another CPU and back
kept in          cache/ceilings-{MACHINE}.json
fingerprint      {MACHINE}
""",
        "",
    )
    assert [entry["threads"] for entry in cache.read(MACHINE).entries] == [1, 2]


def test_without_an_fma_rate_the_roof_is_the_matrix_product_and_the_reason_is_given(calibrate):
    remark = "no FMA rate, so the roof is the matrix product: the processor has no AVX2 with FMA"
    fields = {"fma": None, "loop": "", "remark": remark, "spread": {"matrix_product": 0.02, "copy": 0.1}}
    assert calibrate("--threads", "1", fields=fields, round_trip=345e-9) == (
        0,
        f"""\
the best of several trials on AMD EPYC
device  dtype    threads  FMA GFLOP/s  product GFLOP/s  copy GB/s  ridge FLOP/byte  spread
------------------------------------------------------------------------------------------------
cpu     float32        1            -            103.0       27.0              3.8  - / 2% / 10%
spread: by how much the median trial fell short of the best, for FMA / product / copy
roof             a matrix product
CPUs             do NOT share a last-level cache just now: 345 ns to another CPU and back
kept in          cache/ceilings-{MACHINE}.json
fingerprint      {MACHINE}
≠ float32 on cpu, 1 thread: {remark}
""",
        "",
    )


def test_a_narrow_terminal_drops_whole_columns(calibrate, monkeypatch):
    monkeypatch.setattr("cnnscope.cli.options.width", lambda: 80)
    out = calibrate("--threads", "1")[1].splitlines()
    assert out[1:4] == [
        "device  dtype    threads  FMA GFLOP/s  product GFLOP/s  copy GB/s",
        "-----------------------------------------------------------------",
        "cpu     float32        1        117.2            103.0       27.0",
    ]
    assert out[4] == "too narrow for: ridge_point, spread (--columns chooses)"


def test_json_is_exact(calibrate):
    code, out, err = calibrate("--threads", "2", "--format", "json", round_trip=None)
    assert (code, err) == (0, "")
    record = json.loads(out)
    entry = planted("cpu", "float32", 2)
    assert list(record) == ["schema_version", "kind", "cnnscope", "machine", "fingerprint", "ceilings", "round_trip_seconds", "cache_mode", "kept_in"]  # fmt: skip
    assert (record["kind"], record["machine"], record["fingerprint"]) == ("calibration", "AMD EPYC", MACHINE)
    assert record["ceilings"] == [
        entry._asdict() | {"compute": 234.4e9, "source": entry.source, "ridge_point": 234.4e9 / 27.04e9}
    ]
    assert (record["round_trip_seconds"], record["cache_mode"]) == (None, None)
    assert record["kept_in"] == f"cache/ceilings-{MACHINE}.json"


def test_csv_has_every_column(calibrate):
    (row,) = csv.DictReader(io.StringIO(calibrate("--threads", "1", "--format", "csv")[1]))
    assert row == {
        "device": "cpu",
        "dtype": "float32",
        "threads": "1",
        "fma": "117200000000.0",
        "matrix_product": "103000000000.0",
        "copy": "27040000000.0",
        "ridge_point": str(117.2e9 / 27.04e9),
        "spread": "0% / 2% / 10%",
        "source": "fused multiply-adds in vectors of 256 bits",
        "remark": "",
        "schema_version": "1",
    }


@pytest.mark.parametrize(
    "words, asked",
    [
        pytest.param([], [("cpu", "float32", 1), ("cpu", "float32", 2)], id="one thread and all, if not told"),
        pytest.param(["--threads", "2,auto"], [("cpu", "float32", 2)], id="each once"),
        pytest.param(["--threads", " 1 ", "--dtype", "float32, float16"], [("cpu", "float32", 1), ("cpu", "float16", 1)], id="several dtypes"),
        pytest.param(["--device", "cuda:1", "--dtype", "float32,tf32"], [("cuda:1", "float32", 1), ("cuda:1", "tf32", 1)], id="threads are nothing for CUDA"),
        pytest.param(["--device", "cuda:0"], [("cuda", "float32", 1)], id="the first GPU has a short name"),
    ],
)  # fmt: skip
def test_what_is_measured(words, asked, calibrate):
    code, _, err = calibrate(*words)
    assert (code, err) == (0, "")
    assert calibrate.asked == asked


@pytest.mark.parametrize(
    "words, message",
    [
        (["--threads", "0"], "threads 0\n  write a whole number from 1 to 1024"),
        (["--threads", "1,0"], "threads 0\n  write a whole number from 1 to 1024"),
        (["--threads", "two"], "threads `two`\n  write whole numbers or auto, separated by commas"),
        (["--threads", "-1"], "threads `-1`\n  write whole numbers or auto, separated by commas"),
        (["--threads", ""], "threads ``\n  write whole numbers or auto, separated by commas"),
        (["--device", "tpu"], "device `tpu` is not known\n  known are cpu, cuda, cuda:1"),
        (["--dtype", "int8"], "dtype `int8` is not known\n  known are float32, float16, tf32"),
        (["--dtype", "tf32"], "TF32 is nothing for cpu\n  add --device cuda"),
        (["--dtype", "float32,int8"], "dtype `int8` is not known\n  known are float32, float16, tf32"),
        (["--format", "jsn"], "`jsn` is not known\n  did you mean json?"),
        (["--columns", "fm"], "no column `fm`\n  did you mean fma?"),
        (["-o", "nowhere/a.json"], "nowhere/a.json: there is no directory nowhere\n  create it first"),
        (["-o", "a.zip"], "a.zip: no format writes `.zip`\n  use --format, or one of .csv, .html, .htm, .json, .tex, .md, .markdown, .txt"),
    ],
)  # fmt: skip
def test_bad_usage_exits_2_before_anything_is_measured(words, message, calibrate):
    assert calibrate(*words) == (2, "", f"error: {message}\n")
    assert calibrate.asked == []


def test_cuda_without_a_gpu_exits_2(monkeypatch):
    torch = pytest.importorskip("torch")
    # Hides those that are there from the command's process.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    done = cnnscope("calibrate", "--device", "cuda")
    built = f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA"
    message = f"torch {torch.__version__} is built for {built} and finds no GPU"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {message}\n  `cnnscope doctor` says what is missing\n"


@pytest.mark.parametrize(
    "fault, message",
    [
        (MissingExtraError("onnxruntime is not installed", "pip install 'cnnscope[cpu]'"), "onnxruntime is not installed\n  pip install 'cnnscope[cpu]'"),
        (RunError("measuring the copy was ended by SIGKILL", "`cnnscope doctor` examines this installation"), "measuring the copy was ended by SIGKILL\n  `cnnscope doctor` examines this installation"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_exits_2(fault, message, run, monkeypatch):
    def measure(*_, **__):
        raise fault

    monkeypatch.setattr("cnnscope.calibration.calibrate.measure", measure)
    assert run("calibrate") == (2, "", f"error: {message}\n")


def test_a_damaged_file_is_replaced_with_a_sentence(calibrate, tmp_path):
    file = tmp_path / "cache" / f"ceilings-{MACHINE}.json"
    file.parent.mkdir()
    file.write_text('{"kind": "ceil')
    code, out, err = calibrate("--threads", "1")
    assert (code, err) == (0, f"cache/ceilings-{MACHINE}.json is damaged: its ceilings are measured anew\n")
    assert f"kept in          cache/ceilings-{MACHINE}.json\n" in out
    assert json.loads(file.read_text())["entries"] == [planted("cpu", "float32", 1)._asdict()]


def test_a_cache_that_cannot_be_written_costs_only_the_cache(calibrate, tmp_path):
    (tmp_path / "cache").write_text("")
    code, out, _ = calibrate("--threads", "1")
    assert code == 0
    assert "kept in          NOT kept: cache cannot be made: File exists\n" in out


def test_this_machine_is_calibrated_and_a_terminal_sees_what_is_done(tmp_path):
    pytest.importorskip("onnxruntime")
    shown = on_a_terminal(120, "calibrate", "--threads", "1", CNNSCOPE_CACHE_DIR=str(tmp_path))
    assert "calibrating: float32, 1 thread: matrix product" in shown
    assert "calibrating: float32, 1 thread: copy" in shown
    (file,) = tmp_path.iterdir()
    (entry,) = json.loads(file.read_text())["entries"]
    assert Ceilings(**entry).compute >= entry["matrix_product"] > 0
    assert entry["copy"] > 0
