"""cnnscope convert: a printed table as a page in the layer-table language."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cnnscope.cli import options
from cnnscope.cli.streams import put
from cnnscope.errors import UsageError
from cnnscope.files import complete, require_place


def run(
    model: Annotated[str, options.model_argument()],
    output: Annotated[Path | None, Option("-o", "--output", help="The page; stdout if not given.")] = None,
    assume: options.Assume = None,
    force: Annotated[bool, Option("--force", help="Overwrite the page where it exists already.")] = False,
) -> None:
    """Write a printed table as a Markdown page, with its assumptions as prose and its figures as claims."""
    from cnnscope.api import load
    from cnnscope.spec.page_text import page_text

    if output and output.exists() and not force:
        raise UsageError(f"{output} exists already", "write to another file, or add --force")
    network = load(model, assume=options.assumptions(assume))
    if not network.program.page:
        raise UsageError(f"{model} is written in the layer-table language already", "there is nothing to convert")
    network.graph  # noqa: B018 - a table that cannot be built is refused before anything is written
    text = page_text(network.program)
    if output is None:
        put(text)
        return
    require_place(output)
    with complete(output) as file:
        file.write(text.encode())
