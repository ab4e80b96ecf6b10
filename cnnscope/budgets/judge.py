"""One assertion about one network -> Verdict. What cannot be told is undecided, and why; nothing passes by default."""

from fractions import Fraction
from typing import NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.budgets.baseline import NetworkEntry, NoBaseline
from cnnscope.budgets.blame import blamed
from cnnscope.budgets.comparing import Pair
from cnnscope.budgets.config import Check, Written
from cnnscope.budgets.entries import matching, spec_hash, static_value
from cnnscope.budgets.grammar import Budget, Operator, Relative
from cnnscope.budgets.measured import Measured, NotMeasured
from cnnscope.budgets.units import Quantity, spoken
from cnnscope.budgets.verdicts import THIN, Number, Place, Status, Verdict


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


def _claims(case: Case, written: Written) -> Verdict:
    claims = case.report.claims
    if not claims:
        return verdict(case, written, "undecided", "the page prints no figures", "print some, or take the check away")
    wrong = sum(not claim.as_expected for claim in claims)
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
    base = _static_base(case, budget)
    blank = verdict(case, written, "undecided")._replace(value=value, at_least=report.status != "complete")
    if isinstance(budget.limit, Relative):
        if not isinstance(base, int | Fraction):
            return without_base(case, blank, base)
        limit = budget.limit.limit(Fraction(base))
    else:
        assert isinstance(budget.limit, Quantity)
        limit = budget.limit.value
    known = base if isinstance(base, int | Fraction) else None
    found = blank._replace(limit=limit, base=known, headroom=headroom(value, limit, budget.op))
    if found.at_least:
        return _of_lower_bound(found, budget)
    if not holds(value, budget.op, limit):
        return found._replace(status=broken(budget.level), why=_history(case, found, budget))
    thin = not budget.is_relative and found.headroom is not None and found.headroom < THIN
    return found._replace(status="thin" if thin else "pass")


def _of_lower_bound(found: Verdict, budget: Budget) -> Verdict:
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
    return found._replace(
        status="undecided",
        why="the total is a lower bound: some layers have no rule",
        hint="`cnnscope analyze` names them",
        headroom=None,
    )


def _static_base(case: Case, budget: Budget) -> int | Fraction | NoBaseline | None:
    """The baseline's figure, None where it knows none, or why it does not compare."""
    entry = case.base
    if entry is None or isinstance(entry, NoBaseline):
        return entry
    value = entry.figures.get(budget.figure)
    if value is None:
        return None
    if reason := _incomparable(entry, case.report, budget):
        return NoBaseline(f"the baseline is incomparable: {reason}", "`cnnscope baseline update` records it anew")
    if not isinstance(value, int | Fraction):
        return NoBaseline(f"the baseline is incomparable: {budget.figure} was measured", "`cnnscope baseline update`")
    return value


def _incomparable(entry: NetworkEntry, report: Report, budget: Budget) -> str:
    if entry.input_shape != report.input_shape:
        return f"its input is {_dims(entry.input_shape)}, not {_dims(report.input_shape)}"
    if entry.dtype != report.dtype and budget.metric.kind == "bytes":
        return f"its dtype is {entry.dtype}, not {report.dtype}"
    if entry.optimizer != report.optimizer and budget.metric.name == "training_bytes":
        return f"its optimizer is {entry.optimizer}, not {report.optimizer}"
    return ""


def _dims(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def guarded(check: Check) -> bool:
    """Does an absolute limit stop a network of this check that has no base yet?"""
    return any(isinstance(one.budget.limit, Quantity) and one.budget.level == "fail" for one in check.budgets)


def without_base(case: Case, found: Verdict, base: NoBaseline | None) -> Verdict:
    """A relative limit without a base: new where absolute limits guard the network meanwhile, else undecided."""
    if base is not None:
        return found._replace(status="undecided", why=base.why, hint=base.hint)
    if not case.check.path:
        # Given on the command line or in a test: nothing would ever record it, and it would stay new for good.
        why = f"the baseline has no figure of it under a check `{case.check.name}`"
        return found._replace(status="undecided", why=why, hint="write the check into a configuration")
    update = "`cnnscope baseline update` records it"
    if guarded(case.check):
        return found._replace(status="new", why="the baseline does not know it yet", hint=update)
    why = "the baseline does not know it yet, and the check has no absolute limit"
    return found._replace(status="undecided", why=why, hint=update)


def _history(case: Case, found: Verdict, budget: Budget) -> str:
    """What the baseline says about a broken limit: inherited, worsened, or counted otherwise."""
    if found.base is None or found.limit is None or found.value is None:
        return ""
    entry = case.base
    if isinstance(entry, NetworkEntry) and entry.spec == spec_hash(case.report.layers) and found.base != found.value:
        return "the layers are those of the baseline: the counting changed, not the network"
    if budget.is_relative:
        return ""
    if holds(found.base, budget.op, found.limit):
        return f"the baseline held it with {spoken(found.base, found.kind)}"
    now, before, limit = Fraction(found.value), Fraction(found.base), Fraction(found.limit)
    worse = now > before if budget.op in ("<=", "<") else now < before
    if budget.op == "==":
        worse = abs(now - limit) > abs(before - limit)
    already = f"the baseline broke it already, with {spoken(found.base, found.kind)}"
    return f"{already}; this change worsens it" if worse else f"inherited: {already}; this change does not worsen it"


def _nearest(report: Report, pattern: str) -> str:
    from difflib import get_close_matches

    names = list(dict.fromkeys(layer.row for layer in report.layers))
    near = get_close_matches(pattern, names, n=1, cutoff=0.5)
    return (
        f"did you mean {near[0]}?"
        if near
        else f"its layers are {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}"
    )
