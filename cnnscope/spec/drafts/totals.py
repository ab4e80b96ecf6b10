"""Rows at the end of a table that print its sums, Total | 60,632 or Total params: 60,632, as claims of the network."""

import re
from dataclasses import replace

from cnnscope.graph import METRICS
from cnnscope.spec.columns import title
from cnnscope.spec.drafts.draft import readable
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.textbook_words import TITLES
from cnnscope.spec.tables.document import Document, Table, TableRow

Totals = list[tuple[int, str, str]]
"""(line, metric, figure)"""

_WORD = re.compile(
    r"(?:(?:grand )?total|sum)(?: (?:of )?(?:the )?(?P<what>[a-z -]{2,30}?))?(?: ?: ?(?P<figure>\d\S*(?: ?[kmgb])?))?"
)
_COUNTS = ("params", "macs")


def without_totals(document: Document) -> tuple[Document, Totals]:
    """The document without such rows, and what they print."""
    totals: Totals = []
    tables = []
    for table in document.tables:
        metrics = [_metric(text) for text in table.header]
        read = {row.line: found for row in table.rows if (found := _figures(table, row, metrics))}
        totals += [(line, *figure) for line, found in read.items() for figure in found]
        rows = [row for row in table.rows if row.line not in read]
        tables.append(replace(table, rows=rows) if read and rows else table)
    return (replace(document, tables=tables), totals) if totals else (document, [])


def _metric(text: str) -> str:
    """The metric of a column or of words such as `trainable parameters`; "" for others."""
    name = title(plain(text))
    if name in METRICS:
        return name
    return next((name for name in _COUNTS if re.fullmatch(TITLES[name], plain(text))), "")


def _figures(table: Table, row: TableRow, metrics: list[str]) -> list[tuple[str, str]]:
    """(metric, figure) of a row that prints nothing but sums; nothing for any other row."""
    filled = [(metric, cell) for metric, cell in zip(metrics, row.cells, strict=True) if cell]
    match = _WORD.fullmatch(plain(filled[0][1]).rstrip(" :")) if filled and not filled[0][0] else None
    if not match:
        return []
    found = filled[1:]
    if match["figure"]:
        found.append((_metric(match["what"] or ""), match["figure"]))
    return found if all(metric and readable(metric, cell) for metric, cell in found) else []
