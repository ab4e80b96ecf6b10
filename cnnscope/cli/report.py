"""cnnscope report: a measurement that was kept, shown again."""

import json
from pathlib import Path
from typing import Annotated, Any

from typer import Argument

from cnnscope.cli import options
from cnnscope.errors import UsageError

LARGEST_FILE = 1 << 28


def run(
    files: Annotated[
        list[Path], Argument(help="Profiles written by `cnnscope profile -o FILE.json`.", metavar="FILE...")
    ],
    format_name: options.FormatName = None,
    output: options.Outputs = None,
    columns: options.Columns = None,
    sort: options.Sort = None,
    top: options.Top = None,
    depth: options.Depth = None,
    color: options.Color = "auto",
) -> None:
    """Show profiles that were written as JSON, in any format."""
    from cnnscope.profiling.plain import from_record
    from cnnscope.render.pages import profile as page

    view = options.view(page, columns=columns, sort=sort, top=top, depth=depth, color=color)
    options.known_format(format_name)
    options.writable(output or [], format_name)
    profiles = []
    for path in files:
        for record in _records(path):
            try:
                profiles.append(from_record(record))
            except UsageError as error:
                raise UsageError(f"{path}: {error.message}", error.hint) from None
    options.deliver(page, profiles, view, format_name=format_name, outputs=output or [])


def _records(path: Path) -> list[Any]:
    """The objects of a file: one, or a list of them."""
    try:
        with path.open("rb") as file:
            held = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "name a file of `cnnscope profile`") from None
    if len(held) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than {LARGEST_FILE >> 20} MiB", "no profile is: name another file")
    try:
        found = json.loads(held, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path} is no JSON: {error}", "write one with `cnnscope profile MODEL -o FILE.json`"
        ) from None
    if found == []:
        raise UsageError(f"{path} holds no profile", "write one with `cnnscope profile MODEL -o FILE.json`")
    return found if isinstance(found, list) else [found]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
