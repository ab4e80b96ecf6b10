"""CSV: one line per row of the table, exact figures without grouping, networks one after the other."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from cnnscope.render.sheet import SCHEMA_VERSION, Page, Value, View, printable

SUFFIXES = (".csv",)


def render(page: Page, results: Sequence[Any], view: View) -> str:
    """Every column, unless the view chooses; `network` comes first where there is one, `schema_version` last."""
    if not view.columns:
        view = view._replace(columns=tuple(column.name for column in page.COLUMNS))
    sheets = [page.sheet(result, view) for result in results]
    named = any(sheet.network for sheet in sheets)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for index, sheet in enumerate(sheets):
        if index == 0:
            titles = [_safe(column.name) for column in sheet.columns]
            writer.writerow([*(["network"] if named else []), *titles, "schema_version"])
        name = [_safe(sheet.network)] if named else []
        for row in (*sheet.rows, *sheet.summed):
            writer.writerow([*name, *(_safe(column.value(row)) for column in sheet.columns), SCHEMA_VERSION])
    return out.getvalue()


def _safe(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula gets a quote before it."""
    if isinstance(value, str):
        value = printable(value)
        return f"'{value}" if value[:1] in "=+-@\t" and value else value
    return value
