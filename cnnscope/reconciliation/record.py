"""The result: one entry per figure of a tool, with the terms that lead from ours to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from cnnscope.errors import UsageError
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
class Reconciliation:
    """All figures for one network."""

    network: str
    path: str
    input_shape: Shape
    figures: tuple[Reconciled, ...]
    remark: str = ""
    """How the usual implementation differs from the page."""
    renderers: Mapping[str, Callable[["Reconciliation"], str]] = field(default_factory=dict, repr=False, compare=False)

    def render(self, name: str) -> str:
        """The result in one of the output formats, by its name."""
        if name not in self.renderers:
            raise UsageError(f"no output format {name}", f"known are {', '.join(self.renderers)}")
        return self.renderers[name](self)

    def to_json(self) -> str:
        return self.render("json")

    def _repr_html_(self) -> str:
        return self.render("html")
