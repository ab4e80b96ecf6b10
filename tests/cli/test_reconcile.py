"""cnnscope reconcile."""

import csv
import io
import json

import pytest

from cnnscope import reconcile
from tests.cli.shell import cnnscope, on_a_terminal


def test_each_figure_is_led_up_to_term_by_term():
    run = cnnscope("reconcile", "vgg16", "--tool", "torchinfo")
    assert run.returncode == 0
    found = [line.split() for line in run.stdout.splitlines()]
    assert (
        "torchinfo mult-adds 15,470,264,320 + 13,547,520 biases of convolutions, per output 15,483,821,032".split()
        in found
    )
    assert "+ 9,192 biases of fully connected layers, per output".split() in found
    assert run.stdout.count("torchinfo 1.8.0, torchinfo/layer_info.py, calculate_macs; model_statistics.py") == 1
    assert "torchvision's VGG has an adaptive pool to 7x7 in front of its classifier" in run.stdout


def test_what_a_tool_leaves_out_is_taken_off():
    shown = cnnscope("reconcile", "unet", "--tool", "calflops").stdout
    assert "− 18,120,960 biases of transposed convolutions at a convolution's positions instead of outputs" in shown
    assert "+ -" not in shown


def test_json_has_every_term_as_exact_integers():
    run = cnnscope("reconcile", "resnet50", "--tool", "thop", "--format", "json")
    (figure,) = [entry for entry in json.loads(run.stdout)["figures"] if entry["figure"] == "MACs"]
    assert (figure["base"], figure["ours"], figure["theirs"]) == ("macs", 4_089_184_256, 4_133_742_592)
    assert [(term["factor"], term["count"], term["value"]) for term in figure["terms"]] == [
        (4, 11_113_984, 44_455_936),
        (1, 102_400, 102_400),
    ]


def test_csv_has_one_line_per_figure_of_every_tool():
    found = list(csv.DictReader(io.StringIO(cnnscope("reconcile", "lenet5", "--format", "csv").stdout)))
    assert len({row["tool"] for row in found}) == 22
    assert {row["network"] for row in found} == {"lenet5"}


def test_two_tools_the_input_and_what_is_a_function():
    run = cnnscope(
        *"reconcile resnet18 --tool fvcore --tool ptflops-pytorch --input 3x160x160 --format csv --calls".split(),
        "relu=function",
    )
    found = {(row["tool"], row["figure"]): row["theirs"] for row in csv.DictReader(io.StringIO(run.stdout))}
    assert found["fvcore", "activations"] == "1268200"
    assert len(found) == 5


@pytest.mark.parametrize(
    "names, tools",
    [
        pytest.param(["ptflops"], {"ptflops-aten", "ptflops-meta", "ptflops-pytorch"}, id="a family means all of it"),
        pytest.param(["thop"], {"thop"}, id="a tool's whole name means that tool alone"),
        pytest.param(["ptflops_meta", "ptflops"], {"ptflops-aten", "ptflops-meta", "ptflops-pytorch"}, id="none twice"),
    ],
)
def test_tools_go_by_name_or_family(names, tools):
    found = reconcile("lenet5", tools=names).figures
    assert {figure.tool for figure in found} == tools
    assert len({(figure.tool, figure.quantity) for figure in found}) == len(found)


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_a_narrow_terminal_keeps_the_numbers_whole(columns):
    shown = on_a_terminal(columns, "reconcile", "vgg16", NO_COLOR="1")
    assert "15,483,821,032" in shown
    assert max(map(len, shown.splitlines())) <= columns
    assert ("too narrow for: ours (--columns chooses)" in shown) == (columns == 60)


@pytest.mark.parametrize(
    "words, message",
    [
        (
            ["--tool", "torchinf"],
            "error: no tool `torchinf`\n  did you mean torchinfo?\n",
        ),
        (
            ["--tool", "ptflop"],
            "error: no tool `ptflop`\n  did you mean ptflops-aten or ptflops-meta or ptflops-pytorch?\n",
        ),
        (
            ["--tool", "ptlfops"],
            "error: no tool `ptlfops`\n  did you mean ptflops-aten or ptflops-meta or ptflops-pytorch or calflops?\n",
        ),
        (["--tool", "mm"], "error: no tool `mm`\n  did you mean mmcv or mmengine?\n"),
        (
            ["--calls", "relu"],
            "error: --calls `relu`\n  write a layer or type and how it is called: 'relu=function'\n",
        ),
        (
            ["--calls", "relu=magic"],
            "error: `magic` for relu is no way to call a layer\n"
            "  known are module, function, method, subclass, linear, untraced\n",
        ),
    ],
)
def test_a_wrong_argument_exits_2_and_says_what_is_right(words, message):
    run = cnnscope("reconcile", "vgg16", *words)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", message)
