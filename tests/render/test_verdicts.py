"""Every format of verdicts against its own schema, with hostile names and every kind of verdict."""

import json
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cnnscope import render
from cnnscope.budgets.verdicts import STATUSES, Blamed, Place, Verdict, Verdicts
from cnnscope.render import ci
from cnnscope.render.ci.github import MOST_OF_A_KIND
from tests.schemas import valid

HOSTILE = "a\n::error::x\r%0A<b>|`*&\"'\x1b[31m\x00,;:=]]>é😀"


def one(status="fail", **changes):
    given = {
        "check": "edge",
        "network": "net",
        "budget": "macs <= 300M",
        "metric": "macs",
        "status": status,
        "value": 320_000_000,
        "limit": 300_000_000,
        "base": Fraction(5, 2),
        "headroom": -1 / 15,
        "why": "why",
        "hint": "hint",
        "blamed": (Blamed("conv2", 12, 2, 1, edited=True), Blamed("fc", 0, 0, 7, remark="gone")),
        "spec": Place("specs/net.md", 12),
        "written": Place("cnnscope.toml", 7),
        "message": "Ask the edge team.",
    }
    return Verdict(**given | changes)


ALL = Verdicts(tuple(one(status) for status in STATUSES), "cnnscope.toml", "b.json")
NAMED = Verdicts(
    tuple(
        one(
            status,
            check=HOSTILE,
            network=HOSTILE,
            why=HOSTILE,
            hint=HOSTILE,
            message=HOSTILE,
            blamed=(Blamed(HOSTILE, 3, 1),),
            spec=Place("specs/" + HOSTILE.replace("\x00", ""), 3),
        )
        for status in STATUSES
    )
)
BARE = Verdicts((Verdict("", "", "", "", "undecided", why="no check"),))
RUNS = [
    pytest.param(run, id=name)
    for run, name in ((ALL, "all"), (NAMED, "hostile"), (BARE, "bare"), (Verdicts(()), "none"))
]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
places = st.builds(Place, words.map(lambda word: f"specs/{word.replace('/', '')}.md"), st.integers(0, 99))
verdicts = st.builds(
    Verdict,
    words,
    words,
    words,
    st.sampled_from(["macs", "params@a*", ""]),
    st.sampled_from(STATUSES),
    st.sampled_from(["count", "bytes", "number"]),
    value=st.none() | st.integers(0, 10**18) | st.fractions(0, 10**6),
    limit=st.none() | st.integers(0, 10**18),
    base=st.none() | st.integers(0, 10**18),
    headroom=st.none() | st.floats(-100, 1),
    why=words,
    hint=words,
    blamed=st.lists(st.builds(Blamed, words, st.integers(0, 99), st.none() | st.integers(0, 10**12)), max_size=2).map(
        tuple
    ),
    spec=places,
    written=places,
    message=words,
    low=st.none(),
    high=st.none(),
)


@pytest.mark.parametrize("run", RUNS)
def test_junit_keeps_to_its_schema(run):
    text = ci.text("junit", run)
    valid["junit"](text)
    cases = list(ElementTree.fromstring(text).iter("testcase"))
    assert len(cases) == len(run.verdicts)
    outcome = {"fail": "failure", "undecided": "error", "skipped": "skipped", "new": "skipped"}
    expected = [outcome.get(verdict.status) for verdict in sorted(run.verdicts, key=lambda verdict: verdict.check)]
    assert [case[0].tag if len(case) else None for case in cases] == expected


@pytest.mark.parametrize("run", RUNS)
def test_sarif_keeps_to_its_schema(run):
    text = ci.text("sarif", run)
    valid["sarif"](text)
    (found,) = json.loads(text)["runs"]
    assert [result["level"] for result in found["results"]].count("error") == run.counts["fail"] + run.counts[
        "undecided"
    ]
    assert found["invocations"] == [{"executionSuccessful": run.status != "undecided", "exitCode": run.exit_code}]


@pytest.mark.parametrize("run", RUNS)
def test_gitlab_keeps_to_its_schema(run):
    text = ci.text("gitlab", run)
    valid["gitlab"](text)
    severities = [issue["severity"] for issue in json.loads(text)]
    assert (severities.count("major"), severities.count("critical")) == (run.counts["fail"], run.counts["undecided"])


@pytest.mark.parametrize("run", RUNS)
def test_json_keeps_to_the_published_schema(run):
    text = render.text("verdicts", [run], "json")
    valid["json"](text)
    record = json.loads(text)
    assert (record["verdict"], record["exit_code"]) == (run.status, run.exit_code)


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(st.lists(verdicts, max_size=2))
def test_any_verdicts_come_out_well_formed_in_every_format(found):
    run = Verdicts(tuple(found))
    for name in ("junit", "gitlab"):
        valid[name](ci.text(name, run))
    valid["json"](render.text("verdicts", [run], "json"))
    assert all(line.startswith("::") for line in ci.text("github", run).splitlines())
    for name in ("terminal", "markdown", "html", "latex", "csv"):
        assert render.text("verdicts", [run], name)


COMMAND = re.compile(r"::(error|warning|notice) (?:file=([^,\n]+),line=([0-9]+),)?title=([^,:\n]*)::([^\r\n]+)")


@pytest.mark.parametrize("run", RUNS)
def test_every_line_for_github_is_one_command(run):
    lines = ci.text("github", run).split("\n")[:-1]
    assert all(COMMAND.fullmatch(line) for line in lines), lines
    assert len(lines) == sum(run.counts[status] for status in ("fail", "undecided", "warn", "thin", "skipped"))


def test_an_annotation_points_to_the_row_and_names_it():
    (line,) = ci.text("github", Verdicts((one(),))).splitlines()
    assert line == (
        "::error file=specs/net.md,line=12,title=cnnscope%3A edge::net: macs <= 300M: 320,000,000, 6.7 %25 over, base 2.5; why; "
        "moved: conv2 (line 12, edited) 1 -> 2; fc (gone) 7 -> 0; hint. Ask the edge team."
    )


def test_annotations_that_github_would_drop_are_counted():
    run = Verdicts(tuple(one(network=f"net{index}") for index in range(25)))
    lines = ci.text("github", run).splitlines()
    assert len(lines) == MOST_OF_A_KIND
    assert lines[-1] == (
        "::error title=cnnscope::16 more are in the log and the job summary; NOT within budget: 25 broken -> exit 1"
    )


def test_one_assertion_has_one_fingerprint_whatever_its_figures():
    prints = {
        json.loads(ci.text("gitlab", Verdicts((found,))))[0]["fingerprint"]
        for found in (one(), one(value=1, limit=2, spec=Place("specs/net.md", 99)))
    }
    assert len(prints) == 1
    assert json.loads(ci.text("gitlab", Verdicts((one(network="other"),))))[0]["fingerprint"] not in prints


def test_paths_start_at_the_root_of_the_repository(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert ci.from_root("net.md") == "deep/net.md"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "deep"))
    assert ci.from_root("net.md") == "net.md"


def test_the_terminal_says_what_each_verdict_is_with_a_sign_and_a_word():
    text = render.text("verdicts", [ALL], "terminal")
    for sign, status in (("✗", "fail"), ("?", "undecided"), ("≠", "warn"), ("✓", "pass")):
        assert f"{sign} {status}" in text
    assert (
        "NOT within budget: 1 hold, 1 thin, 1 new, 1 skipped, 1 broken with level warn, 1 undecided, 1 broken -> exit 1"
        in text
    )
