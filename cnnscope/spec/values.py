"""What a cell may hold, by the kind of its column: 3, 3x3, 0,1,0,1, yes, 1/2, same, ceil ...

Every reader takes the cell's text and returns the value of an operator's field, or raises CellError.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from cnnscope.errors import CellError
from cnnscope.ops.conv import Links
from cnnscope.shapes import LARGEST_DIMENSION, Padding, Pair, Sides

LONGEST_NUMBER = 30

_WHOLE = re.compile(r"[0-9]{1,3}(,[0-9]{3})+|[0-9]+")
_NEGATIVE = re.compile(r"-[0-9]+")
_DECIMAL = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e-?[0-9]{1,2})?|-?[0-9]+/[0-9]+", re.IGNORECASE)


def whole(text: str, *, least: int = 1) -> int:
    """A whole number; a comma may group thousands."""
    if len(text) <= LONGEST_NUMBER and _NEGATIVE.fullmatch(text):
        raise CellError(f"`{text}` is too small", f"it must be at least {least}")
    if len(text) > LONGEST_NUMBER or not _WHOLE.fullmatch(text):
        raise CellError(f"`{_short(text)}` is not a whole number", f"write a whole number of at least {least}")
    value = int(text.replace(",", ""))
    if value < least:
        raise CellError(f"`{text}` is too small", f"it must be at least {least}")
    if value > LARGEST_DIMENSION:
        raise CellError(f"`{text}` is too large", "at most 2^31 - 1 is read")
    return value


def pair(text: str, *, least: int = 1) -> Pair:
    """3 or 3x5 (height x width)."""
    parts = [piece.strip() for piece in text.replace("×", "x").replace("X", "x").replace("*", "x").split("x")]
    if len(parts) > 2:
        raise CellError(f"`{_short(text)}` has {len(parts)} numbers", "write 3 or 3x5 (height x width)")
    if len(parts) == 2 and not all(parts):
        raise CellError(f"`{_short(text)}` lacks a number", "write 3 or 3x5 (height x width)")
    values = [whole(part, least=least) for part in parts]
    return values[0], values[-1]


def sides(text: str) -> Sides:
    """1, 1x2 (rows x columns) or four sides 0,1,0,1: top, left, bottom, right."""
    if "," not in text:
        vertical, horizontal = pair(text, least=0)
        return vertical, horizontal, vertical, horizontal
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(parts):
        raise CellError(f"`{_short(text)}` has {sum(map(bool, parts))} sides", "write four: top, left, bottom, right")
    values = [whole(part, least=0) for part in parts]
    return values[0], values[1], values[2], values[3]


def padding(text: str) -> Padding:
    """Sides, or same (TensorFlow's: output ceil(size / stride)), or valid (none)."""
    word = text.lower()
    if word == "same":
        return "same"
    if word.isalpha() and word != "valid":
        from difflib import get_close_matches

        near = get_close_matches(word, ("same", "valid"), n=1)
        hint = (
            f"did you mean {near[0]}?" if near else "write same, valid, 1, 1x2 or four sides: top, left, bottom, right"
        )
        raise CellError(f"`{_short(text)}` is no padding", hint)
    return (0, 0, 0, 0) if word == "valid" else sides(text)


def yes_no(text: str) -> bool:
    word = text.lower()
    if word not in ("yes", "no"):
        raise CellError(f"`{_short(text)}` is neither yes nor no", "write yes or no")
    return word == "yes"


def number(text: str) -> int | Fraction:
    """An exact number: 2, 0.75, 1e-4, 3/4."""
    if len(text) > LONGEST_NUMBER or not _DECIMAL.fullmatch(text):
        raise CellError(f"`{_short(text)}` is not a number", "write 2, 0.75, 1e-4 or 3/4")
    try:
        value = Fraction(text)
    except ZeroDivisionError:
        raise CellError(f"`{text}` divides by zero", "write 2, 0.75, 1e-4 or 3/4") from None
    return value.numerator if value.denominator == 1 else value


def share(text: str) -> int | Fraction:
    """A number from 0 to 1 (or up to 100 %)."""
    value = Fraction(number(text.removesuffix("%").strip())) / (100 if text.endswith("%") else 1)
    if not 0 <= value <= 1:
        raise CellError(f"`{_short(text)}` is not a share", "write a number from 0 to 1")
    return value.numerator if value.denominator == 1 else value


def links(text: str) -> Links:
    """One list of input maps for every output map: 0,1,2 1,2,3 ..., counted from 0."""
    return tuple(tuple(whole(part, least=0) for part in entry.split(",")) for entry in text.split())


def channel_range(text: str) -> tuple[int, int | None]:
    """first:past-the-last, counted from 0; an open end is the last channel."""
    start, colon, stop = (part.strip() for part in text.partition(":"))
    if not colon:
        raise CellError(f"`{_short(text)}` is not a range", "write first:past-the-last, such as 0:32 or 32:")
    return whole(start or "0", least=0), whole(stop) if stop else None


def part(text: str) -> Pair:
    """i/n: the i-th of n equal parts."""
    index, slash, parts = (piece.strip() for piece in text.partition("/"))
    if not slash:
        raise CellError(f"`{_short(text)}` is not a part", "write 1/2 for the first of two halves")
    return whole(index), whole(parts)


def comma_pair(text: str) -> Pair:
    """before,after; one number for both."""
    values = [whole(piece.strip(), least=0) for piece in text.split(",")]
    if len(values) > 2:
        raise CellError(f"`{_short(text)}` has {len(values)} numbers", "write one number, or two: before,after")
    return values[0], values[-1]


def extra_pair(text: str) -> Pair:
    """1 or 0x1, zero allowed."""
    return pair(text, least=0)


def word(choices: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise CellError(f"`{_short(text)}` is not known here", f"write {' or '.join(choices)}")
        return text.lower()

    return read


_BY_NAME: dict[str, Callable[[str], Any]] = {
    "range": channel_range,
    "part": part,
    "channel_padding": comma_pair,
    "output_padding": extra_pair,
    "links": links,
}
_BY_KIND: dict[Any, Callable[[str], Any]] = {
    int: whole,
    int | None: whole,
    Pair: pair,
    Pair | None: pair,
    Sides: sides,
    Padding: padding,
    bool: yes_no,
    int | Fraction: number,
}


def reader(name: str, kind: Any) -> Callable[[str], Any]:
    """The reader of an operator's field, by its name where the name has a syntax of its own, else by its type."""
    if kind == int | Fraction and name == "p":
        return share
    if get_origin(kind) is Literal:
        return word(get_args(kind))
    return _BY_NAME.get(name) or _BY_KIND[kind]


@lru_cache(65536)
def parameter(text: str) -> int | Fraction | str:
    """What a block's parameter holds when this text is bound to it: a number, yes or no, or the text itself.

    A fraction that is not in lowest terms stays text, since 2/4 may name the second of four parts.
    """
    if text.lower() in ("yes", "no"):
        return text.lower() == "yes"
    if len(text) > LONGEST_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return int(text.replace(",", ""))
    if not _DECIMAL.fullmatch(text):
        return text
    try:
        value = number(text)
    except CellError:
        return text
    return value if "/" not in text or str(value) == text else text


def _short(text: str) -> str:
    """A cell as it may stand in an error: never longer than a line."""
    return text if len(text) <= 40 else f"{text[:37]}..."
