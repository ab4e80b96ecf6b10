"""What every syntax yields: tables of cleaned cells that remember their lines and headings."""

import html
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnscope.errors import Fault

_TAG = re.compile(r"</?(?:b|i|em|strong|span|code|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_MATH = re.compile(r"(?<!\\)\$")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.*)\1")
_EMPTY = ("", "-", "–", "—", "−")


def clean(cell: str) -> str:
    """A cell as its author meant it: without markup around it; empty where a dash says "not given"."""
    text = cell.strip()
    if "<" in text:
        text = _TAG.sub("", text)
    if "$" in text:
        text = _MATH.sub("", text).replace(r"\times", "×").replace(r"\ ", " ")
    if "&" in text:
        text = html.unescape(text)
    text = text.replace("\u00a0", " ").strip()
    if emphasis := _EMPHASIS.fullmatch(text):
        text = emphasis[2].strip()
    return "" if text in _EMPTY else text


class TableRow(NamedTuple):
    line: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """A printed table: `heading` is the text of the heading above it, "" where there is none."""

    line: int
    header: tuple[str, ...]
    rows: list[TableRow]
    heading: str = ""
    heading_line: int = 0


@dataclass(slots=True)
class Document:
    """A page: its tables in order, the front matter by key, and every heading and footnote."""

    path: str = ""
    front: dict[str, tuple[int, str]] = field(default_factory=dict)
    has_front: bool = False
    tables: list[Table] = field(default_factory=list)
    headings: list[tuple[int, int, str]] = field(default_factory=list)
    """(line, level, text)"""
    footnotes: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    """What the syntax itself found wrong."""


def table_row(document: Document, header: tuple[str, ...], line: int, cells: list[str]) -> TableRow | None:
    """A row padded to the header; a fault and None where it has more cells than the header has columns."""
    cleaned = [clean(cell) for cell in cells]
    while len(cleaned) > len(header) and not cleaned[-1]:
        cleaned.pop()
    if len(cleaned) > len(header):
        document.faults.append(
            Fault(
                line,
                cleaned[0][:40],
                f"{len(cleaned)} cells under {len(header)} columns",
                "a | inside a cell is written \\|; a comma inside a CSV cell needs quotes",
            )
        )
        return None
    return TableRow(line, (*cleaned, *[""] * (len(header) - len(cleaned))))
