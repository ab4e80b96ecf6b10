r"""LaTeX: a tabular, or its rows alone."""

from cnnscope.spec.tables.document import Document

SUFFIXES = (".tex",)


def matches(text: str) -> bool:
    r"""A tabular begins, or rows with & end in \\."""
    return "\\begin{tabular" in text or (text.count("\\\\") >= 2 and text.count("&") >= 2)


def read(text: str) -> Document:
    # Its patterns are compiled only for a page that needs them.
    from cnnscope.spec.tables import latex_reader

    return latex_reader.read(text)
