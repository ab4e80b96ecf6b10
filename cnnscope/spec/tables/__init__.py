"""File syntaxes: text -> Document. One file each, found by file name; the first that matches, in name order, reads.

A syntax is a module with SUFFIXES (file endings that settle it), matches(text) and read(text). What none of them
matches is plain lines.
"""

import importlib
import pkgutil
from functools import lru_cache
from types import ModuleType

from cnnscope.spec.tables.document import Document

_OTHERS = ("document", "plain", "aligned", "html_reader", "latex_reader")


@lru_cache(1)
def syntaxes() -> tuple[str, ...]:
    """The names of all syntaxes."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _OTHERS)


def read(path: str, text: str, suffix: str) -> Document:
    """Read the text of a file with this ending ("" for standard input) into tables with line numbers."""
    modules = [_load(name) for name in syntaxes()]
    chosen = next((module for module in modules if suffix in module.SUFFIXES), None)
    chosen = chosen or next((module for module in modules if module.matches(text)), _load("plain"))
    document: Document = chosen.read(text)
    document.path = path
    return document


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
