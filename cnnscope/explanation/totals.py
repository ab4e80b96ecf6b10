"""A total as the sum of its largest parts and the rest."""

from collections.abc import Iterable

from cnnscope.explanation.record import Equation, Line
from cnnscope.explanation.term import Leaf, Sum, Term

MOST = 5
"""So many parts of a total are shown by themselves, the rest as one."""

Part = tuple[str, int, Term | None]
"""Who adds to a total, how much, and how that comes about."""


def total(title: str, parts: Iterable[Part]) -> tuple[Line, ...]:
    """The largest parts, the rest, and their sum."""
    known = sorted((part for part in parts if part[1]), key=lambda part: -part[1])
    whole = sum(part[1] for part in known)
    shown = known if len(known) <= MOST + 1 else known[:MOST]
    lines = [Line(name, (Equation(count, term),), _share(count, whole)) for name, count, term in shown]
    summands: list[Term] = [Leaf(count, "part") for _, count, _ in shown]
    if rest := known[len(shown) :]:
        left = sum(part[1] for part in rest)
        lines.append(Line(f"{len(rest)} more", (Equation(left),), _share(left, whole)))
        summands.append(Leaf(left, "part"))
    return *lines, Line(title, (Equation(whole, summed(summands)),))


def summed(terms: list[Term]) -> Term | None:
    return Sum(tuple((1, term) for term in terms)) if len(terms) > 1 else None


def _share(count: int, whole: int) -> str:
    return f"{count / whole:.1%}".replace("%", " %")
