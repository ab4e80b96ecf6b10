"""Tables with pipes and no Markdown: without its line of dashes, framed with + and -, or with a wiki's || titles."""

import re

from cnnscope.spec.tables import html, latex, markdown
from cnnscope.spec.tables.document import MOST_ROWS, Document, Table, header_row, split_lines, table_row

SUFFIXES = ()

_RULE = re.compile(r"(?=[+|:\s]*[-=])[-=+|:\s]+")
_FEWEST = 3


def matches(text: str) -> bool:
    """Three lines or more, all of them rules or rows between pipes, with as many cells."""
    if "|" not in text or any(other.matches(text) for other in (markdown, html, latex)):
        return False
    lines = [line for line in split_lines(text) if line.strip()]
    rows = [line for line in lines if not _RULE.fullmatch(line)]
    ruled = len(rows) < len(lines)
    framed = [line for line in rows if line.strip().startswith("|") or (ruled and "|" in line)]
    counts = {len(_cells(line)) for line in framed}
    return len(framed) >= _FEWEST and len(framed) == len(rows) and len(counts) == 1 and max(counts) > 1


def read(text: str) -> Document:
    document = Document(lines=split_lines(text))
    table: Table | None = None
    for number, line in enumerate(document.lines, start=1):
        if not line.strip() or _RULE.fullmatch(line):
            continue
        cells = _cells(line)
        if table is None:
            table = Table(number, header_row(document, number, cells), [])
            document.tables.append(table)
        elif len(table.rows) <= MOST_ROWS and (row := table_row(document, table.header, number, cells)):
            table.rows.append(row)
    return document


def _cells(line: str) -> list[str]:
    text = line.strip()
    if text.startswith("||"):
        # A wiki's titles.
        text = text.replace("||", "|")
    text = text.removeprefix("|").removesuffix("|")
    return text.split("|")
