"""HTML: <table>, alone or in a page."""

from cnnscope.spec.tables.document import Document

SUFFIXES = (".html", ".htm")


def matches(text: str) -> bool:
    """A table begins somewhere."""
    return "<table" in text.lower()


def read(text: str) -> Document:
    # The parser is imported only for a page that needs it.
    from cnnscope.spec.tables import html_reader

    return html_reader.read(text)
