"""Several verifications in one table: a line for every network, and every disagreement below."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from cnnscope.render.pages import verification as page
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, View, arrange, number, words
from cnnscope.verification.record import OURS, Verification
from cnnscope.verification.rows import worst


def sheet(results: Sequence[Verification], view: View) -> Sheet[Verification]:
    return arrange(COLUMNS, results, view)._replace(
        summary=_summary(results),
        remarks=[
            Remark(f"✗ {entry.network}: {found.text}", entry.path, found.line)
            for entry in results
            for found in entry.disagreements
        ],
    )


def record(results: Sequence[Verification]) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, "networks": [page.record(entry) for entry in results]}


def _share(metric: str) -> Any:
    """How near the values come to their bound, at worst."""

    def share(entry: Verification) -> float | None:
        most = worst(getattr(layer, metric) for layer in entry.layers)
        return most.share if most else None

    return share


def _percent(value: Any) -> str:
    return "" if value is None else f"{value:.1%}"


COLUMNS: tuple[Column[Verification], ...] = (
    words("network", "network", lambda entry: entry.network, wrap=1),
    number("layers", "layers", lambda entry: len(entry.layers), 3),
    number("params", "params", lambda entry: entry.totals["params"][OURS], 2),
    number("macs", "MACs", lambda entry: entry.totals["macs"][OURS], 2),
    number("peak", "peak bytes", lambda entry: entry.totals["peak_in_place"][OURS], 3),
    number("values", "values of allowed", _share("alone"), 1, _percent, sparse=True),
    number("end_to_end", "end to end", _share("end_to_end"), 1, _percent, sparse=True),
    number("claims", "claims", lambda entry: len(entry.claims), 4),
    words("asked", "asked", lambda entry: " ".join(entry.asked), 5),
    words("verdict", "agree", lambda entry: "✓" if entry.holds else f"✗ {len(entry.disagreements)} not"),
)


def _summary(results: Sequence[Verification]) -> list[tuple[str, str]]:
    """What was not asked, with the number of networks, and the verdict."""
    left_out = Counter(entry.text for result in results for entry in result.not_asked)
    lines = [("not asked", f"{text} ({count} network{'s' if count > 1 else ''})") for text, count in left_out.items()]
    good = sum(entry.holds for entry in results)
    bad = f", {len(results) - good} do NOT" if good < len(results) else ""
    return [*lines, ("verdict", f"{good} of {len(results)} networks agree with everything that was asked{bad}")]
