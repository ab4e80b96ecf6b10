"""Cells that hold several rows: `3x3 max pool, stride 2; [1x1, 64; 3x3, 64; 1x1, 256] x3`, `x4`, `same`."""

import re
from functools import lru_cache
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.printed import Geometry, geometry, pieces, plain

_IN = r"\s*((?:(?:conv ?)?[dk]?\d{1,7}x\d{1,7})[^\])}]*)"
STACK = re.compile(rf"[\[{{]{_IN}[\]}}]\s*(?:[x*]\s*(\d{{1,7}}|n)\b)?|\({_IN}\)\s*[x*]\s*(\d{{1,7}}|n)\b")
_BEFORE = re.compile(r"(\d{1,7})\s*x\s*(?=[\[{])")
_ONLY_COUNT = re.compile(r"x\s*(\d{1,7})")
_OPENS = re.compile(r"pool|\bfc\b|fully|soft-?max|dropout|conv|\d{1,7}x\d{1,7}|-d\b")
_WINDOW = re.compile(r"\dx\d")
_BRACKET_PIECES = re.compile("[\u239b-\u23b3]")
_K = r"[dk]?(\d{1,2})x"
_NORM_FIRST = re.compile(r"\b(?:bn|batch ?norm)[-,+ ]+relu[-,+ ]+(?=(?:conv[-, ]*)?\d{1,2}x\d)")
_PUT_RIGHT = (
    (_NORM_FIRST, ""),
    (re.compile(r"(?<=\d)[-,+ ]+(?:bn|batch ?norm)(?:[-,+ ]+relu)?(?= ?[;\]),]|$)"), ""),
    # fc, [16, 256] inside a stack
    (re.compile(r"\bfc ?,? ?[\[(] ?(\d{1,7}), ?(\d{1,7}) ?[\])]"), r"fc \1 \2"),
    # 643x3 is 64 and 3x3
    (re.compile(r"\b(\d{1,6})([13579])x\2\b"), r"\1; \2x\2"),
    # 1x1 conv 3x3 conv
    (re.compile(r"(?<=conv) (?=(\d)x\1 conv)"), "; "),
    # conv, 3x3, 64 and max pool, 3x3
    (re.compile(r"\bconv(?:olution)?(?:, | )?(\d{1,2}x\d{1,2})"), r"\1"),
    (re.compile(r"\b((?:max|average|avg\.?) ?pool(?:ing)?)(?:, | )(\d{1,2}x\d{1,2})"), r"\2 \1"),
    # 3x3, 64 3x3, 64
    (re.compile(rf"(?<=\d)[ ,]+(?={_K}\1\b)"), "; "),
    (re.compile(r"(?<=\d),? (?=fc \d+ \d+)"), "; "),
)
_PART = re.compile(
    r"(?P<window>[dk]?(?P<k>\d{1,2})x(?P=k)(?: conv)?(?:, ?|-| )\d{1,5}(?:, ?c ?= ?\d{1,4})?)?"
    r"(?: ?x ?(?P<count>\d{1,3}))?"
)
_SQUEEZED = re.compile(r"fc (\d{1,7}) (\d{1,7})")
_REMARKS = re.compile(r"\((?:merged|[^()\d]*cells?[^()]*)\)")


class Stack(NamedTuple):
    """Convolutions in brackets, called `repeat` times in a chain."""

    items: tuple[Geometry, ...]
    repeat: int
    squeezed: int = 0
    """The narrow width of a squeeze-and-excitation at its end, 0 where it has none."""
    norm_first: bool = False
    """Are batch norm and ReLU printed before its convolutions?"""


class Word(NamedTuple):
    """softmax, dropout: an operator without figures."""

    type: str


Item = Stack | Geometry | Word


def only_count(cell: str) -> int:
    """The n of a cell `x4`, which repeats its neighbour's stack; 0 for any other cell."""
    match = _ONLY_COUNT.fullmatch(plain(cell))
    return int(match[1]) if match else 0


@lru_cache(4096)
def normal(cell: str) -> str:
    """A cell with its pieces parted by semicolons and its stacks in brackets, whatever a copy did to them.

    Lost brackets (`3x3, 64 3x3, 64 x2`), glued lines (`1x1, 643x3, 64`) and `conv, 3x3, 64` are put right.
    """
    text = _REMARKS.sub("", plain(cell)).replace("{ ", "[").replace(" }", "]")
    if not _WINDOW.search(text):
        return text
    text = " ".join(_BRACKET_PIECES.sub(" ", text).split())
    for pattern, replacement in _PUT_RIGHT:
        text = pattern.sub(replacement, text)
    return text if any(sign in text for sign in "[(") else _bracketed(text)


def _bracketed(text: str) -> str:
    """Convolutions without brackets and the one count among or behind them as a stack."""
    pieces = [piece.strip(" ,") for piece in text.split(";") if piece.strip(" ,")]
    run = len(pieces)
    while run and _PART.fullmatch(pieces[run - 1]):
        run -= 1
    parts = [_PART.fullmatch(piece) for piece in pieces[run:]]
    counts = [part["count"] for part in parts if part and part["count"]]
    windows = [part["window"].strip(" ,") for part in parts if part and part["window"]]
    if len(counts) != 1 or not windows:
        return text
    return "; ".join([*pieces[:run], f"[{'; '.join(windows)}] x {counts[0]}"])


def is_part(cell: str) -> bool:
    """Is this one convolution of a stack, or its count, alone in its cell?"""
    return bool(_PART.fullmatch(normal(cell)))


def items(cell: str) -> list[Item]:
    """Everything that a cell says, in running order; CellError for what is not understood."""
    text = _BEFORE.sub(r"\1x ", normal(cell))
    if text == "none":
        return []
    found: list[Item] = []
    at = 0
    for match in STACK.finditer(text):
        before = text[at : match.start()].strip(" ;,")
        count = re.search(r"(\d{1,7})x$", before)
        found += _operators(before[: count.start()] if count else before)
        repeat = match[2] or match[4] or (count[1] if count else "1")
        if not repeat.isdecimal():
            raise CellError(f"`{cell[:60]}`: repeated {repeat} times", "write a number")
        stack = _stack(match[1] or match[3], int(repeat))
        found.append(stack._replace(norm_first=bool(_NORM_FIRST.search(plain(cell)))))
        at = match.end()
    found += _operators(text[at:].strip(" ;,"))
    bare = [item for item in found if isinstance(item, Geometry) and item.maps and not item.kind and not item.stride]
    if len(bare) == len(found) > 1:
        hint = "write [3x3, 64; 3x3, 64] x1 for a stack, [3x3, 64] x2 for layers one after the other"
        raise CellError(f"`{cell[:60]}` has neither brackets nor a count", hint)
    return found


def _stack(text: str, repeat: int) -> Stack:
    parts = [part.strip(" ,") for part in re.split(r";|\\|\||/(?=\s*\d{1,7}x)", text) if part.strip(" ,")]
    squeezed = _SQUEEZED.fullmatch(parts[-1])
    found = tuple(geometry(part) for part in (parts[:-1] if squeezed else parts))
    if any(item.kernel is None for item in found) or not found:
        raise CellError(f"`{text[:60]}` is no stack of convolutions", "write [3x3, 64; 3x3, 64] x2")
    if squeezed and int(squeezed[2]) != found[-1].maps:
        hint = "the second figure is the maps of the convolution above it"
        raise CellError(f"`{parts[-1][:40]}` squeezes {squeezed[2]} of {found[-1].maps} maps", hint)
    return Stack(found, repeat, int(squeezed[1]) if squeezed else 0)


def _operators(text: str) -> list[Item]:
    """3x3 max pool, stride 2; average pool, 1000-d fc, softmax: one operator per part that opens a new one."""
    return [_operator(part) for chunk in re.split(r";|\s/\s", text) for part in pieces(chunk, _OPENS)]


def _operator(part: str) -> Item:
    if re.fullmatch(r"soft-?max", part):
        return Word("softmax")
    if re.fullmatch(r"dropout", part):
        return Word("dropout")
    found = geometry(part)
    if found.kind == "avg pool" and found.kernel is None:
        return found._replace(kind="global avg pool")
    return found
