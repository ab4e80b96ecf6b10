"""cnnscope doctor: what keeps cnnscope from running here, or from measuring well."""

import typer

from cnnscope.cli import options
from cnnscope.render import View

SOMETHING_IS_BROKEN = 1


def run(
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    color: options.Color = "auto",
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
