"""The networks of a check, loaded and analyzed; or why that cannot be."""

import glob
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.budgets.config import Check, shown
from cnnscope.budgets.measured import Model
from cnnscope.errors import CnnscopeError, SpecError, UnknownModelError, UsageError
from cnnscope.spec import files, zoo

Load = Callable[[str], Sequence[Model]]
"""All networks that a model names; handed in, since the API stands above budgets."""


class Loaded(NamedTuple):
    """A network of a check with its report. `own` is False for the zoo, whose pages the user does not edit."""

    model: Model
    report: Report
    source: str
    own: bool


class Unloaded(NamedTuple):
    """A model that gave no network: why, and the page's line where there is one."""

    why: str
    hint: str
    path: str = ""
    line: int = 0


def networks(check: Check, folder: Path, load: Load) -> list[Loaded | Unloaded]:
    """Every network of the check, in order.

    A page or variant that is missing or broken is an Unloaded, so that everything else is still judged. UsageError for
    a name that the zoo does not know, for settings that no network takes, and where two networks have one name.
    """
    found = [one for model in check.models for one in _of_model(check, model, folder, load)]
    seen: dict[str, Loaded] = {}
    for one in found:
        if isinstance(one, Loaded):
            if other := seen.get(one.model.name):
                where = f"{check.name}: two networks are called {one.model.name}: {other.source}, {one.source}"
                raise UsageError(_placed(check, where), "rename one, or give each a check of its own")
            seen[one.model.name] = one
    return found


def located(model: str, folder: Path) -> str:
    """The model as the current folder sees it: a page's path is meant from the configuration's folder."""
    if not is_own(model) or model == files.STDIN or Path(model).is_absolute():
        return model
    path = shown(folder / model)
    # A name without a slash or a known ending would be one of the zoo.
    return path if is_own(path) else f"./{path}"


def is_own(model: str) -> bool:
    """Does this name a page or a variant of one, rather than a network of the zoo?"""
    return zoo.is_page(zoo.split_variant(model)[0])


def _of_model(check: Check, model: str, folder: Path, load: Load) -> list[Loaded | Unloaded]:
    source, own = located(model, folder), is_own(model)
    # Page by page, so that one broken page does not hide the others.
    sources = sorted(glob.glob(source)) if own and glob.has_magic(source) else []  # noqa: PTH207 - the user's pattern
    return [one for found in sources or [source] for one in _of_source(check, found, load, own=own)]


def _of_source(check: Check, source: str, load: Load, *, own: bool) -> list[Loaded | Unloaded]:
    try:
        found = load(source)
    except CnnscopeError as error:
        # What a change of a page can cause is undecided; a name that the zoo never had is bad usage.
        if isinstance(error, UnknownModelError) and not own:
            raise UnknownModelError(_placed(check, f"{check.name}: {error.message}"), error.hint) from None
        return [_unloaded(error)]
    return [_loaded(check, network, source, own=own) for network in found]


def _loaded(check: Check, network: Model, source: str, *, own: bool) -> Loaded | Unloaded:
    try:
        report = analyzed(check, network)
    except UsageError as error:
        raise UsageError(_placed(check, f"{check.name}: {error.message}"), error.hint) from None
    except CnnscopeError as error:
        return _unloaded(error)
    return Loaded(network, report, source, own)


def analyzed(check: Check, network: Model) -> Report:
    """The report of a network under the settings of a check."""
    return network.analyze(input=check.input, batch=check.batch, dtype=check.dtype, optimizer=check.optimizer)


def _unloaded(error: CnnscopeError) -> Unloaded:
    if isinstance(error, SpecError):
        first, more = error.faults[0], len(error.faults) - 1
        row = f"{first.row}: " if first.row else ""
        place = f"{error.path}:{first.line}" if first.line else error.path
        others = f" (and {more} more)" if more else ""
        return Unloaded(f"{place}: {row}{first.message}{others}", first.hint, error.path, first.line)
    return Unloaded(error.message, error.hint)


def _placed(check: Check, message: str) -> str:
    return f"{check.path}:{check.line}: {message}" if check.path else message
