"""Finds networks by name among the pages of specs/, and reads any page."""

import os
from collections.abc import Mapping
from functools import lru_cache
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cnnscope.errors import UnknownModelError
from cnnscope.spec.files import STDIN, folder, text_of

if TYPE_CHECKING:
    from cnnscope.spec.program import Program

SUFFIXES = (".md", ".markdown", ".csv", ".tsv", ".txt", ".html", ".htm", ".tex", ".py", ".cfg")


class Entry(NamedTuple):
    """A network of the zoo: its page and the variant's name, "" where the page holds one network."""

    path: Path
    variant: str


def normal(name: str) -> str:
    """Names differ neither in case nor between - and _ or x and ×."""
    return name.lower().replace("_", "-").replace("×", "x")


@lru_cache(1)
def index() -> dict[str, tuple[str, Entry]]:
    """Every network's normal name with its printed name and place; pages are skimmed, not read."""
    found: dict[str, tuple[str, Entry]] = {}
    for path in pages():
        for name, variant in skim(path, path.read_text("utf-8")):
            found.setdefault(normal(name), (name, Entry(path, variant)))
    return found


def pages() -> list[Path]:
    """The pages of the zoo, by name."""
    return sorted(folder().glob("*.md"))


def skim(path: Path, text: str) -> list[tuple[str, str]]:
    """(name, variant) of the networks on a page: its variants, or else its own name."""
    head, heading, variants = text.partition("\n## variants")
    if heading:
        lines = dropwhile(lambda line: not _is_row(line), variants.splitlines())
        titles, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in takewhile(_is_row, lines))
        names = [row[titles.index("model")] for row in rows]
        return [(name, name) for name in names]
    own = next((line for line in head.splitlines() if line.startswith("name:")), f"name: {path.stem}")
    return [(own.partition(":")[2].strip(), "")]


def _is_row(line: str) -> bool:
    return line.startswith("|")


def find(name: str) -> Entry:
    """The zoo's network of this name; UnknownModelError suggests the nearest."""
    known = index()
    if entry := known.get(normal(name)):
        return entry[1]
    raise UnknownModelError(f"no network `{name[:60]}`", near(name) or "`cnnscope list` shows the networks")


def near(name: str) -> str:
    """Which networks of the zoo are spelt almost so, as a question; "" where none is."""
    from difflib import get_close_matches

    known = index()
    found = get_close_matches(normal(name), known, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(known[match][0] for match in found)}?" if found else ""


def is_page(model: str) -> bool:
    """Does this name a file rather than a network of the zoo?"""
    if model == STDIN or os.sep in model or Path(model).suffix.lower() in SUFFIXES:
        return True
    # A file under any other name is read as it would be with ./ before it; the zoo's names come first.
    return os.path.lexists(model) and normal(model) not in index()


def split_variant(model: str) -> tuple[str, str]:
    """Page and variant of page.md:variant; the model itself and "" where it names no variant of a page."""
    path, colon, variant = model.rpartition(":")
    return (path, variant) if colon and is_page(path) and "/" not in variant else (model, "")


def read_page(path: str, text: str, assume: "Mapping[str, str] | None" = None) -> "Program":
    """Read a page's text; the path serves messages and its ending settles the syntax.

    `assume` is what the user says where a printed table is silent: {"padding": "same", "C3.padding": "valid"}.
    """
    # Whoever only looks for names needs no reader.
    from cnnscope.spec import dialects, tables

    suffix = "" if path == STDIN else Path(path).suffix.lower()
    return dialects.read(tables.read("stdin" if path == STDIN else path, text, suffix), assume)


def read_file(path: str, assume: "Mapping[str, str] | None" = None) -> "Program":
    """Read a spec file; UsageError when there is no such text file, SpecError when its table is wrong."""
    return read_page(path, text_of(path), assume)
