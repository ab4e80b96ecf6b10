"""Ceilings from planted probes: which roof holds, what is remarked, and when nothing is measured."""

import pytest

from cnnscope.calibration import cache, ceilings, machine_code
from cnnscope.calibration.ceilings import Ceilings, checked, measure
from cnnscope.errors import MissingExtraError, RunError, UsageError
from cnnscope.machine import cpu
from cnnscope.machine.cpu import Load

WIDTHS = ("256 bits", "512 bits")
ALWAYS = {"matrix_product": [100e9, 0.02, 50], "copy": [25e9, 0.1, 30]}


@pytest.fixture
def probes(monkeypatch):
    """Plants what probes answer: a value, or a list with one for every time; what was asked is listed."""
    asked = []

    def plant(answers):
        rest = {key: list(value) if isinstance(value, tuple) else None for key, value in answers.items()}

        def ask(probe, *words):
            asked.append((probe, *words))
            key = (probe, words[0]) if (probe, words[0]) in answers else probe
            answer = rest[key].pop(0) if rest[key] else answers[key]
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(ceilings, "ask", ask)
        return asked

    monkeypatch.setattr(machine_code, "refusal", lambda: "")
    monkeypatch.setattr(machine_code, "loops", lambda dtype: WIDTHS)
    monkeypatch.setattr(Load, "now", lambda: None)
    monkeypatch.setattr(cpu, "usable_cores", lambda: 2)
    return plant


def fma(*rates):
    """The answers of both loops: a figure each, or a tuple of them, or an exception."""
    shown = [tuple([r, 0.01, 20] for r in rate) if isinstance(rate, tuple) else rate if isinstance(rate, Exception) else [rate, 0.01, 20] for rate in rates]  # fmt: skip
    return ALWAYS | {("fma", name): rate for name, rate in zip(WIDTHS, shown, strict=True)}


KILLED = RunError("measuring the FMA rate was ended by SIGILL", "hint")
SLOW = RunError("measuring the FMA rate gave no answer in 60 s", "hint")


@pytest.mark.parametrize(
    "answers, dtype, threads, rate, loop, compute, source, remark",
    [
        pytest.param(fma(64e9, 128e9), "float32", 1, 128e9, "512 bits", 128e9, "fused multiply-adds in vectors of 512 bits", "", id="the wider loop is the faster one"),
        pytest.param(fma(130e9, 128e9), "float32", 1, 130e9, "256 bits", 130e9, "fused multiply-adds in vectors of 256 bits", "", id="a clock that is lower for wide vectors"),
        pytest.param(fma(128e9, KILLED), "float32", 1, 128e9, "256 bits", 128e9, "fused multiply-adds in vectors of 256 bits", "a loop could not run: 512 bits: measuring the FMA rate was ended by SIGILL", id="one loop is an illegal instruction"),
        pytest.param(fma(KILLED, SLOW), "float32", 1, None, "", 100e9, "a matrix product", "no FMA rate, so the roof is the matrix product: 256 bits: measuring the FMA rate was ended by SIGILL", id="no loop runs: the first reason is given"),
        pytest.param(fma(64e9, (90e9, 95e9, 120e9)), "float32", 2, 120e9, "512 bits", 120e9, "fused multiply-adds in vectors of 512 bits", "", id="a loop that was held up gets two more tries"),
        pytest.param(fma(64e9, (90e9, 95e9, 92e9)), "float32", 2, 95e9, "512 bits", 100e9, "a matrix product", "the matrix product got further than the FMA loop, so it is the roof", id="the roof is never below what was reached"),
        pytest.param(fma(64e9, 128e9), "float16", 1, 128e9, "512 bits", 128e9, "fused multiply-adds in vectors of 512 bits", "this CPU computes float16 in single precision, so the FMA rate is that of float32", id="halves computed as floats"),
        pytest.param(fma(64e9, 128e9), "float32", 4, 128e9, "512 bits", 128e9, "fused multiply-adds in vectors of 512 bits", "4 threads share 2 usable CPUs", id="more threads than CPUs"),
    ],
)  # fmt: skip
def test_the_roof_and_where_it_comes_from(answers, dtype, threads, rate, loop, compute, source, remark, probes):
    probes(answers)
    found = measure("cpu", dtype, threads)
    assert (found.fma, found.loop, found.compute, found.source) == (rate, loop, compute, source)
    assert (found.matrix_product, found.copy, found.remark) == (100e9, 25e9, remark)
    assert found.compute >= found.matrix_product
    assert found.ridge_point == compute / 25e9
    assert found.fingerprint == "0123456789ab"
    assert found.spread == ({"fma": 0.01} if rate else {}) | {"matrix_product": 0.02, "copy": 0.1}


def test_a_cpu_that_computes_halves_needs_no_remark(probes, monkeypatch):
    half = "512 bits of half precision"
    monkeypatch.setattr(machine_code, "loops", lambda dtype: (*WIDTHS, half))
    probes(fma(64e9, 128e9) | {("fma", half): [256e9, 0.01, 20]})
    found = measure("cpu", "float16", 1)
    assert (found.fma, found.loop, found.remark) == (256e9, half, "")


def test_a_processor_without_the_instructions_has_no_fma_rate(probes, monkeypatch):
    monkeypatch.setattr(machine_code, "refusal", lambda: "the processor has no AVX2 with FMA")
    monkeypatch.setattr(machine_code, "loops", lambda dtype: ())
    asked = probes(ALWAYS)
    found = measure("cpu", "float32", 1)
    assert (found.fma, found.compute, found.loop) == (None, 100e9, "")
    assert found.remark == "no FMA rate, so the roof is the matrix product: the processor has no AVX2 with FMA"
    assert asked == [("matrix_product", "cpu", "float32", 1), ("copy", "cpu", 1)]


def test_cuda_has_a_matrix_product_and_a_copy_and_one_kind_of_thread(probes):
    asked = probes(ALWAYS)
    found = measure("cuda:0", "tf32", 8)
    assert asked == [("matrix_product", "cuda", "tf32", 1), ("copy", "cuda", 1)]
    assert (found.device, found.threads, found.fma, found.source, found.remark) == (
        "cuda",
        1,
        None,
        "a matrix product",
        "",
    )


@pytest.mark.parametrize("others, remark", [(40, "other processes used 40% of the machine's CPU time: measure again when it is idle"), (4, "")])  # fmt: skip
def test_a_busy_machine_is_remarked(others, remark, probes, monkeypatch):
    probes(fma(64e9, 128e9))
    loads = iter([Load(0, 0, 0, 0), Load(100, others, 0, 0)])
    monkeypatch.setattr(Load, "now", lambda: next(loads))
    assert measure("cpu", "float32", 1).remark == remark


@pytest.mark.parametrize(
    "fault",
    [
        RunError("measuring the copy was ended by SIGKILL", "hint"),
        MissingExtraError("onnxruntime is not installed", "pip install 'cnnscope[cpu]'"),
    ],
)
def test_without_a_matrix_product_and_a_copy_there_are_no_ceilings(fault, probes, directory):
    probes(fma(64e9, 128e9) | {"copy": fault})
    with pytest.raises(type(fault)) as caught:
        ceilings.ceilings()
    assert caught.value is fault
    assert not directory.exists()


@pytest.mark.parametrize(
    "device, dtype, threads, message",
    [
        ("tpu", "float32", 1, "device `tpu` is not known\n  known are cpu, cuda, cuda:1"),
        ("cpu:1", "float32", 1, "device `cpu:1` is not known\n  known are cpu, cuda, cuda:1"),
        ("cuda:", "float32", 1, "device `cuda:` is not known\n  known are cpu, cuda, cuda:1"),
        ("cpu", "int8", 1, "dtype `int8` is not known\n  known are float32, float16, tf32"),
        ("cpu", "tf32", 1, "TF32 is nothing for cpu\n  add --device cuda"),
        ("cpu", "float32", 0, "threads 0\n  write a whole number from 1 to 1024"),
        ("cpu", "float32", 1025, "threads 1025\n  write a whole number from 1 to 1024"),
    ],
)
def test_what_cannot_be_asked(device, dtype, threads, message, probes):
    asked = probes({})
    for ask in (checked, measure, ceilings.ceilings):
        with pytest.raises(UsageError) as caught:
            ask(device, dtype, threads)
        assert str(caught.value) == message
    assert asked == []


def test_what_is_measured_is_kept_and_not_measured_again(probes):
    asked, heard, warned = probes(fma(64e9, 128e9)), [], []
    first = ceilings.ceilings("cpu", "float32", 2, progress=heard.append, warn=warned.append)
    assert heard == ["matrix product", "copy", "fused multiply-adds, 256 bits", "fused multiply-adds, 512 bits"]
    count = len(asked)
    assert ceilings.ceilings("cpu", "float32", 2, progress=heard.append, warn=warned.append) == first
    assert (len(asked), len(heard), warned) == (count, 4, [])
    assert ceilings.ceilings("cpu", "float32", 1) == first._replace(threads=1)
    assert ceilings.ceilings("cpu", "float16", 2).dtype == "float16"
    assert len(asked) == 3 * count


def test_a_damaged_file_is_measured_anew_with_a_sentence(probes, directory):
    probes(fma(64e9, 128e9))
    directory.mkdir()
    file = directory / "ceilings-0123456789ab.json"
    file.write_text("{")
    warned = []
    found = ceilings.ceilings(warn=warned.append)
    assert warned == [f"{file} is damaged: its ceilings are measured anew"]
    assert [Ceilings(**entry) for entry in cache.read("0123456789ab").entries] == [found]


def test_a_cache_that_cannot_be_written_costs_only_the_cache(probes, directory):
    probes(fma(64e9, 128e9))
    directory.parent.mkdir(exist_ok=True)
    directory.mkdir()
    (directory / "ceilings-0123456789ab.json").mkdir()
    warned = []
    assert ceilings.ceilings(warn=warned.append).fma == 128e9
    file = directory / "ceilings-0123456789ab.json"
    assert warned == [
        f"{file} cannot be read: Is a directory: its ceilings are measured anew",
        f"the ceilings are not kept: {file} is a directory",
    ]
