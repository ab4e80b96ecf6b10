"""Quantities: the only functions that print or parse counts, bytes and the figures that pages print."""

import re
from fractions import Fraction
from math import prod
from typing import NamedTuple

from cnnscope.errors import CellError

Count = int
"""A number of parameters, values or operations; exact."""
Bytes = int

LONGEST_FIGURE = 100
"""Characters of a printed figure."""
DTYPE_BYTES: dict[str, Bytes] = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}

_COUNT_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_WORDS = {"thousand": "k", "million": "m", "billion": "g"}
_BYTE_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SUFFIXES = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3))
_TIMES_OF = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))
_POWER = re.compile(r"\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*([0-9]{1,2})\Z")
_FIGURE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")
_FACTOR = re.compile(r"\(*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\)*")
_TIMES = re.compile(r"\s*[*×·]\s*")
_ABOUT = ("≈", "~=", "~", "ca.", "about")


class Printed(NamedTuple):
    """A figure as a page prints it: an exact number, or one rounded to multiples of `step` (0 for exact ones)."""

    value: Fraction
    step: Fraction
    about: bool
    in_bytes: bool

    def holds(self, computed: int | Fraction) -> bool:
        """Does `computed` round to this figure? Where the page says "about", within 5 %."""
        slack = self.step / 2
        if self.about:
            slack = max(slack, abs(self.value) / 20)
        return abs(computed - self.value) <= slack


def parse_printed(text: str) -> Printed:
    """Read 138,357,544, 3.2M, 4.09 GFLOPs, 1.8x10^9, ≈ 60 million, 96 MB, (3*3*3)*64; CellError when it is no number.

    Whole numbers without a suffix are exact; in all others trailing zeros before the point are not significant.
    """
    rest = text.strip()
    if len(rest) > LONGEST_FIGURE:
        raise _no_figure(text)
    if factors := _factors(rest):
        return Printed(Fraction(prod(factors)), Fraction(0), about=False, in_bytes=False)
    sign = next((sign for sign in _ABOUT if rest.lower().startswith(sign)), "")
    rest, about, power = rest[len(sign) :].strip(), bool(sign), 1
    if raised := _POWER.search(rest):
        rest, power = rest[: raised.start()], 10 ** int(raised[1])
    if not (figure := _FIGURE.fullmatch(rest)):
        raise _no_figure(text)
    digits, unit = figure[1].replace(",", ""), figure[2].lower()
    unit = _WORDS.get(unit, unit)
    in_bytes = unit in _BYTE_UNITS and (unit != "b" or (figure[2] == "B" and power == 1 and _plain(digits)))
    scale = _BYTE_UNITS[unit] if in_bytes else _count_unit(unit, text)
    value = Fraction(digits) * scale * power
    exact = scale == power == 1 and "." not in digits
    return Printed(value, Fraction(0) if exact else _last_digit(digits) * scale * power, about, in_bytes)


def parse_size(text: str) -> tuple[int, ...]:
    """Read 56x56, 112x112x64 or one number; CellError for anything else."""
    parts = [
        part.strip().replace(",", "") for part in text.replace("×", "x").replace("X", "x").replace("*", "x").split("x")
    ]
    if len(parts) > 3 or not all(part.isdecimal() and len(part) <= 10 for part in parts):
        raise CellError(f"`{text[:40]}` is not a size", "write 56x56, 112x112x64 or one number")
    return tuple(map(int, parts))


def _no_figure(text: str) -> CellError:
    return CellError(f"`{text[:40]}` is not a number", "a claim is a figure such as 138,357,544, 3.2M or 60.95 MB")


def _factors(text: str) -> list[int]:
    """The numbers of 224*224*64 or (3*3*3)*64; none where the text is no product."""
    found = [_FACTOR.fullmatch(part) for part in _TIMES.split(text)]
    if len(found) < 2 or None in found or text.count("(") != text.count(")"):
        return []
    return [int(factor[1].replace(",", "")) for factor in found if factor]


def _plain(digits: str) -> bool:
    """60950432 B is a number of bytes, 9.9B and 4B are billions."""
    return len(digits) > 3 and "." not in digits


def _count_unit(unit: str, text: str) -> int:
    """K, M, G, T, with or without a noun behind it: 4.1 GFLOPs, 569M, 300 MMACs."""
    for noun in ("flops", "flop", "macs", "mac", "ops", "params", "parameters", "values", "madds", "n"):
        if unit.endswith(noun) and unit[: -len(noun)] in _COUNT_UNITS:
            unit = unit[: -len(noun)]
            break
    if unit not in _COUNT_UNITS:
        raise CellError(
            f"`{text[:40]}` has an unknown unit", "known are K, M, G, B, T and B, KB, MB, GB, KiB, MiB, GiB"
        )
    return _COUNT_UNITS[unit]


def _last_digit(digits: str) -> Fraction:
    """The worth of the last significant digit: 0.1 for 3.2, 10 for 150, 0.01 for 4.00."""
    _, point, decimals = digits.partition(".")
    if point:
        return Fraction(1, 10 ** len(decimals))
    return Fraction(10 ** (len(digits) - len(digits.rstrip("0")))) if digits.strip("0") else Fraction(1)


def exact(count: int | Fraction) -> str:
    """138,357,544; fractions as decimals."""
    return f"{count:,}" if isinstance(count, int) else f"{float(count):,g}"


def short(count: int) -> str:
    """Three or more significant digits with a suffix: 15.47 G, 714.2 M, 60.86 K, 840."""
    if count < 1000:
        return str(count)
    # From 999.95 on, one decimal would print 1000.0 of the smaller unit.
    suffix, worth = next((suffix, worth) for suffix, worth in _SUFFIXES if count * 20_000 >= worth * 19_999)
    return f"{count / worth:.{_decimals(count / worth)}f} {suffix}"


def short_bytes(count: Bytes) -> str:
    """Decimal bytes, as CONVENTIONS has it: 553.4 MB, 25.7 KB, 840 B."""
    text = short(count)
    return f"{text}B" if text[-1].isalpha() else f"{text} B"


def short_seconds(seconds: float) -> str:
    """1.234 s, 16.07 ms, 88.1 us."""
    worth, unit = next(((worth, unit) for worth, unit in _TIMES_OF if abs(seconds) >= worth * 0.9995), _TIMES_OF[-1])
    value = seconds / worth
    return f"{value:.{3 if abs(value) < 10 else _decimals(value)}f} {unit}"


def short_rate(per_second: float, unit: str) -> str:
    """A rate with its unit: 225.3 GFLOP/s, 27.0 GB/s."""
    return f"{short(round(per_second))}{unit}/s" if per_second >= 1000 else f"{per_second:.1f} {unit}/s"


def _decimals(value: float) -> int:
    return 2 if value < 100 else 1
