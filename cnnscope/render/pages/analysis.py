"""The analysis of a network: rows as the page has them, totals with their conventions, claims that fail."""

from typing import Any

from cnnscope.analysis.receptive_field import ReceptiveField
from cnnscope.analysis.report import JudgedClaim, Report
from cnnscope.analysis.rows import RowReport, rows
from cnnscope.graph import INPUT, Assumption
from cnnscope.render.sheet import Column, Remark, Sheet, Value, View, arrange, number, words
from cnnscope.shapes import dims, elements
from cnnscope.units import exact, short, short_bytes


def sheet(report: Report, view: View) -> Sheet[RowReport]:
    folded = arrange(COLUMNS, rows(report, view.depth), view, default=_DEFAULT)
    misaligned = any(row.receptive_field.status == "misaligned" for row in folded.rows)
    shape = report.input_shape
    return folded._replace(
        network=report.network,
        headline=f"{report.network} · input {dims(shape)} · batch {shape[0]} · {report.dtype}",
        totals=_totals(report),
        summary=_summary(report),
        remarks=[_remark(report, claim) for claim in _claims_of_no_row(report)],
        instead={"notes": [_remark(report, claim) for row in folded.rows for claim in row.claims if not claim.holds]},
        legend=["~ receptive field of branches that are not aligned"] if misaligned else [],
    )


def record(report: Report) -> dict[str, Any]:
    from cnnscope.render.records import report_record

    return report_record(report)


def claim_text(claim: JudgedClaim) -> str:
    """A claim that does not hold, with the reason; known-false ones carry another sign."""
    sign = "≠" if claim.as_expected else "✗"
    computed = exact(claim.computed) if isinstance(claim.computed, int) else claim.computed
    return f"{sign} {claim.metric} {claim.claimed}: computed {computed}; {claim.why}"


def assumption_text(assumption: Assumption) -> str:
    """same padding in C3, C5: solves 27x27. Only the first of many rows are named; a contradiction carries a sign."""
    rows = ", ".join(assumption.rows[:_MOST_ROWS])
    more = f" and {len(assumption.rows) - _MOST_ROWS} more" if len(assumption.rows) > _MOST_ROWS else ""
    where = f" in {rows}{more}" if rows else ""
    sign = "CONTRADICTION: " if assumption.ground == "contradiction" else ""
    return f"{sign}{assumption.what} {assumption.value}{where}: {assumption.why}"


_MOST_ROWS = 6


def _figure(value: Value) -> str:
    """A table of layers is easier to read without its zeros."""
    if isinstance(value, int):
        return exact(value) if value else ""
    return f"{value:.1f}"


def _output(row: RowReport) -> str:
    return dims(row.output_shape)


def _seen(row: RowReport) -> str:
    return _view_of(row.receptive_field)


def _area_seen(row: RowReport) -> float:
    size = row.receptive_field.size
    return float(size[0] * size[1]) if size else float("inf")


def _intensity(row: RowReport) -> float:
    return round(row.flops / (row.bytes_read + row.bytes_written), 6)


def _view_of(field: ReceptiveField) -> str:
    """212, 23x7, ~59 where branches are misaligned, "whole" where an output sees the whole input."""
    if not field.size:
        return "whole"
    high, wide = (str(length) if isinstance(length, int) else f"{float(length):g}" for length in field.size)
    return ("~" if field.status == "misaligned" else "") + (high if high == wide else f"{high}x{wide}")


def _notes(row: RowReport) -> list[str]:
    """Claims that do not hold as the page means them, and notes on the layers."""
    return [*(claim_text(claim) for claim in row.claims if not claim.holds or claim.known_false), *row.notes]


COLUMNS: tuple[Column[RowReport], ...] = (
    Column("layer", "layer", lambda row: row.name, lambda row: row.name, wrap=1),
    words("type", "type", lambda row: row.type, 4),
    words("kernel", "kernel", lambda row: row.window, 3),
    Column("output", "output", _output, _output, 1, order=lambda row: elements(row.output_shape)),
    number("output_elements", "output values", lambda row: elements(row.output_shape), 6, _figure),
    number("params", "params", lambda row: row.params, 0, _figure),
    number("buffers", "buffers", lambda row: row.buffers, 7, _figure),
    number("macs", "MACs", lambda row: row.macs, 0, _figure),
    number("flops", "FLOPs", lambda row: row.flops, 8, _figure),
    number("output_bytes", "output bytes", lambda row: row.output_bytes, 6, _figure),
    number("bytes_read", "bytes read", lambda row: row.bytes_read, 9, _figure),
    number("bytes_written", "bytes written", lambda row: row.bytes_written, 9, _figure),
    number("intensity", "FLOPs/byte", _intensity, 10, _figure),
    Column("receptive_field", "RF", _seen, _seen, 2, order=_area_seen),
    Column(
        "notes",
        "notes",
        lambda row: "; ".join(_notes(row)),
        lambda row: "\n".join(_notes(row)),
        drop=5,
        wrap=2,
        sparse=True,
    ),
)
_DEFAULT = ("layer", "type", "kernel", "output", "params", "macs", "output_bytes", "receptive_field", "notes")


def _totals(report: Report) -> dict[str, str]:
    """The total of every column that adds up."""
    return {
        "layer": "total",
        "params": exact(report.params),
        "buffers": exact(report.buffers),
        "macs": exact(report.macs),
        "flops": exact(report.flops),
        "output_bytes": exact(report.activation_bytes),
        "bytes_read": exact(sum(layer.bytes_read for layer in report.layers)),
        "bytes_written": exact(sum(layer.bytes_written for layer in report.layers)),
    }


def _summary(report: Report) -> list[tuple[str, str]]:
    """Every total with its convention: (what, figure and definition)."""
    cost, peak, field = report.cost, report.peak, report.receptive_field
    kinds = {"adds": cost.adds, "multiplies": cost.multiplies, "compares": cost.compares, "divides": cost.divides}
    kinds["transcendentals"] = cost.transcendentals
    others = ", ".join(f"{short(count)} {kind}" for kind, count in kinds.items() if count)
    alive = ", ".join(f"{tensor} {short_bytes(size)}" for tensor, size in peak.alive[:6])
    more = f" and {len(peak.alive) - 6} more" if len(peak.alive) > 6 else ""
    # Totals of a network that its table does not print whole are lower bounds.
    least = "≥ " if report.missing else ""
    lines = [
        (
            "params",
            f"{least}{exact(report.params)} trainable, {exact(report.buffers)} in buffers: "
            f"{short_bytes(report.weight_bytes)}",
        ),
        (
            "MACs",
            f"{least}{exact(report.macs)} multiply-accumulates of convolutions and matrix products, without biases",
        ),
        (
            "FLOPs",
            f"{exact(report.flops)}: 2 x {short(cost.multiply_adds)} multiply-adds{' + ' if others else ''}{others}",
        ),
        ("activations", f"{short_bytes(report.activation_bytes)} with every row's output kept, input excluded"),
        (
            "peak memory",
            f"{short_bytes(peak.bytes)} while {peak.layer} runs: {alive}{more}; element-wise layers "
            + ("reuse their input" if report.in_place else "take memory of their own"),
        ),
        (
            "training",
            f"{short_bytes(report.training_bytes)}: weights, gradients, {report.optimizer}, "
            f"{short_bytes(report.saved_bytes)} kept for backward",
        ),
    ]
    if field and field.vertical and field.horizontal:
        strides = "x".join(dict.fromkeys(f"{float(axis.stride):g}" for axis in (field.vertical, field.horizontal)))
        lines.append(
            (
                "receptive field",
                f"{_view_of(field)}, stride {strides}, at the last layer that does not see the whole input",
            )
        )
    if report.source:
        lines.append(("source", report.source))
    lines += [("missing", f"NOT in the table: {what}") for what in report.missing]
    lines += [("assumed", assumption_text(assumption)) for assumption in report.assumptions]
    if report.claims:
        lines.append(("claims", _claims(report)))
    return lines


def _claims(report: Report) -> str:
    wrong = [claim for claim in report.claims if not claim.as_expected]
    conventional = sum(claim.holds and bool(claim.why) for claim in report.claims)
    known = sum(bool(claim.known_false) and not claim.holds for claim in report.claims)
    holding = sum(claim.holds for claim in report.claims)
    parts = [f"{holding} of {len(report.claims)} printed figures hold"]
    if conventional:
        parts.append(f"{conventional} of them by a convention")
    if known:
        parts.append(f"{known} known to be false")
    if wrong:
        parts.append(f"{len(wrong)} NOT as printed")
    return ", ".join(parts)


def _claims_of_no_row(report: Report) -> list[JudgedClaim]:
    """Claims about the whole network or its input that do not hold: no row shows them."""
    above = (claim for claim in report.claims if claim.layer in ("", INPUT))
    return [claim for claim in above if not claim.holds or not claim.as_expected]


def _remark(report: Report, claim: JudgedClaim) -> Remark:
    return Remark(claim_text(claim), report.path, claim.line)
