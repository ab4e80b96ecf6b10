"""cnnscope analyze, as a user meets it."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from tests.cli.shell import ROOT, cnnscope, on_a_terminal
from tests.pages import page

LEDGER = ROOT / "tests" / "data" / "vgg16_ledger.txt"
HOSTILE = ("=cmd()", "a|b", "<script>x", "[red]x", "x\x1b[31m", "c_1&2%")


def test_a_pipe_gets_every_column_at_its_natural_width():
    run = cnnscope("analyze", "vgg16")
    assert (run.returncode, run.stderr) == (0, "")
    assert "138,357,544" in run.stdout
    assert "15,470,264,320" in run.stdout
    assert "\x1b" not in run.stdout
    assert "too narrow" not in run.stdout


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_a_terminal_loses_whole_columns_and_never_a_digit(columns):
    text = on_a_terminal(columns, "analyze", "vgg16", NO_COLOR="1")
    assert all(len(line) <= columns for line in text.splitlines())
    assert "102,764,544" in text
    assert "…" not in text
    assert ("too narrow for: " in text) == (columns < 105)


def test_colour_is_for_terminals_unless_asked_for_or_refused():
    plain = {"NO_COLOR": "1"}
    assert "\x1b[" in on_a_terminal(100, "analyze", "lenet5")
    assert "\x1b[" not in on_a_terminal(100, "analyze", "lenet5", **plain)
    assert "\x1b[" in cnnscope("analyze", "lenet5", FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b[" in cnnscope("analyze", "lenet5", "--color", "always", **plain).stdout
    assert "\x1b[" not in on_a_terminal(100, "analyze", "lenet5", "--color", "never")


def test_ascii_is_enough_where_stdout_knows_no_more():
    run = cnnscope("analyze", "googlenet", "--depth", "1", PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert run.stdout.isascii()
    assert "! params 2.7K: computed 9,472" in run.stdout


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m cnnscope analyze resnet152 --format json | head -1"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert (run.stdout, run.stderr) == ("{\n", "")


def test_standard_input_is_read_like_a_file():
    text = LEDGER.read_text("utf-8")
    from_file, from_stdin = (
        cnnscope("analyze", LEDGER, "--format", "json"),
        cnnscope("analyze", "-", "--format", "json", stdin=text),
    )
    assert json.loads(from_file.stdout)["totals"] == json.loads(from_stdin.stdout)["totals"]
    assert (
        cnnscope("analyze", "-", stdin="").stderr
        == "error: stdin: the file is empty\n  write a table of layers; README.md shows one\n"
    )


def test_json_keeps_the_order_of_the_contract():
    record = json.loads(cnnscope("analyze", "lenet5", "--format", "json").stdout)
    assert (
        list(record)[:10]
        == "schema_version cnnscope network source input_shape dtype status totals layers claims".split()
    )
    assert list(record["totals"])[:8] == (
        "params buffers macs flops weight_bytes activation_bytes peak_activation_bytes training_bytes".split()
    )
    assert list(record["layers"][0])[:16] == (
        "name type line inputs input_shapes output_shape params buffers macs flops output_bytes bytes_read bytes_written "
        "intensity receptive_field notes".split()
    )
    assert list(record["claims"][0])[:7] == "line layer metric claimed computed holds why".split()
    assert list(record["layers"][0]["flops"])[:5] == "multiply_adds adds compares divides transcendentals".split()


def test_several_networks_are_a_list_in_json_and_follow_each_other_in_text():
    several = json.loads(cnnscope("analyze", "lenet5", "specs/vgg.md:vgg16", "--format", "json").stdout)
    assert [record["network"] for record in several] == ["lenet5", "vgg16"]
    pattern = cnnscope("analyze", "specs/lenet*.md", "--depth", "1").stdout
    assert pattern.count("input 1x32x32") == 2


def test_csv_holds_the_exact_integers_of_json():
    rows = list(csv.DictReader(io.StringIO(cnnscope("analyze", "resnet18", "--format", "csv").stdout)))
    record = json.loads(cnnscope("analyze", "resnet18", "--format", "json").stdout)
    for metric in ("params", "macs", "output_bytes"):
        by_row: dict[str, int] = {}
        for layer in record["layers"]:
            by_row[layer["row"]] = by_row.get(layer["row"], 0) + layer[metric]
        assert {row["layer"]: int(row[metric]) for row in rows} == by_row
    assert {row["schema_version"] for row in rows} == {"1"}


def test_names_from_a_file_cannot_become_markup_formulas_or_escapes(tmp_path):
    rows = "".join(f"| {name.replace('|', chr(92) + '|')} | relu |\n" for name in HOSTILE)
    path = tmp_path / "hostile.md"
    path.write_text(page(f"| layer | type |\n|-|-|\n{rows}"), encoding="utf-8")
    texts = {
        name: cnnscope("analyze", path, "--format", name).stdout
        for name in ("terminal", "markdown", "csv", "json", "latex", "html")
    }
    assert all("\x1b" not in text for text in texts.values())
    assert {row["layer"] for row in csv.DictReader(io.StringIO(texts["csv"]))} >= {"'=cmd()", "a|b"}
    assert "a\\|b" in texts["markdown"]
    assert "\\<script>x" in texts["markdown"]
    assert "&lt;script&gt;x" in texts["html"]
    assert "<script>" not in texts["html"]
    assert "c\\_1\\&2\\%" in texts["latex"]
    assert "[red]x" in texts["terminal"]
    assert [layer["name"] for layer in json.loads(texts["json"])["layers"]] == [
        name.replace("\x1b", "?") for name in HOSTILE
    ]


def test_the_ending_of_a_file_chooses_its_format(tmp_path):
    endings = {
        ".json": "{",
        ".csv": "network,",
        ".md": "## lenet5",
        ".tex": "% lenet5",
        ".html": "<meta",
        ".txt": "lenet5 ",
    }
    outputs = [word for ending in endings for word in ("-o", tmp_path / f"out{ending}")]
    run = cnnscope("analyze", "lenet5", *outputs)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    for ending, start in endings.items():
        assert (tmp_path / f"out{ending}").read_text("utf-8").startswith(start)
    assert len([*tmp_path.iterdir()]) == len(endings)


def test_an_existing_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("x" * 100_000)
    path.chmod(0o640)
    assert cnnscope("analyze", "lenet5", "-o", path).returncode == 0
    assert json.loads(path.read_text("utf-8"))["network"] == "lenet5"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    "output, message",
    [
        ("nowhere/out.json", "error: nowhere/out.json: there is no directory nowhere\n  create it first\n"),
        (".", "error: .: no format writes `a file without ending`\n"),
        ("out.xyz", "error: out.xyz: no format writes `.xyz`\n"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(output, message, tmp_path):
    run = cnnscope("analyze", "lenet5", "-o", output, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith(message)
    assert not [*tmp_path.iterdir()]


def test_rows_can_be_chosen_sorted_and_folded():
    run = cnnscope("analyze", "resnet50", "--depth", "1", "--sort", "macs", "--top", "2", "--columns", "layer,macs")
    assert [line.split() for line in run.stdout.splitlines()[1:7]] == [
        ["layer", "MACs"],
        ["-" * 20],
        ["conv4", "1,464,336,384"],
        ["conv3", "1,027,604,480"],
        ["-" * 20],
        ["total", "4,089,184,256"],
    ]
    assert "6 more rows are not shown (--top); the total counts them" in run.stdout


@pytest.mark.parametrize(
    "words, message",
    [
        (["vgg17"], "error: no network `vgg17`\n  did you mean vgg1"),
        (["lenet5", "--columns", "parms"], "error: no column `parms`\n  did you mean params?\n"),
        (["lenet5", "--sort", "mac"], "error: no column `mac`\n  did you mean macs?\n"),
        (["lenet5", "--format", "jsn"], "error: `jsn` is not known\n  did you mean json?\n"),
        (["lenet5", "--color", "alway"], "error: `alway` is not known\n  did you mean always?\n"),
        (["lenet5", "--dtype", "flaot16"], "error: dtype `flaot16` is not known\n"),
        (["lenet5", "--top", "0"], "error: --top 0\n  it must be at least 1\n"),
        (["lenet5", "--depth", "-1"], "error: --depth -1\n  it must be at least 1\n"),
        (["lenet5", "--batch", "0"], "error: batch 0\n  write a whole number from 1 to 2^31 - 1\n"),
        (["lenet5", "--format", "json", "--columns", "size"], "error: no column `size`\n"),
        (["lenet5", "--input", "0x0x0"], "error: input `0x0x0`: `0` is too small\n"),
        (["lenet5", "--input", "32"], "error: input `32` is one number, and lenet5 reads maps\n  write 1x32x32\n"),
        (["specs"], "error: specs is a directory\n  name a file, or quote a pattern: 'specs/*.md'\n"),
        (["."], "error: . is a directory\n  name a file, or quote a pattern: './*.md'\n"),
        (["specs/"], "error: specs/ is a directory\n  name a file, or quote a pattern: 'specs/*.md'\n"),
        (["specs/*.xyz"], "error: specs/*.xyz: no file matches this pattern\n"),
        (["specs/vgg.md:vgg15"], "error: specs/vgg.md has no variant `vgg15`\n  it has vgg11, "),
    ],
)
def test_bad_usage_says_what_to_do_and_exits_2(words, message):
    run = cnnscope("analyze", *words)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith(message)
    assert "Traceback" not in run.stderr


def test_a_misspelt_command_or_option_is_suggested():
    assert "Did you mean 'analyze'?" in cnnscope("analyse", "vgg16").stderr
    assert "--format" in cnnscope("analyze", "vgg16", "--fromat", "json").stderr


def test_strict_fails_for_a_figure_that_does_not_hold_and_for_no_other(tmp_path):
    assert cnnscope("analyze", "googlenet", "--strict").returncode == 0
    false = tmp_path / "false.md"
    false.write_text(page("| type | maps | kernel | params |\n|-|-|-|-|\n| conv | 2 | 3 | 21 |\n"))
    run = cnnscope("analyze", false, "--strict")
    complaint = (
        "conv1: ✗ params 21: computed 20; the page's figure is 5.0 % too large\n1 printed figure does not hold\n"
    )
    assert (run.returncode, run.stderr) == (1, f"{false}:7: {complaint}")
    assert "✗ params 21: computed 20; the page's figure is 5.0 % too large" in run.stdout
    assert cnnscope("analyze", false).returncode == 0


def test_exact_fit_refuses_a_window_that_does_not_fit():
    assert cnnscope("analyze", "vgg16", "--exact-fit").returncode == 0
    run = cnnscope("analyze", "resnet18", "--exact-fit")
    assert run.returncode == 2
    assert "conv1: does not fit: 112.5 -> 112, only padding is cut" in run.stderr


def test_an_interrupt_exits_130_and_our_own_errors_exit_4():
    code = (
        "import sys, cnnscope.cli as cli; sys.argv = ['cnnscope', 'list']\n"
        "def run(words): raise {error}\ncli.application = run\ncli.main()"
    )
    for error, expected in (("KeyboardInterrupt", 130), ("ValueError('x')", 4)):
        run = subprocess.run([sys.executable, "-c", code.format(error=error)], capture_output=True, text=True, cwd=ROOT)
        assert run.returncode == expected
        assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="umask is POSIX's")
def test_a_new_file_follows_the_umask(tmp_path):
    subprocess.run(
        f"umask 027; {sys.executable} -m cnnscope analyze lenet5 -o out.csv",
        shell=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o640


def test_debug_shows_the_traceback_and_keeps_the_exit_code():
    run = cnnscope("--debug", "analyze", "vgg17")
    assert run.returncode == 2
    assert "Traceback" in run.stderr


def test_a_full_disk_behind_stdout_is_not_our_bug():
    run = subprocess.run(
        f"{sys.executable} -m cnnscope analyze vgg16 > /dev/full", shell=True, capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 2
    assert run.stderr.startswith("error: stdout cannot be written: ")


@pytest.mark.parametrize("column, first", [("receptive_field", "fc6"), ("output", "conv1_1"), ("layer", "conv1_1")])
def test_columns_of_sizes_are_sorted_by_size_and_names_by_the_alphabet(column, first):
    run = cnnscope("analyze", "vgg16", "--sort", column, "--top", "1", "--columns", "layer")
    assert run.stdout.splitlines()[3] == first


def test_latex_keeps_its_conventions_as_comments():
    text = cnnscope("analyze", "googlenet", "--format", "latex", "--top", "2").stdout
    assert "% MACs: 1,582,671,872 multiply-accumulates of convolutions and matrix products, without biases" in text
    assert "more rows are not shown" in text
    assert "% line 67: ≠ params 5M: computed 6,998,552" in text


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_closed_stream_is_no_bug_of_ours(closed):
    run = subprocess.run(
        f"{sys.executable} -m cnnscope analyze - {closed}", shell=True, capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 2
    assert "internal" not in run.stderr
    assert "Traceback" not in run.stderr
