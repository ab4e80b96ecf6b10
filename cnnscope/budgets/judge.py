"""One assertion about one network -> Verdict. What cannot be told is undecided, and why; nothing passes by default."""

from fractions import Fraction

from cnnscope.analysis.report import Report
from cnnscope.budgets.baseline import NetworkEntry
from cnnscope.budgets.bases import history, static_base, without_base
from cnnscope.budgets.blame import blamed
from cnnscope.budgets.case import Case, broken, headroom, holds, left_out, verdict
from cnnscope.budgets.config import Written
from cnnscope.budgets.entries import matching, static_value
from cnnscope.budgets.grammar import Budget, Relative
from cnnscope.budgets.units import Quantity
from cnnscope.budgets.verdicts import THIN, Place, Verdict


def judge(case: Case, written: Written) -> Verdict:
    """Decide one assertion."""
    from cnnscope.budgets.judge_measured import judge_measured

    budget = written.budget
    if budget.metric.measured:
        found = judge_measured(case, written)
    elif budget.metric.kind == "claims":
        found = _claims(case, written)
    else:
        found = _static(case, written)
    if found.status not in ("fail", "warn", "thin"):
        return found
    base = case.before if budget.metric.measured and case.before else case.base
    rows = blamed(case.report, budget, base if isinstance(base, NetworkEntry) else None)
    line = next((one.line for one in rows if one.line), 0)
    return found._replace(blamed=rows, spec=Place(case.report.path, line) if case.annotates else Place("", 0))


def _claims(case: Case, written: Written) -> Verdict:
    claims = case.report.claims
    if not claims:
        return verdict(case, written, "undecided", "the page prints no figures", "print some, or take the check away")
    wrong = sum(not claim.as_expected for claim in claims)
    if not wrong and case.report.status != "complete":
        why, hint = left_out(case.report)
        return verdict(
            case, written, "undecided", f"{len(claims):,} printed figures hold, others cannot be told: {why}", hint
        )
    why = f"{wrong:,} of {len(claims):,} printed figures do not hold" if wrong else f"{len(claims):,} printed figures"
    status = broken(written.budget.level) if wrong else "pass"
    return verdict(case, written, status, why)._replace(value=wrong, limit=0)


def _static(case: Case, written: Written) -> Verdict:
    budget, report = written.budget, case.report
    if budget.layers and not matching(report, budget.layers):
        return verdict(case, written, "undecided", f"no layer matches {budget.layers}", _nearest(report, budget.layers))
    value = static_value(report, budget)
    if value is None:
        seen = "every output sees the whole input" if budget.metric.name == "receptive_field" else "nothing to count"
        return verdict(case, written, "undecided", f"{case.network} has no {budget.figure}: {seen}")
    base = static_base(case, budget)
    is_partial = report.status != "complete"
    blank = verdict(case, written, "undecided")._replace(value=value, at_least=is_partial)
    if isinstance(budget.limit, Relative):
        if not isinstance(base, int | Fraction):
            # A lower bound is never recorded, so it would be new for good.
            return _open(blank, report) if is_partial and base is None else without_base(case, blank, base)
        limit = budget.limit.limit(Fraction(base))
    else:
        assert isinstance(budget.limit, Quantity)
        limit = budget.limit.value
    known = base if isinstance(base, int | Fraction) else None
    found = blank._replace(limit=limit, base=known, headroom=headroom(value, limit, budget.op))
    if is_partial:
        return _of_lower_bound(found, budget, report)
    if not holds(value, budget.op, limit):
        return found._replace(status=broken(budget.level), why=history(case, found, budget))
    thin = not budget.is_relative and found.headroom is not None and found.headroom < THIN
    return found._replace(status="thin" if thin else "pass")


def _of_lower_bound(found: Verdict, budget: Budget, report: Report) -> Verdict:
    """A partial total says that the figure is at least this; whatever more would change stays open."""
    assert found.value is not None
    assert found.limit is not None
    if budget.metric.adds_up:
        if budget.op in (">=", ">") and holds(found.value, budget.op, found.limit):
            return found._replace(status="pass", why="a lower bound holds it already")
        if budget.op in ("<=", "<") and not holds(found.value, budget.op, found.limit):
            return found._replace(status=broken(budget.level), why="a lower bound breaks it already")
        if budget.op == "==" and found.value > found.limit:
            return found._replace(status=broken(budget.level), why="a lower bound is above it already")
    return _open(found, report)


def _open(found: Verdict, report: Report) -> Verdict:
    """What cannot be told while the page leaves something out."""
    why, hint = left_out(report)
    if found.metric.startswith("intensity"):
        # A ratio of two lower bounds is none.
        return found._replace(status="undecided", value=None, at_least=False, why=why, hint=hint, headroom=None)
    return found._replace(status="undecided", why=f"the total is a lower bound: {why}", hint=hint, headroom=None)


def _nearest(report: Report, pattern: str) -> str:
    from difflib import get_close_matches

    names = list(dict.fromkeys(layer.row for layer in report.layers))
    near = get_close_matches(pattern, names, n=1, cutoff=0.5)
    return (
        f"did you mean {near[0]}?"
        if near
        else f"its layers are {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}"
    )
