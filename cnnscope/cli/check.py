"""cnnscope check: hold networks to their budgets."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.cli.reports import annotate, report, targets
from cnnscope.cli.streams import say
from cnnscope.errors import CnnscopeError, UsageError
from cnnscope.render import View

if TYPE_CHECKING:
    from cnnscope.budgets.verdicts import Verdicts

FIRST_CONFIG = "cnnscope.toml"


def run(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="A name from `cnnscope list` or a spec file, for --budget or --init; else the configuration says.",
            metavar="[MODEL]...",
            autocompletion=options.complete_model,
        ),
    ] = None,
    budget: Annotated[
        list[str] | None, Option(help="What MODEL may cost: 'params<=5M'. Repeatable; no configuration is read.")
    ] = None,
    check: Annotated[list[str] | None, Option(help="Judge only checks of this name or pattern. Repeatable.")] = None,
    config: Annotated[Path | None, Option(help="The configuration; the nearest one if not given.")] = None,
    baseline: Annotated[
        str | None, Option(metavar="FILE|git:REF", help="Compare with this file, or with that of the merge base.")
    ] = None,
    ab: Annotated[
        str | None, Option("--ab", metavar="REF", help="Measure in turns with the networks of the merge base.")
    ] = None,
    input_shape: Annotated[str | None, Option("--input", help="CxHxW, with --budget.")] = None,
    batch: Annotated[int, Option(help="Images per pass, with --budget.")] = 1,
    dtype: Annotated[str, Option(help="Of weights and activations, with --budget.")] = "float32",
    format_name: Annotated[
        str | None,
        Option("--format", help="terminal | markdown | csv | json | html | latex | junit | github | gitlab | sarif"),
    ] = None,
    output: Annotated[
        list[str] | None,
        Option("-o", "--output", help="Write here as well; the ending or FORMAT: before it chooses. Repeatable."),
    ] = None,
    exit_zero: Annotated[bool, Option("--exit-zero", help="Exit 0 where a budget is broken, and only there.")] = False,
    init: Annotated[
        bool, Option("--init", help="Write cnnscope.toml with today's figures of MODEL and headroom.")
    ] = False,
    force: Annotated[bool, Option("--force", help="Let --init overwrite.")] = False,
    color: options.Color = "auto",
) -> None:
    """Hold networks to their budgets; exit 1 where one is broken, 3 where one cannot be decided."""
    if init:
        if budget or check or config or baseline is not None or ab is not None or output or format_name is not None:
            raise UsageError("--init judges nothing: it goes with MODEL and --force", "write first, then check")
        return _init(models or [], force=force)
    if force:
        raise UsageError("--force goes with --init", "`cnnscope check` overwrites reports without it")
    wanted = targets(format_name, output or [])
    shown = View(width=options.width(), colour=options.colour(color), plain=options.ascii_only())
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    try:
        verdicts = _judge(models or [], budget or [], check or [], config, baseline, ab, input_shape, batch, dtype)
    except CnnscopeError as error:
        if in_actions:
            annotate(error)
        raise
    raise typer.Exit(report(replace(verdicts, exit_zero=exit_zero), wanted, shown, in_actions=in_actions))


def _judge(
    models: list[str],
    budgets: list[str],
    only: list[str],
    config: Path | None,
    baseline: str | None,
    ab: str | None,
    input_shape: str | None,
    batch: int,
    dtype: str,
) -> "Verdicts":
    from cnnscope import gate

    if baseline == "":
        raise UsageError("--baseline ''", "name a file or git:REF; a variable of the shell may be empty")
    if not models and not budgets:
        if input_shape or batch != 1 or dtype != "float32":
            raise UsageError("--input, --batch and --dtype go with --budget", "write them into the configuration")
        return gate.check_config(config, only=only, baseline=baseline, ab=ab)
    if not models:
        raise UsageError("--budget without a MODEL", "cnnscope check vgg16 --budget 'params<=140M'")
    if not budgets:
        raise UsageError("a MODEL without --budget", "cnnscope check vgg16 --budget 'params<=140M'")
    if twice := next((model for model in models if models.count(model) > 1), None):
        raise UsageError(f"{twice} is given twice", "once is enough")
    if only or config or ab is not None:
        raise UsageError("--check, --config and --ab go with a configuration", "leave out MODEL and --budget")
    found = [
        gate.check(model, *budgets, input=input_shape, batch=batch, dtype=dtype, baseline=baseline) for model in models
    ]
    return replace(found[0], verdicts=tuple(verdict for one in found for verdict in one.verdicts))


def _init(models: list[str], *, force: bool) -> None:
    from cnnscope import gate
    from cnnscope.budgets.config import find, shown
    from cnnscope.files import complete

    if not models:
        raise UsageError("--init without a MODEL", "cnnscope check --init specs/ournet.md")
    found, path = find(Path.cwd()), Path(FIRST_CONFIG)
    if found and found.resolve().parent == Path.cwd().resolve() and not (force and found.name == FIRST_CONFIG):
        raise UsageError(f"{shown(found)} has budgets already", "edit it, or add --force to overwrite cnnscope.toml")
    text = gate.first_config(models)
    with complete(path) as file:
        file.write(text.encode())
    say(f"{path}: written; `cnnscope check` holds the networks to it")
