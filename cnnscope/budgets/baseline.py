"""What networks cost when the baseline was last raised: a committed JSON file, one line per figure and per row.

Figures of static metrics are exact integers, or fractions such as "435/2". Measured ones carry n, the median, an
interval and the fingerprint of their machine. Per row the file keeps what the row is and its share of every sum, so
that a change can be traced to the rows that were edited.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope.budgets.measured import Estimate
from cnnscope.budgets.metrics import Value
from cnnscope.budgets.settings import RunSettings

SCHEMA_VERSION = 1
KIND = "baseline"
CONVENTION = 1
"""Raised whenever a definition in docs/conventions.md changes a figure: then older baselines do not compare."""


class MeasuredFigure(NamedTuple):
    """A measured figure; `value`, `low`, `high` in its own unit, `median` in seconds."""

    value: float
    low: float | None
    high: float | None
    n: int
    median: float
    fingerprint: str
    settings: RunSettings

    @property
    def estimate(self) -> Estimate:
        return Estimate(self.value, self.low, self.high)


class RowEntry(NamedTuple):
    """A row of the table: its operators as text, and its share of every metric that adds up."""

    operators: str
    figures: Mapping[str, int]


class NetworkEntry(NamedTuple):
    """One network under one check. `spec` is a hash of its layers: the prose of its page may change freely."""

    spec: str
    input_shape: tuple[int, ...]
    dtype: str
    optimizer: str
    figures: Mapping[str, Value | MeasuredFigure]
    rows: Mapping[str, RowEntry]


class Baseline(NamedTuple):
    """Entries by check and network. `path` is where it was read, as messages print it."""

    checks: Mapping[str, Mapping[str, NetworkEntry]]
    path: str = ""
    convention: int = CONVENTION
    cnnscope: str = ""

    def entry(self, check: str, network: str) -> NetworkEntry | None:
        return self.checks.get(check, {}).get(network)


class NoBaseline(NamedTuple):
    """There is none to compare with: why, and what to do."""

    why: str
    hint: str = "`cnnscope baseline update` writes one; commit it"


def text(baseline: Baseline) -> str:
    """The file's text: keys sorted, one line per figure and row."""
    return _lines(record(baseline), depth=0) + "\n"


def record(baseline: Baseline) -> dict[str, Any]:
    """The baseline as plain data, docs/baseline.schema.json."""
    import cnnscope

    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "cnnscope": cnnscope.__version__,
        "convention": CONVENTION,
        "checks": {
            check: {network: _network(entry) for network, entry in networks.items()}
            for check, networks in baseline.checks.items()
        },
    }


def _network(entry: NetworkEntry) -> dict[str, Any]:
    return {
        "spec": entry.spec,
        "input_shape": list(entry.input_shape),
        "dtype": entry.dtype,
        "optimizer": entry.optimizer,
        "figures": {name: _figure(figure) for name, figure in entry.figures.items()},
        "rows": {name: {"is": row.operators, **row.figures} for name, row in entry.rows.items()},
    }


def _figure(figure: Value | MeasuredFigure) -> Any:
    if isinstance(figure, MeasuredFigure):
        return figure._asdict() | {"settings": figure.settings._asdict()}
    return int(figure) if Fraction(figure).denominator == 1 else str(figure)


_ONE_LINE_FROM = 5
"""Depth of figures and rows: checks > name > network > figures > figure."""


def _lines(value: Any, depth: int) -> str:
    import json

    if not isinstance(value, dict) or depth >= _ONE_LINE_FROM or not value:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    indent = " " * (depth + 1)
    items = (f"{indent}{json.dumps(key, ensure_ascii=False)}: {_lines(value[key], depth + 1)}" for key in sorted(value))
    return "{\n" + ",\n".join(items) + "\n" + " " * depth + "}"


def write(path: Path, baseline: Baseline) -> None:
    """Replace the file as a whole: whoever reads at the same time sees the old one or the new one."""
    from cnnscope.files import complete

    with complete(path) as file:
        file.write(text(baseline).encode())


def merged(old: Baseline, new: Mapping[str, Mapping[str, NetworkEntry]]) -> Baseline:
    """The old file with these checks replaced."""
    return old._replace(checks={**old.checks, **new})


class Change(NamedTuple):
    """A figure of a baseline before and after; None where it was not, or is not any more."""

    check: str
    network: str
    name: str
    old: Value | MeasuredFigure | None
    new: Value | MeasuredFigure | None


def changes(old: Baseline, new: Baseline) -> list[Change]:
    """Every figure whose value is another one, by check and network. A measured one is another one each time."""
    was, now = _flat(old), _flat(new)
    places = sorted(was.keys() | now.keys())
    return [Change(*place, was.get(place), now.get(place)) for place in places if was.get(place) != now.get(place)]


def _flat(baseline: Baseline) -> dict[tuple[str, str, str], Value | MeasuredFigure]:
    return {
        (check, network, name): value
        for check, networks in baseline.checks.items()
        for network, entry in networks.items()
        for name, value in entry.figures.items()
    }


def stale(baseline: Baseline, wanted: Mapping[str, Mapping[str, frozenset[str]]]) -> list[tuple[str, str, str]]:
    """(check, network, figure) of what no check asks for any more; network and figure "" where all of it is meant.

    `wanted` holds the figures of every network of every check.
    """
    found = []
    for check, networks in sorted(baseline.checks.items()):
        if check not in wanted:
            found.append((check, "", ""))
            continue
        for network, entry in sorted(networks.items()):
            if network not in wanted[check]:
                found.append((check, network, ""))
            else:
                found += [(check, network, name) for name in sorted(entry.figures.keys() - wanted[check][network])]
    return found


def pruned(baseline: Baseline, gone: list[tuple[str, str, str]]) -> Baseline:
    """The file without these entries."""
    checks = {}
    for check, networks in baseline.checks.items():
        kept = {
            network: entry._replace(
                figures={name: value for name, value in entry.figures.items() if (check, network, name) not in gone}
            )
            for network, entry in networks.items()
            if (check, network, "") not in gone
        }
        if (check, "", "") not in gone and kept:
            checks[check] = kept
    return baseline._replace(checks=checks)
