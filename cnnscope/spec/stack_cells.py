"""Cells that hold several rows: `3x3 max pool, stride 2; [1x1, 64; 3x3, 64; 1x1, 256] x3`, `x4`, `same`."""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.printed import Geometry, geometry, plain

_IN = r"\s*((?:[dk]?\d{1,7}x\d{1,7})[^\])}]*)"
STACK = re.compile(rf"[\[{{]{_IN}[\]}}]\s*(?:[x*]\s*(\d{{1,7}}|n)\b)?|\({_IN}\)\s*[x*]\s*(\d{{1,7}}|n)\b")
_BEFORE = re.compile(r"(\d{1,7})\s*x\s*(?=[\[{])")
_ONLY_COUNT = re.compile(r"x\s*(\d{1,7})")
_OPENS = re.compile(r"pool|\bfc\b|fully|soft-?max|dropout|conv|\d{1,7}x\d{1,7}|-d\b")
_REMARKS = re.compile(r"\((?:merged|[^()\d]*cells?[^()]*)\)")


class Stack(NamedTuple):
    """Convolutions in brackets, called `repeat` times in a chain."""

    items: tuple[Geometry, ...]
    repeat: int


class Word(NamedTuple):
    """softmax, dropout: an operator without figures."""

    type: str


Item = Stack | Geometry | Word


def only_count(cell: str) -> int:
    """The n of a cell `x4`, which repeats its neighbour's stack; 0 for any other cell."""
    match = _ONLY_COUNT.fullmatch(plain(cell))
    return int(match[1]) if match else 0


def items(cell: str) -> list[Item]:
    """Everything that a cell says, in running order; CellError for what is not understood."""
    text = _BEFORE.sub(r"\1x ", _REMARKS.sub("", plain(cell))).replace("{ ", "[").replace(" }", "]")
    found: list[Item] = []
    at = 0
    for match in STACK.finditer(text):
        before = text[at : match.start()].strip(" ;,")
        count = re.search(r"(\d{1,7})x$", before)
        found += _operators(before[: count.start()] if count else before)
        repeat = match[2] or match[4] or (count[1] if count else "1")
        if not repeat.isdecimal():
            raise CellError(f"`{cell[:60]}`: repeated {repeat} times", "write a number")
        found.append(Stack(_stack(match[1] or match[3]), int(repeat)))
        at = match.end()
    return found + _operators(text[at:].strip(" ;,"))


def _stack(text: str) -> tuple[Geometry, ...]:
    parts = [part.strip() for part in re.split(r";|\\|\||/(?=\s*\d{1,7}x)", text) if part.strip()]
    found = tuple(geometry(part) for part in parts)
    if any(item.kernel is None for item in found):
        raise CellError(f"`{text[:60]}` is no stack of convolutions", "write [3x3, 64; 3x3, 64] x2")
    return found


def _operators(text: str) -> list[Item]:
    """3x3 max pool, stride 2; average pool, 1000-d fc, softmax: one operator per part that opens a new one."""
    parts: list[str] = []
    for piece in (piece.strip() for chunk in re.split(r";|\s/\s", text) for piece in _pieces(chunk)):
        if piece:
            parts.append(piece)
    return [_operator(part) for part in parts]


def _pieces(chunk: str) -> list[str]:
    """Parts at commas; `64` and `stride 2` belong to the part before them."""
    pieces: list[str] = []
    for piece in chunk.split(","):
        if pieces and not _OPENS.search(piece):
            pieces[-1] += f",{piece}"
        else:
            pieces.append(piece)
    return pieces


def _operator(part: str) -> Item:
    if re.fullmatch(r"soft-?max", part):
        return Word("softmax")
    if re.fullmatch(r"dropout", part):
        return Word("dropout")
    found = geometry(part)
    if found.kind == "avg pool" and found.kernel is None:
        return found._replace(kind="global avg pool")
    return found
