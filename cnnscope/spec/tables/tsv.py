"""Tab-separated values, as copied from a slide or a spreadsheet."""

from cnnscope.spec.tables import csv, html, latex
from cnnscope.spec.tables.document import Document

SUFFIXES = (".tsv",)


def matches(text: str) -> bool:
    """Some line has a tab, and is not the markup of a table."""
    return "\t" in text and not html.matches(text) and not latex.matches(text)


def read(text: str) -> Document:
    return csv.separated(text, "\t")
