"""The zoo as a list: name, family, year, input, params, MACs and source of every network."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cnnscope.render.csv import safe
from cnnscope.render.markdown import escape, pipe_table
from cnnscope.render.records import SCHEMA_VERSION
from cnnscope.render.sheet import View, printable
from cnnscope.render.terminal import painted, table_lines
from cnnscope.shapes import Shape
from cnnscope.units import exact


class Listed(NamedTuple):
    """One network of the zoo; `input_shape` is that of one image, (C, H, W) or (F,)."""

    name: str
    family: str
    year: str
    input_shape: Shape
    params: int
    macs: int
    source: str


_TITLES = ["name", "family", "year", "input", "params", "MACs", "source"]
_RIGHT = [False, False, False, False, True, True, False]


def _cells(entry: Listed) -> list[str]:
    shape = "x".join(map(str, entry.input_shape))
    return [entry.name, entry.family, entry.year, shape, exact(entry.params), exact(entry.macs), entry.source]


def _terminal(entries: Sequence[Listed], view: View) -> str:
    rows = [[printable(cell) for cell in _cells(entry)] for entry in entries]
    lines = [*table_lines(_TITLES, rows, _RIGHT, view.width, wrapping=["source"])]
    lines.append([(f"{len(entries)} network{'s' if len(entries) != 1 else ''}", "")])
    return painted(lines, view)


def _markdown(entries: Sequence[Listed], view: View) -> str:
    return (
        "\n".join(pipe_table(_TITLES, [[escape(cell) for cell in _cells(entry)] for entry in entries], _RIGHT)) + "\n"
    )


def _csv(entries: Sequence[Listed], view: View) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*Listed._fields, "schema_version"])
    for entry in entries:
        plain = entry._replace(input_shape="x".join(map(str, entry.input_shape)))  # type: ignore[arg-type]
        writer.writerow([*(safe(value) for value in plain), SCHEMA_VERSION])  # type: ignore[arg-type]
    return out.getvalue()


def _json(entries: Sequence[Listed], view: View) -> str:
    record = {"schema_version": SCHEMA_VERSION, "networks": [entry._asdict() for entry in entries]}
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Listed], View], str]] = {
    "terminal": _terminal,
    "markdown": _markdown,
    "csv": _csv,
    "json": _json,
}


def render(entries: Sequence[Listed], format_name: str, view: View) -> str:
    return FORMATS[format_name](entries, view)
