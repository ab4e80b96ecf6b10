"""The tokens of networks on one line: 7x7x64-s-2, conv3-64, 3x3 conv, 64, /2, C(64,3), 32C3, MP2, FC-4096, 150N ...

`read` cuts a text into tokens; a token knows its kind, its numbers, and how often it stands there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cnnscope.errors import CellError

_N = r"\d{1,7}"
_WIN = r"\d{1,3}x\d{1,3}"
_SAYS = (
    r"(?:\s*,?\s*(?:/\s?\d\b|-s-?\d|s\s?[=-]?\s?\d\b|(?:at\s+)?strides?\s*(?:=|of)?\s*\d(?:x\d)?"
    r"|pad(?:ding)?\s*(?:=|of)?\s*(?:\d\b|same|valid)|p\s?=\s?\d|\(?(?:same|valid|ceil)\)?(?![a-z])|v\b))*"
)
_TIMES = r"(?:\s*,?\s*x\s?\d{1,7}(?![\dx]))?"
_POOL = r"(?:max|avg\.?|average|mean)?[\s-]?pool(?:ing)?(?:2d)?(?:\s*layers?)?"
_CONV = r"conv(?:olution(?:al)?)?s?(?:2d)?\.?(?:\s*layers?)?"
_MANY = r"(?:\s*(?:filters|maps|channels|kernels))?"
_FULL = r"(?:fc|conn\.?|connected|fully[\s-]connected|full|dense|linear)(?:\s*layer)?"
_PATTERNS = (
    ("image", rf"(?<![^;])\s*{_N}x{_N}(?:x{_N})?(?=[\s,;|-]+\(?(?:\d+x)?\d+c\d)"),
    (
        "input",
        rf"(?:input(?:\s*image)?s?|\bimage)\s*:?\s*(?:[(\[⟦]?\s*{_N}x{_N}(?:x{_N})?(?![\dx]|\s*(?:conv|,|/|-s|pool|max|avg))"
        r"(?:\s*(?:rgb|colou?r|gr[ae]y(?:scale)?))?(?:\s*images?)?\s*[)\]⟧]?)?",
    ),
    ("printed", rf"⟦\s*{_N}(?:x{_N}){{0,2}}\s*⟧"),
    ("half", r"(?:max-?\s?)?pool(?:ing)?\s*,?\s*(?:1/2|/\s?2)(?=\D|\d\s?x|$)"),
    ("global", rf"global\s+(?:average|avg|mean|max)(?:\s*-?pool(?:ing)?)?(?:\s+{_N}x{_N})?|\bgap\b"),
    ("pool", rf"{_POOL}\d?[\s,(:]*{_WIN}(?:\s*filters?)?{_SAYS}\)?{_SAYS}"),
    ("pool", rf"(?:max|avg|average)\s*,?\s*{_WIN}{_SAYS}"),
    ("pool", rf"{_WIN}\s+(?:(?:max|avg|average|mean)\s*-?\s*)?pool(?:ing)?{_SAYS}"),
    ("short pool", rf"(?:{_POOL}|\b[ma]?p)\s*\(\s*\d\s*(?:,\s*\d\s*)?\)|\b[ma]?p\d\b"),
    ("conv", rf"{_WIN}\s*{_CONV}[\s,(-]*{_N}{_MANY}\)?{_SAYS}{_TIMES}"),
    ("conv", rf"conv\s?\d{{1,2}}-{_N}{_SAYS}{_TIMES}"),
    ("conv", rf"{_CONV}\d?[\s(:]*{_WIN}(?:\s*[,@x]\s*|\s+){_N}{_MANY}{_SAYS}\)?{_SAYS}{_TIMES}"),
    ("conv", rf"{_CONV}\d?[\s(:]*{_N}{_MANY}(?:\s*(?:,|@|of)\s*|\s+){_WIN}(?:\s*filters?)?{_SAYS}\)?{_SAYS}{_TIMES}"),
    ("conv", rf"{_N}\s?@\s?{_WIN}(?:\s*{_CONV})?{_SAYS}"),
    ("short conv", rf"\bc(?:onv(?:2d)?)?\s?\(\s*{_N}\s*,\s*{_N}(?:\s*,\s*{_N})?{_SAYS}\)|\b(?:\d+x)?\d+c\d+\b"),
    ("conv", rf"{_WIN}x{_N}{_SAYS}"),
    ("conv", rf"{_WIN}(?:/\d)?,?\s+{_N}{_SAYS}{_TIMES}"),
    ("sized conv", rf"{_CONV}\d?(?=\s*⟦)"),
    ("full", rf"{_FULL}\d?\s*⟦{_N}(?:x{_N}){{0,2}}⟧"),
    ("full", rf"{_FULL}\d?\s*:\s*{_N}\s*(?:units|neurons)(?:\s*\([a-z ]*\))?|{_FULL}[\s(-]*{_N}(?:x{_N})*\)?"),
    ("full", rf"\b(?:\d+x)?{_N}\s?(?:fc|n|svm|units|neurons|-?d\s*fc|(?:-?way\s*)?softmax)\b"),
    ("bare pool", rf"{_POOL}\d?(?![\w(])(?!\s*\d)"),
    (
        "word",
        r"soft-?max|leaky[\s-]?relu|prelu|relu6?|elu|tanh|sigmoid|dropout(?:\s*\(?0?\.\d+\)?)?|lrn|flatten|bn\b"
        r"|batch\s?norm(?:ali[sz]ation)?|norm\d?(?:\s*:\s*normali[sz]ation\s*layer)?",
    ),
    ("open", rf"(?:{_N}\s*x\s*)?[{{\[(]"),
    ("close", rf"[}}\])]\s*(?:[x*]\s*{_N})?"),
    ("last", r"(?<=-)\s*\d{1,5}\s*$"),
)
_TOKEN = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_PATTERNS)))
_BETWEEN = " ,;|.-\n"
_ARROWS = re.compile(r"\s*(?:-{1,2}>|=>|[→⟶⇒➔➜]|\\rightarrow|\\to\b)\s*")
_STRIDE = re.compile(r"/\s?(\d)\b|-s-?(\d)|\bs\s?[=-]?\s?(\d)\b|strides?\s*(?:=|of)?\s*(\d)")
_PAD = re.compile(r"pad(?:ding)?\s*(?:=|of)?\s*(\d|same|valid)|p\s?=\s?(\d)|\b(same|valid|v)\b")
_REPEAT = re.compile(r"(?<=\d)\s*,?\s*x\s?(\d+)$")
_KERNEL = re.compile(r"(\d{1,3})x(\d{1,3})(?:x(\d+))?")
_WIDEST = 31
_WIDEST_AT = 11
"""Behind 6@28x28 there is no window, but the size of LeNet's maps."""
_NAMED = re.compile(r"^(?:conv|norm|fc|(?:max |avg )?pool)\d(?=\s*:)")


class Token(NamedTuple):
    """One token; numbers are 0 and texts empty for what it does not say."""

    kind: str
    text: str
    place: int
    maps: int = 0
    kernel: str = ""
    stride: str = ""
    padding: str = ""
    times: int = 1


def chained(text: str) -> str:
    """The text with one sign for arrows and ends of lines."""
    return _ARROWS.sub(" ; ", text)


def is_chain(line: str) -> bool:
    """Nothing but tokens?"""
    return not _TOKEN.sub("", line).strip(_BETWEEN)


@lru_cache(4)
def read(text: str) -> tuple[Token, ...]:
    """The tokens of a text that is a chain."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = _PATTERNS[int((match.lastgroup or "k0")[1:])][0]
        yield _read(kind, match[0].strip(), match.start())


def _read(kind: str, text: str, place: int) -> Token:
    if kind == "conv":
        return _conv(text, place)
    if kind == "short conv":
        return _short_conv(text, place)
    if kind == "pool":
        kernel = _KERNEL.search(text)
        assert kernel
        rest = text[: kernel.start()] + text[kernel.end() :]
        padding = "ceil" if "ceil" in rest else _said(_PAD, rest)
        return Token("pool", text, place, 0, f"{kernel[1]}x{kernel[2]}", _said(_STRIDE, rest) or kernel[1], padding)
    if kind == "short pool":
        sides = re.findall(r"\d", re.sub(r"2d", "", text))
        return Token("pool", text, place, 0, f"{sides[0]}x{sides[0]}", sides[-1])
    if kind in ("full", "last"):
        return _full(text, place)
    if kind in ("open", "close"):
        times = re.search(r"\d+", text)
        return Token(kind, text, place, times=int(times[0]) if times else 1)
    return Token(kind, text, place)


def _conv(text: str, place: int) -> Token:
    rest = _NAMED.sub("", text)
    if dashed := re.match(r"conv\s?(\d{1,2})-(\d+)", rest):
        after = rest[dashed.end() :]
        times = _REPEAT.search(f"1{after}")
        return Token("conv", text, place, int(dashed[2]), f"{dashed[1]}x{dashed[1]}", *_says(after), _number(times))
    kernel = _KERNEL.search(rest)
    assert kernel
    if "@" in text and int(kernel[1]) > _WIDEST_AT:
        raise CellError(f"`{text[:40]}` prints maps and their size, no window", "write 5x5 conv, 6, valid")
    maps, left = kernel[3], rest[: kernel.start()] + " " + rest[kernel.end() :]
    times = _REPEAT.search(left)
    left = left[: times.start()] if times else left
    says = _says(left)
    if not maps:
        bare = _PAD.sub(" ", _STRIDE.sub(" ", left.replace("2d", "")))
        maps = re.findall(r"\d+", bare)[0]
    return Token("conv", text, place, int(maps), f"{kernel[1]}x{kernel[2]}", *says, _number(times))


def _short_conv(text: str, place: int) -> Token:
    """32C3, 2x128C3; C(64,3), where the larger number is the width, a third one the stride."""
    if short := re.fullmatch(r"(?:(\d+)x)?(\d+)c(\d+)", text):
        side = short[3]
        return Token("conv", text, place, int(short[2]), f"{side}x{side}", "", "", int(short[1] or 1))
    inside = text.partition("(")[2]
    numbers = [int(number) for number in re.findall(r"\d+", _PAD.sub(" ", _STRIDE.sub(" ", inside)))]
    side, maps = sorted(numbers[:2])
    if side == maps or side > _WIDEST:
        raise CellError(f"`{text[:40]}`: which number is the width?", "write conv3-64 or 3x3 conv, 64")
    stride = str(numbers[2]) if len(numbers) > 2 else _said(_STRIDE, inside)
    return Token("conv", text, place, maps, f"{side}x{side}", stride, _said(_PAD, inside))


def _full(text: str, place: int) -> Token:
    named = _NAMED.sub("", text)
    many = re.match(r"(\d+)x(?=\d+\s?(?:fc|n|svm|units))", named)
    units = 1
    for number in re.findall(r"\d+", named[many.end() :] if many else named):
        units *= int(number)
    return Token("full", text, place, units, times=int(many[1]) if many else 1)


def _says(text: str) -> tuple[str, str]:
    return _said(_STRIDE, text), _said(_PAD, text)


def _said(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def _number(match: re.Match[str] | None) -> int:
    return int(match[1]) if match else 1
