"""Text for a terminal or a pipe: aligned columns, numbers never cut."""

import io
import textwrap
from collections.abc import Sequence

from rich.box import Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnscope.analysis.report import JudgedClaim, Report
from cnnscope.render.sheet import (
    Column,
    Sheet,
    View,
    claim_text,
    headline,
    open_claims,
    printable,
    sheet,
    summary,
    totals,
)

SUFFIXES = (".txt",)

_RULED = Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
_WRAPPING = ("layer", "notes")
_NARROWEST = 24
"""Columns whose text may go on in the next line, and how narrow they get before others are dropped."""
_LABEL = 17
_ASCII = str.maketrans({"✗": "x", "≠": "!", "·": "-", "→": ">", "—": "-", "–": "-", "×": "x", "²": "2", "…": "."})


def render(reports: Sequence[Report], view: View) -> str:
    text = "\n".join(_render(report, view) for report in reports)
    return without_unicode(text) if view.plain else text


def without_unicode(text: str) -> str:
    return text.translate(_ASCII).encode("ascii", "replace").decode()


def _render(report: Report, view: View) -> str:
    chosen = sheet(report, view)
    below = totals(report)
    cells = [[printable(column.text(row), newline="\n") for column in chosen.columns] for row in chosen.rows]
    cells.append([below.get(column.name, "") for column in chosen.columns])
    kept, dropped = _fitting(chosen.columns, cells, view.width)
    out = console(view)
    out.print(Text(headline(report), style="bold"), soft_wrap=view.width is None)
    out.print(_table(chosen, kept, cells, view.width), soft_wrap=view.width is None)
    for line in _footer(chosen, dropped):
        out.print(Text(line, style="dim"), soft_wrap=view.width is None)
    for what, text in summary(report):
        _print_labelled(out, what, text, view.width)
    for claim in (*_left_out(chosen, dropped), *open_claims(report)):
        text = claim_text(claim)
        out.print(
            Text(printable(f"{report.path}:{claim.line}: {text}"), style=_style(text)), soft_wrap=view.width is None
        )
    return text_of(out)


def _print_labelled(out: Console, what: str, text: str, width: int | None) -> None:
    """A line of the summary; what does not fit goes on under the text."""
    lines = textwrap.wrap(printable(text), max((width or 10**6) - _LABEL, 20))
    style = "bold red" if "NOT" in text else ""
    for index, line in enumerate(lines):
        label = f"{what if index == 0 else '':<{_LABEL}}"
        out.print(Text(label, style="bold").append(Text(line, style=f"not bold {style}".strip())), soft_wrap=True)


def _left_out(chosen: Sheet, dropped: list[Column]) -> list[JudgedClaim]:
    """Claims that do not hold, where the terminal is too narrow for the notes beside the rows."""
    if not any(column.name == "notes" for column in dropped):
        return []
    return [claim for row in chosen.rows for claim in row.claims if not claim.holds]


def console(view: View) -> Console:
    """A console that writes to memory, as wide as the view allows."""
    return Console(
        file=io.StringIO(),
        width=view.width or 100_000,
        force_terminal=view.colour,
        no_color=not view.colour,
        color_system="standard" if view.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def text_of(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return "\n".join(line.rstrip() for line in out.file.getvalue().splitlines()) + "\n"


def _fitting(columns: tuple[Column, ...], cells: list[list[str]], width: int | None) -> tuple[list[int], list[Column]]:
    """Which columns fit, by index, and which were dropped whole."""
    widths = [max(len(column.title), *(_width(row[index]) for row in cells)) for index, column in enumerate(columns)]
    kept = list(range(len(columns)))
    if width is None:
        return kept, []

    def needed() -> int:
        return sum(min(widths[i], _NARROWEST) if columns[i].name in _WRAPPING else widths[i] for i in kept) + 2 * len(
            kept
        )

    while needed() > width and (droppable := [i for i in kept if columns[i].drop]):
        kept.remove(max(droppable, key=lambda i: columns[i].drop))
    return kept, [column for index, column in enumerate(columns) if index not in kept]


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def _table(chosen: Sheet, kept: list[int], cells: list[list[str]], width: int | None) -> Table:
    columns = [chosen.columns[index] for index in kept]
    wrap = set(_WRAPPING) if width else set()
    below = [cells[-1][index] for index in kept]
    table = ruled_table(
        [column.title for column in columns], [column.is_number for column in columns], below, wrap=wrap
    )
    for row in cells[:-1]:
        table.add_row(*(Text(row[index], style=_style(row[index])) for index in kept))
    return table


def ruled_table(titles: Sequence[str], right: Sequence[bool], below: Sequence[str] = (), *, wrap: set[str]) -> Table:
    """An empty table with titles and a last line; only columns in `wrap` may break their text."""
    table = Table(
        box=_RULED, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_footer=bool(below), header_style="bold"
    )
    for index, title in enumerate(titles):
        footer = Text(below[index], style="bold") if below else ""
        justify = "right" if right[index] else "left"
        table.add_column(title, footer, justify=justify, no_wrap=title not in wrap, overflow="fold")  # type: ignore[arg-type]
    return table


def _style(text: str) -> str:
    return "red" if text.startswith("✗") else "yellow" if text.startswith("≠") else ""


def _footer(chosen: Sheet, dropped: list[Column]) -> list[str]:
    lines = []
    if chosen.hidden:
        lines.append(f"{chosen.hidden} more rows are not shown (--top); the total counts them")
    if dropped:
        names = ", ".join(column.name for column in dropped)
        lines.append(f"too narrow for: {names} (--columns chooses)")
    if any(row.receptive_field.status == "misaligned" for row in chosen.rows):
        lines.append("~ receptive field of branches that are not aligned")
    return lines
