"""Limits as people write them: 5M, 8 MB, 120 ms. One strict table of units; anything else is an error, never a guess.

Nothing is stripped, folded or rounded: a unit's case matters, digits are grouped by nothing, and bytes and seconds are
never left to be guessed. The value behind the text is an exact fraction of counts, bytes or seconds.
"""

import math
import re
from fractions import Fraction
from typing import Literal, NamedTuple

from cnnscope.errors import CellError

Kind = Literal["count", "bytes", "seconds", "number", "claims"]

UNITS: dict[Kind, dict[str, Fraction]] = {
    "count": {"": Fraction(1), "K": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9)},
    "bytes": {
        "B": Fraction(1),
        "kB": Fraction(10**3),
        "MB": Fraction(10**6),
        "GB": Fraction(10**9),
        "KiB": Fraction(2**10),
        "MiB": Fraction(2**20),
        "GiB": Fraction(2**30),
    },
    "seconds": {"us": Fraction(1, 10**6), "ms": Fraction(1, 10**3), "s": Fraction(1)},
    "number": {"": Fraction(1)},
}
EXAMPLES: dict[Kind, str] = {"count": "5M", "bytes": "8 MB", "seconds": "120 ms", "number": "224", "claims": "hold"}

LONGEST_NUMBER = 30
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,_][0-9]{3})+(?![0-9])")
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)( ?)([A-Za-z]*)")


class Quantity(NamedTuple):
    """A limit with its text: `value` in counts, bytes or seconds, exact; `digits` and `unit` as written."""

    digits: str
    unit: str
    value: Fraction

    def __str__(self) -> str:
        return f"{self.digits}{self.unit}" if len(self.unit) <= 1 and self.unit != "s" else f"{self.digits} {self.unit}"


def quantity(text: str, kind: Kind) -> Quantity:
    """Read a limit of this kind; CellError says what is wrong with it."""
    found = _QUANTITY.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if not found:
        raise CellError(f"`{text[:40]}` is not a limit", _remedy(text, kind))
    digits, unit = found[1], found[3]
    known = UNITS[kind]
    if unit not in known:
        raise CellError(*_bad_unit(text, unit, kind))
    return Quantity(digits, unit, Fraction(digits) * known[unit])


def _remedy(text: str, kind: Kind) -> str:
    if text.lstrip().startswith(("-", "−", "–")):
        return "a limit cannot be negative"
    if _GROUPED.match(text):
        return f"digits are not grouped: write {text.replace(',', '').replace('_', '')[:40]}"
    if "," in text:
        return f"decimals stand behind a point: write {text.replace(',', '.')[:40]}"
    if text.strip().lower().lstrip("+") in ("nan", "inf", "infinity", "∞"):
        return "a limit is a finite number"
    return f"write a number such as {EXAMPLES[kind]}"


def _bad_unit(text: str, unit: str, kind: Kind) -> tuple[str, str]:
    known = UNITS[kind]
    names = ", ".join(filter(None, known)) or "none"
    if not unit:
        return f"`{text}` has no unit", f"write one of {names}, such as {EXAMPLES[kind]}"
    near = [name for name in known if name.lower() == unit.lower()]
    if near:
        return f"`{unit}` is not a unit", f"did you mean {near[0]}? case matters"
    elsewhere = next((other for other, units in UNITS.items() if unit in units), None)
    what = f"`{unit}` is a unit of {elsewhere}" if elsewhere else f"`{unit[:20]}` is not a unit"
    return what, f"known here are {names}" if names != "none" else "this metric is a plain number"


def spoken(value: Fraction | int | float, kind: Kind) -> str:
    """A value for people, exact where a whole count is: 3,504,872, 6.02 MB, 12.4 ms."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if kind == "seconds":
        size = float(value)
        unit, worth = next((unit for unit in (("s", 1.0), ("ms", 1e-3)) if size >= unit[1]), ("us", 1e-6))
        return f"{size / worth:.3g} {unit}" if size / worth < 1000 else f"{size / worth:,.0f} {unit}"
    if kind == "bytes" and value >= 1000:
        unit, worth = next(
            (name, worth) for name, worth in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)) if value >= worth
        )
        return f"{float(value) / worth:.4g} {unit}"
    number = Fraction(value)
    text = f"{number.numerator:,}" if number.denominator == 1 else f"{float(number):,.4g}"
    if number.denominator != 1 and abs(number) >= 10_000:
        text = f"{float(number):,.1f}"
    return f"{text} B" if kind == "bytes" else text
