"""cnnscope reconcile: what other tools would report, term by term from ours."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cnnscope.cli import options
from cnnscope.errors import UsageError
from cnnscope.render import formats
from cnnscope.render.pages import reconciliation as page


def complete_tool(incomplete: str) -> list[str]:
    """Names of tools for shell completion."""
    from cnnscope.reconciliation.tools import all_tools

    return [tool.name for tool in all_tools() if tool.name.startswith(incomplete)]


def run(
    model: Annotated[str, options.model_argument()],
    tools: Annotated[
        list[str] | None,
        Option(
            "--tool",
            help="Only this tool, or all of a family: torchinfo, keras, paper, ptflops ... Repeatable.",
            autocompletion=complete_tool,
        ),
    ] = None,
    input_shape: Annotated[
        str | None, Option("--input", help="CxHxW, or a number of features; the page's own if not given.")
    ] = None,
    assume: Annotated[list[str] | None, options.assume_option()] = None,
    batch: Annotated[int, Option(help="Images per pass.")] = 1,
    calls: Annotated[
        list[str] | None,
        Option(
            "--calls",
            help="How the implementation calls a layer or type: 'relu=function', 'global avg pool=method'. Repeatable.",
        ),
    ] = None,
    format_name: Annotated[str | None, Option("--format", help=" | ".join(formats.names()))] = None,
    output: Annotated[
        list[Path] | None, Option("-o", "--output", help="Write here; the ending chooses the format. Repeatable.")
    ] = None,
    columns: Annotated[str | None, Option(help="Columns to show, separated by commas.")] = None,
    sort: Annotated[str | None, Option(help="Order rows by this column, largest first.")] = None,
    top: Annotated[int | None, Option(help="Show only the first N rows.")] = None,
    color: Annotated[str, Option(help="auto | always | never")] = "auto",
) -> None:
    """What torchinfo, fvcore, ptflops, thop, Keras and others would report, each figure term by term from ours."""
    from cnnscope.answers import reconcile
    from cnnscope.api import load

    view = options.view(page, columns=columns, sort=sort, top=top, color=color)
    options.known_format(format_name)
    options.writable(output or [], format_name)
    network = load(model, assume=options.assumptions(assume))
    found = reconcile(network, tools=tools or (), input=input_shape, batch=batch, calls=dict(map(_call, calls or ())))
    options.deliver(page, [found], view, format_name=format_name, outputs=output or [])


def _call(text: str) -> tuple[str, str]:
    layer, sign, call = (part.strip() for part in text.partition("="))
    if not (layer and sign and call):
        raise UsageError(f"--calls `{text[:60]}`", "write a layer or type and how it is called: 'relu=function'")
    return layer, call
