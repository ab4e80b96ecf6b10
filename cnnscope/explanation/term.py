"""Arithmetic as a tree: sums, products and quotients of numbers that know what they measure.

The makers below write what a teacher would: no factor for one image, one group or a dilation of one, constants added
up, what is added twice as 2·x. None of that changes a value.
"""

from typing import NamedTuple

UNWRITTEN_ONES = ("batch", "groups", "dilation")
"""Roles whose 1 is left out of products and quotients."""


class Leaf(NamedTuple):
    """A number. `role` says what it measures ("kernel"), "" for a constant; `origin` is "in", "out" or "op".

    `name` is written behind it: "bytes", or the layer that it comes from.
    """

    value: int
    role: str = ""
    origin: str = ""
    name: str = ""


class Sum(NamedTuple):
    """Each part with its sign, 1 or -1."""

    parts: "tuple[tuple[int, Term], ...]"


class Product(NamedTuple):
    """Two factors or more."""

    factors: "tuple[Term, ...]"


class Quotient(NamedTuple):
    """upper / lower, rounded down, or up."""

    upper: "Term"
    lower: "Term"
    up: bool = False


Term = Leaf | Sum | Product | Quotient


def value(term: Term) -> int:
    """The number that this arithmetic makes."""
    if isinstance(term, Leaf):
        return term.value
    if isinstance(term, Sum):
        return sum(sign * value(part) for sign, part in term.parts)
    if isinstance(term, Product):
        count = 1
        for factor in term.factors:
            count *= value(factor)
        return count
    upper, lower = value(term.upper), value(term.lower)
    return -(-upper // lower) if term.up else upper // lower


def is_constant(term: Term) -> bool:
    return isinstance(term, Leaf) and not term.role and not term.name


def parts_of(term: Term) -> "tuple[tuple[int, Term], ...]":
    return term.parts if isinstance(term, Sum) else ((1, term),)


def factors_of(term: Term) -> "tuple[Term, ...]":
    return term.factors if isinstance(term, Product) else (term,)


def alike(left: Term, right: Term) -> bool:
    """Do both make the same numbers into the same arithmetic, whatever they measure?"""
    if isinstance(left, Leaf) and isinstance(right, Leaf):
        return left.value == right.value
    if isinstance(left, Sum) and isinstance(right, Sum):
        signs = [sign for sign, _ in left.parts] == [sign for sign, _ in right.parts]
        return signs and all(alike(a, b) for (_, a), (_, b) in zip(left.parts, right.parts, strict=True))
    if isinstance(left, Product) and isinstance(right, Product):
        same = len(left.factors) == len(right.factors)
        return same and all(map(alike, left.factors, right.factors))
    if isinstance(left, Quotient) and isinstance(right, Quotient):
        return alike(left.upper, right.upper) and alike(left.lower, right.lower) and left.up == right.up
    return False


def add(left: Term, right: Term, sign: int = 1) -> Term:
    """left + right, or left - right; a sum that is taken away stays in its brackets."""
    added = parts_of(right) if sign == 1 else ((-part, what) for part, what in _taken(right))
    parts: list[tuple[int, Term]] = []
    constant = 0
    for part in (*parts_of(left), *added):
        if is_constant(part[1]):
            constant += part[0] * value(part[1])
        else:
            _include(parts, *part)
    if constant or not parts:
        parts.append((1 if constant >= 0 else -1, Leaf(abs(constant))))
    return parts[0][1] if len(parts) == 1 and parts[0][0] == 1 else Sum(tuple(parts))


def _include(parts: list[tuple[int, Term]], sign: int, term: Term) -> None:
    """One more summand: x + x is 2·x."""
    for index, (other_sign, other) in enumerate(parts):
        factors = factors_of(other)
        times, rest = (factors[0], factors[1:]) if is_constant(factors[0]) else (Leaf(1), factors)
        if sign == other_sign and rest == factors_of(term):
            parts[index] = (sign, Product((Leaf(value(times) + 1), *rest)))
            return
    parts.append((sign, term))


def _taken(term: Term) -> "tuple[tuple[int, Term], ...]":
    parts = parts_of(term)
    return parts if len(parts) == 1 else ((1, term),)


def multiply(left: Term, right: Term) -> Term:
    """left · right."""
    factors = tuple(factor for factor in (*factors_of(left), *factors_of(right)) if not _is_unwritten(factor))
    if any(is_constant(factor) and value(factor) == 0 for factor in factors):
        return Leaf(0)
    if not factors:
        return Leaf(1)
    return factors[0] if len(factors) == 1 else Product(factors)


def divide(upper: Term, lower: Term) -> Term:
    """upper / lower, rounded down. A factor is cancelled where it is the divisor itself."""
    if _is_unwritten(lower):
        return upper
    factors = factors_of(upper)
    if isinstance(lower, Leaf) and lower in factors:
        index = factors.index(lower)
        rest = (*factors[:index], *factors[index + 1 :])
        return rest[0] if len(rest) == 1 else Product(rest) if rest else Leaf(1)
    return Quotient(upper, lower)


def negate(term: Term) -> Term:
    """-term; -(a rounded down) is -a rounded up."""
    if isinstance(term, Quotient):
        return term._replace(upper=negate(term.upper), up=not term.up)
    parts = tuple((-sign, part) for sign, part in parts_of(term))
    return parts[0][1] if len(parts) == 1 and parts[0][0] == 1 else Sum(parts)


def _is_unwritten(term: Term) -> bool:
    if not isinstance(term, Leaf) or term.value != 1:
        return False
    return is_constant(term) or term.role in UNWRITTEN_ONES
