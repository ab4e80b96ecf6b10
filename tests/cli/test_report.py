"""cnnscope report: a profile that was kept looks as it did, and broken files are refused in our words."""

import json
from pathlib import Path

import pytest

from cnnscope.render import formats
from tests.cli.test_profile import QUICK, TINY
from tests.profiling.samples import profiled
from tests.profiling.test_plain import stored

ENDINGS = {"json": "json", "csv": "csv", "md": "markdown", "tex": "latex", "html": "html", "txt": "terminal"}


def test_a_report_is_byte_for_byte_what_profile_wrote_in_every_format(run):
    Path("net.md").write_text(TINY)
    outputs = [word for ending in ENDINGS for word in ("-o", f"out.{ending}")]
    code, out, _ = run("profile", "net.md", "--batch", "1,2", *QUICK, *outputs)
    assert (code, out) == (0, "")
    assert {*ENDINGS.values()} == {*formats.names()}
    for ending, name in ENDINGS.items():
        code, out, err = run("report", "out.json", "--format", name)
        assert (code, err) == (0, "")
        assert out == Path(f"out.{ending}").read_text("utf-8")


def test_reports_of_several_files_follow_each_other(run):
    for name in ("one", "two"):
        Path(f"{name}.json").write_text(json.dumps(stored(profiled()) | {"network": name}))
    code, out, _ = run("report", "one.json", "two.json", "--depth", "1", "--columns", "layer,share")
    assert code == 0
    assert [line.split(" · ")[0] for line in out.splitlines() if " · input " in line] == ["one", "two"]
    assert run("report", "one.json", "-o", "one.md") == (0, "", "")
    assert Path("one.md").read_text("utf-8").startswith("## one")


PROFILE = "write one with `cnnscope profile MODEL -o FILE.json`"


@pytest.mark.parametrize(
    "text, message",
    [
        ("", f"is no JSON: Expecting value: line 1 column 1 (char 0)\n  {PROFILE}"),
        ("{", f"is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n  {PROFILE}"),
        ("[NaN]", f"is no JSON: NaN is no number\n  {PROFILE}"),
        ("[]", f"holds no profile\n  {PROFILE}"),
        ("7", None),
        ("[[]]", None),
        ('{"schema_version": 1, "network": "net"}', None),
    ],
)
def test_files_that_hold_no_profile_are_refused(text, message, run):
    Path("out.json").write_text(text)
    expected = f" {message}" if message else f": this is no profile of cnnscope\n  {PROFILE}"
    assert run("report", "out.json") == (2, "", f"error: out.json{expected}\n")


def test_deeply_nested_json_is_no_failure_of_ours(run):
    Path("out.json").write_text("[" * 200_000)
    code, _, err = run("report", "out.json")
    assert code == 2
    assert err.startswith("error: out.json is no JSON: ")


def test_a_profile_of_a_newer_cnnscope_or_a_damaged_one_is_named(run):
    record = stored(profiled())
    Path("newer.json").write_text(json.dumps(record | {"schema_version": 2}))
    assert run("report", "newer.json")[2] == (
        "error: newer.json: a profile of schema version 2; 1 can be read\n  use the cnnscope that wrote it\n"
    )
    del record["latency"]["samples"]
    Path("damaged.json").write_text(json.dumps(record))
    assert run("report", "damaged.json") == (
        2,
        "",
        "error: damaged.json: the profile is damaged: it has no 'samples'\n  measure again\n",
    )


def test_a_file_that_is_not_there_or_a_directory_is_named(run):
    assert run("report", "no.json")[2].startswith("error: no.json cannot be read: No such file or directory\n")
    assert run("report", ".")[2].startswith("error: . cannot be read: Is a directory\n")


def test_a_file_without_end_is_not_read_to_its_end(run, monkeypatch):
    from cnnscope.cli import report

    monkeypatch.setattr(report, "LARGEST_FILE", 1 << 20)
    assert run("report", "/dev/zero")[2] == (
        "error: /dev/zero is larger than 1 MiB\n  no profile is: name another file\n"
    )
