"""Raising, tightening and pruning the baseline: the only ways in which it is ever written."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from cnnscope.budgets.baseline import (
    Baseline,
    Change,
    MeasuredFigure,
    NetworkEntry,
    NoBaseline,
    changes,
    merged,
    pruned,
    stale,
    write,
)
from cnnscope.budgets.baseline_file import locked, read
from cnnscope.budgets.case import left_out
from cnnscope.budgets.config import Check, Config, selected, shown
from cnnscope.budgets.entries import entry
from cnnscope.budgets.grammar import Budget, Relative
from cnnscope.budgets.measured import Measure, Measured, cannot_measure
from cnnscope.budgets.metrics import METRICS, Value
from cnnscope.budgets.networks import Load, Loaded, networks
from cnnscope.errors import CnnscopeError, UsageError
from cnnscope.files import require_place


class NothingToRecord(CnnscopeError):
    """A baseline of nothing would make every later run compare with nothing."""

    exit_code = 3


def update(
    config: Config,
    *,
    load: Load,
    measure: Measure = cannot_measure,
    only: Iterable[str] = (),
    tighten: bool = False,
    static: bool = False,
) -> tuple[Baseline, list[Change]]:
    """Record what networks cost now and return the new baseline, and what changed against the old one.

    `only` names checks, `tighten` keeps every figure that is better than today's, `static` keeps measured figures as
    they are. Nothing is written unless everything could be had: NothingToRecord or CannotMeasure (exit 3) otherwise.
    """
    path = require_path(config)
    names = tuple(only)
    chosen = selected(config.checks, names)
    if unknown := [name for name in names if not selected(config.checks, [name])]:
        known = ", ".join(check.name for check in config.checks)
        raise NothingToRecord(f"no check matches {unknown[0]}", f"known are {known}")
    new = {check.name: _entries(check, config, load, None if static else measure) for check in chosen}
    new = {name: networks for name, networks in new.items() if networks}
    if not new:
        raise NothingToRecord(
            "no check names a figure: there is nothing to record", "add a budget such as params <= 5M"
        )
    with locked(path):
        old = _old(path, is_part=bool(names))
        for check in chosen:
            for network in new.get(check.name, {}):
                before = old.entry(check.name, network)
                new[check.name][network] = _carried(
                    new[check.name][network], before, check, tighten=tighten, static=static
                )
        result = merged(old, new)
        write(path, result)
    return result, changes(old, result)


def prune(config: Config, *, load: Load) -> tuple[Baseline, list[tuple[str, str, str]]]:
    """Remove what no check asks for any more; returns the new baseline and what was removed."""
    path = require_path(config)
    wanted = {}
    for check in config.checks:
        figures = frozenset(written.budget.figure for written in check.budgets)
        wanted[check.name] = {one.model.name: figures for one in _loaded(check, config, load)}
    with locked(path):
        old = read(path, shown(path))
        if isinstance(old, NoBaseline):
            raise UsageError(old.why, old.hint)
        gone = stale(old, wanted)
        result = pruned(old, gone)
        if gone:
            write(path, result)
    return result, gone


def require_path(config: Config) -> Path:
    """Where the baseline is; UsageError where the configuration names none, or a place where no file can be."""
    if not config.path:
        raise UsageError("no configuration is found", "`cnnscope check --init MODEL` writes cnnscope.toml")
    if config.baseline_path is None:
        raise UsageError(f"{config.path} names no baseline", config.name_baseline)
    require_place(config.baseline_path)
    return config.baseline_path


def _old(path: Path, *, is_part: bool) -> Baseline:
    """The file as it is; an absent one is empty, a corrupt one is an error, since the rest of it would be lost.

    One of another time is empty as well where all of it is recorded anew.
    """
    old = read(path, shown(path))
    if isinstance(old, Baseline):
        return old
    if path.exists() and "incomparable" not in old.why:
        raise UsageError(old.why, "restore it from version control, or delete it and update again")
    if path.exists() and is_part:
        raise UsageError(old.why, "update all of it, without --check: the rest would be lost")
    return Baseline({})


def _loaded(check: Check, config: Config, load: Load) -> list[Loaded]:
    found = networks(check, config.folder, load)
    for one in found:
        if not isinstance(one, Loaded):
            raise UsageError(f"{check.name}: {one.why}", one.hint)
    return [one for one in found if isinstance(one, Loaded)]


def _entries(check: Check, config: Config, load: Load, measure: Measure | None) -> dict[str, NetworkEntry]:
    measures = measure is not None and any(_is_kept(written.budget) for written in check.budgets)
    found = {}
    for one in _loaded(check, config, load):
        measured = measure(one.model, check.run) if measure is not None and measures else None
        made = entry(one.report, check, measured)
        if made.figures and one.report.status != "complete":
            why, hint = left_out(one.report)
            raise NothingToRecord(f"{check.name}, {one.model.name}: its totals are lower bounds: {why}", hint)
        _require_all(made, check, one.model.name, measured)
        if made.figures or not measures:
            found[one.model.name] = made
    return {name: made for name, made in found.items() if made.figures}


def _require_all(made: NetworkEntry, check: Check, network: str, measured: Measured | None) -> None:
    """NothingToRecord where a figure that a budget asks for could not be had."""
    for written in check.budgets:
        budget = written.budget
        if budget.metric.kind == "claims" or (budget.metric.measured and (measured is None or not _is_kept(budget))):
            continue
        if budget.figure not in made.figures:
            why, hint = "", "mend the budget, or measure longer"
            if budget.metric.measured and measured and not measured.stable:
                why = f": the run is not stable ({measured.why})"
                hint = "measure on a quieter machine, or keep measured figures as they are with --static"
            raise NothingToRecord(f"{check.name}, {network}: {budget.figure} cannot be had{why}", hint)


def _is_kept(budget: Budget) -> bool:
    """Is this a measured figure that a limit compares with? Others change from run to run and are nobody's base."""
    return budget.metric.measured and budget.is_relative


def _carried(new: NetworkEntry, old: NetworkEntry | None, check: Check, *, tighten: bool, static: bool) -> NetworkEntry:
    """The new entry with what is kept of the old one."""
    if old is None:
        return new
    figures: dict[str, Value | MeasuredFigure] = dict(new.figures)
    for name, before in old.figures.items():
        if (static and isinstance(before, MeasuredFigure)) or (
            tighten
            and name in figures
            and old.input_shape == new.input_shape
            and _is_better(name, before, figures[name], check)
        ):
            figures[name] = before
    return new._replace(figures=figures)


def _is_better(name: str, before: Value | MeasuredFigure, now: Value | MeasuredFigure, check: Check) -> bool:
    """Is the old figure the tighter one? The budgets beside a base say which way that is, else the metric."""
    was, here = (Fraction(one.value if isinstance(one, MeasuredFigure) else one) for one in (before, now))
    ops = [w.budget.op for w in check.budgets if w.budget.figure == name and isinstance(w.budget.limit, Relative)]
    more_is_better = ops[0] in (">=", ">") if ops else METRICS[name.partition("@")[0]].more_is_better
    return was > here if more_is_better else was < here
