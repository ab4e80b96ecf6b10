"""cnnscope verify: the figures and values of a network, proved by onnx, ONNX Runtime and torch."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.cli.progress import Line
from cnnscope.cli.streams import say
from cnnscope.errors import RunError, UsageError
from cnnscope.render import pages
from cnnscope.render.sheet import Page

if TYPE_CHECKING:
    from cnnscope.api import Network
    from cnnscope.verification.record import Verification

DISAGREEMENT, INTERRUPTED = 1, 130
OF_LAYERS = ("json", "csv")
"""Formats for machines, which list the layers of every network; others show one line for each of several networks."""


class Doing(NamedTuple):
    """What the line of progress shows."""

    phase: str
    runs: int = 0
    median: float | None = None
    left: float | None = None


def run(
    models: Annotated[list[str] | None, options.models_argument()] = None,
    everything: Annotated[bool, Option("--all", help="Every network of the zoo.")] = False,
    counts_only: Annotated[
        bool, Option("--counts-only", help="Shapes, counts, memory, claims: nothing is computed.")
    ] = False,
    assume: options.Assume = None,
    input_shape: options.InputShape = None,
    batch: Annotated[int, Option(help="Images per pass.")] = 1,
    dtype: Annotated[str, Option(help="float32 | float16")] = "float32",
    seed: Annotated[int, Option(help="Of weights and input.")] = 0,
    force: Annotated[bool, Option("--force", help="Run even if the memory may not suffice.")] = False,
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    sort: options.Sort = None,
    top: options.Top = None,
    depth: options.Depth = None,
    color: options.Color = "auto",
) -> None:
    """Compare every figure with onnx, ONNX Runtime and torch, and their values; exit 1 where any of them differs."""
    from cnnscope.api import load_all, networks

    options.known_format(format_name)
    options.writable(output or [], format_name)
    if everything == bool(models):
        raise UsageError("name networks, or else --all for those of the zoo", "cnnscope verify lenet5")
    given = options.assumptions(assume)
    wanted = [network for model in models or networks() for network in load_all(model, assume=given)]
    written = [([path], format_name or options.by_suffix(path)) for path in output or []]
    written = written or [([], format_name or options.TERMINAL)]
    views = {
        name: options.view(_page(name, wanted), columns=columns, sort=sort, top=top, depth=depth, color=color)
        for _, name in written
    }
    settings: dict[str, Any] = {"input": input_shape, "batch": batch, "dtype": dtype}
    # What does not fit is refused before the first network is verified.
    for network in wanted:
        network.analyze(**settings)
    done = _verified(wanted, seed=seed, counts_only=counts_only, force=force, **settings)
    for paths, name in written if done.results else ():
        shown = done.results if name in OF_LAYERS or len(wanted) == 1 else [done.results]
        options.deliver(_page(name, wanted), shown, views[name], format_name=name, outputs=paths)
    if code := _conclude(done, len(wanted)):
        raise typer.Exit(code)


class Done(NamedTuple):
    """The networks that were verified, the errors of those that could not be, and whether Ctrl-C ended it."""

    results: "list[Verification]"
    errors: list[RunError]
    interrupted: bool


def _page(format_name: str, wanted: "Sequence[Network]") -> Page:
    return pages.module("verification" if format_name in OF_LAYERS or len(wanted) == 1 else "verifications")


def _verified(wanted: "Sequence[Network]", **settings: Any) -> Done:
    from cnnscope.answers import verify

    done = Done([], [], interrupted=False)
    for number, network in enumerate(wanted, start=1):
        place = f" ({number} of {len(wanted)})" if len(wanted) > 1 else ""
        try:
            with Line(f"verify {network.name}{place}") as line:
                tell = partial(_tell, line)
                done.results.append(verify(network, **settings, progress=tell))
        except RunError as error:
            if len(wanted) == 1:
                raise
            done.errors.append(RunError(f"{network.name}: {error.message}", error.hint))
        except KeyboardInterrupt:
            return done._replace(interrupted=True)
    return done


def _tell(line: Line, phase: str) -> None:
    """What is being done, on a terminal only."""
    if line.on_terminal:
        line.show(Doing(phase))


def _conclude(done: Done, wanted: int) -> int:
    """Says what could not be verified; the exit code."""
    for error in done.errors:
        say(f"error: {error}")
    if done.interrupted:
        names = ", ".join(result.network for result in done.results) or "none"
        say(f"verified {len(done.results)} of {wanted}: {names}")
        return INTERRUPTED
    if not all(result.holds for result in done.results):
        return DISAGREEMENT
    return RunError.exit_code if done.errors else 0
