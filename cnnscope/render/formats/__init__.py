"""One file per output format; its name is the value of --format, and this folder is the registry.

A format is a module with SUFFIXES, the file endings that mean it, and render(page, results, view) -> str. It writes the
sheets or the records of any page and knows no kind of result.
"""

import importlib
import pkgutil
from functools import lru_cache
from types import ModuleType


@lru_cache(1)
def names() -> tuple[str, ...]:
    """All output formats."""
    return tuple(found.name for found in pkgutil.iter_modules(__path__))


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def by_suffix(suffix: str) -> str | None:
    """The format that writes files with this ending."""
    return next((name for name in names() if suffix.lower() in module(name).SUFFIXES), None)
