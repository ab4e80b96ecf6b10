"""Markdown pages: front matter, headings, pipe tables, footnotes; all other text is prose.

A line reader rather than a Markdown library: markdown-it costs 45 ms at every start (docs/decisions/0003).
"""

import re

from cnnscope.errors import Fault
from cnnscope.spec.tables.document import (
    MOST_COLUMNS,
    MOST_ROWS,
    Document,
    Table,
    TableRow,
    clean,
    header_row,
    split_lines,
    table_row,
)

SUFFIXES = (".md", ".markdown")

_DASHES = re.compile(r":?-+:?")
_HEADING = re.compile(r"(#{1,6})[ \t](.*)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:(.*)")
_KEY = re.compile(r"[A-Za-z][A-Za-z _-]*")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_PIPE = re.compile(r"(?<!\\)\|")


def matches(text: str) -> bool:
    """Front matter, or a delimiter row of dashes and pipes."""
    if text.startswith("---\n"):
        return True
    return any(_is_delimiter(line) for line in split_lines(text))


def read(text: str) -> Document:
    document = Document(lines=split_lines(text))
    lines, number = document.lines, _front_matter(document)
    heading, heading_line, fence, comment = "", 0, "", False
    while number < len(lines):
        line = lines[number]
        number += 1
        if marker := _FENCE.match(line):
            fence = "" if fence and marker[1].startswith(fence) else fence or marker[1]
        if fence or marker:
            continue
        if comment or "<!--" in line:
            comment = "-->" not in line.rpartition("<!--")[2]
        elif title := _HEADING.fullmatch(line.strip()):
            heading, heading_line = clean(title[2].strip().rstrip("#")), number
            document.headings.append((number, len(title[1]), heading))
        elif note := _FOOTNOTE.fullmatch(line):
            number = _footnote(document, note[1], note[2].strip(), number)
        elif "|" in line and number < len(lines) and _is_delimiter(lines[number]):
            number = _table(document, number, heading, heading_line)
        elif line.startswith("|") and line.rstrip().endswith("|"):
            number = _stray_rows(document, number, heading_line)
    return document


def _front_matter(document: Document) -> int:
    """Reads the block between two --- lines at the top; returns the number of lines that it takes."""
    lines = document.lines
    if lines[0].rstrip() != "---":
        return 0
    document.has_front = True
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), 0)
    if not end:
        document.fault(Fault(1, "", "the front matter does not end", "close it with a line of three dashes, ---"))
    for number, line in enumerate(lines[1:end], start=2):
        if line.strip() and not line.lstrip().startswith("#"):
            _key(document, number, line)
    return end + 1


def _key(document: Document, number: int, line: str) -> None:
    key, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not _KEY.fullmatch(key):
        document.fault(Fault(number, "", f"`{line.strip()[:40]}` is no front matter", "write `key: value`"))
        return
    key = key.lower().replace(" ", "_").replace("-", "_")
    if key in document.front:
        document.fault(Fault(number, "", f"`{key[:40]}` stands twice in the front matter", "keep one"))
    quoted = value[:1] in ("'", '"') and value[-1:] == value[:1]
    document.front[key] = (number, clean(value[1:-1] if quoted else value))


def _footnote(document: Document, name: str, text: str, number: int) -> int:
    """A footnote goes on over indented lines; returns the next line's index."""
    parts, line = [text], number
    while number < len(document.lines) and document.lines[number][:2] == "  " and document.lines[number].strip():
        parts.append(document.lines[number].strip())
        number += 1
    if name in document.footnotes:
        document.fault(Fault(line, "", f"two footnotes [^{name[:40]}]", "rename one"))
    document.footnotes[name] = " ".join(parts).strip()
    return number


def _table(document: Document, delimiter: int, heading: str, heading_line: int) -> int:
    """Reads the table whose delimiter row has this index; returns the index of the first line behind it."""
    lines = document.lines
    titles = _cells(lines[delimiter - 1])
    header = header_row(document, delimiter, titles)
    columns = len(_cells(lines[delimiter]))
    if columns != len(titles):
        document.fault(
            Fault(delimiter, "", f"{len(titles)} column titles over {columns} columns of dashes", "make them agree")
        )
    rows: list[TableRow] = []
    number = delimiter + 1
    while number < len(lines) and "|" in lines[number]:
        # Rows beyond the limit are passed over: that there are too many is said once.
        if len(rows) <= MOST_ROWS and (row := table_row(document, header, number + 1, _cells(lines[number]))):
            rows.append(row)
        number += 1
    document.tables.append(Table(delimiter, header, rows, heading, heading_line))
    return number


def _stray_rows(document: Document, first: int, heading_line: int) -> int:
    """Rows that no table takes, told once, blank lines between them or not; returns the index behind them."""
    lines, end = document.lines, first
    document.bare.add(heading_line)
    while (row := _next_text(lines, end)) < len(lines) and lines[row].lstrip().startswith("|"):
        if row + 1 < len(lines) and _is_delimiter(lines[row + 1]):
            break
        end = row + 1
    above = document.tables[-1].rows[-1].line if document.tables and document.tables[-1].rows else 0
    if above and not any(line.strip() for line in lines[above : first - 1]):
        hint = "remove the blank line above it; a new table needs a line of dashes below its titles"
        document.fault(Fault(first, "", "a row that belongs to no table", hint))
    else:
        dashes = "|" + "---|" * min(len(_cells(lines[first - 1])), MOST_COLUMNS)
        document.fault(Fault(first, "", "a table without a line of dashes below its titles", f"write {dashes} there"))
    return end


def _next_text(lines: tuple[str, ...], index: int) -> int:
    """The index of the first line from this one on that is not blank."""
    return next((at for at in range(index, len(lines)) if lines[at].strip()), len(lines))


def _is_delimiter(line: str) -> bool:
    """A row of dashes and pipes, as it stands below a table's titles."""
    if "|" not in line or "-" not in line or line.strip(" \t|:-"):
        return False
    return all(_DASHES.fullmatch(cell.strip()) for cell in _cells(line))


def _cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    if "\\|" not in text:
        return text.split("|")
    return [cell.replace("\\|", "|") for cell in _PIPE.split(text)]
