"""HTML: a table to embed in a page or a notebook, without scripts or outside files."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from cnnscope.render.sheet import Column, Page, Sheet, View, printable

SUFFIXES = (".html", ".htm")

_STYLE = (
    '<meta charset="utf-8">'
    "<style>.cnnscope{border-collapse:collapse;font:14px sans-serif}"
    ".cnnscope th,.cnnscope td{padding:2px 10px;text-align:left;white-space:nowrap}"
    ".cnnscope td:last-child{white-space:normal}"
    ".cnnscope .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".cnnscope thead th{border-bottom:1px solid}.cnnscope tfoot td{border-top:1px solid;font-weight:bold}</style>"
)


def render(page: Page, results: Sequence[Any], view: View) -> str:
    return _STYLE + "\n" + "\n".join(_table(page.sheet(result, view)) for result in results)


def _table(sheet: Sheet[Any]) -> str:
    caption = f"<caption>{_text(sheet.headline)}</caption>" if sheet.headline else ""
    total = (sheet.totals.get(column.name, "") for column in sheet.columns)
    notes = "".join(f"<li>{note}</li>" for note in _notes(sheet))
    parts = [
        f'<table class="cnnscope">{caption}',
        f"<thead>{_row('th', sheet.columns, (column.title for column in sheet.columns))}</thead>",
        "<tbody>",
        *(_row("td", sheet.columns, (column.text(row) for column in sheet.columns)) for row in sheet.rows),
        "</tbody>",
        *([f"<tfoot>{_row('td', sheet.columns, total)}</tfoot>"] if sheet.totals else []),
        "</table>" + (f'<ul class="cnnscope">{notes}</ul>' if notes else ""),
    ]
    return "\n".join(parts) + "\n"


def _notes(sheet: Sheet[Any]) -> Iterator[str]:
    if sheet.hidden:
        yield _text(sheet.left_out())
    for what, text in sheet.summary:
        yield f"<b>{_text(what)}</b>: {_text(text)}"
    for remark in sheet.remarks:
        yield _text(remark.in_its_file)


def _row(tag: str, columns: Iterable[Column[Any]], cells: Iterable[str]) -> str:
    marks = ('<{0} class="n">{1}</{0}>' if column.is_number else "<{0}>{1}</{0}>" for column in columns)
    return f"<tr>{''.join(mark.format(tag, _text(cell)) for mark, cell in zip(marks, cells, strict=True))}</tr>"


def _text(text: str) -> str:
    return "<br>".join(escape(printable(line)) for line in text.split("\n"))
