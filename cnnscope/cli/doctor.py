"""cnnscope doctor: what keeps cnnscope from running here, or from measuring well."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.render import View, formats

SOMETHING_IS_BROKEN = 1


def run(
    format_name: Annotated[str | None, Option("--format", help=" | ".join(formats.names()))] = None,
    output: Annotated[
        list[Path] | None, Option("-o", "--output", help="Write here; the ending chooses the format. Repeatable.")
    ] = None,
    color: Annotated[str, Option(help="auto | always | never")] = "auto",
) -> None:
    """Check packages, execution providers, CUDA, CPUs, memory and GPUs; say how to mend what is broken."""
    from cnnscope.doctor import examine
    from cnnscope.render.pages import doctor

    options.known_format(format_name)
    view = View(width=options.width(), colour=options.colour(color), plain=options.ascii_only())
    diagnosis = examine()
    options.deliver(doctor, [diagnosis], view, format_name=format_name, outputs=output or [])
    if diagnosis.broken:
        raise typer.Exit(SOMETHING_IS_BROKEN)
