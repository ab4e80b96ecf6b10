"""JUnit XML: one suite per check, one case per assertion, so that a run without cases can be seen for what it is.

Broken is a failure, undecided an error, skipped and new are skipped cases. It keeps to the strict schema of Ant's
reports, which all readers accept: what there is to say about cases that hold stands in the suite's system-out.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import cnnscope
from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.render.verdict_text import SIGNS, sentence, what

SUFFIXES = (".xml",)


def render(verdicts: Verdicts) -> str:
    from junitparser import JUnitXml

    report = JUnitXml()
    # By the name as it is written: suites of one name would be merged behind our back.
    ordered = sorted(verdicts.verdicts, key=_suite_name)
    for index, (name, found) in enumerate(groupby(ordered, key=_suite_name)):
        report.add_testsuite(_suite(index, name, tuple(found)))
    written: bytes = report.tostring()
    return '<?xml version="1.0" encoding="utf-8"?>\n' + written.decode("utf-8") + "\n"


def _suite_name(verdict: Verdict) -> str:
    return _name(verdict.check or "budgets")


def _suite(index: int, name: str, verdicts: Sequence[Verdict]) -> Any:
    from datetime import UTC, datetime

    from junitparser import Attr, SystemErr, SystemOut, TestSuite

    class Suite(TestSuite):
        """With the attributes that Ant's reports have."""

        id = Attr()
        package = Attr()

    named = Suite(name)
    named.id, named.package = str(index), name
    suite: TestSuite = named
    suite.hostname = "localhost"
    suite.timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite.add_property("cnnscope", cnnscope.__version__)
    suite.add_testcases([_case(verdict) for verdict in verdicts])
    suite.update_statistics()
    suite.append(SystemOut("\n".join(_text(f"{SIGNS[verdict.status]} {sentence(verdict)}") for verdict in verdicts)))
    suite.append(SystemErr(""))
    return suite


def _case(verdict: Verdict) -> Any:
    from junitparser import Error, Failure, Skipped, TestCase

    case = TestCase(_name(what(verdict)), classname=_name(f"cnnscope.{verdict.check or 'budgets'}"), time=0)
    if verdict.status in ("skipped", "new"):
        case.result = [Skipped(_text(sentence(verdict)))]
    elif verdict.status in ("fail", "undecided"):
        kind, name = (Failure, "budget") if verdict.status == "fail" else (Error, "undecided")
        outcome = kind(_text(sentence(verdict)), name)
        place = f"{verdict.place.path}:{verdict.place.line}" if verdict.place.path else ""
        outcome.text = _text("\n".join(filter(None, (sentence(verdict), place, verdict.message))))
        case.result = [outcome]
    return case


def _name(text: str) -> str:
    """A name as readers take it, who drop the spaces around it and refuse an empty one."""
    return _text(text).strip() or "?"


def _text(text: str) -> str:
    """What XML can hold: no control characters, no halves of surrogate pairs."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
