"""cnnscope claims: every printed figure, and what explains those that do not hold."""

from typing import Annotated

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.cli.streams import say
from cnnscope.errors import UsageError
from cnnscope.render.pages import claims

CLAIM_IS_FALSE, NOTHING_CHECKED = 1, 3


def run(
    models: Annotated[list[str] | None, options.some_models_argument()] = None,
    whole_zoo: Annotated[bool, Option("--all", help="Every network of the zoo.")] = False,
    misses: Annotated[bool, Option("--misses", help="Only figures that do not hold as they stand.")] = False,
    assume: options.Assume = None,
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    strict: Annotated[bool, Option("--strict", help="Exit 1 when a printed figure does not hold.")] = False,
    color: options.Color = "auto",
) -> None:
    """Check every figure that a page or a printed table claims, and explain each miss.

    Exit code 0 even where a figure is false; 1 with --strict where one is; 3 where no figure is printed.
    """
    from cnnscope.answers import check_claims
    from cnnscope.api import networks

    if bool(models) == whole_zoo:
        raise UsageError("which networks?", "name some, or all of the zoo with --all")
    view = options.view(claims, color=color)
    options.known_format(format_name)
    checked = check_claims(networks() if whole_zoo else models or [], assume=options.assumptions(assume))
    shown = claims.Misses(checked) if misses else checked
    options.deliver(claims, [shown], view, format_name=format_name, outputs=output or [])
    if misses and (output or (format_name or options.TERMINAL) != options.TERMINAL):
        say(claims.tally(checked))
    if not checked:
        prints = "these print" if whole_zoo or len(models or []) > 1 else f"{(models or [''])[0]} prints"
        say(f"nothing to check: {prints} no sizes, params, operations or other figures beside the layers")
        raise typer.Exit(NOTHING_CHECKED)
    if strict and any(entry.verdict == claims.FALSE for entry in checked):
        raise typer.Exit(CLAIM_IS_FALSE)
