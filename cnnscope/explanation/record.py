"""What an explanation holds, whatever it is about: sections of lines, each with its arithmetic."""

from dataclasses import dataclass
from typing import NamedTuple

from cnnscope.explanation.term import Leaf, Term, alike
from cnnscope.explanation.traced import Traced
from cnnscope.rendered import Rendered
from cnnscope.shapes import Shape


class Equation(NamedTuple):
    """term = value; a text where there is no arithmetic. `name` is written before it where a line has several."""

    value: int | str
    term: Term | None = None
    name: str = ""

    @property
    def is_worked(self) -> bool:
        """Is there more to it than the number?"""
        return self.term is not None and not isinstance(self.term, Leaf)


class Line(NamedTuple):
    """One figure: what it is, its equations, and a remark for people."""

    what: str
    equations: tuple[Equation, ...] = ()
    remark: str = ""


class Section(NamedTuple):
    """Lines about one layer, or about one figure of the network. `metric` is empty for a layer."""

    title: str
    lines: tuple[Line, ...]
    metric: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Explanation(Rendered):
    """How the figures of a network or of some of its layers come about, or what a metric means."""

    subject: str
    sections: tuple[Section, ...]
    network: str = ""
    input_shape: Shape = ()
    dtype: str = ""


def equation(number: object, name: str = "") -> Equation:
    """A number with the arithmetic that it remembers; a fraction as text."""
    if isinstance(number, Traced):
        return Equation(int(number), number.term, name)
    return Equation(number if isinstance(number, int) else f"{number}", None, name)


def same(left: Equation, right: Equation) -> bool:
    """Would both be written alike?"""
    if left.term is None or right.term is None:
        return left == right
    return alike(left.term, right.term)
