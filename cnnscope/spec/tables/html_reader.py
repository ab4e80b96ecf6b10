"""The cells of HTML tables: <table> with merged cells (colspan, rowspan), whose text stands in every cell that they
cover.
"""

from html.parser import HTMLParser
from typing import NamedTuple

from cnnscope.spec.tables.document import MOST_COLUMNS, MOST_ROWS, Document, Table, header_row, split_lines, table_row

_HEADINGS = ("h1", "h2", "h3", "h4", "caption")


class _Cell(NamedTuple):
    text: str
    down: int
    across: int
    is_title: bool


def read(text: str) -> Document:
    document = Document(lines=split_lines(text))
    parser = _Parser()
    parser.feed(text)
    parser.close()
    for line, heading, rows in parser.tables:
        grid = _grid([cells for _, cells in rows])
        lines = [row_line for row_line, _ in rows]
        if not grid:
            continue
        titles, body = _titles(grid, rows)
        header = header_row(document, line, titles)
        table = Table(lines[0], header, [], heading, line if heading else 0)
        for row_line, cells in list(zip(lines, grid, strict=True))[body : body + MOST_ROWS + 1]:
            if any(cells) and (row := table_row(document, header, row_line, cells)):
                table.rows.append(row)
        document.tables.append(table)
    return document


def _titles(grid: list[list[str]], rows: list[tuple[int, list[_Cell]]]) -> tuple[list[str], int]:
    """The titles and the index of the first row below them; a header of two rows gives its lower titles."""
    count = 0
    while count < len(rows) and rows[count][1] and all(cell.is_title for cell in rows[count][1]):
        count += 1
    count = max(1, min(count, 3))
    return [
        next((row[index] for row in reversed(grid[:count]) if row[index]), "") for index in range(len(grid[0]))
    ], count


def _grid(rows: list[list[_Cell]]) -> list[list[str]]:
    """The cells by row and column, merged ones written out."""
    made: list[dict[int, str]] = [{} for _ in rows]
    for number, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while column in made[number]:
                column += 1
            for down in range(min(cell.down, len(rows) - number)):
                for across in range(cell.across):
                    made[number + down].setdefault(column + across, cell.text)
            column += cell.across
    width = max((max(row, default=-1) + 1 for row in made), default=0)
    return [[row.get(index, "") for index in range(width)] for row in made]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[int, str, list[tuple[int, list[_Cell]]]]] = []
        self._heading = ""
        self._collecting = ""
        self._text: list[str] = []
        self._attributes: dict[str, str | None] = {}
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append((self.getpos()[0], self._heading, []))
        elif tag == "tr" and self._depth == 1:
            self._end_cell()
            self.tables[-1][2].append((self.getpos()[0], []))
        elif tag in ("td", "th") and self._depth == 1 and self.tables[-1][2]:
            self._end_cell()
            self._collecting, self._text, self._attributes = tag, [], dict(attrs)
        elif tag in _HEADINGS:
            self._collecting, self._text = tag, []
        elif tag == "br" and self._collecting:
            self._text.append("; ")
        elif tag == "sup" and self._collecting and self._text and self._text[-1][-1:].isdigit():
            self._text.append("^")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._end_cell()
            self._depth = max(0, self._depth - 1)
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag in _HEADINGS and self._collecting == tag:
            self._heading, self._collecting = " ".join("".join(self._text).split()), ""

    def handle_data(self, data: str) -> None:
        if self._collecting:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._collecting in ("td", "th") and self.tables and self.tables[-1][2]:
            text = " ".join("".join(self._text).split())
            down, across = (self._span(name) for name in ("rowspan", "colspan"))
            self.tables[-1][2][-1][1].append(_Cell(text, down, across, self._collecting == "th"))
            self._collecting = ""

    def _span(self, name: str) -> int:
        given = self._attributes.get(name) or "1"
        return max(1, min(int(given), MOST_COLUMNS)) if given.isdecimal() and len(given) < 6 else 1
