"""Claims as pages write them: 1,728 · 3.2M[^1] · 224*224*64 = 3.2M · 463K (false: it is 497.5K) · 24M; 96 MB."""

import re
from collections.abc import Mapping

from cnnscope.errors import CellError
from cnnscope.graph import SIZES
from cnnscope.spec.program import Figure
from cnnscope.units import parse_printed, parse_size

MOST_FIGURES = 20

_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]+)\]")
_LETTER = re.compile(r"[A-Za-z]")
_FALSE = "false:"


def figures(line: int, metric: str, cell: str, footnotes: Mapping[str, str]) -> list[Figure]:
    """The figures of one cell, parted by ; or =; CellError where one is no figure of its metric."""
    found = []
    parts = [part for piece in _outside(cell, ";") for part in _outside(piece, "=")]
    if len(parts) > MOST_FIGURES:
        raise CellError(f"{len(parts):,} figures in one cell", f"at most {MOST_FIGURES} are read")
    for text in parts:
        printed, known_false = _without_notes(text.strip(), footnotes)
        if printed:
            parse_size(printed) if metric in SIZES else parse_printed(printed)
            found.append(Figure(line, metric, printed, known_false))
    if not found:
        raise CellError(f"`{cell[:40]}` holds no figure", "write a number, or leave the cell empty")
    return found


def _outside(text: str, separator: str) -> list[str]:
    """Split at a separator that is not inside parentheses, nor the = of ~=."""
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == separator and depth <= 0 and text[index - 1 : index] != "~":
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _without_notes(text: str, footnotes: Mapping[str, str]) -> tuple[str, str]:
    """The figure alone, and the page's reason where it says that the figure is false."""
    notes = []
    for name in _FOOTNOTE.findall(text):
        if name not in footnotes:
            raise CellError(f"footnote [^{name[:40]}] is not on the page", f"add a line `[^{name[:40]}]: ...`")
        notes.append(footnotes[name])
    text, remark = _without_remark(_FOOTNOTE.sub("", text).strip())
    reasons = [note[len(_FALSE) :].strip() for note in (*notes, remark) if note[: len(_FALSE)].lower() == _FALSE]
    if reasons and not reasons[0]:
        raise CellError(f"`{text[:40]}` is marked false without a reason", "write `false: why`")
    return text, reasons[0] if reasons else ""


def _without_remark(text: str) -> tuple[str, str]:
    """The text and the words in parentheses at its end; (3*3*3) has no letter and is no remark."""
    if not text.endswith(")"):
        return text, ""
    depth, start = 0, len(text)
    while start and (depth or start == len(text)):
        start -= 1
        depth += (text[start] == ")") - (text[start] == "(")
    remark = text[start + 1 : -1].strip()
    return (text[:start].strip(), remark) if depth == 0 and _LETTER.search(remark) else (text, "")
