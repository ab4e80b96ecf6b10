"""One file per tool, found by its name: what it reports, from which definition."""

import importlib
import pkgutil
from functools import lru_cache

from cnnscope.reconciliation.tool import Tool

_LAST = "paper"
"""Habits of papers come after all tools."""


@lru_cache(1)
def all_tools() -> tuple[Tool, ...]:
    """Every tool, in the order of their files' names, habits of papers last."""
    names = sorted((module.name for module in pkgutil.iter_modules(__path__)), key=lambda name: (name == _LAST, name))
    return tuple(importlib.import_module(f"{__name__}.{name}").TOOL for name in names)
