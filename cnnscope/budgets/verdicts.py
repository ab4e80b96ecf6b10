"""The one object that decides: every output format and the exit code are read from it.

pass       holds
thin       holds, with less than 2 % to spare, or with an interval that crosses the limit
warn       broken, and its level is "warn"
fail       broken
undecided  could not be told, and why; red like a failure, with an exit code of its own
new        compared with a baseline that does not know it yet; the check's absolute limits hold it meanwhile
skipped    measured on another machine than the baseline, and the configuration says to skip such
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from cnnscope.budgets.units import Kind
from cnnscope.rendered import Rendered

Status = Literal["fail", "undecided", "warn", "thin", "new", "skipped", "pass"]
STATUSES: tuple[Status, ...] = ("fail", "undecided", "warn", "thin", "new", "skipped", "pass")
"""The worst first."""
DECIDED: tuple[Status, ...] = ("pass", "thin", "warn", "fail")
THIN = Fraction(2, 100)
"""Headroom below this share of the limit is thin."""

HOLDS, BROKEN, UNDECIDED = 0, 1, 3
"""Exit codes; the others are 2 for bad usage or configuration, 4 for an error of ours, 130 for an interrupt."""

Number = int | float | Fraction


class Place(NamedTuple):
    """A line of a file; line 0 where the whole file is meant."""

    path: str
    line: int


class Blamed(NamedTuple):
    """A row that costs much, or whose cost moved. `edited`: its operators are not those of the baseline."""

    row: str
    line: int
    value: Number | None
    base: Number | None = None
    edited: bool = False
    remark: str = ""


class Verdict(NamedTuple):
    """One assertion about one network. `headroom` is the share of the limit that is left, negative where broken."""

    check: str
    network: str
    budget: str
    metric: str
    status: Status
    kind: Kind = "count"
    value: Number | None = None
    at_least: bool = False
    """The value is a lower bound: a layer has no rule."""
    limit: Number | None = None
    base: Number | None = None
    headroom: float | None = None
    why: str = ""
    hint: str = ""
    blamed: tuple[Blamed, ...] = ()
    spec: Place = Place("", 0)
    """Of the network: the row to blame, where one is."""
    written: Place = Place("", 0)
    """Of the budget."""
    message: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def place(self) -> Place:
        """Where a developer should look: the row that broke it or cannot be read, else the budget."""
        if self.spec.line and self.spec.path and self.status in ("fail", "warn", "undecided"):
            return self.spec
        return self.written


@dataclass(frozen=True)
class Verdicts(Rendered):
    """All verdicts of a run. `exit_zero` maps broken budgets to success, and nothing else."""

    verdicts: tuple[Verdict, ...]
    config: str = ""
    baseline: str = ""
    exit_zero: bool = False

    @property
    def counts(self) -> dict[Status, int]:
        found = Counter(verdict.status for verdict in self.verdicts)
        return {status: found[status] for status in STATUSES}

    @property
    def status(self) -> Literal["pass", "fail", "undecided"]:
        """The whole run in one word: broken beats undecided."""
        if self.counts["fail"]:
            return "fail"
        return "undecided" if self._is_undecided else "pass"

    @property
    def exit_code(self) -> int:
        if self.counts["fail"] and not self.exit_zero:
            return BROKEN
        return UNDECIDED if self._is_undecided else HOLDS

    @property
    def _is_undecided(self) -> bool:
        """Something could not be told, or nothing was decided at all."""
        counts = self.counts
        return bool(counts["undecided"]) or not any(counts[status] for status in DECIDED)

    @property
    def worst_first(self) -> tuple[Verdict, ...]:
        return tuple(sorted(self.verdicts, key=lambda verdict: STATUSES.index(verdict.status)))
