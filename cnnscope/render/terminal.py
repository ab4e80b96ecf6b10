"""Text for a terminal or a pipe: aligned columns, numbers never cut."""

import io
import shutil
from collections.abc import Sequence

from rich.box import Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnscope.analysis.report import Report
from cnnscope.render.sheet import Column, Sheet, View, claim_text, headline, open_claims, sheet, summary, totals

SUFFIXES = (".txt",)

_RULED = Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
_NARROWEST_NOTES = 24
_ASCII = str.maketrans({"✗": "x", "≠": "!", "·": "-", "→": ">", "—": "-", "–": "-", "×": "x", "²": "2", "…": "."})


def render(reports: Sequence[Report], view: View) -> str:
    text = "\n".join(_render(report, view) for report in reports)
    return text.translate(_ASCII).encode("ascii", "replace").decode() if view.plain else text


def _render(report: Report, view: View) -> str:
    chosen = sheet(report, view)
    below = totals(report)
    cells = [[clean(column.text(row)) for column in chosen.columns] for row in chosen.rows]
    cells.append([below.get(column.name, "") for column in chosen.columns])
    kept, dropped = _fitting(chosen.columns, cells, view.width)
    out = console(view)
    out.print(Text(headline(report), style="bold"), soft_wrap=True)
    out.print(_table(chosen, kept, cells, view.width), soft_wrap=view.width is None)
    for line in _footer(chosen, dropped):
        out.print(Text(line, style="dim"))
    width = max(len(what) for what, _ in summary(report))
    for what, text in summary(report):
        style = "bold red" if "NOT" in text else ""
        out.print(Text(f"{what:<{width}}  ", style="bold").append(Text(clean(text), style=style)), soft_wrap=view.width is None)
    for claim in open_claims(report):
        out.print(Text(clean(f"{report.path}:{claim.line}: {claim_text(claim)}"), style=_style(claim_text(claim))), soft_wrap=view.width is None)
    return text_of(out)


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


def terminal_width() -> int:
    return shutil.get_terminal_size().columns


def clean(text: str) -> str:
    """Text from a file without control characters, which could move the cursor or hide a line."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _fitting(columns: tuple[Column, ...], cells: list[list[str]], width: int | None) -> tuple[list[int], list[Column]]:
    """Which columns fit, by index, and which were dropped whole."""
    widths = [max(len(column.title), *(len(row[index]) for row in cells)) for index, column in enumerate(columns)]
    kept = list(range(len(columns)))
    if width is None:
        return kept, []

    def needed() -> int:
        return sum(min(widths[i], _NARROWEST_NOTES) if columns[i].name == "notes" else widths[i] for i in kept) + 2 * len(kept)

    while needed() > width and (droppable := [i for i in kept if columns[i].drop]):
        kept.remove(max(droppable, key=lambda i: columns[i].drop))
    return kept, [column for index, column in enumerate(columns) if index not in kept]


def _table(chosen: Sheet, kept: list[int], cells: list[list[str]], width: int | None) -> Table:
    table = Table(box=_RULED, show_edge=False, pad_edge=False, padding=(0, 1), show_footer=True, header_style="bold")
    for index in kept:
        column = chosen.columns[index]
        notes = column.name == "notes"
        table.add_column(
            column.title,
            footer=Text(cells[-1][index], style="bold"),
            justify="right" if column.is_number else "left",
            no_wrap=not notes or width is None,
            overflow="fold",
            min_width=None if notes else max(len(row[index]) for row in (*cells, [c.title for c in chosen.columns])),
        )
    for row in cells[:-1]:
        table.add_row(*(Text(row[index], style=_style(row[index])) for index in kept))
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
        lines.append("~ view of branches that are not aligned")
    return lines
