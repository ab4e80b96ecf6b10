"""Tables whose columns are parted by single blanks, as text copied from a PDF has them.

Titles are found by the words of one dialect after the other, rows are cut at their blanks once those inside a cell are
closed (224 × 224; MBConv6, k3x3; a & b). Nothing is guessed: a row with more or fewer cells makes the text no table.
"""

import re
from collections.abc import Mapping, Sequence
from types import ModuleType

from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.tables.document import Document, Table, TableRow, clean

_LONGEST = 4
"""Words of a title."""
_FEWEST = 3
_JOINED = (
    (re.compile(r"(?<=\d)\s+(?=2\s*[×xX]\s*\d)"), "^"),
    (re.compile(r"(?<=[\d²])\s*[×xX]\s*(?=\d)"), "x"),
    (re.compile(r"(?<=\dx\d)\s*/\s*(?=s?\d)"), "/"),
    (re.compile(r"\s*&\s*"), "&"),
    (re.compile(r",\s+(?=k?\d)|,\s+(?=[A-Z]{2,}\d?\b)"), ","),
    (re.compile(r"(?<=conv2d)\s+(?=\dx\d)|(?<=pool)\s+(?=\dx\d)", re.IGNORECASE), ","),
)
_SYMBOLS = re.compile(r"[^\d\s]{1,4}")
"""i, F^i, the word of a second line of titles."""


def tables(document: Document, modules: Sequence[ModuleType]) -> Document | None:
    """The document with the one table that its lines are, read with the titles of a dialect; None where none fits."""
    lines = [(number, line.strip()) for number, line in enumerate(document.lines, 1) if line.strip()]
    if document.tables or not 4 <= len(lines) <= 500 or any(sign in line for _, line in lines for sign in "|\t"):
        return None
    for module in modules:
        titles = getattr(module, "TITLES", None)
        if titles and (found := _table(lines, titles)):
            made = Document(document.path, tables=[found], lines=document.lines)
            if module.claims(made):
                return made
    return None


def _table(lines: Sequence[tuple[int, str]], titles: Mapping[str, str]) -> Table | None:
    (number, first), *below = lines
    if all(_SYMBOLS.fullmatch(word) for word in below[0][1].split()):
        below = below[1:]
    rows = [TableRow(line, tuple(clean(cell) for cell in _cells(text))) for line, text in below]
    counts = {len(row.cells) for row in rows}
    if len(rows) < _FEWEST or len(counts) > 1 or min(counts) < _FEWEST:
        return None
    header = _titles(first.split(), titles, counts.pop())
    return Table(number, tuple(header), rows) if header else None


def _titles(words: list[str], titles: Mapping[str, str], count: int) -> list[str]:
    """The words of a line as so many titles; none where they are not."""
    if not words or count < 1:
        return []
    for length in range(1, min(_LONGEST, len(words)) + 1):
        title, rest = " ".join(words[:length]), words[length:]
        if any(re.fullmatch(pattern, plain(title)) for pattern in titles.values()):
            if not rest and count == 1:
                return [title]
            if behind := _titles(rest, titles, count - 1):
                return [title, *behind]
    return []


def _cells(text: str) -> list[str]:
    for pattern, sign in _JOINED:
        text = pattern.sub(sign, text)
    return text.split()
