"""Comma-separated values, and the table reader that TSV shares."""

import csv
import io

from cnnscope.errors import Fault
from cnnscope.spec.tables import html, latex, markdown, pipes
from cnnscope.spec.tables.document import MOST_ROWS, Document, Table, header_row, split_lines, table_row

SUFFIXES = (".csv",)

_OTHERS = (markdown, html, latex, pipes)


def matches(text: str) -> bool:
    """The first two lines that are not blank have equally many commas, at least one, or semicolons, two or more; no
    other syntax matches.
    """
    filled = [line for line in split_lines(text) if line.strip()][:2]
    if len(filled) < 2 or "\t" in "".join(filled) or any(other.matches(text) for other in _OTHERS):
        return False
    return any(_parts(filled, delimiter) for delimiter in ",;")


def read(text: str) -> Document:
    filled = [line for line in split_lines(text) if line.strip()][:2]
    return separated(text, ";" if not _parts(filled, ",") and _parts(filled, ";") else ",")


def _parts(lines: list[str], delimiter: str) -> bool:
    """Do both lines have as many delimiters?"""
    first, second = ([_count(line, delimiter) for line in lines] + [0, 0])[:2]
    return first == second > (0 if delimiter == "," else 1)


def separated(text: str, delimiter: str) -> Document:
    """One table: the first line with a delimiter is its header, blank lines are passed over."""
    document = Document(lines=split_lines(text))
    # A quote is an ordinary sign in a tab-separated listing copied from a page.
    if delimiter != "\t":
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    else:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    table: Table | None = None
    try:
        for cells in reader:
            if table is None:
                if len(cells) > 1 and any(cells):
                    table = Table(reader.line_num, header_row(document, reader.line_num, _filled(cells)), [])
                    document.tables.append(table)
            elif any(cell.strip() for cell in cells) and (
                row := table_row(document, table.header, reader.line_num, cells)
            ):
                table.rows.append(row)
                if len(table.rows) > MOST_ROWS:
                    break
    except csv.Error as error:
        document.fault(Fault(reader.line_num, "", f"is not a readable table: {error}", "check its quotes"))
    return document


def _filled(titles: list[str]) -> list[str]:
    """The titles without empty ones at the end, as a spreadsheet leaves them."""
    while titles and not titles[-1].strip():
        titles.pop()
    return titles


def _count(line: str, delimiter: str) -> int:
    """Delimiters outside quotes."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), [])) - 1
    except csv.Error:
        return 0
