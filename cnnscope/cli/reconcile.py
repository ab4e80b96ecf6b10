"""cnnscope reconcile: what other tools would report, term by term from ours."""

from typing import Annotated

from typer import Option

from cnnscope.cli import options
from cnnscope.errors import UsageError
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
    input_shape: options.InputShape = None,
    assume: options.Assume = None,
    batch: Annotated[int, Option(help="Images per pass.")] = 1,
    calls: Annotated[
        list[str] | None,
        Option(
            "--calls",
            help="How the implementation calls a layer or type: 'relu=function', 'global avg pool=method'. Repeatable.",
        ),
    ] = None,
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    sort: options.Sort = None,
    top: options.Top = None,
    color: options.Color = "auto",
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
