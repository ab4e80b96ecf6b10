"""cnnscope baseline: what networks cost when a team last agreed to it."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.cli.streams import put, say
from cnnscope.render import View, formats

Config = Annotated[Path | None, Option(help="The configuration; the nearest one if not given.")]

app = typer.Typer(
    help="Record, show and prune what networks cost; `cnnscope check` compares with it and never writes it.",
    no_args_is_help=True,
)


@app.command()
def update(
    check: Annotated[list[str] | None, Option(help="Record only checks of this name or pattern. Repeatable.")] = None,
    tighten: Annotated[bool, Option("--tighten", help="Keep every figure that is better than today's.")] = False,
    static: Annotated[bool, Option("--static", help="Measure nothing; keep measured figures as they are.")] = False,
    config: Config = None,
) -> None:
    """Record what every network of the configuration costs now."""
    from cnnscope import gate
    from cnnscope.render.pages.baseline import moved
    from cnnscope.render.verdict_text import shortly

    kept, changes = gate.update_baseline(config, only=check or (), tighten=tighten, static=static)
    figures = sum(len(entry.figures) for networks in kept.checks.values() for entry in networks.values())
    is_first = len(changes) == figures and all(change.old is None for change in changes)
    for change in changes if not is_first else ():
        say(moved(change))
    told = "all new" if is_first else f"changed {len(changes)}" if changes else "none changed"
    say(f"{gate.configuration(config).baseline}: figures {figures}, checks {len(kept.checks)}, {told}; commit it")
    for verdict in gate.broken_now(config, only=check or ()):
        say(f"does not hold: {shortly(verdict)}")


@app.command()
def show(
    config: Config = None,
    format_name: Annotated[str, Option("--format", help=" | ".join(formats.names()))] = options.TERMINAL,
    color: options.Color = "auto",
) -> None:
    """Show the figures of the baseline."""
    from cnnscope import gate, render

    options.known_format(format_name)
    view = View(width=options.width(), colour=options.colour(color), plain=options.ascii_only())
    put(render.text("baseline", [gate.read_baseline(config)], format_name, view))


@app.command()
def prune(config: Config = None) -> None:
    """Remove entries that no check asks for any more."""
    from cnnscope import gate

    _, gone = gate.prune_baseline(config)
    for check, network, figure in gone:
        say(f"removed {', '.join(filter(None, (check, network, figure)))}")
    say(f"entries removed: {len(gone)}")
