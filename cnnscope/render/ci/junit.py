"""JUnit XML: one suite per check, one case per assertion, so that a run without cases can be seen for what it is.

Broken is a failure, undecided an error, skipped and new are skipped cases; thin and warn are passed cases with output.
"""

from itertools import groupby
from typing import Any

from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.render.verdict_text import sentence, what

SUFFIXES = (".xml",)


def render(verdicts: Verdicts) -> str:
    from junitparser import JUnitXml, TestSuite

    report = JUnitXml("cnnscope check")
    ordered = sorted(verdicts.verdicts, key=lambda verdict: verdict.check)
    for check, found in groupby(ordered, key=lambda verdict: verdict.check):
        suite = TestSuite(_text(check or "budgets"))
        suite.add_testcases([_case(verdict) for verdict in found])
        report.add_testsuite(suite)
    # The library has no types for these two.
    report.update_statistics()  # type: ignore[no-untyped-call]
    written: bytes = report.tostring()  # type: ignore[no-untyped-call]
    return written.decode("utf-8") + "\n"


def _case(verdict: Verdict) -> Any:
    from junitparser import Error, Failure, Skipped, TestCase

    case = TestCase(_text(what(verdict)), classname=_text(f"cnnscope.{verdict.check or 'budgets'}"), time=0)
    told = _text("\n".join(filter(None, (sentence(verdict), _where(verdict), verdict.message))))
    kinds = {"fail": (Failure, "budget"), "undecided": (Error, "undecided"), "skipped": (Skipped, "skipped")}
    kinds["new"] = (Skipped, "new")
    if verdict.status in kinds:
        kind, name = kinds[verdict.status]
        outcome = kind(_text(sentence(verdict)), name)
        outcome.text = told
        case.result = [outcome]
    else:
        case.system_out = told
    return case


def _where(verdict: Verdict) -> str:
    place = verdict.place
    return f"{place.path}:{place.line}" if place.path else ""


def _text(text: str) -> str:
    """What XML can hold: no control characters, no halves of surrogate pairs."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
