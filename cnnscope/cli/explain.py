"""cnnscope explain: the arithmetic behind a figure, as a teacher would write it."""

from typing import Annotated

from typer import Argument, Option

from cnnscope.cli import options
from cnnscope.units import DTYPE_BYTES


def run(
    model: Annotated[
        str | None,
        Argument(
            help="A name from `cnnscope list`, a spec file (page.md:variant for one of several) or - for stdin; "
            "without it metrics are defined.",
            metavar="MODEL",
            autocompletion=options.complete_model,
        ),
    ] = None,
    layer: Annotated[
        str | None,
        Argument(
            help="A row, a layer such as conv1.relu, a block, a pattern such as 'conv2.*', or a type such as bn.",
            metavar="LAYER",
        ),
    ] = None,
    metric: Annotated[
        str | None, Option(help="One figure, such as output, params, macs, peak_activation_bytes, receptive_field.")
    ] = None,
    input_shape: options.InputShape = None,
    assume: options.Assume = None,
    batch: Annotated[int, Option(help="Images per pass.")] = 1,
    dtype: Annotated[str, Option(help=" | ".join(DTYPE_BYTES))] = "float32",
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    color: options.Color = "auto",
) -> None:
    """The arithmetic behind a network's figures, or a layer's, with the numbers put in; what a metric means."""
    from cnnscope.answers import explain
    from cnnscope.api import load
    from cnnscope.render.pages import explanation as page

    view = options.view(page, color=color)
    options.known_format(format_name)
    options.writable(output or [], format_name)
    network = load(model, assume=options.assumptions(assume)) if model else None
    found = explain(network, layer, metric=metric, input=input_shape, batch=batch, dtype=dtype)  # type: ignore[arg-type]
    options.deliver(page, [found], view, format_name=format_name, outputs=output or [])
