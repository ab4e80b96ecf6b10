"""cnnscope list: the networks of the zoo."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from cnnscope.cli import options
from cnnscope.errors import UnknownModelError
from cnnscope.render.pages import listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnscope.spec.catalogue import Listed


def run(
    pattern: Annotated[str, Argument(help="Part of a name, or a pattern such as 'vgg*'.")] = "*",
    sort: Annotated[
        str | None, Option(help=" | ".join(column.name for column in listing.COLUMNS) + "; numbers largest first.")
    ] = None,
    condition: Annotated[
        str | None,
        Option("--where", help="Columns, < <= > >= == !=, and, or, not, ( ): 'params < 5M and family != vgg*'."),
    ] = None,
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    color: options.Color = "auto",
) -> None:
    """Networks by name, with family, year, input, parameters, MACs and source."""
    from cnnscope.spec.catalogue import catalogue
    from cnnscope.spec.zoo import near

    options.known_format(format_name)
    view = options.view(listing, columns=columns, sort=sort, color=color)
    holds = _where(condition) if condition is not None else None
    entries = catalogue(pattern)
    if not entries:
        raise UnknownModelError(
            f"no network matches `{pattern[:60]}`", near(pattern) or "`cnnscope list` alone shows all of them"
        )
    chosen = [entry for entry in entries if holds is None or holds(entry)]
    if not chosen:
        raise UnknownModelError(
            f"none of {len(entries)} network{'s' if len(entries) > 1 else ''} meets `{condition}`",
            "widen the condition, or leave it out",
        )
    # Sorted here, so that JSON has the same order.
    rows = listing.sheet(chosen, view).rows
    options.deliver(listing, [rows], view, format_name=format_name, outputs=output or [])


def _where(condition: str) -> "Callable[[Listed], bool]":
    from cnnscope.render.where import where

    return where(listing.COLUMNS, condition)
