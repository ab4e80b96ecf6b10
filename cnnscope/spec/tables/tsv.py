"""Tab-separated values, as copied from a slide or a spreadsheet."""

from cnnscope.spec.tables import csv
from cnnscope.spec.tables.document import Document

SUFFIXES = (".tsv",)


def matches(text: str) -> bool:
    """Some line has a tab."""
    return "\t" in text


def read(text: str) -> Document:
    return csv.separated(text, "\t")
