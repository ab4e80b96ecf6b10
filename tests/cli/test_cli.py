"""The command line from its edges: bad words, narrow terminals, files that cannot be replaced, Ctrl-C."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnscope.render import formats
from tests.cli.shell import ROOT, on_a_terminal
from tests.spec.reading import DATA, page, table

LEDGER, LENET = str(DATA / "vgg16_ledger.txt"), str(DATA / "lenet5_slide.txt")


@pytest.mark.parametrize("command", ["analyze", "list"])
def test_help_fits_80_columns(command, run, monkeypatch):
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert all(len(line) <= 80 for line in out.splitlines())
    assert f"Usage: cnnscope {command} " in out


def test_columns_come_in_the_order_asked_for_under_any_spelling(run):
    code, out, _ = run("analyze", LENET, "--format", "csv", "--columns", "MACs, Output bytes,layer")
    assert code == 0
    assert out.splitlines()[:2] == ["network,macs,output_bytes,layer,schema_version", "lenet5_slide,117600,18816,C1,1"]


@pytest.mark.parametrize(
    "column, order",
    [
        ("params", ["C5", "F6", "C3", "C1", "S2", "S4", "Out"]),
        ("macs", ["C3", "C1", "C5", "F6", "Out", "S2", "S4"]),
        ("layer", ["C1", "C3", "C5", "F6", "Out", "S2", "S4"]),
    ],
)
def test_rows_are_sorted_largest_first_and_words_by_the_alphabet(column, order, run):
    _, out, _ = run("analyze", LENET, "--format", "csv", "--columns", "layer", "--sort", column)
    assert [line.split(",")[1] for line in out.splitlines()[1:]] == order


@pytest.mark.parametrize("top, hidden", [("1", 6), ("6", 1), ("7", 0), ("100", 0)])
def test_the_footer_says_how_many_rows_are_hidden_and_the_total_counts_them(top, hidden, run):
    _, out, _ = run("analyze", LENET, "--top", top)
    assert ("more rows are not shown" in out) == bool(hidden)
    assert not hidden or f"{hidden} more rows are not shown (--top); the total counts them" in out
    assert "60,856" in out


def test_depth_folds_rows_and_keeps_the_totals(run):
    Path("net.md").write_text(
        "---\ninput: 1x8x8\n---\n# net\n"
        + table("layer | type | repeat", "a | unit | 3", "b | unit | 2")
        + "\n## unit()\n"
        + table("layer | type | maps | kernel", "c | conv | 1 | 1", "d | relu | |")
    )
    names = {}
    for depth in ("1", "2", "3", "9"):
        _, out, _ = run("analyze", "net.md", "--depth", depth, "--format", "csv", "--columns", "layer,params")
        rows = [line.split(",") for line in out.splitlines()[1:]]
        names[depth] = [row[1] for row in rows]
        assert sum(int(row[2]) for row in rows) == 10
    assert names["1"] == ["a", "b"]
    assert names["2"] == ["a.1", "a.2", "a.3", "b.1", "b.2"]
    assert names["3"] == names["9"] == [f"{call}.{row}" for call in names["2"] for row in ("c", "d")]


VARIANTS = (
    "---\ninput: 1x8x8\n---\n# net(maps)\n" + table("type | maps | kernel", "conv | {maps} | 1") + "\n## variants\n"
    + table("model | maps", "net-a | 1", "net_b | 2")
)  # fmt: skip


@pytest.mark.parametrize(
    "words, names",
    [
        (["net.md"], ["net-a", "net_b"]),
        (["net.md:net_b"], ["net_b"]),
        (["net.md:NET-B"], ["net_b"]),
        (["*.md"], ["net-a", "net_b", "other"]),
        (["*.md:other"], None),
        (["other.md", "net.md:net-a", "other.md"], ["other", "net-a", "other"]),
        (["./net.md:net_a"], ["net-a"]),
        (["other.md:other"], ["other"]),
        (["o[t]her.md"], ["other"]),
    ],
)
def test_pages_variants_and_patterns_name_networks(words, names, run):
    Path("net.md").write_text(VARIANTS)
    Path("other.md").write_text(page("type", "relu"))
    code, out, err = run("analyze", *words, "--format", "csv", "--columns", "layer")
    if names is None:
        assert (code, err) == (2, "error: net.md has no variant `other`\n  it has net-a, net_b\n")
    else:
        assert (code, [line.split(",")[0] for line in out.splitlines()[1:]]) == (0, names)


@pytest.mark.parametrize(
    "words, message",
    [
        (["analyze"], "Missing argument"),
        (["analyze", LENET, "--formt", "json"], "--format"),
        (["analyze", LENET, "--top", "x"], "not a valid int"),
        (["analyze", LENET, "--top"], "requires an argument"),
        (["analize", LENET], "analyze"),
        (["analyze", LENET, "--columns", "layer,"], ""),
        (["analyze", LENET, "--columns", "layer,layrs"], "error: no column `layrs`\n  did you mean layer?\n"),
        (["analyze", LENET, "--columns", "qqqq"], "error: no column `qqqq`\n  known are layer, type, kernel, "),
        (["analyze", LENET, "--format", "docx"], "error: `docx` is not known\n  known are csv, html, json, "),
        (["analyze", LENET, "--optimizer", "adagrad"], "error: optimizer `adagrad` is not known\n  "),
        (["analyze", LENET, "-o", "out.docx"], "error: out.docx: no format writes `.docx`\n  use --format, or one of "),
        (["analyze", LENET, "-o", "no/out.md"], "error: no/out.md: there is no directory no\n  create it first\n"),
        (["list", "--format", "latx"], "error: `latx` is not known\n  did you mean latex?\n"),
    ],
)
def test_words_that_cannot_be_used_exit_2_and_write_nothing(words, message, run):
    code, out, err = run(*words)
    assert message in err
    assert "Traceback" not in err
    assert (code, out) == ((2, "") if message else (0, out))
    assert not [*Path.cwd().iterdir()]


def test_strict_exits_1_for_figures_that_are_not_as_the_page_says(run):
    code, out, err = run("analyze", LEDGER, "--strict")
    assert (code, err.splitlines()[-1]) == (1, "2 printed figures do not hold")
    assert err.count("✗ memory") == 2
    assert "24M" in out
    assert run("analyze", LENET, "--strict")[0] == 0
    row = "a | conv | 1 | 1 | "
    for figure, expected in (("2", 0), ("3", 1), ("3 (false: a slip)", 0), ("2 (false: a slip)", 1)):
        Path("net.md").write_text(page("layer | type | maps | kernel | params", row + figure))
        assert run("analyze", "net.md", "--strict")[0] == expected, figure


def test_several_files_hold_what_stdout_would_show(run):
    endings = {"json": "json", "csv": "csv", "md": "markdown", "tex": "latex", "html": "html", "txt": "terminal"}
    assert set(endings.values()) == set(formats.names())
    outputs = [word for ending in endings for word in ("-o", f"out.{ending}")]
    assert run("analyze", LENET, *outputs) == (0, "", "")
    for ending, name in endings.items():
        assert Path(f"out.{ending}").read_text("utf-8") == run("analyze", LENET, "--format", name)[1]


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(run, monkeypatch):
    Path("out.json").write_text("before")

    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    code, out, err = run("analyze", LENET, "-o", "out.json")
    assert (code, out) == (2, "")
    assert err.startswith("error: out.json cannot be written: No space left on device\n")
    assert {path.name: path.read_text() for path in Path.cwd().iterdir()} == {"out.json": "before"}


def test_an_output_is_written_beside_its_place_and_renamed(run):
    Path("out.json").write_text("before")
    with Path("out.json").open() as reader:
        assert run("analyze", LENET, "-o", "out.json")[0] == 0
        assert reader.read() == "before"
    assert json.loads(Path("out.json").read_text())["network"] == "lenet5_slide"


def test_nothing_is_written_where_one_output_cannot_be(run):
    assert run("analyze", LENET, "-o", "out.json", "-o", "no/out.md")[0] == 2
    assert not [*Path.cwd().iterdir()]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal_every_number_is_whole_and_dropped_columns_are_named(columns, run):
    rows = [*csv.DictReader(io.StringIO(run("analyze", LEDGER, "--format", "csv")[1]))]
    text = on_a_terminal(columns, "analyze", LEDGER, NO_COLOR="1")
    assert all(len(line) <= columns for line in text.splitlines())
    words = text.split()
    assert all(f"{int(row[name]):,}" in words for row in rows for name in ("params", "macs") if row[name] != "0")
    named = re.search(r"too narrow for: (.*?) \(--columns", " ".join(words))
    dropped = set(named[1].split(", ")) if named else set()
    titles = {
        "type": "type",
        "kernel": "kernel",
        "output": "output",
        "output_bytes": "output bytes",
        "receptive_field": "RF",
    }
    header = next(line for line in text.splitlines() if line.startswith("layer"))
    assert {name for name, title in titles.items() if f" {title}" not in header} == dropped - {"notes"}


def test_on_a_terminal_a_long_name_cuts_no_number(tmp_path):
    (tmp_path / "net.md").write_text(
        page("layer | type | maps | kernel", f"{'a_long_name' * 8} | conv | 64 | 3", input="1x200x200")
    )
    text = on_a_terminal(80, "analyze", str(tmp_path / "net.md"), NO_COLOR="1")
    # 3*3*64 weights at 198*198 places; the summary below the table shows it once more.
    assert "22,581,504" in text.partition("total")[0].split()


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_while_reading_exits_130():
    code = (
        "import sys, cnnscope.api, cnnscope.cli\nsys.argv = ['cnnscope', 'analyze', '-']\n"
        "print('ready', flush=True)\ncnnscope.cli.main()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, text=True, **pipes) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in err
