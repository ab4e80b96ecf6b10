"""The result: one entry per figure of a tool, with the terms that lead from ours to it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from cnnscope.rendered import Rendered
from cnnscope.shapes import Shape


class TermValue(NamedTuple):
    """`factor` times `count` of something: 2 x 11,113,984 elements of batch norm."""

    what: str
    factor: int | Fraction
    amount: int

    @property
    def value(self) -> int | Fraction:
        return self.factor * self.amount


class Reconciled(NamedTuple):
    """A tool's figure; `theirs` is None where it cannot be stated, and `why` says why."""

    tool: str
    quantity: str
    base: str
    ours: int
    times: int
    terms: tuple[TermValue, ...]
    halved: bool
    theirs: int | Fraction | None
    why: str
    source: str
    convention: str

    @property
    def difference(self) -> int | Fraction | None:
        """Theirs less ours."""
        return None if self.theirs is None else self.theirs - self.ours


@dataclass(frozen=True)
class Reconciliation(Rendered):
    """All figures for one network."""

    network: str
    path: str
    input_shape: Shape
    figures: tuple[Reconciled, ...]
    remark: str = ""
    """How the usual implementation differs from the page."""
