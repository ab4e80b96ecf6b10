"""The text of pages: where the zoo keeps them, and how any page is read from disk."""

import codecs
import os
import stat
from pathlib import Path

from cnnscope.errors import Fault, SpecError, UsageError

LARGEST_FILE = 1 << 20
STDIN = "-"
_BINARY = ("is a binary file, not text", "name a Markdown, CSV, TSV or text file")
_CONTROLS = {*range(8), *range(14, 27)}
"""Bytes that no text has in any encoding."""


def folder() -> Path:
    """Where the pages are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


def text_of(path: str) -> str:
    """The text of a file; UsageError when there is no such text file."""
    return decode(path, _bytes(path))


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
        raise SpecError(shown, [Fault(0, "", *_BINARY)])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        if _CONTROLS & {*data}:
            raise SpecError(shown, [Fault(0, "", *_BINARY)]) from None
        line = data[: error.start].count(b"\n") + 1
        hint = "it may be Latin-1: save it as UTF-8"
        raise SpecError(shown, [Fault(line, "", f"byte {error.start + 1:,} is not UTF-8 text", hint)]) from None
