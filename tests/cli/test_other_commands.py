"""cnnscope list, export, --help and --version."""

import csv
import io
import json

import pytest

import cnnscope as package
from cnnscope.cli import COMMANDS
from tests.cli.shell import cnnscope, on_a_terminal


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_the_documents(command):
    run = cnnscope(command, "--help")
    assert run.returncode == 0
    assert f"cnnscope {command}" in run.stdout
    assert command in cnnscope("--help").stdout


def test_no_command_shows_the_help_and_exits_2():
    run = cnnscope()
    assert run.returncode == 2
    assert "Commands" in run.stdout + run.stderr


def test_the_version_is_the_package_s():
    assert cnnscope("--version").stdout == f"cnnscope {package.__version__}\n"


def test_list_shows_every_network():
    rows = list(csv.DictReader(io.StringIO(cnnscope("list", "--format", "csv").stdout)))
    assert [row["name"] for row in rows] == package.networks()
    vgg16 = next(row for row in rows if row["name"] == "vgg16")
    assert (vgg16["params"], vgg16["macs"], vgg16["input_shape"]) == ("138357544", "15470264320", "3x224x224")


@pytest.mark.parametrize(
    "pattern, count", [("vgg16", 5), ("vgg16*", 3), ("vgg??", 4), ("resnet*-cifar", 5), ("VGG16_BN", 1)]
)
def test_a_pattern_or_a_part_of_a_name_selects(pattern, count):
    record = json.loads(cnnscope("list", pattern, "--format", "json").stdout)
    assert len(record["networks"]) == count
    assert cnnscope("list", pattern).stdout.endswith(f"{count} network{'s' if count > 1 else ''}\n")


def test_a_pattern_that_matches_nothing_exits_2():
    run = cnnscope("list", "zzz")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "error: no network matches `zzz`\n  `cnnscope list` alone shows all of them\n"


@pytest.mark.parametrize(
    "sort, first", [("params", "vgg19_bn"), ("macs", "vgg19"), ("name", "vgg11"), ("year", "vgg11_bn")]
)
def test_a_list_is_sorted_in_every_format(sort, first):
    """Of VGG's networks, the one with 19 layers and batch norm has most params; ties stay in page order."""
    words = ("list", "vgg*", "--where", "family == vgg*", "--sort", sort, "--format")
    assert json.loads(cnnscope(*words, "json").stdout)["networks"][0]["name"] == first
    assert next(csv.DictReader(io.StringIO(cnnscope(*words, "csv").stdout)))["name"] == first


def test_a_condition_selects_networks():
    """AlexNet has 61 million params and SqueezeNet 1.25 (Iandola et al. 2016)."""
    run = cnnscope("list", "--where", "(family == squeezenet or name == alexnet) and params < 5M", "--format", "json")
    assert [row["name"] for row in json.loads(run.stdout)["networks"]] == [
        "squeezenet",
        "squeezenet1_0",
        "squeezenet1_1",
    ]


@pytest.mark.parametrize(
    "words, message",
    [
        (["--where", "parms<5M"], "error: no column `parms`\n  did you mean params?\n"),
        (
            ["vgg16", "--where", "params<5M"],
            "error: none of 5 networks meets `params<5M`\n  widen the condition, or leave it out\n",
        ),
        (["--sort", "parms"], "error: no column `parms`\n  did you mean params?\n"),
        (["resnt50"], "error: no network matches `resnt50`\n  did you mean resnet50 or resnet50d or resnest50?\n"),
    ],
)
def test_a_list_that_cannot_be_exits_2(words, message):
    run = cnnscope("list", *words)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", message)


@pytest.mark.parametrize("columns", [60, 72, 80, 120, 200])
def test_a_narrow_terminal_drops_columns_of_a_list_and_names_them(columns):
    text = on_a_terminal(columns, "list", "resnet", NO_COLOR="1")
    assert max(map(len, text.splitlines())) <= columns
    assert "25,557,032" in text
    assert ("too narrow for: " in text) == (columns < 120)


def test_the_columns_of_a_list_can_be_chosen():
    shown = cnnscope("list", "vgg1?", "--columns", "name,macs").stdout
    assert shown.splitlines()[0].split() == ["name", "MACs"]


def test_export_writes_the_network_s_name_and_overwrites_it_only_when_told(tmp_path):
    first = cnnscope("export", "lenet5", "--weights", "none", cwd=tmp_path)
    assert (first.returncode, first.stdout[:11]) == (0, "lenet5.onnx")
    again = cnnscope("export", "lenet5", "--weights", "none", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (
        2,
        "error: lenet5.onnx exists already\n  name it with -o, or add --force\n",
    )
    assert cnnscope("export", "lenet5", "--weights", "none", "--force", cwd=tmp_path).returncode == 0
    assert cnnscope("export", "lenet5", "--weights", "none", "-o", "lenet5.onnx", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "words, message",
    [
        (["--batch", "0"], "error: batch 0\n"),
        (["--batch", "two"], "error: batch `two`\n"),
        (["--opset", "5"], "error: opset 5\n"),
        (["--weights", "w.pkl"], "error: weights `w.pkl` are not known\n"),
        (["--weights", "w.npz"], "error: w.npz: no such file\n"),
        (["-o", "lenet.foo"], "error: lenet.foo: an ONNX file is written under .onnx\n  write -o lenet.onnx\n"),
        (["-o", "nowhere/net.onnx"], "error: nowhere/net.onnx: there is no directory nowhere\n"),
        (["--input", "1x8x8"], "error: specs/lenet.md:"),
    ],
)
def test_an_export_that_cannot_be_exits_2_and_writes_nothing(words, message, tmp_path):
    run = cnnscope("export", "lenet5", *words, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith(message)
    assert not [*tmp_path.iterdir()]


def test_a_page_s_name_cannot_choose_a_directory(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "net.md").write_text(
        "---\nname: ../evil\ninput: 4\n---\n| type | maps |\n|-|-|\n| fully connected | 2 |\n"
    )
    run = cnnscope("export", "net.md", "--weights", "none", cwd=tmp_path / "in")
    assert run.stdout.startswith("_evil.onnx")
    assert sorted(path.name for path in tmp_path.rglob("*.onnx")) == ["_evil.onnx"]
