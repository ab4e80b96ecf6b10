"""Measured figures: decided on the point, believed only with their interval, compared only on one machine."""

import math
from fractions import Fraction

from cnnscope.budgets.baseline import MeasuredFigure, NetworkEntry, NoBaseline
from cnnscope.budgets.bases import guarded, incomparable, without_base
from cnnscope.budgets.case import Case, broken, headroom, holds, verdict
from cnnscope.budgets.comparing import SMALLEST_EFFECT, WIDEST_INTERVAL, Ratio, of_estimates, of_pair
from cnnscope.budgets.config import Written
from cnnscope.budgets.grammar import Budget, Relative
from cnnscope.budgets.measured import SHORTEST_SAMPLE, Estimate, Measured, NotMeasured, estimate, fewest, worst
from cnnscope.budgets.settings import RunSettings
from cnnscope.budgets.units import Quantity
from cnnscope.budgets.verdicts import THIN, Status, Verdict

_QUIETER = "measure on a quieter machine; beside a base, --ab REF measures both in turns"


def judge_measured(case: Case, written: Written) -> Verdict:
    """Decide one assertion about a measured figure."""
    budget = written.budget
    if isinstance(budget.limit, Relative) and case.pair is not None:
        if isinstance(case.pair, NotMeasured):
            status: Status = "new" if case.pair.is_new and guarded(case.check) else "undecided"
            return verdict(case, written, status, case.pair.why, case.pair.hint)
        return _beside_base(case, written, of_pair(case.pair, budget.metric), "in turns with the base")
    if isinstance(case.measured, NotMeasured):
        return verdict(case, written, "undecided", case.measured.why, case.measured.hint)
    found = estimate(case.measured, budget.metric)
    if isinstance(found, str):
        return verdict(case, written, "undecided", found, _more_samples(case.measured, budget, case.check.run))
    if isinstance(budget.limit, Relative):
        return _beside_file(case, written, case.measured, found)
    return _absolute(case, written, case.measured, found)


def _more_samples(measured: Measured, budget: Budget, run: RunSettings) -> str:
    """How to get enough samples for a percentile: the time that they take, with some to spare."""
    if budget.metric.quantile is None or not 0 < measured.median < 3600:
        # No percentile, or no time that anybody would wait for.
        return ""
    seconds = math.ceil(1.5 * fewest(budget.metric.quantile) * max(measured.median, SHORTEST_SAMPLE))
    longer = f', max_time = "{seconds} s"' if seconds > run.max_time else ""
    return f'give it more time: run = {{ min_time = "{seconds} s"{longer} }}'


def _noise(measured: Measured) -> str:
    return f"the measurement is too noisy: {measured.why or 'it did not settle'}"


def _absolute(case: Case, written: Written, measured: Measured, found: Estimate) -> Verdict:
    budget = written.budget
    assert isinstance(budget.limit, Quantity)
    limit = float(budget.limit.value)
    shown = _figures(verdict(case, written, "undecided"), found)._replace(
        limit=limit, headroom=headroom(found.value, limit, budget.op)
    )
    if not measured.stable:
        # Noise makes a run slower, never faster; where even the slowest sample holds the limit, it cannot matter.
        slowest = worst(measured, budget.metric)
        if slowest is None or _gains_from_noise(budget) or not holds(slowest, budget.op, limit):
            return shown._replace(why=_noise(measured), hint=_QUIETER)
        return shown._replace(status="pass", why=f"every sample holds it, though {measured.why or 'they are noisy'}")
    if not holds(found.value, budget.op, limit):
        return shown._replace(status=broken(budget.level))
    if found.low is not None and found.high is not None and found.low <= limit <= found.high:
        return shown._replace(status="thin", why="the interval crosses the limit")
    return shown._replace(status="thin" if shown.headroom is not None and shown.headroom < THIN else "pass")


def _beside_file(case: Case, written: Written, measured: Measured, found: Estimate) -> Verdict:
    """Beside the figure that the baseline keeps."""
    budget, entry = written.budget, case.base
    shown = _figures(verdict(case, written, "undecided"), found)
    if not measured.stable:
        return shown._replace(why=_noise(measured), hint=_QUIETER)
    old = entry.figures.get(budget.figure) if isinstance(entry, NetworkEntry) else None
    if old is None:
        return without_base(case, shown, entry if isinstance(entry, NoBaseline) else None)
    if not isinstance(old, MeasuredFigure) or old.settings != case.check.run:
        return _incomparable(shown, "it was measured with other settings")
    if isinstance(entry, NetworkEntry) and (reason := incomparable(entry, case.report, budget)):
        return _incomparable(shown, reason)
    if old.fingerprint != measured.fingerprint:
        why = f"the baseline was measured on another machine: {old.fingerprint}, not {measured.fingerprint}"
        if case.skip_other_machines:
            return shown._replace(status="skipped", why=why, base=old.value)
        hint = 'compare with --ab, measure on that machine, or write on_other_machine = "skip"'
        return shown._replace(why=why, hint=hint, base=old.value)
    ratio = of_estimates(old.estimate, found)
    missing = "one side has no interval: it needs more samples"
    return _beside_base(case, written, missing if ratio is None else ratio, "beside the baseline")


def _beside_base(case: Case, written: Written, ratio: Ratio | str, how: str) -> Verdict:
    """A regression needs an effect beyond the limit, and an interval that agrees."""
    budget = written.budget
    if isinstance(ratio, str):
        return verdict(case, written, "undecided", ratio, "give it more time, or a quieter machine")
    if not all(map(math.isfinite, ratio)) or not 0 < ratio.low <= ratio.high:
        return verdict(case, written, "undecided", "the comparison gave no number")
    limit = _limit(budget, ratio.base)
    allowed = limit / ratio.base
    shown = verdict(case, written, "pass")._replace(
        value=ratio.head,
        base=ratio.base,
        limit=limit,
        headroom=headroom(ratio.head, limit, budget.op),
        low=ratio.base * ratio.low,
        high=ratio.base * ratio.high,
    )
    change = f"{ratio.value - 1:+.1%} ({ratio.low - 1:+.1%} to {ratio.high - 1:+.1%}) {how}"
    if ratio.low <= allowed <= ratio.high:
        if (ratio.high - ratio.low) / 2 > max(abs(allowed - 1), WIDEST_INTERVAL):
            hint = "give it more time, or a quieter machine"
            return shown._replace(status="undecided", why=f"{change}: the comparison is too noisy", hint=hint)
        return shown._replace(status="thin", why=f"{change}: the interval crosses the limit")
    if holds(ratio.head, budget.op, limit):
        return shown._replace(why=change)
    if small := _too_small(budget, ratio):
        return shown._replace(status="thin", why=f"{change}: {small}")
    return shown._replace(status=broken(budget.level), why=change)


def _limit(budget: Budget, base: float) -> float:
    assert isinstance(budget.limit, Relative)
    return float(budget.limit.limit(Fraction(base)))


def _too_small(budget: Budget, ratio: Ratio) -> str:
    """Why a change is too small to matter, however sure it is."""
    change = abs(ratio.head - ratio.base)
    if budget.min_change and change <= float(budget.min_change.value):
        return f"the change is within {budget.min_change}"
    getting_worse = ratio.value > 1 if budget.op in ("<=", "<") else ratio.value < 1
    if getting_worse and abs(ratio.value - 1) < SMALLEST_EFFECT:
        return f"the change is below {SMALLEST_EFFECT:.0%}"
    return ""


def _incomparable(shown: Verdict, reason: str) -> Verdict:
    return shown._replace(why=f"the baseline is incomparable: {reason}", hint="`cnnscope baseline update`")


def _gains_from_noise(budget: Budget) -> bool:
    """Is this a limit that a slow run is on the right side of, such as latency.min >= 1 ms?"""
    return (budget.op in (">=", ">")) != budget.metric.more_is_better


def _figures(shown: Verdict, found: Estimate) -> Verdict:
    return shown._replace(value=found.value, low=found.low, high=found.high)
