"""A diagnosis: what was looked at, how it is, what was found, and how to mend it."""

import platform
from typing import Any

import cnnscope
from cnnscope.doctor.finding import Diagnosis, Finding
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, View, arrange, words

_SIGNS = {"ok": "✓", "warn": "!", "broken": "✗"}


def sheet(diagnosis: Diagnosis, view: View) -> Sheet[Finding]:
    return arrange(COLUMNS, diagnosis.findings, view, default=_DEFAULT)._replace(
        headline=f"cnnscope {cnnscope.__version__} · {platform.system()} {platform.machine()}",
        remarks=[Remark(_verdict(diagnosis))],
    )


def record(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "cnnscope": cnnscope.__version__,
        "broken": len(diagnosis.broken),
        "warnings": len(diagnosis.warnings),
        "findings": [finding._asdict() for finding in diagnosis.findings],
    }


def _verdict(diagnosis: Diagnosis) -> str:
    warnings = len(diagnosis.warnings)
    more = f"{warnings or 'no'} warning{'' if warnings == 1 else 's'}"
    if diagnosis.broken:
        return f"✗ broken: {', '.join(finding.name for finding in diagnosis.broken)}; {more}"
    return f"✓ nothing is broken, {more}"


def _status(finding: Finding) -> str:
    return f"{_SIGNS[finding.status]} {finding.status}"


def _found(finding: Finding) -> str:
    """For people, the remedy stands under what it mends."""
    return f"{finding.found}\nremedy: {finding.remedy}" if finding.remedy else finding.found


COLUMNS: tuple[Column[Finding], ...] = (
    Column("status", "status", lambda finding: finding.status, _status),
    words("name", "looked at", lambda finding: finding.name),
    Column("found", "found", lambda finding: finding.found, _found, wrap=1),
    words("remedy", "remedy", lambda finding: finding.remedy),
)
_DEFAULT = ("status", "name", "found")
