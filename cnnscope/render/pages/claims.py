"""Every figure that pages print, beside ours: which hold, by which convention, and what explains the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnnscope.analysis.columns import kind
from cnnscope.analysis.report import JudgedClaim
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, View, arrange, number, words
from cnnscope.units import exact

HOLDS, CONVENTION, KNOWN, FALSE = "holds", "by convention", "known false", "false"
_SIGNS = {HOLDS: "✓", CONVENTION: "✓", KNOWN: "≠", FALSE: "✗"}


class Checked(NamedTuple):
    """One printed figure of one network, and what explains it where it does not hold as it stands."""

    network: str
    path: str
    claim: JudgedClaim
    why: str

    @property
    def verdict(self) -> str:
        if self.claim.known_false:
            return KNOWN if self.claim.as_expected else FALSE
        if not self.claim.holds:
            return FALSE
        return CONVENTION if self.claim.why else HOLDS


@dataclass(frozen=True, slots=True)
class Misses:
    """The figures of these that do not hold as they stand: a table shows the false ones and sums conventions up."""

    entries: Sequence[Checked]

    def of(self, *verdicts: str) -> list[Checked]:
        return [entry for verdict in verdicts for entry in self.entries if entry.verdict == verdict]


def _computed(entry: Checked) -> str:
    computed = entry.claim.computed
    return exact(computed) if isinstance(computed, int) else str(computed or "")


COLUMNS: tuple[Column[Checked], ...] = (
    words("verdict", "verdict", lambda entry: f"{_SIGNS[entry.verdict]} {entry.verdict}"),
    words("network", "network", lambda entry: entry.network, 2),
    number("line", "line", lambda entry: entry.claim.line or None, 3),
    words("layer", "layer", lambda entry: entry.claim.layer, wrap=1),
    words("metric", "figure", lambda entry: entry.claim.metric),
    words("claimed", "printed", lambda entry: entry.claim.claimed),
    Column("computed", "computed", lambda entry: entry.claim.computed, _computed, is_number=False),
    words("why", "why", lambda entry: entry.why, wrap=2),
)
JSON_INDENT = 1


def sheet(result: Sequence[Checked] | Misses, view: View) -> Sheet[Checked]:
    if not isinstance(result, Misses):
        return arrange(COLUMNS, result, view)._replace(tally=tally(result))
    conventional = result.of(CONVENTION)
    return arrange(COLUMNS, result.of(FALSE, KNOWN), view)._replace(
        summed=conventional, remarks=_conventions(conventional), tally=tally(result.entries)
    )


def _conventions(entries: Sequence[Checked]) -> list[Remark]:
    """31 figures hold by convention: the table leaves out biases."""
    counts = Counter(kind(entry.claim.why) for entry in entries)
    return [
        Remark(f"{count} figure{'s hold' if count != 1 else ' holds'} by convention: {name}")
        for name, count in counts.most_common()
    ]


def tally(entries: Sequence[Checked]) -> str:
    """87 printed figures: 53 hold, 32 by a convention, 2 known to be false."""
    counts = {verdict: sum(entry.verdict == verdict for entry in entries) for verdict in _SIGNS}
    parts = [f"{counts[HOLDS]} hold"]
    parts += [f"{counts[CONVENTION]} by a convention"] if counts[CONVENTION] else []
    parts += [f"{counts[KNOWN]} known to be false"] if counts[KNOWN] else []
    parts += [f"{counts[FALSE]} false"] if counts[FALSE] else []
    return f"{len(entries)} printed figure{'s' if len(entries) != 1 else ''}: {', '.join(parts)}"


def record(result: Sequence[Checked] | Misses) -> dict[str, Any]:
    entries = result.of(FALSE, KNOWN, CONVENTION) if isinstance(result, Misses) else result
    return {"schema_version": SCHEMA_VERSION, "claims": [_entry(entry) for entry in entries]}


def _entry(entry: Checked) -> dict[str, Any]:
    claim = entry.claim
    return {
        "network": entry.network,
        "line": claim.line,
        "layer": claim.layer or None,
        "metric": claim.metric,
        "claimed": claim.claimed,
        "computed": claim.computed,
        "verdict": entry.verdict,
        "why": entry.why,
    }
