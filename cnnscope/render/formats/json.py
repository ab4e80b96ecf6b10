"""JSON: the contract of every other reader. One object for one result, a list for several."""

import json
from collections.abc import Sequence
from typing import Any

from cnnscope.render.sheet import Page, View

SUFFIXES = (".json",)


def render(page: Page, results: Sequence[Any], view: View) -> str:
    indent = getattr(page, "JSON_INDENT", None)
    records = [_object(page.record(result), indent) for result in results]
    return records[0] + "\n" if len(records) == 1 else "[" + ",\n".join(records) + "]\n"


def _object(record: dict[str, Any], indent: int | None) -> str:
    """One line per key, and one per entry of a list of objects, so that a diff reads well."""
    if indent:
        return json.dumps(record, indent=indent, ensure_ascii=False)
    lines = []
    for key, value in record.items():
        text = _line(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n  " + ",\n  ".join(map(_line, value)) + "\n ]"
        lines.append(f" {_line(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
