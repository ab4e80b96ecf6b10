"""Options that several commands share, and where results go."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option

from cnnscope import render
from cnnscope.cli.streams import put
from cnnscope.errors import UsageError
from cnnscope.files import complete, require_place
from cnnscope.render import View, formats
from cnnscope.render.sheet import Page, check

TERMINAL = "terminal"

InputShape = Annotated[
    str | None, Option("--input", help="CxHxW, or a number of features; the page's own if not given.")
]
Assume = Annotated[
    list[str] | None,
    Option(
        "--assume",
        metavar="WHAT=VALUE",
        help="What a printed table leaves unsaid: padding=same, C3.padding=2, bias=no. Repeatable.",
    ),
]
FormatName = Annotated[str | None, Option("--format", help=" | ".join(formats.names()))]
Outputs = Annotated[
    list[Path] | None, Option("-o", "--output", help="Write here; the ending chooses the format. Repeatable.")
]
Columns = Annotated[str | None, Option(help="Columns to show, separated by commas.")]
Sort = Annotated[str | None, Option(help="Order rows by this column, largest first.")]
Top = Annotated[int | None, Option(help="Show only the first N rows.")]
Depth = Annotated[int | None, Option(help="Fold rows to N names of their path: 1 shows stages.")]
Color = Annotated[str, Option(help="auto | always | never")]


def complete_model(incomplete: str) -> list[str]:
    """Names of networks for shell completion; nothing heavy is imported."""
    from cnnscope import networks

    return [name for name in networks() if name.startswith(incomplete)]


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A check that suggests the nearest of these words."""

    def known(given: str) -> str:
        if given not in words:
            from difflib import get_close_matches

            near = get_close_matches(given, words, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(words)}"
            raise UsageError(f"`{given[:40]}` is not known", hint)
        return given

    return known


def colour(choice: str) -> bool:
    """Does stdout get colour? --color, NO_COLOR and FORCE_COLOR decide, else whether it is a terminal."""
    one_of(("auto", "always", "never"))(choice)
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def width() -> int | None:
    """Columns of the terminal, None where stdout is none: then nothing is dropped or wrapped."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def ascii_only() -> bool:
    """Can stdout show only ASCII?"""
    return "utf" not in (sys.stdout.encoding or "ascii").lower()


def view(
    page: Page,
    *,
    columns: str | None = None,
    sort: str | None = None,
    top: int | None = None,
    depth: int | None = None,
    color: str = "auto",
) -> View:
    """How the results of a page are to be shown; UsageError for columns that it has not."""
    for name, number in (("--top", top), ("--depth", depth)):
        if number is not None and number < 1:
            raise UsageError(f"{name} {number}", "it must be at least 1")
    chosen = View(
        columns=tuple(filter(None, (name.strip() for name in (columns or "").split(",")))),
        sort=sort or "",
        top=top,
        depth=depth,
        width=width(),
        colour=colour(color),
        plain=ascii_only(),
    )
    check(page, chosen)
    return chosen


def known_format(name: str | None) -> None:
    """UsageError, before any work is done, for a --format that does not exist."""
    one_of(formats.names())(name or TERMINAL)


def writable(paths: Iterable[Path], format_name: str | None = None) -> None:
    """UsageError, before any work is done, for outputs that cannot be or whose format nobody knows."""
    for path in paths:
        require_place(path)
        if not format_name:
            by_suffix(path)


def deliver(
    page: Page, results: Sequence[Any], view: View, *, format_name: str | None, outputs: Sequence[Path]
) -> None:
    """Write results to every output file, or else to stdout; nothing is written before everything is rendered."""
    names = [format_name or by_suffix(path) for path in outputs] if outputs else [format_name or TERMINAL]
    for path in outputs:
        require_place(path)
    on_paper = view._replace(width=None, colour=False, plain=False)
    texts = [render.text(page, results, name, on_paper if outputs else view) for name in names]
    for path, text in zip(outputs, texts, strict=False):
        with complete(path) as file:
            file.write(text.encode())
    if not outputs:
        put(texts[0])


def by_suffix(path: Path) -> str:
    """The format that this file's ending means; UsageError where none does."""
    if name := formats.by_suffix(path.suffix):
        return name
    known = ", ".join(suffix for name in formats.names() for suffix in formats.module(name).SUFFIXES)
    raise UsageError(
        f"{path}: no format writes `{path.suffix or 'a file without ending'}`", f"use --format, or one of {known}"
    )


def assumptions(texts: Sequence[str] | None) -> dict[str, str]:
    """The values of --assume; UsageError for what is no assignment."""
    found = {}
    for text in texts or ():
        what, sign, value = (part.strip() for part in text.partition("="))
        if not (what and sign and value):
            raise UsageError(f"--assume {text[:40]}", "write what=value, such as padding=same or C3.padding=valid")
        found[what] = value
    return found


def models_argument() -> Any:
    return typer.Argument(
        help="Names from `cnnscope list`, files (.md .csv .txt .html .tex, page.md:variant, '*.md') or - for stdin.",
        metavar="MODEL...",
        autocompletion=complete_model,
    )


def some_models_argument() -> Any:
    return typer.Argument(
        help="Names from `cnnscope list`, spec files (page.md:variant, '*.md') or - for stdin.",
        metavar="[MODEL]...",
        autocompletion=complete_model,
    )


def model_argument() -> Any:
    return typer.Argument(
        help="A name from `cnnscope list`, a spec file (page.md:variant for one of several) or - for stdin.",
        metavar="MODEL",
        autocompletion=complete_model,
    )
