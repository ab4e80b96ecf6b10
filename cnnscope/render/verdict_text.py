"""Verdicts in words: the same sentence in every format."""

import json

from cnnscope.budgets.units import spoken
from cnnscope.budgets.verdicts import Blamed, Status, Verdict, Verdicts

SIGNS = {"fail": "✗", "undecided": "?", "warn": "≠", "thin": "≠", "new": "+", "skipped": "-", "pass": "✓"}
_WORDS = {"fail": "broken", "pass": "hold", "new": "new", "warn": "broken with level warn"}


def what(verdict: Verdict) -> str:
    """The assertion and whom it is about: ournet: macs <= 300M."""
    return ": ".join(filter(None, (verdict.network, verdict.budget or verdict.metric))) or verdict.check or "budgets"


def value(verdict: Verdict) -> str:
    """The figure, with ≥ where it is a lower bound and with its interval where it was measured."""
    if verdict.value is None or verdict.kind == "claims":
        return ""
    interval = ""
    if verdict.low is not None and verdict.high is not None:
        interval = f" ({spoken(verdict.low, verdict.kind)} to {spoken(verdict.high, verdict.kind)})"
    return f"{'≥ ' if verdict.at_least else ''}{spoken(verdict.value, verdict.kind)}{interval}"


def spare(verdict: Verdict) -> str:
    """How much of the limit is left, or by how much it is exceeded."""
    if verdict.headroom is None:
        return ""
    share = abs(verdict.headroom) * 100
    text = f"{share:.1f} %" if share >= 0.05 or not share else "< 0.1 %"
    return f"{text} {'left' if verdict.headroom >= 0 else 'over'}"


def sentence(verdict: Verdict) -> str:
    """The assertion, the figure and everything that explains the verdict, on one line."""
    base = f"base {spoken(verdict.base, verdict.kind)}" if verdict.base is not None else ""
    facts = ", ".join(filter(None, (value(verdict), spare(verdict), base)))
    told = "; ".join(filter(None, (facts, verdict.why, rows(verdict), verdict.hint)))
    return f"{what(verdict)}: {told}" if told else what(verdict)


def shortly(verdict: Verdict) -> str:
    """The assertion, the figure and where the budget stands: net: macs <= 9M: 9,990,000, 11.0 % over (a.toml:9)."""
    facts = ", ".join(filter(None, (value(verdict), spare(verdict)))) or verdict.why
    return f"{what(verdict)}: {facts} ({verdict.written.path}:{verdict.written.line})"


def rows(verdict: Verdict) -> str:
    """The rows to look at: conv2 (line 12, edited) 36,864 -> 73,728."""
    if not verdict.blamed:
        return ""
    moved = any(one.edited or one.base is not None or one.remark in ("new", "gone") for one in verdict.blamed)
    lead = "moved: " if moved else "biggest: " if verdict.metric.partition("@")[0] != "claims" else ""
    if verdict.metric == "peak_activation_bytes" and not moved:
        lead = ""
    return lead + "; ".join(_row(one, verdict) for one in verdict.blamed)


def _row(one: Blamed, verdict: Verdict) -> str:
    place = [f"line {one.line}"] if one.line else []
    marks = place + ([one.remark] if one.remark else ["edited"] if one.edited else [])
    shown = f"{one.row} ({', '.join(marks)})" if marks else one.row
    if one.value is None:
        return shown
    now = spoken(one.value, verdict.kind)
    return f"{shown} {spoken(one.base, verdict.kind)} -> {now}" if one.base is not None else f"{shown} {now}"


def tally(verdicts: Verdicts) -> str:
    """3 hold, 1 broken, 1 undecided; every status that occurs."""
    counts = verdicts.counts
    order: tuple[Status, ...] = ("pass", "thin", "new", "skipped", "warn", "undecided", "fail")
    parts = [f"{counts[status]} {_WORDS.get(status, status)}" for status in order if counts[status]]
    return ", ".join(parts) or "nothing was checked"


def closing(verdicts: Verdicts) -> str:
    """The run in one line, with the exit code that goes with it."""
    bad = {"fail": "NOT within budget", "undecided": "NOT decided", "pass": "within budget"}[verdicts.status]
    return f"{bad}: {tally(verdicts)} -> exit {verdicts.exit_code}"


def dumped(value: object) -> str:
    """JSON for machines, a line per level."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
