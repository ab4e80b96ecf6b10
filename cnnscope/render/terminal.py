"""Text for a terminal or a pipe: aligned columns, numbers never cut.

The layout is plain text made here; rich paints it where there is colour. Importing rich and letting it lay out the
table of VGG-16 takes 30 ms, a fifth of the whole command (docs/decisions/0008).
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

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

Line = list[tuple[str, str]]
"""Pieces of one line, each with the name of its style."""

_WRAPPING = ("notes", "layer")
_NARROWEST = 24
"""Columns whose text may go on in the next line, and how narrow they get before others are dropped."""
_GAP = "  "
_LABEL = 17
_ASCII = str.maketrans({"✗": "x", "≠": "!", "·": "-", "→": ">", "—": "-", "–": "-", "×": "x", "²": "2", "…": "."})


def render(reports: Sequence[Report], view: View) -> str:
    return "\n".join(painted(_report(report, view), view) for report in reports)


def painted(lines: Iterable[Line], view: View) -> str:
    """The lines as text: coloured for a terminal that wants it, ASCII for one that knows no more."""
    if view.colour:
        from rich.console import Console
        from rich.text import Text

        console = Console(force_terminal=True, color_system="standard", legacy_windows=False)
        with console.capture() as capture:
            for line in lines:
                console.print(Text.assemble(*line), soft_wrap=True, highlight=False)
        text = capture.get()
    else:
        text = "".join("".join(piece for piece, _ in line).rstrip() + "\n" for line in lines)
    return text.translate(_ASCII).encode("ascii", "replace").decode() if view.plain else text


def _report(report: Report, view: View) -> Iterator[Line]:
    chosen, below = sheet(report, view), totals(report)
    cells = [[printable(column.text(row), newline="\n") for column in chosen.columns] for row in chosen.rows]
    cells.append([below.get(column.name, "") for column in chosen.columns])
    kept, dropped = _fitting(chosen.columns, cells, view.width)
    yield from _wrapped(headline(report), "bold", view.width)
    yield from table_lines(
        [chosen.columns[index].title for index in kept],
        [[row[index] for index in kept] for row in cells],
        [chosen.columns[index].is_number for index in kept],
        view.width,
        wrapping=_WRAPPING,
        total=True,
    )
    for text in _footer(chosen, dropped):
        yield from _wrapped(text, "dim", view.width)
    for what, text in summary(report):
        yield from _labelled(what, text, view.width)
    for claim in (*_left_out(chosen, dropped), *open_claims(report)):
        text = claim_text(claim)
        yield from _wrapped(f"{report.path}:{claim.line}: {text}", _style(text), view.width)


def table_lines(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[bool],
    width: int | None,
    *,
    wrapping: Sequence[str],
    total: bool = False,
) -> Iterator[Line]:
    """A table under its titles; `total` sets the last row off. Only `wrapping` columns may break their text."""
    widths = [max(len(title), *(_width(row[i]) for row in rows)) for i, title in enumerate(titles)]
    for name in wrapping if width else ():
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - (width or 0)
        if name in titles and excess > 0:
            index = list(titles).index(name)
            widths[index] = max(widths[index] - excess, min(widths[index], _NARROWEST))
    rule: Line = [("-" * (sum(widths) + len(_GAP) * (len(widths) - 1)), "")]
    yield from _row(titles, widths, right, "bold")
    yield rule
    for row in rows[:-1] if total else rows:
        yield from _row(row, widths, right, "")
    if total:
        yield rule
        yield from _row(rows[-1], widths, right, "bold")


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], style: str) -> Iterator[Line]:
    """One row of a table, as many lines high as its highest cell."""
    parts = [
        [piece for line in cell.split("\n") for piece in textwrap.wrap(line, width) or [""]]
        if _width(cell) > width
        else cell.split("\n")
        for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, parts))):
        line: Line = []
        for part, cell, width, end in zip(parts, cells, widths, right, strict=True):
            text = part[number] if number < len(part) else ""
            line += [(text.rjust(width) if end else text.ljust(width), style or _style(cell)), (_GAP, "")]
        yield line[:-1]


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def _wrapped(text: str, style: str, width: int | None) -> Iterator[Line]:
    shown = printable(text)
    yield from ([(line, style)] for line in (textwrap.wrap(shown, width) if width else [shown]))


def _labelled(what: str, text: str, width: int | None) -> Iterator[Line]:
    """A line of the summary; what does not fit goes on under the text."""
    style = "bold red" if "NOT" in text else ""
    shown = printable(text)
    lines = textwrap.wrap(shown, max(width - _LABEL, 20)) if width else [shown]
    for index, line in enumerate(lines):
        yield [(f"{what if index == 0 else '':<{_LABEL}}", "bold"), (line, style)]


def _left_out(chosen: Sheet, dropped: list[Column]) -> list[JudgedClaim]:
    """Claims that do not hold, where the terminal is too narrow for the notes beside the rows."""
    if not any(column.name == "notes" for column in dropped):
        return []
    return [claim for row in chosen.rows for claim in row.claims if not claim.holds]


def _fitting(columns: tuple[Column, ...], cells: list[list[str]], width: int | None) -> tuple[list[int], list[Column]]:
    """Which columns fit, by index, and which were dropped whole."""
    widths = [max(len(column.title), *(_width(row[index]) for row in cells)) for index, column in enumerate(columns)]
    least = [min(w, _NARROWEST) if c.name in _WRAPPING else w for c, w in zip(columns, widths, strict=True)]
    kept = list(range(len(columns)))
    while width and sum(least[i] + len(_GAP) for i in kept) - len(_GAP) > width:
        droppable = [index for index in kept if columns[index].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda index: columns[index].drop))
    return kept, [column for index, column in enumerate(columns) if index not in kept]


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
