"""`cnnscope verify`: engines that are missing, memory, Ctrl-C, bad usage, and what is printed."""

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest

import cnnscope
from cnnscope.errors import RunError
from cnnscope.machine.memory import Available
from cnnscope.verification import by_runtime, need
from tests.cli.shell import on_a_terminal
from tests.pages import page

ROOT = Path(__file__).parents[2]
TORCH = (
    "shapes, params, buffers, MACs, memory and values by torch: torch is not installed; pip install 'cnnscope[torch]'"
)
RUNTIME = "shapes and values by onnxruntime: onnxruntime is not installed; pip install 'cnnscope[cpu]'"
ONNX = "shapes and stored elements by onnx: onnx is not installed; pip install 'cnnscope[cpu]'"
NO_WRITER = (
    "shapes and values by onnxruntime: onnx, which writes the network for it, is not installed; "
    "pip install 'cnnscope[cpu]'"
)
RBF = "MACs of Out: torch has no operator for rbf"


@pytest.fixture
def without(monkeypatch):
    """Makes these packages fail to import."""
    return lambda *names: [monkeypatch.setitem(sys.modules, name, None) for name in names]


@pytest.mark.parametrize(
    "missing, asked, not_asked",
    [
        (["torch"], ["onnx", "onnxruntime"], [TORCH]),
        (["onnxruntime"], ["onnx", "torch"], [RUNTIME, RBF]),
        (["onnx"], ["torch"], [ONNX, NO_WRITER, RBF]),
        (["onnx", "torch"], [], [ONNX, NO_WRITER, TORCH]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and len(value) < 3 else "",
)
def test_an_engine_that_is_missing_is_listed_and_not_taken_for_agreement(missing, asked, not_asked, without):
    without(*missing)
    found = cnnscope.verify("lenet5")
    assert found.holds
    assert list(found.asked) == asked
    assert [entry.text for entry in found.not_asked] == not_asked
    for layer in found.layers:
        assert set(layer.shape) == {"cnnscope", *asked}
        assert layer.alone is layer.end_to_end is None
    assert found.same_in_place is None


def test_without_any_engine_there_is_nobody_to_ask(run, without):
    without("onnx", "onnxruntime", "torch")
    assert run("verify", "lenet5") == (
        2,
        "",
        "error: none of onnx, onnxruntime and torch is installed, so there is nobody to ask\n"
        "  pip install 'cnnscope[cpu,torch]'\n",
    )


def test_too_little_memory_is_refused_with_figures_and_force_runs_all_the_same(run, monkeypatch):
    monkeypatch.setattr(need.memory, "available", lambda: Available(300_000_000, "the memory limit of cgroup /x"))
    assert run("verify", "lenet5") == (
        2,
        "",
        "error: lenet5 at batch 1 needs about 500.6 MB to be verified, and 300.0 MB are free, limited by the memory limit "
        "of cgroup /x\n  use a smaller --batch or --input, --counts-only, which computes nothing, or --force\n",
    )
    assert run("verify", "lenet5", "--force")[0] == 0
    assert run("verify", "lenet5", "--counts-only")[0] == 0


def test_the_memory_that_is_predicted_holds_a_network_of_three_gigabytes_in_24():
    report = cnnscope.load("vgg19").analyze()
    # 143,667,240 weights twice, and every tensor: 0.575 and 0.125 GB.
    assert need.needed(report) == pytest.approx(0.5e9 + 2 * 574_668_960 + 1.25 * 125.6e6, rel=0.01)
    assert need.LIBRARIES + 2 * 3e9 < 24e9


def test_several_networks_have_a_line_each(run):
    code, out, err = run("verify", "mlp-3-4-2", "conv-26", "lenet5-slide")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["mlp-3-4-2", "conv-26", "lenet5-slide"]
    assert all(line.endswith("onnx onnxruntime torch  ✓") for line in lines[2:5])
    assert lines[5:] == [
        "not asked        MACs of Out: torch has no operator for rbf (1 network)",
        "verdict          3 of 3 networks agree with everything that was asked",
    ]


def test_several_networks_in_json_and_csv_have_all_their_layers(run):
    code, out, _ = run(
        "verify", "mlp-3-4-2", "conv-26", "-o", "all.json", "-o", "all.csv", "-o", "all.md", "--counts-only"
    )
    assert (code, out) == (0, "")
    records = json.loads(Path("all.json").read_text("utf-8"))
    assert [(record["network"], len(record["layers"])) for record in records] == [("mlp-3-4-2", 2), ("conv-26", 1)]
    rows = [*csv.DictReader(io.StringIO(Path("all.csv").read_text("utf-8")))]
    assert [(row["network"], row["layer"], row["params"], row["verdict"]) for row in rows] == [
        ("mlp-3-4-2", "hidden", "16", "✓"),
        ("mlp-3-4-2", "output", "10", "✓"),
        ("conv-26", "conv", "26", "✓"),
    ]
    assert "| mlp-3-4-2 |" in Path("all.md").read_text("utf-8")


def test_all_are_the_networks_of_the_zoo(run, monkeypatch):
    asked = []
    real = cnnscope.verify

    def first(network, **options):
        asked.append(network.name)
        return real("conv-26", **options)

    monkeypatch.setattr("cnnscope.answers.verify", first)
    code, out, _ = run("verify", "--all", "--counts-only", "--top", "1")
    assert code == 0
    assert asked == cnnscope.networks()
    count = len(cnnscope.networks())
    assert f"verdict          {count} of {count} networks agree with everything that was asked" in out


def test_ctrl_c_keeps_what_was_verified_and_says_so(run, monkeypatch):
    real = cnnscope.verify

    def interrupted(network, **options):
        if network.name == "dense-100":
            raise KeyboardInterrupt
        return real(network, **options)

    monkeypatch.setattr("cnnscope.answers.verify", interrupted)
    code, out, err = run("verify", "mlp-3-4-2", "conv-26", "dense-100", "lenet5", "--counts-only")
    assert code == 130
    assert err == "verified 2 of 4: mlp-3-4-2, conv-26\ninterrupted\n"
    assert "verdict          2 of 2 networks agree with everything that was asked" in out
    assert run("verify", "dense-100") == (130, "", "verified 0 of 1: none\ninterrupted\n")


def test_a_network_that_a_runtime_cannot_run_does_not_stop_the_others(run, monkeypatch):
    real = by_runtime.ask

    def failing(graph, layers, settings):
        if graph.name == "conv-26":
            raise RunError("conv: not enough memory on cpu", "use a smaller --batch or --input")
        return real(graph, layers, settings)

    monkeypatch.setattr(by_runtime, "ask", failing)
    code, out, err = run("verify", "conv-26", "mlp-3-4-2")
    assert code == 2
    assert err == "error: conv-26: conv: not enough memory on cpu\n  use a smaller --batch or --input\n"
    assert "verdict          1 of 1 networks agree" in out
    assert run("verify", "conv-26") == (
        2,
        "",
        "error: conv: not enough memory on cpu\n  use a smaller --batch or --input\n",
    )


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "name networks, or else --all for those of the zoo\n  cnnscope verify lenet5"),
        (["lenet5", "--all"], "name networks, or else --all for those of the zoo\n  cnnscope verify lenet5"),
        (["lenet5", "--dtype", "int8"], "dtype `int8` cannot be verified\n  known are float32, float16"),
        (["lenet5", "--seed", "-1"], "seed -1\n  it must be at least 0"),
        (["lenet5", "--batch", "0"], "batch 0\n  write a whole number from 1 to 2^31 - 1"),
        (["lenet5", "--sort", "latency"], "no column `latency`\n  known are"),
        (["lenet5", "--top", "0"], "--top 0\n  it must be at least 1"),
        (["lenet5", "-o", "x.doc"], "x.doc: no format writes `.doc`"),
        (["lenet6"], "no network `lenet6`\n  did you mean lenet5"),
        (["lenet5", "mlp-3-4-2", "--input", "3x8x8"], "specs/lenet.md"),
    ],
)
def test_bad_usage_is_refused_before_anything_is_asked(words, message, run, monkeypatch):
    monkeypatch.setattr("cnnscope.verification.ask.counts", None)
    code, out, err = run("verify", *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


def test_columns_and_rows_can_be_chosen(run):
    code, out, _ = run(
        "verify", "lenet5", "--counts-only", "--columns", "layer,macs,verdict", "--sort", "macs", "--top", "2"
    )
    assert code == 0
    assert out.splitlines()[1:7] == [
        "layer     MACs  agree",
        "---------------------",
        "C3     150,000  ✓",
        "C1     117,600  ✓",
        "---------------------",
        "total  326,520  ✓",
    ]
    assert run("verify", "resnet50", "--counts-only", "--depth", "1")[1].splitlines()[5].startswith("conv2  ")


def test_on_a_terminal_progress_is_gone_when_it_is_done():
    shown = on_a_terminal(100, "verify", "mlp-3-4-2", "conv-26", "--counts-only")
    assert "verify conv-26 (2 of 2): counts by torch" in shown
    last = shown.splitlines()[-1]
    assert last.endswith("2 of 2 networks agree with everything that was asked")


def test_the_readme_shows_a_verification_as_it_is(run):
    """Rounding errors depend on the processor; all else is the same everywhere."""
    block = re.search(
        r"```text\n\$ cnnscope verify lenet5\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert block
    code, out, _ = run("verify", "lenet5")

    def steady(text):
        return [re.sub(r"\d\.\de[-+]\d\d| at \S+,", "", line) for line in text.splitlines()]

    assert code == 0
    assert steady(block[1]) == steady(out)


def test_a_runtime_s_error_comes_in_our_words_with_the_layer_and_a_remedy_of_this_command(run, monkeypatch):
    real = by_runtime.Session

    class Full(real):
        def outputs(self):
            raise MemoryError("Name:'C3/part' requested buffer of size 8000000000")

    monkeypatch.setattr(by_runtime, "Session", Full)
    assert run("verify", "lenet5") == (
        2,
        "",
        "error: C3: not enough memory on cpu; it asked for 8.00 GB more\n"
        "  use a smaller --batch or --input, or --counts-only, which computes nothing\n",
    )


def test_several_outputs_and_an_input_that_is_read_twice_agree(run, tmp_path):
    rows = "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | in |\n| head | conv | 3 | 1 | a |\n| out | add | | | a, a |\n| w | relu | | | in |\n"
    (tmp_path / "net.md").write_text(page(rows))
    assert run("verify", "net.md")[0] == 0
    assert run("verify", "net.md", "--batch", "3", "--dtype", "float16")[0] == 0
