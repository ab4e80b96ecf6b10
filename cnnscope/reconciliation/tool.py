"""A tool's convention as data: for each figure that it reports, our figure to start from and the terms to add."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple

from cnnscope.reconciliation.counts import Count

Base = Literal["macs", "params", "zero"]
Refusals = Mapping[str, str]

SEES_NO_ATTENTION: Refusals = MappingProxyType(
    {
        "attention": "implementations of attention differ in what it would see",
        "matrix product": "implementations of the product differ in what it would see",
        "rbf": "no library has RBF outputs",
    }
)


class Term(NamedTuple):
    """`factor` for each of what `count` counts; `what` names them, in the plural."""

    what: str
    count: Count
    factor: int | Fraction = 1


class Rule(NamedTuple):
    """One figure: ours, `times` over, and the terms. `quantity` is the tool's own word."""

    quantity: str
    base: Base
    terms: tuple[Term, ...] = ()
    times: int = 1
    halved: bool = False
    """The sum is divided by two at the end."""
    averages: bool = False
    """The tool reports the mean over the images of a batch."""
    refuses: Refusals = SEES_NO_ATTENTION
    """Types of layers for which no figure can be stated, with the reason."""


class Tool(NamedTuple):
    """`source` is where the convention is defined, with the version that was read."""

    name: str
    source: str
    convention: str
    rules: tuple[Rule, ...]
