"""Pieces of printed tables that many families share: sizes, counts, windows with strides, repeats.

Every reader takes text as people paste it (3 × 3, 3X3, $3 \\times 3$, 112², 112^2, a superscript lost to a blank) and
refuses what it cannot read whole.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from cnnscope.errors import CellError

Size = tuple[int, ...]

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_TIMES = re.compile(r"(?<=[\d)k])\s*[x*]\s*(?=[\d(k])")
_NOTE = re.compile(r"\[\^?[\w*]{1,20}\]|(?<=\S)[†‡§]+")
_SQUARE = re.compile(r"(\d{1,7})(?:\^2|\s2)(?:x(\d{1,7}|k))?")
_SIZE = re.compile(r"\d+(?:x\d+){0,2}")
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")
_COUNT = re.compile(r"\d{1,3}(?:[,. ]\d{3})+|\d+")
_TIMES_BEFORE = re.compile(r"(\d{1,7})\s*x\s*(?=[^\d\s])(.*)")
_TIMES_BEHIND = re.compile(r"(.*[^\d\s])\s*(?:x|\*)\s*(\d{1,7})")


@lru_cache(8192)
def plain(text: str) -> str:
    """Lower case, `x` for every sign of multiplication, no emphasis or footnote marks, single blanks."""
    text = text.replace("**", "").replace("__", "").replace(r"\times", "×").replace("$", "").replace("\\", "")
    text = re.sub(r"[×✕✖\u2a2f·]", " x ", text).lower()
    text = _RAISED.sub(lambda raised: "^" + raised[0].translate(_SUPERSCRIPTS), text)
    text = (
        _NOTE.sub("", re.sub(r"[–—−\u2010\u2011]", "-", text))
        .replace("^{2}", "^2")
        .replace("{", " { ")
        .replace("}", " } ")
    )
    # Twice, since neighbours in 3 x 3 x 64 share a number.
    return _TIMES.sub("x", _TIMES.sub("x", " ".join(text.split())))


def without_remark(text: str) -> str:
    """3 (RGB) -> 3."""
    return _REMARK.sub("", text).strip()


def size(text: str) -> Size:
    """112x112x64, 112^2x32, 112 2 x 32, 56x56, 224: the numbers; CellError for anything else."""
    cell = without_remark(plain(text)).replace(",", "")
    if square := _SQUARE.fullmatch(cell):
        side = int(square[1])
        return (side, side, int(square[2])) if square[2] and square[2] != "k" else (side, side)
    if not _SIZE.fullmatch(cell) or len(cell) > 40:
        raise CellError(f"`{text[:40]}` is not a size", "write 112x112x64, 56x56 or one number")
    return tuple(map(int, cell.split("x")))


def area(text: str, least: int = 2) -> Size:
    """A size of two numbers or three, of three where `least` says so; CellError for anything else."""
    found = size(text)
    if len(found) < least:
        raise CellError(
            f"`{text[:40]}` is not a size", "write 112x112x64" if least == 3 else "write 56x56 or 112x112x64"
        )
    return found


def count(text: str) -> int:
    """1,000 · 1.000 · 1 000 · 1000; CellError for anything else."""
    cell = without_remark(plain(text))
    if not _COUNT.fullmatch(cell) or len(cell) > 30:
        raise CellError(f"`{text[:40]}` is not a whole number", "write one such as 64 or 4,096")
    return int(re.sub(r"[,. ]", "", cell))


def repeated(text: str) -> tuple[str, int]:
    """`[...] x3`, `3x inception`, `{...} x4`: the repeated text and how often; 1 where nothing says so."""
    cell = plain(text)
    if behind := _TIMES_BEHIND.fullmatch(cell):
        return behind[1].strip(), int(behind[2])
    if before := _TIMES_BEFORE.fullmatch(cell):
        return before[2].strip(), int(before[1])
    return cell, 1


class Geometry(NamedTuple):
    """One operator of a token; None and 0 for what the token does not say. `kind` is a type of the language."""

    kind: str = ""
    kernel: tuple[int, int] | None = None
    maps: int = 0
    stride: int = 0
    groups: int = 0
    depthwise: bool = False
    padding: str = ""
    channels: int = 0
    """Input channels, where the token prints them."""

    @property
    def window(self) -> str:
        return f"{self.kernel[0]}x{self.kernel[1]}" if self.kernel else ""

    def cells(self, **more: str) -> dict[str, str]:
        """The filled cells of a row."""
        found = {
            "maps": str(self.maps or ""),
            "kernel": self.window,
            "stride": str(self.stride or ""),
            "groups": str(self.groups) if self.groups > 1 else "",
            "padding": self.padding,
        }
        return {column: cell for column, cell in (found | more).items() if cell}


_KINDS = (
    (
        re.compile(
            r"(?:global|adaptive) (?:average|avg\.?|mean)[- ]?pool(?:ing|ed)?|globalaveragepooling(?:2d)?|gap\b"
        ),
        "global avg pool",
    ),
    (re.compile(r"global max[- ]?pool(?:ing)?|globalmaxpooling(?:2d)?"), "global max pool"),
    (re.compile(r"max[- ]?pool(?:ing)?(?:2d)?|\bmp\b|\bmax(?=\s*\d)"), "max pool"),
    (re.compile(r"(?:average|avg\.?|mean)[- ]?pool(?:ing)?(?:2d)?|sub-?sampling|\bavg(?=\s*\d)"), "avg pool"),
    (re.compile(r"separable ?conv(?:olution(?:al)?)?(?:2d)?|sep-?conv"), "separable"),
    (re.compile(r"depth-?wise ?conv(?:olution(?:al)?)?(?:2d)?|conv dw\b|\bdw(?:conv)?\b"), "depthwise conv"),
    (
        re.compile(r"up-?conv(?:olution)?|de-?conv(?:olution)?|transposed ?conv(?:olution)?|conv2dtranspose"),
        "transposed conv",
    ),
    (
        re.compile(
            r"(?:fully|densely)[- ]connected|\bfull\b|\bfc(?=[-,\s\d]|$)|\bdense\b|\blinear\b|\bconnected\b|\bconn\b\.?"
        ),
        "fully connected",
    ),
    (re.compile(r"conv(?:olution(?:al)?)?(?:2d)?(?: layer)?(?=\d|\b)"), "conv"),
    (re.compile(r"\bpool(?:ing)?\b"), "pool"),
)
_STRIDE = re.compile(
    r"[,(]?\s*\bstrides?\s*[=:]?\s*(\d)(?:x\1)?\)?|\s*/\s*s?(\d)\b|-s-?(\d)\b|[,\s]+s\s*=?\s*(\d)\b|,\s*/(\d)\b"
)
_GROUPS = re.compile(r"[,\s]+(?:(?:c|g|groups?)\s*=\s*(\d{1,7})|(\d{1,7}) groups)\b")
_PADDING = re.compile(
    r"[,\s]+(?:(?:pad(?:ding)?\s*[=:]?|p\s*=)\s*(\d|same|valid)|(v|valid|same|padded)\b|\((v|valid|same)\))"
)
_KERNEL = re.compile(r"(?:\b|(?<=conv))(?:[dk](?=\d))?(\d{1,7})x(\d{1,7})(?:x(\d{1,7}))?(?:x(\d{1,7}))?\b")
_DEPTHWISE = re.compile(r"\bd(?=\d+x\d+)|\bdw\b")
_DASHED = re.compile(r"\bconv\s*(\d{1,7})\s*-\s*(\d{1,7})\b")
_MAPS = re.compile(r"[,\s-]*\b(\d{1,5})(?:-?d|-way|-class)?\b(?: (?:filters|maps|channels|units))?[,\s]*")


@lru_cache(2048)
def geometry(text: str) -> Geometry:
    """7x7, 64, stride 2 · 3x3/2 · conv3-64 · 3x3x64 dw · 7x7x64-s-2 · 3x3 max pool, stride 2 · 3x3, 128, C=32.

    CellError where any of the text is left over.
    """
    rest = _DASHED.sub(r"conv \1x\1, \2", plain(text))
    found = Geometry(depthwise=bool(_DEPTHWISE.search(rest)))
    if pattern := next(((pattern, kind) for pattern, kind in _KINDS if pattern.search(rest)), None):
        found = found._replace(kind=pattern[1])
        rest = pattern[0].sub(" ", rest, count=1)
    found, rest = _taken(found, rest)
    if kernel := _KERNEL.search(rest):
        numbers = [int(number) for number in kernel.groups() if number]
        found = found._replace(kernel=(numbers[0], numbers[1]))
        if len(numbers) > 2:
            found = found._replace(maps=numbers[-1], channels=numbers[2] if len(numbers) == 4 else 0)
        rest = f"{rest[: kernel.start()]} {rest[kernel.end() :]}"
    rest = re.sub(r"\bdw\b|\bd\b|\bk\b", " ", rest)
    if not found.maps and (maps := _MAPS.search(rest)):
        found = found._replace(maps=int(maps[1]))
        rest = f"{rest[: maps.start()]} {rest[maps.end() :]}"
    if rest.strip(" ,-;()"):
        raise CellError(f"`{text[:60]}`: `{rest.strip(' ,-;')[:40]}` is not understood", "write 3x3, 64, stride 2")
    return found


def _taken(found: Geometry, rest: str) -> tuple[Geometry, str]:
    """Stride, groups and padding, and the text without them."""
    for pattern, field in ((_GROUPS, "groups"), (_STRIDE, "stride"), (_PADDING, "padding")):
        if match := pattern.search(rest):
            value = next(group for group in match.groups() if group)
            if field == "padding":
                found = found._replace(padding={"v": "valid", "padded": "same"}.get(value, value))
            else:
                found = found._replace(groups=int(value)) if field == "groups" else found._replace(stride=int(value))
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    return found, rest


def pieces(text: str, opens: re.Pattern[str]) -> list[str]:
    """Parts at commas, where what `opens` does not know, such as 64 and stride 2, belongs to the part before it."""
    found: list[str] = []
    for piece in text.split(","):
        if found and not opens.search(piece):
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return [piece.strip() for piece in found if piece.strip()]
