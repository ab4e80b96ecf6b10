"""What the other figures of a column tell about one: a column counts in one unit, and mostly by one convention."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from cnnscope.analysis.conventions import BINARY, Figure, off_by, swapped
from cnnscope.analysis.report import JudgedClaim
from cnnscope.graph import INPUT, SIZES, Claim
from cnnscope.units import Printed, exact, parse_printed

_NUMBER = re.compile(r"\b\d(?:[\d,]*\d)? (?=[a-z])")
_PRODUCT = re.compile(r"[*×·]")
_FEWEST = 2
"""Rows that make a convention the column's."""


class Judging(NamedTuple):
    """How one claim is judged: the figures that conventions give, and the verdict without one of them."""

    readings: Callable[[Claim], Sequence[Figure]]
    without: Callable[[Claim, str], JudgedClaim]


def kind(why: str) -> str:
    """A convention without the numbers of its row: the table leaves out biases."""
    return _NUMBER.sub("", why.removeprefix("by convention: "))


def settle(claims: Sequence[Claim], judged: Sequence[JudgedClaim], judging: Judging) -> tuple[JudgedClaim, ...]:
    """The verdicts, each column's figures held to one another."""
    settled = [*judged]
    columns: dict[str, list[int]] = {}
    for index, claim in enumerate(claims):
        if claim.layer not in ("", INPUT) and claim.metric not in SIZES and not claim.known_false:
            columns.setdefault(claim.metric, []).append(index)
    for indexes in columns.values():
        column = _Column(claims, settled, indexes, judging)
        column.one_unit()
        column.one_convention()
    return tuple(settled)


class _Column:
    def __init__(
        self, claims: Sequence[Claim], settled: list[JudgedClaim], indexes: list[int], judging: Judging
    ) -> None:
        self.claims, self.settled, self.indexes, self.judging = claims, settled, indexes, judging

    def one_unit(self) -> None:
        """K is 1024 in no figure of a column in which it is 1000 in more of them."""
        needing = [index for index in self.indexes if self.settled[index].holds and BINARY in self.settled[index].why]
        others = [index for index in self.indexes if self.settled[index].holds and index not in needing]
        refuting = [index for index in others if needing and self._is_decimal(index)]
        if len(refuting) <= len(needing):
            return
        against = self.claims[refuting[0]]
        for index in needing:
            again = self.judging.without(self.claims[index], BINARY)
            why = f"{BINARY} would give it, but not {against.printed} in line {against.line}"
            self.settled[index] = again if again.holds else again._replace(why=f"{again.why}; {why}")

    def _is_decimal(self, index: int) -> bool:
        values = [value for value, name in self.judging.readings(self.claims[index]) if BINARY in name]
        return bool(values) and not any(self._printed(index).holds(value) for value in values)

    def one_convention(self) -> None:
        """A false figure is compared with what the other rows' convention gives, and with the product beside it."""
        false = [index for index in self.indexes if not self.settled[index].holds]
        shared = self._shared() if false else ""
        for index in false:
            self._explain(index, shared)

    def _shared(self) -> str:
        """The one convention by which the column's figures hold, unless some of them refute it."""
        holding = [index for index in self.indexes if self.settled[index].holds]
        conventional = [index for index in holding if self.settled[index].why]
        kinds = {kind(self.settled[index].why) for index in conventional}
        if len(kinds) != 1 or len({self.claims[index].line for index in conventional}) < _FEWEST:
            return ""
        (shared,) = kinds
        plain = [index for index in holding if index not in conventional]
        return shared if all(self._printed(index).holds(self._reading(index, shared)[0]) for index in plain) else ""

    def _reading(self, index: int, shared: str) -> Figure:
        """The row's figure by a convention, our own where the row has nothing that it could leave out."""
        found = (figure for figure in self.judging.readings(self.claims[index]) if kind(figure[1]) == shared)
        return next(found, (self._computed(index), ""))

    def _explain(self, index: int, shared: str) -> None:
        claim, printed = self.claims[index], self._printed(index)
        why = [self.settled[index].why]
        value, convention = self._reading(index, shared) if shared else (0, "")
        if value and convention:
            counted = f"as the other rows count it is {exact(round(value))}: {convention}"
            why = [off_by(printed, value), counted, *swapped(printed, value)]
        product = next((given for given in self._products(claim) if not printed.holds(given)), None)
        if product is not None:
            why.append(f"the product printed beside it is {exact(round(product))}")
        self.settled[index] = self.settled[index]._replace(why="; ".join(why))

    def _products(self, claim: Claim) -> list[Fraction]:
        """What the products in the same cell give, where this figure is none."""
        beside = [each for each in map(self.claims.__getitem__, self.indexes) if each[:3] == claim[:3]]
        if _PRODUCT.search(claim.printed):
            return []
        return [parse_printed(each.printed).value for each in beside if _PRODUCT.search(each.printed)]

    def _printed(self, index: int) -> Printed:
        return parse_printed(self.claims[index].printed)

    def _computed(self, index: int) -> int:
        computed = self.settled[index].computed
        return computed if isinstance(computed, int) else 0
