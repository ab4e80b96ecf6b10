"""What the baseline has to say about an assertion: its figure, why it does not compare, and what was held before."""

from fractions import Fraction

from cnnscope.analysis.report import Report
from cnnscope.budgets.baseline import NetworkEntry, NoBaseline
from cnnscope.budgets.case import Case, holds
from cnnscope.budgets.config import Check
from cnnscope.budgets.entries import spec_hash
from cnnscope.budgets.grammar import Budget
from cnnscope.budgets.units import Quantity, spoken
from cnnscope.budgets.verdicts import Verdict


def static_base(case: Case, budget: Budget) -> int | Fraction | NoBaseline | None:
    """The baseline's figure, None where it knows none, or why it does not compare."""
    entry = case.base
    if entry is None or isinstance(entry, NoBaseline):
        return entry
    value = entry.figures.get(budget.figure)
    if value is None:
        return None
    if reason := incomparable(entry, case.report, budget):
        return NoBaseline(f"the baseline is incomparable: {reason}", "`cnnscope baseline update` records it anew")
    if not isinstance(value, int | Fraction):
        return NoBaseline(f"the baseline is incomparable: {budget.figure} was measured", "`cnnscope baseline update`")
    return value


def incomparable(entry: NetworkEntry, report: Report, budget: Budget) -> str:
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


def history(case: Case, found: Verdict, budget: Budget) -> str:
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
