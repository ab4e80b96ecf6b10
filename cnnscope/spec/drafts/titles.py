"""Finds the columns of a printed table by their titles, whatever their order, case, blanks and footnote marks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnscope.errors import Fault, SpecError
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.tables.document import Document, Table

Titles = Mapping[str, str]
"""The columns of a family by our name for them: a pattern for the whole title."""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row's cells under our names; "" where it has none of a name."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def found(table: Table, titles: Titles) -> dict[int, str]:
    """Which column of the table is which of ours."""
    places: dict[int, str] = {}
    for index, text in enumerate(table.header):
        name = next((name for name, pattern in titles.items() if re.fullmatch(pattern, plain(text))), "")
        if name and name not in places.values():
            places[index] = name
    return places


def has(table: Table, titles: Titles, *needed: str) -> bool:
    """Does the table have all of these columns?"""
    names = found(table, titles).values()
    return all(name in names for name in needed)


def rows(document: Document, table: Table, titles: Titles, ignored: str = "notes?") -> list[PrintedRow]:
    """The table's rows under our names; SpecError for a column that is neither ours nor known to say nothing."""
    places = found(table, titles)
    for index, text in enumerate(table.header):
        shown = plain(text)
        if index not in places and (not shown or not re.fullmatch(ignored, shown)):
            filled = any(row.cells[index] for row in table.rows)
            if filled and not shown:
                hint = "name the column, or leave it out"
                raise SpecError(
                    document.path, [Fault(table.line, "", f"column {index + 1} has cells but no title", hint)]
                )
            if filled:
                known = ", ".join(name.replace("_", " ") for name in titles)
                hint = f"leave the column out, or rename it; such tables have {known}"
                raise SpecError(document.path, [Fault(table.line, "", f"unknown column `{text[:40]}`", hint)])
    shown_rows = []
    for row in table.rows[1:] if table.rows and _only_symbols(table.rows[0].cells) else table.rows:
        cells = {name: row.cells[index] for index, name in places.items() if row.cells[index]}
        if any(row.cells):
            shown_rows.append(PrintedRow(row.line, cells))
    return shown_rows


def _only_symbols(cells: Sequence[str]) -> bool:
    """A second line of titles: $i$, $\\hat{H}_i \\times \\hat{W}_i$, ..."""
    bare = [re.sub(r"hat|mathcal|mathrm|bar|tilde|[{}\s_^]", "", plain(cell)) for cell in cells if cell]
    return len(bare) > 2 and all(re.fullmatch(r"[a-z#]{1,2}(?:x[a-z]{1,2})*", text) for text in bare)


def require(document: Document, table: Table, titles: Titles, *needed: str) -> None:
    """SpecError for a column without which the table would be another network."""
    names = found(table, titles).values()
    if missing := [name for name in needed if name not in names]:
        shown = missing[0].replace("_", " ")
        hint = "a table of this family has it; without it this would be another network"
        raise SpecError(document.path, [Fault(table.line, "", f"there is no column {shown}", hint)])


def table_with(document: Document, titles: Titles, *needed: str) -> Table | None:
    """The document's first table that has these columns."""
    return next((table for table in document.tables if has(table, titles, *needed)), None)
