"""cnnscope doctor: its output, whole, and its exit code."""

import json

import pytest

from cnnscope.doctor.finding import Diagnosis, Finding
from tests.cli.shell import cnnscope

FINE = Finding("Python", "ok", "CPython 3.11.7, 64 bit")
SLOW = Finding("frequency", "warn", "governor powersave", "sudo cpupower frequency-set --governor performance")
BROKEN = Finding(
    "CUDAExecutionProvider", "broken", "does not load: libcublasLt.so.13 is missing", "pip install 'x[cuda]'"
)


@pytest.fixture
def doctor(run, monkeypatch):
    """The command on a machine with these findings."""
    monkeypatch.setattr("cnnscope.__version__", "0.1.0")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")

    def with_findings(findings, *words, width=None):
        monkeypatch.setattr("cnnscope.doctor.examine", lambda: Diagnosis(tuple(findings)))
        monkeypatch.setattr("cnnscope.cli.options.width", lambda: width)
        return run("doctor", *words)

    return with_findings


def test_a_broken_machine_exits_1_and_says_what_to_do(doctor):
    assert doctor([FINE, SLOW, BROKEN]) == (
        1,
        """\
cnnscope 0.1.0 · Linux x86_64
status    looked at              found
-------------------------------------------------------------------------------------------
✓ ok      Python                 CPython 3.11.7, 64 bit
! warn    frequency              governor powersave
                                 remedy: sudo cpupower frequency-set --governor performance
✗ broken  CUDAExecutionProvider  does not load: libcublasLt.so.13 is missing
                                 remedy: pip install 'x[cuda]'
✗ broken: CUDAExecutionProvider; 1 warning
""",
        "",
    )


def test_a_narrow_terminal_wraps_what_was_found(doctor):
    assert doctor([SLOW], width=50) == (
        0,
        """\
cnnscope 0.1.0 · Linux x86_64
status  looked at  found
--------------------------------------------------
! warn  frequency  governor powersave
                   remedy: sudo cpupower
                   frequency-set --governor
                   performance
✓ nothing is broken, 1 warning
""",
        "",
    )


def test_machine_formats_carry_the_remedy_apart(doctor):
    assert doctor([FINE, SLOW], "--format", "csv") == (
        0,
        "status,name,found,remedy,schema_version\n"
        'ok,Python,"CPython 3.11.7, 64 bit",,1\n'
        "warn,frequency,governor powersave,sudo cpupower frequency-set --governor performance,1\n",
        "",
    )
    code, out, _ = doctor([FINE, SLOW, BROKEN], "--format", "json")
    assert (code, json.loads(out)) == (
        1,
        {
            "schema_version": 1,
            "cnnscope": "0.1.0",
            "broken": 1,
            "warnings": 1,
            "findings": [finding._asdict() for finding in (FINE, SLOW, BROKEN)],
        },
    )


def test_a_page_for_a_bug_report(doctor):
    assert (
        doctor([FINE, SLOW], "--format", "markdown")[1]
        == """\
cnnscope 0.1.0 · Linux x86_64

| status | looked at | found                                                                            |
| ------ | --------- | -------------------------------------------------------------------------------- |
| ✓ ok   | Python    | CPython 3.11.7, 64 bit                                                           |
| ! warn | frequency | governor powersave<br>remedy: sudo cpupower frequency-set --governor performance |

- ✓ nothing is broken, 1 warning
"""
    )


def test_a_file_is_written_even_where_something_is_broken(doctor, tmp_path):
    assert doctor([BROKEN], "-o", "found.json") == (1, "", "")
    assert json.loads((tmp_path / "found.json").read_text())["broken"] == 1


def test_an_unknown_format_is_refused_before_anything_is_asked(run, monkeypatch):
    monkeypatch.setattr("cnnscope.doctor.examine", lambda: pytest.fail("it was asked"))
    assert run("doctor", "--format", "xml") == (
        2,
        "",
        "error: `xml` is not known\n  known are csv, html, json, latex, markdown, terminal\n",
    )


def test_this_machine_is_examined_whatever_it_is():
    done = cnnscope("doctor", "--format", "json")
    record = json.loads(done.stdout)
    assert done.stderr == ""
    assert done.returncode == (1 if record["broken"] else 0)
    names = [finding["name"] for finding in record["findings"]]
    assert {"Python", "core packages", "CUDAExecutionProvider", "processor", "CPUs", "memory", "cache"} <= set(names)
    assert all(bool(finding["remedy"]) == (finding["status"] != "ok") for finding in record["findings"])
