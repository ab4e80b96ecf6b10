"""Plain text whose columns are aligned with blanks, as a PDF or a terminal gives it.

A title's place says which cells stand under it; cells are parted by two blanks or more. Rules of dashes are passed
over.
"""

import re

from cnnscope.errors import Fault
from cnnscope.spec.tables.document import MOST_ROWS, Document, Table, header_row, split_lines, table_row

_PIECE = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[-=_+─━|\s]+")
_FEWEST = 3


def matches(text: str) -> bool:
    """A line has the titles of three columns or more, and most lines below it have two cells or more."""
    if "memory:" in text.lower() or any(sign in text for sign in "\t|"):
        return False
    counts = [len(_PIECE.findall(line.expandtabs())) for line in split_lines(text) if not _RULE.fullmatch(line)]
    first = next((index for index, count in enumerate(counts) if count >= _FEWEST), len(counts))
    below = [count for count in counts[first:] if count]
    return len(below) >= _FEWEST and first <= 3 and sum(count >= 2 for count in below) >= 0.5 * len(below)


def read(text: str) -> Document:
    document = Document(lines=split_lines(text))
    table: Table | None = None
    places: list[tuple[int, int]] = []
    for number, raw in enumerate(document.lines, start=1):
        line = raw.expandtabs()
        found = [(match.start(), match.end(), match[0]) for match in _PIECE.finditer(line)]
        if not found or _RULE.fullmatch(line):
            continue
        if table is None:
            if len(found) >= _FEWEST:
                places = [(start, end) for start, end, _ in found]
                table = Table(number, header_row(document, number, [text for _, _, text in found]), [])
                document.tables.append(table)
            continue
        cells = [""] * len(places)
        for start, end, piece in (part for whole in found for part in _parted(places, *whole)):
            column = _column(places, start, end)
            if cells[column]:
                hint = "part the columns with tabs or |"
                document.fault(
                    Fault(number, "", f"`{cells[column][:30]}` and `{piece[:30]}` stand under one title", hint)
                )
            cells[column] = piece
        if len(table.rows) <= MOST_ROWS and (row := table_row(document, table.header, number, cells)):
            table.rows.append(row)
    return document


def _parted(places: list[tuple[int, int]], start: int, end: int, piece: str) -> list[tuple[int, int, str]]:
    """A piece that fills its column is parted from the next cell by one blank: where the next title begins."""
    parts = []
    for first, _ in places:
        if start < first < end and piece[first - start - 1] == " " and _whole(piece[: first - start]):
            parts.append((start, first - 1, piece[: first - start - 1]))
            piece, start = piece[first - start :], first
    return [*parts, (start, end, piece)]


def _whole(text: str) -> bool:
    """Is no bracket of this text left open?"""
    return all(text.count(opened) == text.count(closed) for opened, closed in ("()", "[]", "{}"))


def _column(places: list[tuple[int, int]], start: int, end: int) -> int:
    """The title that a piece overlaps most, or else the nearest."""

    def nearness(index: int) -> tuple[int, int]:
        first, last = places[index]
        overlap = min(end, last) - max(start, first)
        return (overlap if overlap > 0 else 0, -min(abs(start - first), abs(end - last)))

    return max(range(len(places)), key=nearness)
