"""cnnscope list: the networks of the zoo."""

from typing import Annotated

from typer import Argument, Option

from cnnscope.cli import options
from cnnscope.cli.streams import put
from cnnscope.errors import UnknownModelError
from cnnscope.render import View, listing


def run(
    pattern: Annotated[str, Argument(help="Part of a name, or a pattern such as 'vgg*'.")] = "*",
    format_name: Annotated[str, Option("--format", help=" | ".join(listing.FORMATS))] = options.TERMINAL,
    color: Annotated[str, Option(help="auto | always | never")] = "auto",
) -> None:
    """Networks by name, with input, parameters, MACs and source."""
    from cnnscope.api import catalogue

    options.one_of(tuple(listing.FORMATS))(format_name)
    entries = catalogue(pattern)
    if not entries:
        raise UnknownModelError(f"no network matches `{pattern}`", "`cnnscope list` alone shows all of them")
    view = View(width=options.width(), colour=options.colour(color), plain=options.ascii_only())
    put(listing.render(entries, format_name, view))
