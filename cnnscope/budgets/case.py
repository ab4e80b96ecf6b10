"""What is known about a network when its budgets are judged, and the words in which a verdict is given."""

from fractions import Fraction
from typing import NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.budgets.baseline import NetworkEntry, NoBaseline
from cnnscope.budgets.comparing import Pair
from cnnscope.budgets.config import Check, Written
from cnnscope.budgets.grammar import Operator
from cnnscope.budgets.measured import Measured, NotMeasured
from cnnscope.budgets.verdicts import Number, Place, Status, Verdict


class Case(NamedTuple):
    """All that is known about one network under one check. NoBaseline and NotMeasured say why something is missing."""

    check: Check
    network: str
    report: Report
    base: NetworkEntry | NoBaseline | None = None
    """None where the baseline is sound but does not know this network."""
    measured: Measured | NotMeasured = NotMeasured("nothing was measured")
    pair: Pair | NotMeasured | None = None
    """Base and head measured in turns; None where nobody asked for it."""
    before: NetworkEntry | None = None
    """The network as the base has it, where both were measured in turns."""
    skip_other_machines: bool = False
    annotates: bool = True
    """The page is the user's own, so a message may point into it."""


def verdict(case: Case, written: Written, status: Status, why: str = "", hint: str = "") -> Verdict:
    """A verdict without figures."""
    budget = written.budget
    return Verdict(
        case.check.name,
        case.network,
        str(budget),
        budget.figure,
        status,
        budget.metric.kind,
        why=why,
        hint=hint,
        spec=Place(case.report.path if case.annotates else "", 0),
        written=Place(written.path, written.line),
        message=case.check.message,
    )


def broken(level: str) -> Status:
    return "warn" if level == "warn" else "fail"


def headroom(value: Number, limit: Number, op: Operator) -> float | None:
    """The share of the limit that is left, negative where it is broken; None where there is no such share."""
    if not limit or op == "==":
        return None
    left = limit - value if op in ("<=", "<") else value - limit
    return float(left / limit) if isinstance(left, Fraction | float) else float(Fraction(left) / Fraction(limit))


def holds(value: Number, op: Operator, limit: Number) -> bool:
    """Does the comparison hold? Never for a value that is no number."""
    if op == "<=":
        return value <= limit
    if op == "<":
        return value < limit
    if op == ">=":
        return value >= limit
    return value > limit if op == ">" else value == limit


def left_out(report: Report) -> tuple[str, str]:
    """What a page does not say of its network, and how to supply the first of it."""
    first, _, remedy = report.missing[0].partition("; ")
    more = f" and {len(report.missing) - 1} more" if len(report.missing) > 1 else ""
    return f"the page leaves out {first}{more}", remedy or "`cnnscope analyze` names it"
