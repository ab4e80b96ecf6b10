"""The zoo as a list: name, family, year, input, params, MACs and source of every network."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnnscope.render.sheet import SCHEMA_VERSION, Column, Sheet, Value, View, arrange, number, words

if TYPE_CHECKING:
    from cnnscope.spec.catalogue import Listed


def _year(year: Value) -> str:
    """A year is not grouped by thousands."""
    return "" if year is None else str(year)


COLUMNS: "tuple[Column[Listed], ...]" = (
    words("name", "name", lambda entry: entry.name),
    words("family", "family", lambda entry: entry.family, drop=3),
    number("year", "year", lambda entry: int(entry.year) if entry.year.isdecimal() else None, drop=1, show=_year),
    words("input_shape", "input", lambda entry: "x".join(map(str, entry.input_shape)), drop=2),
    number("params", "params", lambda entry: entry.params),
    number("macs", "MACs", lambda entry: entry.macs),
    words("source", "source", lambda entry: entry.source, drop=4, wrap=1),
)
JSON_INDENT = 1
"""Readers of `list` know its JSON with every value in a line of its own."""


def sheet(entries: "Sequence[Listed]", view: View) -> "Sheet[Listed]":
    return arrange(COLUMNS, entries, view)._replace(tally=f"{len(entries)} network{'s' if len(entries) != 1 else ''}")


def record(entries: "Sequence[Listed]") -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, "networks": [entry._asdict() for entry in entries]}
