"""cnnscope list: the networks of the zoo."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from cnnscope.cli import options
from cnnscope.errors import UnknownModelError
from cnnscope.render import formats
from cnnscope.render.pages import listing


def run(
    pattern: Annotated[str, Argument(help="Part of a name, or a pattern such as 'vgg*'.")] = "*",
    format_name: Annotated[str | None, Option("--format", help=" | ".join(formats.names()))] = None,
    output: Annotated[
        list[Path] | None, Option("-o", "--output", help="Write here; the ending chooses the format. Repeatable.")
    ] = None,
    color: Annotated[str, Option(help="auto | always | never")] = "auto",
) -> None:
    """Networks by name, with input, parameters, MACs and source."""
    from cnnscope.api import catalogue

    options.known_format(format_name)
    entries = catalogue(pattern)
    if not entries:
        raise UnknownModelError(f"no network matches `{pattern}`", "`cnnscope list` alone shows all of them")
    options.deliver(
        listing, [entries], options.view(listing, color=color), format_name=format_name, outputs=output or []
    )
