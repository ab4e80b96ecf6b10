"""Plain lines: what no other syntax matches. Aligned columns are a table; a dialect may read other lines one by one."""

from cnnscope.spec.tables import aligned
from cnnscope.spec.tables.document import Document, split_lines


def read(text: str) -> Document:
    return aligned.read(text) if aligned.matches(text) else Document(lines=split_lines(text))
