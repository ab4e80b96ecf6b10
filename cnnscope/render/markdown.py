"""Markdown: a pipe table that GitHub renders, and the totals with their conventions as a list."""

import re
from collections.abc import Sequence

from cnnscope.analysis.report import Report
from cnnscope.render.sheet import View, claim_text, headline, open_claims, printable, sheet, summary, totals

SUFFIXES = (".md", ".markdown")

_SPECIAL = re.compile(r"([\\`*\[\]<|~])")


def render(reports: Sequence[Report], view: View) -> str:
    return "\n".join(_render(report, view) for report in reports)


def _render(report: Report, view: View) -> str:
    chosen, below = sheet(report, view), totals(report)
    rows = [[escape(column.text(row)) for column in chosen.columns] for row in chosen.rows]
    rows.append([f"**{below[column.name]}**" if column.name in below else "" for column in chosen.columns])
    lines = [f"## {escape(report.network)}", "", escape(headline(report)), ""]
    lines += pipe_table(
        [column.title for column in chosen.columns], rows, [column.is_number for column in chosen.columns]
    )
    if chosen.hidden:
        lines += ["", f"{chosen.hidden} more rows are not shown; the total counts them."]
    lines += ["", *(f"- **{what}**: {escape(text)}" for what, text in summary(report))]
    lines += [f"- line {claim.line}: {escape(claim_text(claim))}" for claim in open_claims(report)]
    return "\n".join(lines) + "\n"


def pipe_table(titles: list[str], rows: list[list[str]], right: list[bool]) -> list[str]:
    """The lines of a table, its columns aligned in the source too."""
    widths = [max(3, len(title), *(len(row[i]) for row in rows)) for i, title in enumerate(titles)]
    dashes = [f"{'-' * (width - 1)}:" if end else "-" * width for width, end in zip(widths, right, strict=True)]
    return [_line(titles, widths, right), _line(dashes, widths, right), *(_line(row, widths, right) for row in rows)]


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = (
        cell.rjust(width) if end else cell.ljust(width) for cell, width, end in zip(cells, widths, right, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def escape(text: str) -> str:
    """Text from a file that must not become markup, a cell's end or a line's end."""
    return "<br>".join(_SPECIAL.sub(r"\\\1", printable(line)) for line in text.split("\n"))
