"""An explanation: worked equations where a format can show them, else a row for each."""

from typing import Any, NamedTuple

import cnnscope
from cnnscope.explanation.record import Equation, Explanation, Line, Section
from cnnscope.explanation.term import Leaf
from cnnscope.render.equations import Worked, WorkedSection
from cnnscope.render.formula import formula
from cnnscope.render.sheet import (
    SCHEMA_VERSION,
    Column,
    Remark,
    Sheet,
    View,
    arrange,
    figure,
    words,
)
from cnnscope.shapes import dims
from cnnscope.units import exact


class Row(NamedTuple):
    """One line of one section."""

    section: Section
    line: Line


def sheet(explanation: Explanation, view: View) -> Sheet[Row]:
    rows = [Row(section, line) for section in explanation.sections for line in section.lines]
    shape = explanation.input_shape
    about = f" · input {dims(shape)} · batch {shape[0]} · {explanation.dtype}" if shape else ""
    return arrange(COLUMNS, rows, view)._replace(
        network=explanation.network,
        headline=f"{explanation.subject}{about}",
        worked=[_worked(section) for section in explanation.sections],
        remarks=[Remark(f"{section.title}: {section.remark}") for section in explanation.sections if section.remark],
    )


def record(explanation: Explanation) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "cnnscope": cnnscope.__version__,
        "network": explanation.network or None,
        "subject": explanation.subject,
        "input_shape": list(explanation.input_shape) or None,
        "dtype": explanation.dtype or None,
        "sections": [
            {
                "title": section.title,
                "metric": section.metric or None,
                "remark": section.remark,
                "lines": [
                    {
                        "what": line.what,
                        "equations": [
                            {"name": found.name, "arithmetic": _arithmetic(found), "value": found.value}
                            for found in line.equations
                        ],
                        "remark": line.remark,
                    }
                    for line in section.lines
                ],
            }
            for section in explanation.sections
        ],
    }


def _worked(section: Section) -> WorkedSection:
    lines = [
        Worked(line.what, tuple((found.name, found.term, found.value) for found in line.equations), line.remark)
        for line in section.lines
    ]
    return WorkedSection(section.title, lines, section.remark)


def _arithmetic(found: Equation) -> str:
    """The arithmetic; nothing where it is the value itself."""
    return "" if found.term is None or isinstance(found.term, Leaf) else formula(found.term)


def _shown(row: Row) -> str:
    parts = []
    for found in row.line.equations:
        result = exact(found.value) if isinstance(found.value, int) else found.value
        sums = " = ".join(filter(None, (_arithmetic(found), result)))
        parts.append(f"{found.name} {sums}".strip())
    return ", ".join(parts)


def _value(row: Row) -> int | str | None:
    return row.line.equations[0].value if row.line.equations else None


COLUMNS: tuple[Column[Row], ...] = (
    words("section", "of", lambda row: row.section.title),
    words("what", "what", lambda row: row.line.what),
    words("arithmetic", "arithmetic", _shown),
    Column("value", "value", _value, lambda row: figure(_value(row)), is_number=True),
    words("remark", "remark", lambda row: row.line.remark, sparse=True),
)
