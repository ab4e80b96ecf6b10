"""The figures that a baseline keeps, one row each."""

from typing import Any, NamedTuple

from cnnscope.budgets.baseline import Baseline, Change, MeasuredFigure
from cnnscope.budgets.baseline import record as baseline_record
from cnnscope.budgets.grammar import figure
from cnnscope.budgets.metrics import Value
from cnnscope.budgets.units import spoken
from cnnscope.errors import CellError
from cnnscope.render.pages.verdicts import plain
from cnnscope.render.sheet import Column, Sheet, View, arrange, words


class Kept(NamedTuple):
    """One figure of a baseline."""

    check: str
    network: str
    name: str
    value: Value | MeasuredFigure

    @property
    def measured(self) -> MeasuredFigure | None:
        return self.value if isinstance(self.value, MeasuredFigure) else None

    @property
    def number(self) -> int | float | None:
        return self.value.value if isinstance(self.value, MeasuredFigure) else plain(self.value)

    @property
    def text(self) -> str:
        return spelled(self.name, self.value)


def spelled(name: str, value: Value | MeasuredFigure) -> str:
    """A figure in its own unit."""
    try:
        kind = figure(name)[0].kind
    except CellError:
        # Of another time; check asks for it to be pruned.
        kind = "number"
    return spoken(value.value if isinstance(value, MeasuredFigure) else value, kind)


def moved(change: Change) -> str:
    """What became of a figure: edge, net: macs 25,856 -> 49,408."""
    old, new = (None if value is None else spelled(change.name, value) for value in (change.old, change.new))
    became = f"{old} -> {new}" if old and new else f"{new}, new" if new else f"{old}, gone"
    return f"{change.check}, {change.network}: {change.name} {became}"


def _samples(kept: Kept) -> int | None:
    return kept.measured.n if kept.measured else None


def _machine(kept: Kept) -> str:
    return kept.measured.fingerprint if kept.measured else ""


COLUMNS: tuple[Column[Kept], ...] = (
    words("check", "check", lambda kept: kept.check),
    words("network", "network", lambda kept: kept.network),
    words("figure", "figure", lambda kept: kept.name),
    Column("value", "value", lambda kept: kept.number, lambda kept: kept.text, is_number=True),
    Column("n", "n", _samples, lambda kept: str(_samples(kept) or ""), 2, is_number=True, sparse=True),
    Column("fingerprint", "machine", _machine, _machine, 1, sparse=True),
)


def sheet(baseline: Baseline, view: View) -> Sheet[Kept]:
    rows = [
        Kept(check, network, name, value)
        for check, networks in sorted(baseline.checks.items())
        for network, entry in sorted(networks.items())
        for name, value in sorted(entry.figures.items())
    ]
    return arrange(COLUMNS, rows, view)._replace(
        headline=f"baseline {baseline.path}", tally=f"{len(rows)} figure{'s' if len(rows) != 1 else ''}"
    )


def record(baseline: Baseline) -> dict[str, Any]:
    return baseline_record(baseline)
