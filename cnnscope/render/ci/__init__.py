"""Verdicts for machines that watch pull requests. One file per format; its name is the value of --format.

A format is a module with SUFFIXES and render(verdicts) -> str. Whatever a format cannot hold, it leaves to the summary;
none of them decides anything.
"""

import importlib
import os
import pkgutil
from functools import lru_cache
from pathlib import Path, PurePath

from cnnscope.budgets.verdicts import Verdicts


@lru_cache(1)
def names() -> tuple[str, ...]:
    """All formats for continuous integration."""
    return tuple(found.name for found in pkgutil.iter_modules(__path__))


def text(name: str, verdicts: Verdicts) -> str:
    """The verdicts in one of these formats."""
    written: str = importlib.import_module(f"{__name__}.{name}").render(verdicts)
    return written


def by_name(path: PurePath) -> str | None:
    """The format that writes files with this ending; the longest ending wins."""
    for name in names():
        if any(path.name.lower().endswith(suffix) for suffix in importlib.import_module(f"{__name__}.{name}").SUFFIXES):
            return name
    return None


def from_root(path: str) -> str:
    """A path as the forge knows it: from the root of the repository, with forward slashes."""
    if not path:
        return ""
    try:
        full = Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        # No file has this name, or it is a loop of links; it is shown as it is.
        return path
    named = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    roots = [Path(named).resolve()] if named else [folder for folder in full.parents if (folder / ".git").exists()][:1]
    for root in roots:
        if full.is_relative_to(root):
            return full.relative_to(root).as_posix()
    return PurePath(path).as_posix()
