"""Comma-separated values, and the table reader that TSV shares."""

import csv
import io
from collections.abc import Callable

from cnnscope.errors import Fault
from cnnscope.spec.tables.document import Document, Table, clean, table_row

SUFFIXES = (".csv",)


def matches(text: str) -> bool:
    """The first two lines that are not blank have equally many commas, at least one."""
    return _alike(text, lambda line: len(next(csv.reader([line]), [])) - 1)


def read(text: str) -> Document:
    return separated(text, ",")


def separated(text: str, delimiter: str) -> Document:
    """One table: the first line with a delimiter is its header, blank lines are passed over."""
    document = Document(lines=tuple(text.splitlines()))
    # A quote is an ordinary sign in a tab-separated listing copied from a page.
    quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting)
    table: Table | None = None
    try:
        for cells in reader:
            if table is None:
                if len(cells) > 1 and any(cells):
                    table = Table(reader.line_num, _header(cells), [])
                    document.tables.append(table)
            elif any(cell.strip() for cell in cells) and (
                row := table_row(document, table.header, reader.line_num, cells)
            ):
                table.rows.append(row)
    except csv.Error as error:
        document.faults.append(Fault(reader.line_num, "", f"is not a readable table: {error}", "check its quotes"))
    return document


def _header(cells: list[str]) -> tuple[str, ...]:
    titles = [clean(cell) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _alike(text: str, count: Callable[[str], int]) -> bool:
    filled = [line for line in text.splitlines() if line.strip()][:2]
    counts = [count(line) for line in filled]
    return len(counts) == 2 and counts[0] == counts[1] > 0
