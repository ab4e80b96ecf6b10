"""Every kind of result comes out in every format, whatever the texts in it are."""

import csv
import io
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

import cnnscope
from cnnscope import render
from cnnscope.analysis.report import JudgedClaim
from cnnscope.budgets.baseline import Baseline, NetworkEntry
from cnnscope.budgets.verdicts import STATUSES, Blamed, Place, Verdict, Verdicts
from cnnscope.calibration.calibrate import Calibration
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.doctor.finding import Diagnosis, Finding, Status
from cnnscope.errors import RefusedError, UsageError
from cnnscope.explanation.record import Equation, Explanation, Line, Section
from cnnscope.explanation.term import Leaf, Sum
from cnnscope.profiling.record import LayerWork, Profile
from cnnscope.reconciliation.record import Reconciled, Reconciliation, TermValue
from cnnscope.render import View, formats, pages
from cnnscope.render.pages.claims import Checked
from cnnscope.render.sheet import Column, Remark, Sheet, arrange, check, number, words
from cnnscope.runtimes import Kernel
from cnnscope.spec.catalogue import Listed
from cnnscope.verification.record import Deviation, LayerVerification, NotAsked, Verification
from tests.cli.shell import cnnscope as command_line
from tests.pages import page as table_page
from tests.profiling.samples import profiled

HOSTILE = (
    "=cmd()",
    "-2+3",
    "@SUM(1)",
    "a|b",
    "<script>x",
    "[red]x",
    "\\input{x}",
    "x\x1b[31m",
    "`x",
    "50%_#~^$",
    "a\nb",
)


def _analyses(directory) -> list[Any]:
    # Pages of layers may hold neither escapes nor line breaks; the reader's own tests prove that.
    names = [name.replace("|", r"\|") for name in HOSTILE if name.isprintable()]
    path = directory / "net.md"
    path.write_text(
        table_page("".join(["| layer | type |\n|-|-|\n", *(f"| {name} | relu |\n" for name in names)])), "utf-8"
    )
    return [cnnscope.load(name).analyze() for name in (str(path), "googlenet")]


def _lists(directory) -> list[Any]:
    return [[Listed(name, name, name, (3, 8, 8), 12345, 0, name) for name in HOSTILE]]


def _verdicts(directory) -> list[Any]:
    blamed = tuple(Blamed(name, 3, 1, 2, edited=True, remark=name) for name in HOSTILE)
    place = Place(HOSTILE[0], 3)
    found = [
        Verdict(name, name, name, name, status, why=name, hint=name, message=name, blamed=blamed, spec=place)
        for name in HOSTILE
        for status in STATUSES
    ]
    return [Verdicts(tuple(found), HOSTILE[0], HOSTILE[1])]


def _baselines(directory) -> list[Any]:
    kept = NetworkEntry("sha256:0", (1, 3, 8, 8), "float32", "sgd", dict.fromkeys(HOSTILE, 12345), {})
    return [Baseline({name: {name: kept} for name in HOSTILE}, HOSTILE[0])]


def _diagnoses(directory) -> list[Any]:
    statuses: tuple[Status, ...] = ("ok", "warn", "broken")
    return [Diagnosis(tuple(Finding(name, status, name, name) for name in HOSTILE for status in statuses))]


def _calibrations(directory) -> list[Any]:
    found = [Ceilings(n, n, 2, rate, 1e11, 2e10, n, n, n, {"copy": 0.5}) for n in HOSTILE for rate in (None, 2e11)]
    return [
        Calibration(name, name, tuple(found), seconds, name, fault)
        for name, seconds, fault in zip(HOSTILE, (None, 1e-7, 2e-7, 3e-7) * 3, ("", ": x") * 6, strict=False)
    ]


def _profiles(directory) -> list[Any]:
    return [_hostile_profile(name) for name in HOSTILE] + [profiled(), profiled(kernels=(), removed=())]


def _hostile_profile(text: str) -> Profile:
    """Every text in it is this one."""
    layer = LayerWork(text, text, text, (1, 8), 16, 16, 32, ("in",), 64, 32)
    return replace(
        profiled(),
        network=text,
        source=text,
        layers=(layer,),
        kernels=(Kernel(text, text, 1e-6, (text,)), Kernel(text, text, 1e-6, (), text)),
        removed=(),
        method=text,
        environment={
            "packages": {"onnxruntime": text},
            "cpu": {"model": text, "governor": text, "virtual": True},
            "gpus": [],
            "fingerprint": text,
        },
        facts={text: text},
        notes=(text,),
    )


def _verifications(directory) -> list[Any]:
    reports = _analyses(directory)
    return [_verified(report) for report in reports]


def _verified(report: Any) -> Verification:
    figures = {"cnnscope": 1, "torch": 2}
    layers = tuple(
        LayerVerification(
            entry.name,
            entry.type,
            entry.row,
            entry.line,
            {"cnnscope": entry.output_shape, "onnx": ()},
            *[figures] * 4,
            Deviation(float("nan"), 1e-6),
            Deviation(2e-6, 1e-6),
        )
        for entry in report.layers
    )
    totals = dict.fromkeys(("params", "buffers", "stored", "macs", "peak", "peak_in_place"), figures)
    not_asked = tuple(NotAsked(name, name, name) for name in HOSTILE)
    refused = tuple(RefusedError(name, "torch", name) for name in HOSTILE)
    return Verification(
        HOSTILE[6], HOSTILE[4], HOSTILE[3], (1, 3, 8, 8), "float32", 0, layers, totals, False, refused, (), not_asked
    )


def _reconciliations(directory) -> list[Any]:
    figures = tuple(
        Reconciled(
            name, name, base, 7, 2, (TermValue(name, -2, 3), TermValue(name, 1, 5)), True, theirs, name, name, name
        )
        for name in HOSTILE
        for base, theirs in (("macs", Fraction(15, 2)), ("zero", 12), ("params", None))
    )
    return [Reconciliation(name, name, (1, 3, 8, 8), figures[:9], name) for name in HOSTILE]


def _claims(directory) -> list[Any]:
    claims = [JudgedClaim(1, name, "params", "1K", 1000, number % 2 == 0, name) for number, name in enumerate(HOSTILE)]
    return [[Checked(claim.layer, claim.layer, claim, claim.why) for claim in claims]]


def _explanations(directory) -> list[Any]:
    term = Sum(tuple((1, Leaf(3, "part", name=name)) for name in HOSTILE))
    lines = tuple(Line(name, (Equation(33, term, name), Equation(name)), name) for name in HOSTILE)
    sections = tuple(Section(name, (*lines, Line(name, (), name)), name, name) for name in HOSTILE)
    path = directory / "net.md"
    _analyses(directory)
    shown = cnnscope.explain(str(path)), cnnscope.explain("googlenet", "3a"), cnnscope.explain()
    return [Explanation(HOSTILE[6], sections, HOSTILE[4], (1, 3, 8, 8), HOSTILE[3]), *shown]


SAMPLES: dict[str, Callable[..., list[Any]]] = {
    "analysis": _analyses,
    "verdicts": _verdicts,
    "baseline": _baselines,
    "calibration": _calibrations,
    "claims": _claims,
    "doctor": _diagnoses,
    "explanation": _explanations,
    "listing": _lists,
    "profile": _profiles,
    "reconciliation": _reconciliations,
    "verification": _verifications,
    "verifications": lambda directory: [_verifications(directory)],
}
"""Results of every page; a new page adds its own."""


class Timed(NamedTuple):
    name: str
    seconds: float | None
    passes: int = 1


COLUMNS: tuple[Column[Timed], ...] = (
    words("layer", "layer", lambda row: row.name),
    number("seconds", "seconds", lambda row: row.seconds, drop=1),
    number("passes", "passes", lambda row: row.passes),
    words("=cmd()", "\n".join(HOSTILE), lambda row: "\n".join(HOSTILE)),
    Column("remarks", "remarks", lambda row: "", lambda row: "", sparse=True),
)


def _timings(result: list[Timed], view: View) -> Sheet[Timed]:
    """A page whose every text is hostile, with all that a sheet can hold."""
    return arrange(COLUMNS, result, view)._replace(
        network="\n".join(HOSTILE),
        headline="\n".join(HOSTILE),
        totals={"layer": "\n".join(HOSTILE), "passes": "1,234"},
        summary=[(name, name) for name in HOSTILE],
        remarks=[Remark(f"✓ {name}", name, 7) for name in HOSTILE],
        instead={"seconds": [Remark("✗ too slow")]},
        legend=HOSTILE,
        tally=HOSTILE[7],
    )


TIMINGS: Any = SimpleNamespace(COLUMNS=COLUMNS, sheet=_timings, record=lambda result: {"rows": list(result)})
ROWS = [Timed("one", 0.1 + 0.2), Timed("two", None), Timed("three", 12.0, 1234567)]


def harmless(format_name: str, text: str) -> None:
    """The text is of its format, and nothing in it is markup, a formula or an escape."""
    assert "\x1b" not in text
    CHECKS[format_name](text)


def _csv(text: str) -> None:
    rows = [*csv.reader(io.StringIO(text))]
    assert len({len(row) for row in rows}) == 1
    assert rows[0][-1] == "schema_version"
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]


def _json(text: str) -> None:
    assert json.loads(text)


def _markdown(text: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    assert not re.search(r"(?<!\\)[`\[]|(?<!\\)<(?!br>)", text)


def _latex(text: str) -> None:
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    body = [line for line in lines if line.endswith(r"\\")]
    assert r"\input" not in "\n".join(lines)
    assert not [line for line in lines if line.startswith("[") or re.search(r"(?<!\\)[%#]", line)]
    for table in "\n".join(lines).split(r"\begin")[1:]:
        assert len({len(re.findall(r"(?<!\\)&", line)) for line in table.splitlines() if line in body}) <= 1


def _html(text: str) -> None:
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append(tag)  # type: ignore[method-assign]
    parser.feed(text)
    assert set(found) <= set("meta style table caption thead tbody tfoot tr th td ul li b br".split())


def _terminal(text: str) -> None:
    assert all(sign.isprintable() for sign in text.replace("\n", ""))


CHECKS = {"csv": _csv, "html": _html, "json": _json, "latex": _latex, "markdown": _markdown, "terminal": _terminal}


def test_every_page_has_a_sample():
    assert set(SAMPLES) == {found.name for found in pkgutil.iter_modules(pages.__path__)}


@pytest.mark.parametrize("format_name", formats.names())
@pytest.mark.parametrize("page", SAMPLES)
def test_every_page_comes_out_harmless_in_every_format(page, format_name, tmp_path):
    results = SAMPLES[page](tmp_path)
    for width in (None, 40):
        harmless(format_name, render.text(page, results, format_name, View(width=width)))
        harmless(format_name, render.text(pages.module(page), results[:1], format_name, View(top=1, width=width)))


@pytest.mark.parametrize("format_name", formats.names())
@pytest.mark.parametrize("rows", [ROWS, []], ids=["rows", "no row"])
def test_a_sheet_s_every_text_is_made_safe(format_name, rows):
    for view in (View(), View(width=30), View(top=1)):
        harmless(format_name, render.text(TIMINGS, [rows], format_name, view))


def test_csv_is_exact_and_leaves_the_unknown_empty():
    text = render.text(TIMINGS, [ROWS], "csv", View(columns=("layer", "seconds", "passes")))
    assert [row[1:] for row in csv.reader(io.StringIO(text))] == [
        ["layer", "seconds", "passes", "schema_version"],
        ["one", "0.30000000000000004", "1", "1"],
        ["two", "", "1", "1"],
        ["three", "12.0", "1234567", "1"],
    ]


def test_a_sparse_column_is_shown_only_where_a_row_fills_it_or_where_it_is_asked_for():
    assert "remarks" not in [column.name for column in _timings(ROWS, View()).columns]
    assert [column.name for column in _timings(ROWS, View(columns=("remarks",))).columns] == ["remarks"]


def test_a_terminal_rounds_fractions():
    view = View(columns=("layer", "seconds", "passes"))
    lines = render.text(TIMINGS, [ROWS], "terminal", view).splitlines()[1:]
    assert [line.split() for line in lines if line.split()[0] in ("layer", "one", "two", "three")] == [
        ["layer", "seconds", "passes"],
        ["one", "0.3", "1"],
        ["two", "1"],
        ["three", "12", "1,234,567"],
    ]


def test_the_unknown_is_sorted_last():
    rows = _timings(ROWS, View(sort="seconds")).rows
    assert [row.name for row in rows] == ["three", "one", "two"]


def test_a_remark_stands_for_the_column_that_a_narrow_terminal_drops():
    wide, narrow = (
        render.text(TIMINGS, [ROWS], "terminal", View(("seconds", "passes"), width=width)) for width in (30, 16)
    )
    assert "✗ too slow" not in wide
    assert "✗ too slow" in narrow
    assert "too narrow for:" in narrow


def test_a_sign_s_colour_and_its_ascii_say_the_same():
    text = render.text(TIMINGS, [ROWS], "terminal", View(width=20, colour=True))
    assert "\x1b[31m✗ too slow" in text
    assert "\x1b[32m=cmd():7: ✓" in text
    plain = render.text(TIMINGS, [ROWS], "terminal", View(width=20, plain=True))
    assert plain.isascii()
    assert {"x too slow", "=cmd():7: + =cmd()"} <= set(plain.splitlines())


def test_a_column_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no column `second`"):
        check(TIMINGS, View(sort="second"))


def test_several_results_are_a_list_in_json_with_a_line_per_entry():
    record = SimpleNamespace(record=lambda result: {"name": result, "rows": [{"a": 1}, {"a": 2}]})
    one = '{\n "name": "x",\n "rows": [\n  {"a": 1},\n  {"a": 2}\n ]\n}'
    assert render.text(record, ["x"], "json") == one + "\n"
    assert render.text(record, ["x", "x"], "json") == f"[{one},\n{one}]\n"


@pytest.mark.parametrize("words", [("analyze", "lenet5"), ("list", "lenet5")])
def test_a_terminal_s_text_needs_no_other_format(words):
    code = (
        f"import sys, cnnscope.cli as cli; sys.argv = ['cnnscope', *{words!r}]\n"
        "try: cli.main()\n"
        "finally: print([name for name in sys.modules if name.startswith('cnnscope.render.')], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    page = {"analyze": "analysis", "list": "listing"}[words[0]]
    expected = {"sheet", "formats", "formats.terminal", "pages", f"pages.{page}"}
    assert set(re.findall(r"cnnscope\.render\.([\w.]+)", run.stderr)) == expected


def test_list_writes_files_as_analyze_does(tmp_path):
    run = command_line("list", "vgg16", "-o", tmp_path / "zoo.tex", "-o", tmp_path / "zoo.html")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert r"vgg16 & vgg & 2014 & 3x224x224 & 138,357,544 & 15,470,264,320 &" in (tmp_path / "zoo.tex").read_text()
    assert (
        '<td>vgg16</td><td>vgg</td><td class="n">2014</td><td>3x224x224</td><td class="n">138,357,544</td>'
        in (tmp_path / "zoo.html").read_text()
    )
