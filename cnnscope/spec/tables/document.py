"""What every syntax yields: tables of cleaned cells that remember their lines and headings."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnscope.errors import Fault
from cnnscope.spec.faults import MOST_FAULTS

MOST_ROWS = 10_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000

_TAG = re.compile(r"</?(?:b|i|em|strong|span|code|u|sup|sub|small|center|p)(?:\s[^<>]*)?>", re.IGNORECASE)
_RAISED = re.compile(r"<sup>(?=\d)", re.IGNORECASE)
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_MATH = re.compile(r"(?<!\\)\$")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.*)\1")
# Bounded, since html.unescape hands any number of digits to int(), which refuses long ones.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_EMPTY = ("", "-", "–", "—", "−", "--", "---", "n/a", "N/A")


def _unescaped(entity: re.Match[str]) -> str:
    from html import unescape

    return unescape(entity[0])


def clean(cell: str) -> str:
    """A cell as its author meant it: without markup around it; empty where a dash says "not given".

    Signs that cannot be seen become a question mark: they would hide in a name or a number, or steer a terminal.
    """
    text = cell.strip()
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("; ", _RAISED.sub("^", text)))
    if "$" in text:
        text = _MATH.sub("", text).replace(r"\times", "×").replace(r"\ ", " ")
    if "&" in text:
        text = _ENTITY.sub(_unescaped, text)
    text = " ".join(text.split())
    if emphasis := _EMPHASIS.fullmatch(text):
        text = emphasis[2].strip()
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else "?" for sign in text)
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
    bare: set[int] = field(default_factory=set)
    """The lines of the headings above rows that no table takes; 0 where there is no heading."""
    faults: list[Fault] = field(default_factory=list)
    """What the syntax itself found wrong."""

    def fault(self, fault: Fault) -> None:
        """Keep a fault, unless there are more already than will be reported."""
        if len(self.faults) <= MOST_FAULTS:
            self.faults.append(fault)


def split_lines(text: str) -> tuple[str, ...]:
    """The lines as editors number them: str.splitlines would also break at form feeds and other rare signs."""
    return tuple(text.removesuffix("\n").split("\n"))


def header_row(document: Document, line: int, cells: list[str]) -> tuple[str, ...]:
    """The titles of a table's columns; a fault where there are too many to be a table of layers."""
    if len(cells) > MOST_COLUMNS:
        document.fault(Fault(line, "", f"a table of {len(cells):,} columns", f"at most {MOST_COLUMNS} are read"))
        cells = cells[:MOST_COLUMNS]
    return tuple(clean(cell).replace("; ", " ") for cell in cells)


def table_row(document: Document, header: tuple[str, ...], line: int, cells: list[str]) -> TableRow | None:
    """A row padded to the header; a fault and None where it has more cells than the header has columns."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if fault := _misfit(header, line, cells):
        document.fault(fault)
        return None
    return TableRow(line, (*map(clean, cells), *[""] * (len(header) - len(cells))))


def _misfit(header: tuple[str, ...], line: int, cells: list[str]) -> Fault | None:
    row = clean(cells[0][:40]) if cells else ""
    if len(cells) > len(header):
        hint = "a | inside a cell is written \\|; a comma inside a CSV cell needs quotes"
        return Fault(line, row, f"{len(cells)} cells under {len(header)} columns", hint)
    if longest := max((len(cell) for cell in cells if len(cell) > LONGEST_CELL), default=0):
        return Fault(line, row, f"a cell of {longest:,} characters", f"at most {LONGEST_CELL:,} are read")
    return None
