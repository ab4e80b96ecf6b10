"""JSON: the contract of every other reader. One object for one network, a list for several."""

import json
from collections.abc import Sequence
from typing import Any

from cnnscope.analysis.report import Report
from cnnscope.render.records import report_record
from cnnscope.render.sheet import View

SUFFIXES = (".json",)


def render(reports: Sequence[Report], view: View) -> str:
    records = [_object(report_record(report)) for report in reports]
    return records[0] + "\n" if len(records) == 1 else "[" + ",\n".join(records) + "]\n"


def _object(record: dict[str, Any]) -> str:
    """One line per key, and one per layer and claim, so that a diff reads well."""
    lines = []
    for key, value in record.items():
        text = _line(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n  " + ",\n  ".join(map(_line, value)) + "\n ]"
        lines.append(f" {_line(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
