"""What other tools would report: one row per figure of a tool, with the terms that lead from ours to it."""

from fractions import Fraction
from typing import Any

import cnnscope
from cnnscope.reconciliation.record import Reconciled, Reconciliation, TermValue
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, Value, View, arrange, words
from cnnscope.shapes import dims
from cnnscope.units import exact

_DEFINED = 3
"""So many tools at most are explained below the table; --tool asks for them."""


def sheet(result: Reconciliation, view: View) -> Sheet[Reconciled]:
    shape = result.input_shape
    shown = arrange(COLUMNS, result.figures, view, default=_DEFAULT)
    return shown._replace(
        network=result.network,
        headline=f"{result.network} · input {dims(shape)} · batch {shape[0]}",
        summary=_definitions(result),
        remarks=[Remark(text) for text in (result.remark,) if text],
    )


def record(result: Reconciliation) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "reconciliation",
        "cnnscope": cnnscope.__version__,
        "network": result.network,
        "input_shape": list(result.input_shape),
        "remark": result.remark,
        "figures": [_figure(figure) for figure in result.figures],
    }


def _figure(figure: Reconciled) -> dict[str, Any]:
    return {
        "tool": figure.tool,
        "figure": figure.quantity,
        "base": figure.base if figure.base != "zero" else None,
        "ours": figure.ours,
        "times": figure.times,
        "terms": [
            {"what": term.what, "factor": plain(term.factor), "count": term.amount, "value": plain(term.value)}
            for term in figure.terms
        ],
        "halved": figure.halved,
        "theirs": plain(figure.theirs),
        "why": figure.why,
        "convention": figure.convention,
        "source": figure.source,
    }


def plain(value: int | Fraction | None) -> int | float | None:
    """Whole numbers as integers; a half stays a fraction."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.denominator == 1 else float(value)


def _definitions(result: Reconciliation) -> list[tuple[str, str]]:
    tools = {figure.tool: f"{figure.convention} ({figure.source})" for figure in result.figures}
    return list(tools.items()) if len(tools) <= _DEFINED else []


def _terms(figure: Reconciled) -> str:
    """The way from ours to theirs, one step a line."""
    if figure.theirs is None:
        return f"cannot be stated: {figure.why}"
    steps = [f"× {figure.times}"] if figure.times != 1 else []
    steps += map(_step, figure.terms)
    return "\n".join([*steps, *(["÷ 2"] if figure.halved else [])])


def _step(term: TermValue) -> str:
    sign = "−" if term.value < 0 else "+"
    amount = abs(term.amount)
    factor = -term.factor if term.factor < 0 else term.factor
    many = f"{exact(amount)} × {exact(factor)}" if factor != 1 else exact(amount)
    return f"{sign} {many} {term.what}"


def _ours(figure: Reconciled) -> str:
    return "" if figure.base == "zero" else exact(figure.ours)


def _theirs(figure: Reconciled) -> str:
    value = plain(figure.theirs)
    return "?" if value is None else f"{value:,}"


def _theirs_value(figure: Reconciled) -> Value:
    return plain(figure.theirs)


def _difference(figure: Reconciled) -> str:
    value = plain(figure.difference)
    return "" if value is None or figure.base == "zero" else f"{value:+,}" if value else "0"


COLUMNS: tuple[Column[Reconciled], ...] = (
    words("tool", "tool", lambda figure: figure.tool),
    words("figure", "figure", lambda figure: figure.quantity, wrap=1, narrowest=11),
    Column("base", "from", lambda figure: figure.base, lambda figure: figure.base),
    Column("ours", "ours", lambda figure: figure.ours, _ours, drop=1, is_number=True),
    words("terms", "terms", _terms, wrap=2, narrowest=14),
    Column("theirs", "theirs", _theirs_value, _theirs, is_number=True),
    Column("difference", "difference", lambda figure: plain(figure.difference), _difference, is_number=True),
    words("why", "why not", lambda figure: figure.why, wrap=1),
    words("convention", "convention", lambda figure: figure.convention, wrap=1),
    words("source", "source", lambda figure: figure.source, wrap=1),
)
_DEFAULT = ("tool", "figure", "ours", "terms", "theirs")
