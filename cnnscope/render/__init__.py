"""Results -> text. One file per output format; the file's name is the value of --format and the folder is the registry.

A format is a module with SUFFIXES (file endings that mean it) and render(reports, view) -> str.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from types import ModuleType

from cnnscope.analysis.report import Report
from cnnscope.render.records import layer_record
from cnnscope.render.sheet import View

_SHARED = ("sheet", "records", "listing")

__all__ = ["View", "by_suffix", "formats", "layer_record", "module", "renderers"]


@lru_cache(1)
def formats() -> tuple[str, ...]:
    """The names of all output formats."""
    return tuple(found.name for found in pkgutil.iter_modules(__path__) if found.name not in _SHARED)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def by_suffix(suffix: str) -> str | None:
    """The format that writes files with this ending."""
    return next((name for name in formats() if suffix.lower() in module(name).SUFFIXES), None)


def _render(name: str, reports: Sequence[Report] | Report, view: View = View()) -> str:  # noqa: B008 - immutable
    text: str = module(name).render([reports] if isinstance(reports, Report) else reports, view)
    return text


def renderers() -> dict[str, Callable[[Report], str]]:
    """A function from a report to text for every format; nothing is imported before one is called."""
    return {name: partial(_render, name) for name in formats()}
