"""Budgets and what became of them: one row per assertion, then a sentence for each that does not simply hold."""

from collections.abc import Hashable, Iterator
from fractions import Fraction
from typing import Any

import cnnscope
from cnnscope.budgets.units import spoken
from cnnscope.budgets.verdicts import Blamed, Number, Verdict, Verdicts
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, Value, View, arrange, words
from cnnscope.render.verdict_text import SIGNS, closing, sentence, spare, value, what


def sheet(verdicts: Verdicts, view: View) -> Sheet[Verdict]:
    return arrange(COLUMNS, verdicts.verdicts, view, default=_DEFAULT)._replace(
        headline=f"budgets of {verdicts.config}" if verdicts.config else "budgets",
        summary=[("verdict", closing(verdicts))],
        remarks=list(_remarks(verdicts)),
    )


def record(verdicts: Verdicts) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "verdicts",
        "cnnscope": cnnscope.__version__,
        "verdict": verdicts.status,
        "exit_code": verdicts.exit_code,
        "counts": verdicts.counts,
        "config": verdicts.config or None,
        "baseline": verdicts.baseline or None,
        "assertions": [_assertion(verdict) for verdict in verdicts.verdicts],
    }


def _assertion(verdict: Verdict) -> dict[str, Any]:
    return {
        "check": verdict.check,
        "network": verdict.network,
        "budget": verdict.budget,
        "metric": verdict.metric,
        "status": verdict.status,
        "unit": verdict.kind,
        "value": plain(verdict.value),
        "at_least": verdict.at_least,
        "low": verdict.low,
        "high": verdict.high,
        "limit": plain(verdict.limit),
        "base": plain(verdict.base),
        "headroom": verdict.headroom,
        "why": verdict.why,
        "hint": verdict.hint,
        "message": verdict.message,
        "layers": [_layer(one) for one in verdict.blamed],
        "place": {"path": verdict.place.path, "line": verdict.place.line},
        "written": {"path": verdict.written.path, "line": verdict.written.line},
    }


def _layer(one: Blamed) -> dict[str, Any]:
    return {
        "row": one.row,
        "line": one.line,
        "value": plain(one.value),
        "base": plain(one.base),
        "edited": one.edited,
        "remark": one.remark,
    }


def plain(number: Number | None) -> int | float | None:
    """Whole numbers as integers, whatever they were computed as; None for what is no finite number."""
    if number is None or number != number or number in (float("inf"), float("-inf")):
        return None
    if isinstance(number, float):
        return number
    return int(number) if Fraction(number).denominator == 1 else float(number)


def _remarks(verdicts: Verdicts) -> Iterator[Remark]:
    """What to do something about, the worst first; then each check's own message, once."""
    messages: dict[str, None] = {}
    alike: dict[Hashable, list[Verdict]] = {}
    for verdict in verdicts.worst_first:
        if verdict.status in ("undecided", "new", "skipped") and verdict.why:
            # One reason for many networks, such as a baseline that is not there, is told once.
            alike.setdefault((verdict.status, verdict.why, verdict.written), []).append(verdict)
        elif verdict.status in ("fail", "undecided", "warn", "skipped", "new") or (
            verdict.why and verdict.status == "thin"
        ):
            alike[id(verdict)] = [verdict]
        if verdict.status in ("fail", "warn") and verdict.message:
            messages[f"{verdict.check}: {verdict.message}"] = None
    for first, *others in alike.values():
        where = f" ({first.place.path}:{first.place.line})" if first.place.path else ""
        more = f"; likewise {len(others)} more, up to {what(others[-1])}" if others else ""
        yield Remark(f"{SIGNS[first.status]} {sentence(first)}{more}{where}")
    for message in messages:
        yield Remark(message)


def _status(verdict: Verdict) -> str:
    return f"{SIGNS[verdict.status]} {verdict.status}"


def _limit(verdict: Verdict) -> str:
    return "" if verdict.limit is None or verdict.kind == "claims" else spoken(verdict.limit, verdict.kind)


def _base(verdict: Verdict) -> str:
    return "" if verdict.base is None else spoken(verdict.base, verdict.kind)


def _headroom(verdict: Verdict) -> Value:
    return verdict.headroom


COLUMNS: tuple[Column[Verdict], ...] = (
    Column("status", "verdict", lambda verdict: verdict.status, _status),
    words("check", "check", lambda verdict: verdict.check, 2),
    words("network", "network", lambda verdict: verdict.network),
    words("budget", "budget", lambda verdict: verdict.budget),
    Column("value", "value", lambda verdict: plain(verdict.value), value, is_number=True, sparse=True),
    Column("limit", "limit", lambda verdict: plain(verdict.limit), _limit, 4, is_number=True, sparse=True),
    Column("base", "base", lambda verdict: plain(verdict.base), _base, 3, is_number=True, sparse=True),
    Column("headroom", "headroom", _headroom, spare, 1, is_number=True, sparse=True),
    words("why", "why", lambda verdict: verdict.why, 5),
)
_DEFAULT = ("status", "check", "network", "budget", "value", "base", "headroom")
