"""The zoo as a list: name, family, year, input, params, MACs and source of every network."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnnscope.render.sheet import SCHEMA_VERSION, Column, Sheet, View, arrange, number, words
from cnnscope.shapes import Shape


class Listed(NamedTuple):
    """One network of the zoo; `input_shape` is that of one image, (C, H, W) or (F,)."""

    name: str
    family: str
    year: str
    input_shape: Shape
    params: int
    macs: int
    source: str


COLUMNS: tuple[Column[Listed], ...] = (
    words("name", "name", lambda entry: entry.name),
    words("family", "family", lambda entry: entry.family),
    words("year", "year", lambda entry: entry.year),
    words("input_shape", "input", lambda entry: "x".join(map(str, entry.input_shape))),
    number("params", "params", lambda entry: entry.params),
    number("macs", "MACs", lambda entry: entry.macs),
    Column("source", "source", lambda entry: entry.source, lambda entry: entry.source, wrap=1),
)
JSON_INDENT = 1
"""Readers of `list` know its JSON with every value in a line of its own."""


def sheet(entries: Sequence[Listed], view: View) -> Sheet[Listed]:
    return arrange(COLUMNS, entries, view)._replace(tally=f"{len(entries)} network{'s' if len(entries) != 1 else ''}")


def record(entries: Sequence[Listed]) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, "networks": [entry._asdict() for entry in entries]}
