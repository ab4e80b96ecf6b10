"""HTML: a table to embed in a page or a notebook, without scripts or outside files."""

from collections.abc import Iterable, Sequence
from html import escape

from cnnscope.analysis.report import Report
from cnnscope.render.sheet import Column, View, claim_text, headline, open_claims, printable, sheet, summary, totals

SUFFIXES = (".html", ".htm")

_STYLE = (
    '<meta charset="utf-8">'
    "<style>.cnnscope{border-collapse:collapse;font:14px sans-serif}"
    ".cnnscope th,.cnnscope td{padding:2px 10px;text-align:left;white-space:nowrap}"
    ".cnnscope td:last-child{white-space:normal}"
    ".cnnscope .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".cnnscope thead th{border-bottom:1px solid}.cnnscope tfoot td{border-top:1px solid;font-weight:bold}</style>"
)


def render(reports: Sequence[Report], view: View) -> str:
    return _STYLE + "\n" + "\n".join(_render(report, view) for report in reports)


def _render(report: Report, view: View) -> str:
    chosen, below = sheet(report, view), totals(report)
    rows = [_row("td", chosen.columns, (column.text(row) for column in chosen.columns)) for row in chosen.rows]
    notes = [f"<li><b>{what}</b>: {_text(text)}</li>" for what, text in summary(report)]
    notes += [f"<li>line {claim.line}: {_text(claim_text(claim))}</li>" for claim in open_claims(report)]
    if chosen.hidden:
        notes.insert(0, f"<li>{chosen.hidden} more rows are not shown; the total counts them</li>")
    parts = [
        f'<table class="cnnscope"><caption>{_text(headline(report))}</caption>',
        f"<thead>{_row('th', chosen.columns, (column.title for column in chosen.columns))}</thead>",
        "<tbody>",
        *rows,
        "</tbody>",
        f"<tfoot>{_row('td', chosen.columns, (below.get(column.name, '') for column in chosen.columns))}</tfoot>",
        f'</table><ul class="cnnscope">{"".join(notes)}</ul>',
    ]
    return "\n".join(parts) + "\n"


def _row(tag: str, columns: Iterable[Column], cells: Iterable[str]) -> str:
    marks = ('<{0} class="n">{1}</{0}>' if column.is_number else "<{0}>{1}</{0}>" for column in columns)
    return f"<tr>{''.join(mark.format(tag, _text(cell)) for mark, cell in zip(marks, cells, strict=True))}</tr>"


def _text(text: str) -> str:
    return "<br>".join(escape(printable(line)) for line in text.split("\n"))
