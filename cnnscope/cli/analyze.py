"""cnnscope analyze: everything that follows from a layer table."""

from typing import Annotated

import typer
from typer import Option

from cnnscope.analysis.memory import OPTIMIZER_COPIES
from cnnscope.analysis.report import JudgedClaim, Report
from cnnscope.cli import options
from cnnscope.cli.streams import say
from cnnscope.errors import UsageError
from cnnscope.render.pages import analysis
from cnnscope.units import DTYPE_BYTES

CLAIM_IS_FALSE = 1


def run(
    models: Annotated[list[str], options.models_argument()],
    input_shape: options.InputShape = None,
    assume: options.Assume = None,
    batch: Annotated[int, Option(help="Images per pass.")] = 1,
    dtype: Annotated[str, Option(help=" | ".join(DTYPE_BYTES))] = "float32",
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    sort: options.Sort = None,
    top: options.Top = None,
    depth: options.Depth = None,
    strict: Annotated[bool, Option("--strict", help="Exit 1 when a printed figure does not hold.")] = False,
    exact_fit: Annotated[
        bool, Option("--exact-fit", help="Exit 2 when a window does not fit its input exactly.")
    ] = False,
    optimizer: Annotated[str, Option(help=f"For training memory: {' | '.join(OPTIMIZER_COPIES)}")] = "momentum",
    in_place: Annotated[
        bool, Option("--in-place/--no-in-place", help="Let element-wise layers reuse their input's memory.")
    ] = True,
    color: options.Color = "auto",
) -> None:
    """Shapes, parameters, FLOPs, memory, receptive fields row by row; the figures that the page prints are checked."""
    from cnnscope.api import load_all

    view = options.view(analysis, columns=columns, sort=sort, top=top, depth=depth, color=color)
    options.known_format(format_name)
    given = options.assumptions(assume)
    reports = [
        network.analyze(input=input_shape, batch=batch, dtype=dtype, optimizer=optimizer, in_place=in_place)  # type: ignore[arg-type]
        for model in models
        for network in load_all(model, assume=given)
    ]
    if exact_fit:
        _require_fit(reports)
    options.deliver(analysis, reports, view, format_name=format_name, outputs=output or [])
    wrong = [(report, claim) for report in reports for claim in report.claims if not claim.as_expected]
    if strict and wrong:
        raise typer.Exit(_complain(wrong))


def _require_fit(reports: list[Report]) -> None:
    faults = [
        f"{r.path}:{layer.line}: {layer.name}: {note}" for r in reports for layer in r.layers for note in layer.notes
    ]
    if faults:
        raise UsageError("\n".join(faults), "change the size, padding or stride, or analyze without --exact-fit")


def _complain(wrong: list[tuple[Report, JudgedClaim]]) -> int:
    for report, claim in wrong:
        say(f"{report.path}:{claim.line}: {claim.layer or report.network}: {analysis.claim_text(claim)}")
    say(f"{len(wrong)} printed figure{'s do' if len(wrong) > 1 else ' does'} not hold")
    return CLAIM_IS_FALSE
