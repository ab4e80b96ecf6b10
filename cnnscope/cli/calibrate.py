"""cnnscope calibrate: what this machine does at most."""

from typing import Annotated, NamedTuple

from typer import Option

from cnnscope.cli import options
from cnnscope.cli.progress import Line
from cnnscope.cli.streams import say
from cnnscope.errors import UsageError


def run(
    device: Annotated[str, Option(help="cpu | cuda | cuda:1")] = "cpu",
    threads: Annotated[str, Option(help="CPU threads; several as 1,2; auto: as many as this process may use.")] = (
        "1,auto"
    ),
    dtype: Annotated[str, Option(help="float32 | float16 | tf32 (CUDA alone); several as float32,float16.")] = (
        "float32"
    ),
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    color: options.Color = "auto",
) -> None:
    """Measure what this machine does at most (multiply-adds, matrix product, copy), and keep it for profiles."""
    from cnnscope.calibration.calibrate import calibrate
    from cnnscope.render.pages import calibration as page

    view = options.view(page, columns=columns, color=color)
    options.known_format(format_name)
    options.writable(output or [], format_name)
    wanted = _threads(threads)
    warnings: list[str] = []
    with Line("calibrating") as line:
        found = calibrate(
            device,
            [name.strip() for name in dtype.split(",")],
            wanted,
            progress=lambda phase: line.show(_Phase(phase)) if line.on_terminal else None,
            warn=warnings.append,
        )
    for sentence in warnings:
        say(sentence)
    options.deliver(page, [found], view, format_name=format_name, outputs=output or [])


class _Phase(NamedTuple):
    phase: str
    runs: int = 0
    median: float | None = None
    left: float | None = None


def _threads(text: str) -> list[int]:
    from cnnscope.machine.cpu import usable_cores

    words = [word.strip() for word in text.split(",")]
    if not all(word == "auto" or (word.isdecimal() and len(word) < 11) for word in words):
        raise UsageError(f"threads `{text[:40]}`", "write whole numbers or auto, separated by commas")
    return [usable_cores() if word == "auto" else int(word) for word in words]
