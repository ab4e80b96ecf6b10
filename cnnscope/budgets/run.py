"""Judge every budget of a configuration: one Verdicts comes out, whatever goes wrong on the way."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnnscope.budgets.baseline import Baseline, NoBaseline, stale
from cnnscope.budgets.case import Case
from cnnscope.budgets.comparing import in_turns
from cnnscope.budgets.config import Check, Config, selected
from cnnscope.budgets.entries import entry
from cnnscope.budgets.judge import judge
from cnnscope.budgets.measured import Measure, Measured, NotMeasured, cannot_measure
from cnnscope.budgets.networks import Load, Loaded, Unloaded, analyzed, networks
from cnnscope.budgets.verdicts import Place, Verdict, Verdicts
from cnnscope.errors import CnnscopeError

Figures = Mapping[str, frozenset[str]]
"""The figures that a check judges, by network."""


class Means(NamedTuple):
    """What a run works with."""

    config: Config
    load: Load
    baseline: Baseline | NoBaseline
    measure: Measure
    load_base: Load | None


def run(
    config: Config,
    *,
    load: Load,
    baseline: Baseline | NoBaseline,
    committed: Baseline | NoBaseline | None = None,
    measure: Measure = cannot_measure,
    load_base: Load | None = None,
    only: Iterable[str] = (),
    exit_zero: bool = False,
) -> Verdicts:
    """Judge the checks of a configuration, or those whose names match `only`.

    `committed` is the baseline file of the working tree, where `baseline` is that of another revision. `load_base`
    loads a model as the base revision has it; with it, measured figures beside a base are measured in turns with that.
    UsageError where the configuration asks for what cannot be.
    """
    chosen = selected(config.checks, only)
    found = list(_nothing_chosen(config, chosen, tuple(only)))
    wanted: dict[str, Figures] = {}
    means = Means(config, load, baseline, measure, load_base)
    for check in chosen:
        verdicts, figures = _check(check, means)
        found += verdicts
        if figures is not None:
            wanted[check.name] = figures
    found += _baseline_trouble(config, baseline if committed is None else committed, wanted)
    return Verdicts(tuple(found), config.path, baseline.path if isinstance(baseline, Baseline) else "", exit_zero)


def _nothing_chosen(config: Config, chosen: tuple[Check, ...], only: tuple[str, ...]) -> Iterator[Verdict]:
    """A run that decides nothing is not a run that found nothing wrong."""
    if not config.path and not config.checks:
        hint = "`cnnscope check --init MODEL` writes cnnscope.toml, or give MODEL and --budget"
        yield _undecided("", "no configuration is found: there is nothing to check", hint)
    elif not config.checks:
        yield _undecided("", f"{config.path} has no check", "add [[tool.cnnscope.check]]", Place(config.path, 1))
    for name in only if config.checks else ():
        if not selected(chosen, [name]):
            names = ", ".join(check.name for check in config.checks)
            yield _undecided(name, f"no check matches {name}", f"known are {names}", Place(config.path, 1))


def _check(check: Check, means: Means) -> tuple[list[Verdict], Figures | None]:
    """The verdicts of a check, and the figures that it judges; None where a network of it could not be had."""
    place = Place(check.path, check.line)
    verdicts = []
    if not check.budgets:
        verdicts.append(_undecided(check.name, "the check has no budget", 'add budget = ["params <= 5M"]', place))
    found = networks(check, means.config.folder, means.load)
    if not found:
        verdicts.append(
            _undecided(check.name, f"{', '.join(check.models)} names no network", "check the pattern", place)
        )
    for one in found:
        if isinstance(one, Unloaded):
            spec = Place(one.path, one.line) if one.line else place
            verdicts.append(_undecided(check.name, one.why, one.hint, place)._replace(spec=spec))
        else:
            case = _case(check, one, means)
            verdicts += [judge(case, written) for written in check.budgets]
    figures = frozenset(written.budget.figure for written in check.budgets)
    loaded = {one.model.name: figures for one in found if isinstance(one, Loaded)}
    return verdicts, loaded if len(loaded) == len(found) else None


def _case(check: Check, one: Loaded, means: Means) -> Case:
    """What is known about a network; it runs only where a budget asks for a measured figure."""
    baseline = means.baseline
    measured = [written.budget for written in check.budgets if written.budget.metric.measured]
    load_base = means.load_base if any(budget.is_relative for budget in measured) else None
    case = Case(
        check,
        one.model.name,
        one.report,
        baseline if isinstance(baseline, NoBaseline) else baseline.entry(check.name, one.model.name),
        skip_other_machines=means.config.skip_other_machines,
        annotates=one.own,
    )
    if any(not (load_base and budget.is_relative) for budget in measured):
        case = case._replace(measured=_measured(check, one, means.measure))
    return _with_pair(case, one, means.measure, load_base) if load_base else case


def _measured(check: Check, one: Loaded, measure: Measure) -> Measured | NotMeasured:
    try:
        return measure(one.model, check.run)
    except CnnscopeError as error:
        return NotMeasured(error.message, error.hint)


def _with_pair(case: Case, one: Loaded, measure: Measure, load_base: Load) -> Case:
    """The case with both sides measured in turns, or why that cannot be."""
    try:
        base = [network for network in load_base(one.source) if network.name == one.model.name]
        if not base:
            hint = "an absolute limit guards a new network"
            return case._replace(pair=NotMeasured(f"the base has no network {one.model.name} yet", hint, is_new=True))
        before = entry(analyzed(case.check, base[0]), case.check, None)
        return case._replace(before=before, pair=in_turns(measure, base[0], one.model, case.check.run))
    except CnnscopeError as error:
        return case._replace(pair=NotMeasured(error.message, error.hint))


def _baseline_trouble(
    config: Config, baseline: Baseline | NoBaseline, wanted: Mapping[str, Figures]
) -> Iterator[Verdict]:
    """A baseline that the configuration names and that cannot be used, and entries that nobody asks for any more."""
    if not config.baseline:
        return
    if isinstance(baseline, NoBaseline):
        yield _undecided("baseline", baseline.why, baseline.hint, Place(config.path, 1))
        return
    kept = {check.name for check in config.checks} - wanted.keys()
    known = {**wanted} | {name: _as_it_is(baseline, name) for name in kept}
    for check, network, figure in stale(baseline, known):
        what = ", ".join(filter(None, (network, figure))) or "the check"
        why = f"the baseline has an entry that no check asks for: {what}"
        yield _undecided(check, why, "`cnnscope baseline prune` removes it", Place(baseline.path, 1))._replace(
            status="fail", network=network, metric=figure or "baseline"
        )


def _as_it_is(baseline: Baseline, check: str) -> Mapping[str, frozenset[str]]:
    """What the baseline has of a check that was not judged now."""
    return {network: frozenset(entry.figures) for network, entry in baseline.checks.get(check, {}).items()}


def _undecided(check: str, why: str, hint: str, place: Place = Place("", 0)) -> Verdict:  # noqa: B008 - immutable
    """A verdict about a check, or about the run, rather than about one assertion."""
    return Verdict(check, "", "", "", "undecided", why=why, hint=hint, written=place)
