"""Integers that remember how they were made, so that a rule which computes with them leaves its arithmetic behind.

A `Traced` is an int: rules take it as they take any other, and what they compare or look up is unchanged. Where a rule
leaves these integers (a length, a gcd) the number goes on as a constant: an explanation may be short, never wrong.
"""

from collections.abc import Iterable
from typing import Any

from cnnscope.explanation import term as terms
from cnnscope.explanation.term import Leaf, Term
from cnnscope.shapes import Shape


class Traced(int):
    """An int with the arithmetic that made it."""

    term: Term

    def __new__(cls, value: int, term: Term) -> "Traced":
        made = super().__new__(cls, value)
        made.term = term
        return made

    def __add__(self, other: Any) -> Any:
        return Traced(int(self) + int(other), terms.add(self.term, term_of(other))) if _is_int(other) else _NOT

    def __radd__(self, other: Any) -> Any:
        return Traced(int(other) + int(self), terms.add(term_of(other), self.term)) if _is_int(other) else _NOT

    def __sub__(self, other: Any) -> Any:
        return Traced(int(self) - int(other), terms.add(self.term, term_of(other), -1)) if _is_int(other) else _NOT

    def __rsub__(self, other: Any) -> Any:
        return Traced(int(other) - int(self), terms.add(term_of(other), self.term, -1)) if _is_int(other) else _NOT

    def __mul__(self, other: Any) -> Any:
        return Traced(int(self) * int(other), terms.multiply(self.term, term_of(other))) if _is_int(other) else _NOT

    def __rmul__(self, other: Any) -> Any:
        return Traced(int(other) * int(self), terms.multiply(term_of(other), self.term)) if _is_int(other) else _NOT

    def __floordiv__(self, other: Any) -> Any:
        return Traced(int(self) // int(other), terms.divide(self.term, term_of(other))) if _is_int(other) else _NOT

    def __rfloordiv__(self, other: Any) -> Any:
        return Traced(int(other) // int(self), terms.divide(term_of(other), self.term)) if _is_int(other) else _NOT

    def __neg__(self) -> "Traced":
        return Traced(-int(self), terms.negate(self.term))

    def __pow__(self, power: Any, modulus: Any = None) -> Any:
        if modulus is not None or not _is_int(power) or not 1 <= power <= 4:
            return int.__pow__(self, power, modulus)
        product = self.term
        for _ in range(power - 1):
            product = terms.multiply(product, self.term)
        return Traced(int(self) ** int(power), product)


_NOT = NotImplemented


def _is_int(other: object) -> bool:
    return isinstance(other, int)


def term_of(number: int) -> Term:
    """The arithmetic of a number; a plain one is a constant."""
    return number.term if isinstance(number, Traced) else Leaf(number)


def leaf(number: int, role: str = "", origin: str = "", name: str = "") -> Traced:
    """A number whose making is not asked for any further."""
    return Traced(int(number), Leaf(int(number), role, origin, name))


def each(itemsize: int) -> Traced:
    """The bytes that each value takes."""
    return leaf(itemsize, "bytes", name="bytes" if itemsize > 1 else "byte")


_AXES = {2: ("batch", "channels"), 3: ("batch", "tokens", "features"), 4: ("batch", "channels", "height", "width")}


def shape(sizes: Iterable[int], origin: str) -> Shape:
    """A shape of leaves that know their axis."""
    listed = tuple(sizes)
    return tuple(leaf(size, role, origin) for size, role in zip(listed, _AXES[len(listed)], strict=True))
