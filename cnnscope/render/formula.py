"""Arithmetic as text: (227 - 11 + 2·0) / 4 + 1, for people and for LaTeX.

Factors stand as lectures write them: height, width, maps of the output first, then the window and what it sees.
"""

from typing import NamedTuple

from cnnscope.explanation.term import Leaf, Product, Quotient, Sum, Term, is_constant, value
from cnnscope.units import exact

_RANKS = {"batch": 0, "height": 1, "tokens": 1, "width": 2, "channels": 3, "features": 3, "maps": 4}
_POSITIONS = ("height", "width", "tokens")
_INNER = {"kernel": -1, "height": 1, "tokens": 1, "width": 2, "channels": 3, "features": 3, "groups": 3, "maps": 4}


class Notation(NamedTuple):
    """How signs are written; braces of the rounded quotients, and what stands behind a number."""

    times: str
    apart: str
    floor: tuple[str, str]
    ceil: tuple[str, str]
    latex: bool = False


TEXT = Notation("·", " · ", ("⌊", "⌋"), ("⌈", "⌉"))
PLAIN = Notation("*", " * ", ("floor(", ")"), ("ceil(", ")"))
LATEX = Notation(
    r" \cdot ", r" \;\cdot\; ", (r"\left\lfloor ", r"\right\rfloor"), (r"\left\lceil ", r"\right\rceil"), latex=True
)


def number(count: int, notation: Notation = TEXT) -> str:
    return exact(count).replace(",", "{,}") if notation.latex else exact(count)


def formula(term: Term, notation: Notation = TEXT) -> str:
    """The arithmetic without its result."""
    if isinstance(term, Leaf):
        name = _name(term.name, notation) if term.name else ""
        return f"{number(term.value, notation)}{name}"
    if isinstance(term, Sum):
        return _sum(term, notation)
    if isinstance(term, Quotient):
        return _quotient(term, notation)
    groups = _groups(term)
    apart = notation.times if all(len(group) == 1 for group in groups) else notation.apart
    return apart.join(notation.times.join(_factor(part, notation) for part in group) for group in groups)


def _name(name: str, notation: Notation) -> str:
    if not notation.latex:
        return f" {name}"
    from cnnscope.render.formats.latex import escape

    return rf"\,\text{{{escape(name)}}}"


def _sum(term: Sum, notation: Notation) -> str:
    """What is padded stands last but for constants, and what is taken away behind what there is."""
    parts = sorted(term.parts, key=lambda part: _is_padding(part[1]) + 2 * is_constant(part[1]))
    text = ""
    for sign, part in parts:
        shown = formula(part, notation)
        if isinstance(part, Sum):
            shown = f"({shown})"
        operator = ("" if sign > 0 else "-") if not text else (" + " if sign > 0 else " - ")
        text += operator + shown
    return text


def _is_padding(term: Term) -> bool:
    if isinstance(term, Product):
        return any(_is_padding(factor) for factor in term.factors)
    return isinstance(term, Leaf) and term.role == "padding"


def _quotient(term: Quotient, notation: Notation) -> str:
    upper, lower = formula(term.upper, notation), formula(term.lower, notation)
    if notation.latex:
        text = rf"\frac{{{upper}}}{{{lower}}}"
    else:
        text = f"{_bracketed(term.upper, upper)} / {_bracketed(term.lower, lower)}"
    if value(term.upper) % value(term.lower) == 0:
        return text
    before, behind = notation.ceil if term.up else notation.floor
    return f"{before}{text}{behind}"


def _bracketed(term: Term, text: str) -> str:
    return text if isinstance(term, Leaf) else f"({text})"


def _factor(term: Term, notation: Notation) -> str:
    text = formula(term, notation)
    is_whole = isinstance(term, Leaf) or (isinstance(term, Quotient) and value(term.upper) % value(term.lower))
    return text if is_whole or (isinstance(term, Quotient) and notation.latex) else f"({text})"


def _groups(term: Product) -> list[list[Term]]:
    """The factors in groups: constants before, the values that are counted, what each of them costs, the rest."""
    front = _front(term)
    groups: list[list[Term]] = [[], [], [], []]
    for index, factor in enumerate(term.factors):
        seen = _first_leaf(factor)
        if seen.name or seen.role == "bytes" or is_constant(factor):
            groups[0 if index == 0 and is_constant(factor) else 3].append(factor)
        else:
            groups[1 if seen.origin == front and seen.role in _RANKS else 2].append(factor)
    groups[1].sort(key=lambda factor: _RANKS.get(_first_leaf(factor).role, 5))
    groups[2].sort(key=lambda factor: _INNER.get(_first_leaf(factor).role, 0))
    return [group for group in groups if group]


def _front(term: Product) -> str:
    """Whose values are counted: the output's, else those of an input that has positions."""
    leaves = [_first_leaf(factor) for factor in term.factors]
    if any(leaf.origin == "out" for leaf in leaves):
        return "out"
    return "in" if any(leaf.origin == "in" and leaf.role in _POSITIONS for leaf in leaves) else ""


def _first_leaf(term: Term) -> Leaf:
    if isinstance(term, Leaf):
        return term
    if isinstance(term, Sum):
        return _first_leaf(term.parts[0][1])
    return _first_leaf(term.factors[0] if isinstance(term, Product) else term.upper)
