"""The Python interface to budgets: checks and baselines over the networks that api.py loads.

Everything below is handed its networks and its clock; this is where the two are plugged in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnscope import render
from cnnscope.analysis.report import Report
from cnnscope.api import Network, load_all
from cnnscope.budgets import baseline_file, config, updating
from cnnscope.budgets.baseline import Baseline, Change, NoBaseline
from cnnscope.budgets.case import left_out
from cnnscope.budgets.config import Check, Config, Written
from cnnscope.budgets.grammar import budget
from cnnscope.budgets.measured import Measured, Model, cannot_measure
from cnnscope.budgets.networks import Load, located
from cnnscope.budgets.run import run
from cnnscope.budgets.settings import RunSettings
from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.errors import CellError, UsageError

if TYPE_CHECKING:
    from cnnscope.profiling.protocol import Limits
    from cnnscope.runtimes import Settings


def measure(network: Model, settings: RunSettings) -> Measured:
    """Run a network and measure it; MissingExtraError, RunError or UsageError where that cannot be done.

    KeyboardInterrupt where it was interrupted: half a measurement decides nothing.
    """
    from cnnscope.profiling.profile import profile
    from cnnscope.profiling.protocol import INTERRUPTED

    if not isinstance(network, Network):
        return cannot_measure(network, settings)
    found = profile(network.shaped(settings.input), *_of_profiler(settings), kernels="none", ceilings=False)
    if found.latency.stop == INTERRUPTED:
        raise KeyboardInterrupt
    known = found.summary
    statistics = {f"latency.{name}": value for name, value in known._asdict().items()}
    return Measured(
        n=known.n,
        median=known.median,
        low=known.low,
        high=known.high,
        statistics=statistics | {"throughput": found.throughput},
        samples=found.latency.samples,
        fingerprint=str(found.environment["fingerprint"]),
        stable=known.stable,
        why=f"the samples vary by {known.cv:.0%}, their middle half by {known.iqr / known.median:.0%} of the median",
    )


def check(
    model: str | Network,
    *budgets: str | Iterable[str],
    input: str | None = None,
    batch: int = 1,
    dtype: str = "float32",
    baseline: str | None = None,
) -> Verdicts:
    """Judge one model by budgets such as "params <= 5M", each an argument, or a list of them.

    `model` is what `load_all` takes, or a network. `baseline` names a baseline file with a check of the model's name.
    UsageError for a budget that cannot be read; without any budget the verdict is undecided.
    """
    name = model if isinstance(model, str) else model.name
    texts = (text for one in budgets for text in ((one,) if isinstance(one, str) else one))
    written = tuple(map(_written, texts))
    if twice := next((one for one in written if written.count(one) > 1), None):
        raise UsageError(f"--budget '{twice.budget}' is given twice", "once is enough")
    asked = Check(
        name,
        (name,),
        written,
        input,
        batch,
        dtype,
        run=RunSettings(batch=batch, dtype=dtype, input=input),
    )
    alone = Config("", Path(), (asked,), baseline=baseline or "")
    kept = _baseline(alone, baseline)
    load: Load = load_all
    if isinstance(model, Network):
        load = _given(model)
    return _shown(run(alone._replace(baseline=""), load=load, baseline=kept, measure=measure))


def check_config(
    path: Path | None = None,
    *,
    only: Iterable[str] = (),
    baseline: str | None = None,
    ab: str | None = None,
    exit_zero: bool = False,
) -> Verdicts:
    """Judge the checks of a configuration: that of `path`, or the nearest one from the current folder upwards.

    `only` are names or patterns of checks. `baseline` overrides the file that the configuration names: a path, or
    git:REF for the configured file at the merge base with REF. With `ab`, a revision, measured figures beside a base
    are measured in turns with the network as it was at that merge base.
    """
    found = configuration(path)
    load_base = None
    if ab is not None:
        from cnnscope.budgets.revision import loader_at

        load_base = loader_at(ab, found.folder, load_all)
    committed = _baseline(found, None)
    judged = run(
        found,
        load=load_all,
        baseline=committed if baseline is None else _baseline(found, baseline),
        committed=committed,
        measure=measure,
        load_base=load_base,
        only=only,
        exit_zero=exit_zero,
    )
    return _shown(judged)


def _shown(judged: Verdicts) -> Verdicts:
    return replace(judged, renderers=render.renderers("verdicts"))


def configuration(path: Path | None = None) -> Config:
    """The configuration of a path, or the nearest one; an empty one where there is none.

    UsageError where it is not understood, settings of runs included.
    """
    chosen = path or config.find(Path.cwd())
    found = config.read(chosen) if chosen else Config("", Path.cwd())
    for asked in found.checks:
        if any(written.budget.metric.measured for written in asked.budgets):
            _require_settings(asked)
    return found


def _require_settings(asked: Check) -> None:
    """UsageError for a run that no machine could do; whether this one can is for the run to find out."""
    from cnnscope.profiling.profile import check as require

    try:
        require(*_of_profiler(asked.run))
    except UsageError as error:
        raise UsageError(f"{asked.path}:{asked.line}: {asked.name}: {error.message}", error.hint) from None


def _of_profiler(settings: RunSettings) -> "tuple[Settings, Limits]":
    from cnnscope.profiling.protocol import Limits
    from cnnscope.runtimes import Settings

    shared = {name: value for name, value in settings._asdict().items() if name in Settings._fields}
    return Settings(**shared), Limits(settings.min_time, settings.max_time)


def update_baseline(
    path: Path | None = None, *, only: Iterable[str] = (), tighten: bool = False, static: bool = False
) -> tuple[Baseline, list[Change]]:
    """Record what the networks of a configuration cost now; see budgets.updating.update."""
    found = configuration(path)
    return updating.update(found, load=load_all, measure=measure, only=only, tighten=tighten, static=static)


def broken_now(path: Path | None = None, *, only: Iterable[str] = ()) -> list[Verdict]:
    """The budgets of a configuration that do not hold at the state that was just recorded; nothing is measured."""
    found = configuration(path)
    judged = run(found, load=load_all, baseline=_baseline(found, None), only=only)
    return [verdict for verdict in judged.verdicts if verdict.status in ("fail", "warn") and verdict.budget]


def prune_baseline(path: Path | None = None) -> tuple[Baseline, list[tuple[str, str, str]]]:
    """Remove entries that no check asks for; the new baseline and what was removed: (check, network, figure)."""
    return updating.prune(configuration(path), load=load_all)


def read_baseline(path: Path | None = None) -> Baseline:
    """The baseline that a configuration names; UsageError where there is none to read."""
    found = configuration(path)
    updating.require_path(found)
    kept = _baseline(found, None)
    if isinstance(kept, NoBaseline):
        raise UsageError(kept.why, kept.hint)
    return kept


def first_config(models: Sequence[str]) -> str:
    """The text of a configuration that holds these models to what they cost now and a tenth more.

    UsageError where that would not hold: for a network that is not all known, and for two of one name.
    """
    from cnnscope.budgets.first_config import first_config as write

    found: list[tuple[str, Report]] = []
    for model in models:
        networks = load_all(located(model, Path()))
        for network in networks:
            name = f"{model}:{network.name}" if len(networks) > 1 else model
            report = network.analyze()
            if report.status != "complete":
                why, hint = left_out(report)
                raise UsageError(f"{name}: its figures are lower bounds: {why}", hint)
            if any(report.network == other.network for _, other in found):
                raise UsageError(f"two networks are called {report.network}", "give each a check of its own by hand")
            found.append((name, report))
    return write(found)


def _written(text: str) -> Written:
    try:
        return Written(budget(text))
    except CellError as error:
        raise UsageError(f"--budget '{text[:60]}': {error.message}", error.hint) from None


def _given(network: Network) -> Load:
    return lambda model: [network]


def _baseline(found: Config, override: str | None) -> Baseline | NoBaseline:
    """The baseline to compare with: the configured file, another file, or a file of another revision."""
    from cnnscope.budgets.revision import PREFIX, baseline_at

    if override and override.startswith(PREFIX):
        return baseline_at(override.removeprefix(PREFIX), updating.require_path(found))
    path = Path(override) if override else found.baseline_path
    if path is None:
        return NoBaseline("no baseline is named", f"{found.name_baseline}, then `cnnscope baseline update`")
    kept = baseline_file.read(path, config.shown(path))
    if override and isinstance(kept, NoBaseline):
        return kept._replace(hint=f"check --baseline {override}; a revision is named git:REF")
    return kept
