"""Markdown: a pipe table that GitHub renders, and the totals with their conventions as a list."""

import re
from collections.abc import Sequence
from typing import Any

from cnnscope.render.sheet import Page, Sheet, View, printable

SUFFIXES = (".md", ".markdown")

_SPECIAL = re.compile(r"([\\`*\[\]<|~])")


def render(page: Page, results: Sequence[Any], view: View) -> str:
    return "\n".join(_section(page.sheet(result, view)) for result in results)


def _section(sheet: Sheet[Any]) -> str:
    if sheet.worked:
        from cnnscope.render.equations import markdown

        return markdown(sheet, escape)
    rows = [[escape(column.text(row)) for column in sheet.columns] for row in sheet.rows]
    if sheet.totals:
        total = (escape(sheet.totals.get(column.name, "")) for column in sheet.columns)
        rows.append([f"**{text}**" if text else "" for text in total])
    notes = [f"- **{escape(what)}**: {escape(text)}" for what, text in sheet.summary]
    notes += [f"- {escape(remark.in_its_file)}" for remark in sheet.remarks]
    lines = [f"## {escape(sheet.network)}", ""] if sheet.network else []
    lines += [escape(sheet.headline), ""] if sheet.headline else []
    lines += _pipe_table(
        [escape(column.title) for column in sheet.columns], rows, [column.is_number for column in sheet.columns]
    )
    lines += ["", f"{sheet.left_out()}."] if sheet.hidden else []
    lines += ["", *notes] if notes else []
    return "\n".join(lines) + "\n"


def _pipe_table(titles: list[str], rows: list[list[str]], right: list[bool]) -> list[str]:
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
