"""Text for a terminal or a pipe: aligned columns, numbers never cut.

The layout is plain text made here; rich paints it where there is colour. Importing rich and letting it lay out the
table of VGG-16 takes 30 ms, a fifth of the whole command (docs/decisions/0008).
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cnnscope.render.sheet import Column, Page, Sheet, View, printable

SUFFIXES = (".txt",)

Line = list[tuple[str, str]]
"""Pieces of one line, each with the name of its style."""

_GAP = "  "
_LABEL = 17
_STYLES = {"✗": "red", "?": "red", "≠": "yellow", "!": "yellow", "✓": "green"}
_ASCII = str.maketrans(
    {"✗": "x", "≠": "!", "✓": "+", "·": "-", "→": ">", "—": "-", "–": "-", "×": "x", "²": "2", "…": "."}
)


def render(page: Page, results: Sequence[Any], view: View) -> str:
    return "\n".join(_painted(_either(page.sheet(result, view), view), view) for result in results)


def _either(sheet: Sheet[Any], view: View) -> Iterator[Line]:
    """The table, or the equations where a sheet has them."""
    if not sheet.worked:
        return _lines(sheet, view.width)
    from cnnscope.render.equations import terminal

    return terminal(sheet, view)


def _painted(lines: Iterable[Line], view: View) -> str:
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


def _lines(sheet: Sheet[Any], width: int | None) -> Iterator[Line]:
    cells = [[printable(column.text(row), newline="\n") for column in sheet.columns] for row in sheet.rows]
    if sheet.totals:
        cells.append([printable(sheet.totals.get(column.name, "")) for column in sheet.columns])
    kept, dropped = _fitting(sheet.columns, cells, width)
    if sheet.headline:
        yield from _wrapped(sheet.headline, "bold", width)
    columns = [sheet.columns[index] for index in kept]
    yield from _table(columns, [[row[index] for index in kept] for row in cells], width, total=bool(sheet.totals))
    for text in _footer(sheet, dropped):
        yield from _wrapped(text, "dim", width)
    for what, text in sheet.summary:
        yield from _labelled(what, text, width)
    moved = (remark for column in dropped for remark in sheet.instead.get(column.name, ()))
    for remark in (*moved, *sheet.remarks):
        yield from _wrapped(remark.anywhere, _style(remark.text), width)
    if sheet.tally:
        yield from _wrapped(sheet.tally, "", width)


def _table(
    columns: Sequence[Column[Any]], rows: Sequence[Sequence[str]], width: int | None, *, total: bool
) -> Iterator[Line]:
    """A table under its titles; `total` sets the last row off."""
    widths, right = _widths(columns, rows), [column.is_number for column in columns]
    wrapping = [index for index, column in enumerate(columns) if column.wrap]
    for index in sorted(wrapping, key=lambda index: -columns[index].wrap) if width else ():
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - (width or 0)
        if excess > 0:
            widths[index] = max(widths[index] - excess, min(widths[index], columns[index].narrowest))
    rule: Line = [("-" * (sum(widths) + len(_GAP) * (len(widths) - 1)), "")]
    yield from _row([printable(column.title) for column in columns], widths, right, "bold")
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


def _widths(columns: Sequence[Column[Any]], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(printable(column.title)), *(_width(row[i]) for row in rows), 0) for i, column in enumerate(columns)]


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
        yield [(f"{printable(what) if index == 0 else '':<{_LABEL}}", "bold"), (line, style)]


def _fitting(
    columns: Sequence[Column[Any]], cells: Sequence[Sequence[str]], width: int | None
) -> tuple[list[int], list[Column[Any]]]:
    """Which columns fit, by index, and which were dropped whole."""
    least = [min(w, c.narrowest) if c.wrap else w for c, w in zip(columns, _widths(columns, cells), strict=True)]
    kept = list(range(len(columns)))
    while width and sum(least[i] + len(_GAP) for i in kept) - len(_GAP) > width:
        droppable = [index for index in kept if columns[index].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda index: columns[index].drop))
    return kept, [column for index, column in enumerate(columns) if index not in kept]


def _style(text: str) -> str:
    return _STYLES.get(text[:1], "")


def _footer(sheet: Sheet[Any], dropped: list[Column[Any]]) -> Iterator[str]:
    if sheet.hidden:
        yield sheet.left_out(" (--top)")
    if dropped:
        yield f"too narrow for: {', '.join(column.name for column in dropped)} (--columns chooses)"
    yield from sheet.legend
