"""CSV: one line per row of the table, exact integers without grouping, networks one after the other."""

import csv
import io
from collections.abc import Sequence

from cnnscope.analysis.report import Report
from cnnscope.render.records import SCHEMA_VERSION
from cnnscope.render.sheet import COLUMNS, Value, View, printable, sheet

SUFFIXES = (".csv",)


def render(reports: Sequence[Report], view: View) -> str:
    """Every column, unless the view chooses; `network` comes first and `schema_version` last."""
    if not view.columns:
        view = view._replace(columns=tuple(column.name for column in COLUMNS))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for index, report in enumerate(reports):
        chosen = sheet(report, view)
        if index == 0:
            writer.writerow(["network", *(column.name for column in chosen.columns), "schema_version"])
        for row in chosen.rows:
            values = (safe(column.value(row)) for column in chosen.columns)
            writer.writerow([safe(report.network), *values, SCHEMA_VERSION])
    return out.getvalue()


def safe(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula gets a quote before it."""
    if isinstance(value, str):
        value = printable(value)
        return f"'{value}" if value[:1] in "=+-@\t" and value else value
    return value
