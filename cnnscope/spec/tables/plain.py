"""Lines without columns: what no other syntax matches. A dialect may read such a listing line by line."""

from cnnscope.spec.tables.document import Document, split_lines


def read(text: str) -> Document:
    return Document(lines=split_lines(text))
