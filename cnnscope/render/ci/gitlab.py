"""GitLab's code quality report: one issue per assertion that does not hold; GitLab shows what a merge request adds."""

import hashlib
from typing import Any

from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.render.ci import from_root
from cnnscope.render.verdict_text import dumped, sentence

SUFFIXES = (".codequality.json",)

_SEVERITIES = {"undecided": "critical", "fail": "major", "warn": "minor", "thin": "info", "skipped": "info"}


def render(verdicts: Verdicts) -> str:
    return dumped([_issue(verdict) for verdict in verdicts.worst_first if verdict.status in _SEVERITIES])


def _issue(verdict: Verdict) -> dict[str, Any]:
    # GitLab does not show check_name, so the description repeats it.
    name = f"cnnscope: {verdict.check}" if verdict.check else "cnnscope"
    place = verdict.place
    return {
        "description": f"{name}: {sentence(verdict)}",
        "check_name": name,
        "fingerprint": fingerprint(verdict),
        "severity": _SEVERITIES[verdict.status],
        "location": {"path": from_root(place.path) or "cnnscope.toml", "lines": {"begin": max(place.line, 1)}},
    }


def fingerprint(verdict: Verdict) -> str:
    """The same for one assertion from run to run: without figures and lines, which move."""
    parts = (verdict.check, verdict.network, verdict.budget or verdict.why, verdict.status)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:40]
