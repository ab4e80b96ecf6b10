"""Every figure that pages print, beside ours: which hold, by which convention, and what explains the others."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnnscope.analysis.report import JudgedClaim
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Sheet, View, arrange, number, words
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


def sheet(entries: Sequence[Checked], view: View) -> Sheet[Checked]:
    return arrange(COLUMNS, entries, view)._replace(tally=tally(entries))


def tally(entries: Sequence[Checked]) -> str:
    """87 printed figures: 53 hold, 32 by a convention, 2 known to be false."""
    counts = {verdict: sum(entry.verdict == verdict for entry in entries) for verdict in _SIGNS}
    parts = [f"{counts[HOLDS]} hold"]
    parts += [f"{counts[CONVENTION]} by a convention"] if counts[CONVENTION] else []
    parts += [f"{counts[KNOWN]} known to be false"] if counts[KNOWN] else []
    parts += [f"{counts[FALSE]} false"] if counts[FALSE] else []
    return f"{len(entries)} printed figure{'s' if len(entries) != 1 else ''}: {', '.join(parts)}"


def record(entries: Sequence[Checked]) -> dict[str, Any]:
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
