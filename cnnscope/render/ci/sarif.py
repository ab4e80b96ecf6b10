"""SARIF 2.1.0 (OASIS 2020): one result per assertion, the kind of it in `kind`, the rule is the metric."""

from typing import Any

import cnnscope
from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.render.ci import from_root
from cnnscope.render.ci.gitlab import fingerprint
from cnnscope.render.verdict_text import dumped, sentence

SUFFIXES = (".sarif", ".sarif.json")

MOST_RESULTS = 5_000
"""GitHub reads no more of a run."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"fail": "error", "undecided": "error", "warn": "warning", "thin": "note"}


def render(verdicts: Verdicts) -> str:
    shown = [verdict for verdict in verdicts.worst_first if verdict.status in _LEVELS][:MOST_RESULTS]
    rules = sorted({_rule(verdict) for verdict in shown})
    driver = {
        "name": "cnnscope",
        "version": cnnscope.__version__,
        "rules": [{"id": rule, "shortDescription": {"text": f"A budget of {rule}"}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(verdict, rules) for verdict in shown],
        "invocations": [
            {"executionSuccessful": verdicts.status != "undecided", "exitCode": verdicts.exit_code},
        ],
    }
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(verdict: Verdict) -> str:
    return verdict.metric.partition("@")[0] or "check"


def _result(verdict: Verdict, rules: list[str]) -> dict[str, Any]:
    place = verdict.place
    region = {"startLine": max(place.line, 1)}
    result: dict[str, Any] = {
        "ruleId": _rule(verdict),
        "ruleIndex": rules.index(_rule(verdict)),
        "level": _LEVELS[verdict.status],
        "message": {"text": ". ".join(filter(None, (sentence(verdict), verdict.message)))},
        "partialFingerprints": {"cnnscope/v1": fingerprint(verdict)},
    }
    if place.path:
        location = {"artifactLocation": {"uri": _uri(from_root(place.path))}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
