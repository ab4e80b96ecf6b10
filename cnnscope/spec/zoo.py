"""Finds networks by name among the pages of specs/, and reads any page."""

import codecs
import os
import stat
from collections.abc import Mapping
from functools import lru_cache
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import NamedTuple

from cnnscope.errors import Fault, SpecError, UnknownModelError, UsageError
from cnnscope.spec import dialects, tables
from cnnscope.spec.program import Program, normal

LARGEST_FILE = 1 << 20
SUFFIXES = (".md", ".markdown", ".csv", ".tsv", ".txt", ".html", ".htm", ".tex", ".py", ".cfg")
STDIN = "-"


class Entry(NamedTuple):
    """A network of the zoo: its page and the variant's name, "" where the page holds one network."""

    path: Path
    variant: str


def folder() -> Path:
    """Where the pages are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


@lru_cache(1)
def index() -> dict[str, tuple[str, Entry]]:
    """Every network's normal name with its printed name and place; pages are skimmed, not read."""
    found: dict[str, tuple[str, Entry]] = {}
    for path in sorted(folder().glob("*.md")):
        for name, variant in _skim(path):
            found.setdefault(normal(name), (name, Entry(path, variant)))
    return found


def _skim(path: Path) -> list[tuple[str, str]]:
    """(name, variant) of the networks on a page: its variants, or else its own name."""
    text = path.read_text("utf-8")
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
    from difflib import get_close_matches

    near = get_close_matches(normal(name), known, n=3, cutoff=0.6)
    hint = (
        f"did you mean {' or '.join(known[match][0] for match in near)}?"
        if near
        else "`cnnscope list` shows the networks"
    )
    raise UnknownModelError(f"no network `{name[:60]}`", hint)


def is_page(model: str) -> bool:
    """Does this name a file rather than a network of the zoo?"""
    return model == STDIN or os.sep in model or Path(model).suffix.lower() in SUFFIXES


def read_page(path: str, text: str, assume: Mapping[str, str] | None = None) -> Program:
    """Read a page's text; the path serves messages and its ending settles the syntax.

    `assume` is what the user says where a printed table is silent: {"padding": "same", "C3.padding": "valid"}.
    """
    suffix = "" if path == STDIN else Path(path).suffix.lower()
    return dialects.read(tables.read("stdin" if path == STDIN else path, text, suffix), assume)


def read_file(path: str, assume: Mapping[str, str] | None = None) -> Program:
    """Read a spec file; UsageError when there is no such text file, SpecError when its table is wrong."""
    return read_page(path, decode(path, _bytes(path)), assume)


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if status.st_size > LARGEST_FILE and stat.S_ISREG(status.st_mode):
                raise UsageError(f"{path} has {status.st_size:,} bytes", "a layer table has at most 1 MiB")
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file", "`cnnscope list` shows the networks that are built in") from None
    except IsADirectoryError:
        raise UsageError(
            f"{path} is a directory", f"name a file, or quote a pattern: '{path.rstrip('/')}/*.md'"
        ) from None
    except PermissionError:
        raise UsageError(f"{path}: no permission to read it", "check the file's mode and owner") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path[:100]}: cannot be read ({reason})", "check the path") from None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a named pipe that nobody writes to reads as empty instead of waiting for a writer for ever."""
    if not hasattr(os, "O_NONBLOCK"):
        return os.open(path, flags)
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor


def decode(path: str, data: bytes) -> str:
    """UTF-8 text; UsageError or SpecError says what else it seems to be."""
    shown = "stdin" if path == STDIN else path
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{shown} has more than {LARGEST_FILE:,} bytes", "a layer table has at most 1 MiB")
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise SpecError(shown, [Fault(0, "", "the file is empty", "write a table of layers; README.md shows one")])
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise SpecError(shown, [Fault(0, "", "the text is UTF-16", "save it as UTF-8")])
    if b"\0" in data:
        raise SpecError(shown, [Fault(0, "", "is a binary file, not text", "name a Markdown, CSV, TSV or text file")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "it may be Latin-1: save it as UTF-8"
        raise SpecError(shown, [Fault(line, "", f"byte {error.start + 1:,} is not UTF-8 text", hint)]) from None
