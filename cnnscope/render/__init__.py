"""Results -> text. A page of `pages/` says what a kind of result shows, a format of `formats/` how that is written.

Neither knows the other: a new kind of result comes out in every format, and a new format writes every kind.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from cnnscope.render import formats, pages
from cnnscope.render.sheet import Page, View

__all__ = ["View", "formats", "pages", "renderers", "text"]


def text(page: Page | str, results: Sequence[Any], format_name: str, view: View = View()) -> str:  # noqa: B008 - immutable
    """Results of one kind in one format. The page is a module of `pages/`, or its name."""
    shown = pages.module(page) if isinstance(page, str) else page
    written: str = formats.module(format_name).render(shown, results, view)
    return written


def renderers(page: str) -> dict[str, Callable[[Any], str]]:
    """A function from a result of this page to text for every format; nothing is imported before one is called."""
    return {name: partial(_one, page, name) for name in formats.names()}


def _one(page: str, format_name: str, result: Any) -> str:
    return text(page, [result], format_name)
