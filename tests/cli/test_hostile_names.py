"""Exact figures in every format, and names from files that would be formulas, markup or escapes there."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from cnnscope.render import formats
from tests.spec.reading import DATA, page

LEDGER, LENET = str(DATA / "vgg16_ledger.txt"), str(DATA / "lenet5_slide.txt")
# Formulas, markup and escapes as names of layers; a cell of ours shows an escape's first sign as a question mark.
HOSTILE = [
    "=cmd()",
    "+1",
    "-2+3",
    "@SUM(1)",
    "a|b",
    "<script>x",
    "[red]x",
    "\\input{x}",
    "x\x1b[31m",
    "&amp;amp;",
    "`x",
    "50%_#~^$",
]


@pytest.fixture
def hostile(tmp_path) -> str:
    rows = [f"{name.replace('|', chr(92) + '|')} | conv | 2 | 3 | 1 | 99" for name in HOSTILE]
    path = tmp_path / "=net.md"
    path.write_text(
        page("layer | type | maps | kernel | padding | params", *rows, front="name: =cmd()\nsource: <b> [x]\n"), "utf-8"
    )
    return str(path)


@pytest.mark.parametrize("name", formats.names())
def test_every_format_shows_exact_totals(name, run):
    code, out, err = run("analyze", LENET, LEDGER, "--format", name)
    assert (code, err) == (0, "")
    figures = re.sub(r"(?<=\d),(?=\d{3})", "", out)
    if name == "csv":
        totals = {"lenet5_slide": 0, "VGG16": 0}
        for row in csv.DictReader(io.StringIO(out)):
            totals[row["network"]] += int(row["params"])
        assert totals == {"lenet5_slide": 60_856, "VGG16": 138_357_544}
    else:
        assert all(total in figures for total in ("60856", "416520", "138357544", "15470264320"))


@pytest.mark.parametrize("name", formats.names())
def test_hostile_names_do_no_harm(name, hostile, run):
    code, out, err = run("analyze", hostile, "--format", name)
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    CHECKS[name](out)


def _terminal(out):
    assert all(any(line.startswith(_shown(name)) for line in out.splitlines()) for name in HOSTILE)


def _json(out):
    record = json.loads(out)
    assert [layer["name"] for layer in record["layers"]] == [_shown(name) for name in HOSTILE]
    assert record["totals"]["params"] == sum(layer["params"] for layer in record["layers"])


def _csv(out):
    rows = [*csv.reader(io.StringIO(out))]
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
    assert [row[1].removeprefix("'") for row in rows[1:]] == [_shown(name) for name in HOSTILE]


def _markdown(out):
    lines = [line for line in out.splitlines() if line.startswith("|")]
    # Titles, dashes, a line for each row, the total; a pipe inside a cell is written \|.
    assert len(lines) == len(HOSTILE) + 3
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert not re.search(r"(?<!\\)[<`\[]", out)


def _html(out):
    found = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append(tag)

        def handle_data(self, text):
            texts.append(text)

    texts: list[str] = []
    Tags().feed(out)
    assert set(found) <= {
        "meta",
        "style",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "b",
    }
    assert {_shown(name) for name in HOSTILE} <= set(texts)


def _latex(out):
    body = [line for line in out.splitlines() if line.endswith(r"\\")]
    assert len({len(re.findall(r"(?<!\\)&", line)) for line in body}) == 1
    assert r"\input" not in out
    assert not re.search(r"(?<!\\)[%#](?!.*\n?needs)", "\n".join(body))


CHECKS = {
    name.removeprefix("_"): check
    for name, check in list(globals().items())
    if name in {f"_{format}" for format in formats.names()}
}


def _shown(name: str) -> str:
    """A name as our reader keeps it."""
    return name.replace("\x1b", "?").replace("&amp;amp;", "&amp;").replace("$", "")


def test_a_row_of_latex_never_begins_with_a_bracket(hostile, run):
    _, out, _ = run("analyze", hostile, "--format", "latex")
    assert not [line for line in out.splitlines() if line.startswith("[")]
