"""What every table shows: which rows and columns, in which order, and the total below them."""

from collections.abc import Callable
from typing import NamedTuple

from cnnscope.analysis.receptive_field import ReceptiveField
from cnnscope.analysis.report import JudgedClaim, Report
from cnnscope.analysis.rows import RowReport, rows
from cnnscope.errors import UsageError
from cnnscope.graph import INPUT
from cnnscope.shapes import dims, elements
from cnnscope.units import exact, short, short_bytes

Value = int | float | str


class View(NamedTuple):
    """How a report is shown. `width` is that of a terminal, None for natural width; `plain` allows ASCII only."""

    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None
    depth: int | None = None
    width: int | None = None
    colour: bool = False
    plain: bool = False


class Column(NamedTuple):
    """One column: its name in options and machine formats, its title, and what it holds.

    Of the columns that do not fit a terminal, that of the highest `drop` goes first; 0 never goes.
    """

    name: str
    title: str
    value: Callable[[RowReport], Value]
    text: Callable[[RowReport], str]
    drop: int = 0
    order: Callable[[RowReport], float] | None = None
    """What --sort compares, where it is not the value."""

    @property
    def is_number(self) -> bool:
        return self.text.__name__ == "number"


def _words(name: str, title: str, value: Callable[[RowReport], str], drop: int = 0) -> Column:
    return Column(name, title, value, value, drop)


def _number(name: str, title: str, value: Callable[[RowReport], int | float], drop: int = 0) -> Column:
    def number(row: RowReport) -> str:
        figure = value(row)
        return (exact(figure) if figure else "") if isinstance(figure, int) else f"{figure:.1f}"

    return Column(name, title, value, number, drop)


def _output(row: RowReport) -> str:
    return dims(row.output_shape)


def _seen(row: RowReport) -> str:
    return view_of(row.receptive_field)


def _area_seen(row: RowReport) -> float:
    size = row.receptive_field.size
    return float(size[0] * size[1]) if size else float("inf")


def _intensity(row: RowReport) -> float:
    return round(row.flops / (row.bytes_read + row.bytes_written), 6)


def view_of(field: ReceptiveField) -> str:
    """212, 23x7, ~59 where branches are misaligned, "whole" where an output sees the whole input."""
    if not field.size:
        return "whole"
    high, wide = (str(length) if isinstance(length, int) else f"{float(length):g}" for length in field.size)
    return ("~" if field.status == "misaligned" else "") + (high if high == wide else f"{high}x{wide}")


def _remarks(row: RowReport) -> list[str]:
    """Claims that do not hold as the page means them, and notes on the layers."""
    return [*(claim_text(claim) for claim in row.claims if not claim.holds or claim.known_false), *row.notes]


def claim_text(claim: JudgedClaim) -> str:
    """A claim that does not hold, with the reason; known-false ones carry another sign."""
    sign = "≠" if claim.as_expected else "✗"
    computed = exact(claim.computed) if isinstance(claim.computed, int) else claim.computed
    return f"{sign} {claim.metric} {claim.claimed}: computed {computed}; {claim.why}"


COLUMNS = (
    _words("layer", "layer", lambda row: row.name),
    _words("type", "type", lambda row: row.type, 4),
    _words("kernel", "kernel", lambda row: row.window, 3),
    Column("output", "output", _output, _output, 1, lambda row: elements(row.output_shape)),
    _number("output_elements", "output values", lambda row: elements(row.output_shape), 6),
    _number("params", "params", lambda row: row.params),
    _number("buffers", "buffers", lambda row: row.buffers, 7),
    _number("macs", "MACs", lambda row: row.macs),
    _number("flops", "FLOPs", lambda row: row.flops, 8),
    _number("output_bytes", "output bytes", lambda row: row.output_bytes, 6),
    _number("bytes_read", "bytes read", lambda row: row.bytes_read, 9),
    _number("bytes_written", "bytes written", lambda row: row.bytes_written, 9),
    _number("intensity", "FLOPs/byte", _intensity, 10),
    Column("receptive_field", "RF", _seen, _seen, 2, _area_seen),
    Column("notes", "notes", lambda row: "; ".join(_remarks(row)), lambda row: "\n".join(_remarks(row)), 5),
)
DEFAULT = ("layer", "type", "kernel", "output", "params", "macs", "output_bytes", "receptive_field", "notes")


class Sheet(NamedTuple):
    columns: tuple[Column, ...]
    rows: list[RowReport]
    hidden: int
    """Rows that --top leaves out."""


def sheet(report: Report, view: View) -> Sheet:
    """The rows and columns that a view selects; UsageError for a column that does not exist."""
    chosen = tuple(_column(name) for name in view.columns or DEFAULT)
    folded = rows(report, view.depth)
    shown = folded
    if view.sort:
        column = _column(view.sort)
        descending = column.is_number or column.order is not None
        shown = sorted(folded, key=column.order or column.value, reverse=descending)
    if view.top is not None:
        shown = shown[: view.top]
    if not view.columns and not any(_remarks(row) for row in shown):
        chosen = tuple(column for column in chosen if column.name != "notes")
    return Sheet(chosen, shown, len(folded) - len(shown))


def check(view: View) -> None:
    """UsageError for a column that does not exist; formats that show every column check the names as well."""
    for name in filter(None, (*view.columns, view.sort)):
        _column(name)


def _column(name: str) -> Column:
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    known = {column.name: column for column in COLUMNS}
    if wanted not in known:
        from difflib import get_close_matches

        near = get_close_matches(wanted, known, n=1)
        raise UsageError(
            f"no column `{name[:40]}`", f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        )
    return known[wanted]


def totals(report: Report) -> dict[str, str]:
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


def printable(text: str, *, newline: str = "; ") -> str:
    """Text without control characters, which could move a cursor; `newline` stands for our own line breaks."""
    return "".join(sign if sign.isprintable() else newline if sign == "\n" else "?" for sign in text)


def headline(report: Report) -> str:
    return f"{report.network} · input {dims(report.input_shape)} · batch {report.input_shape[0]} · {report.dtype}"


def summary(report: Report) -> list[tuple[str, str]]:
    """Every total with its convention: (what, figure and definition)."""
    cost, peak, field = report.cost, report.peak, report.receptive_field
    kinds = {"adds": cost.adds, "multiplies": cost.multiplies, "compares": cost.compares, "divides": cost.divides}
    kinds["transcendentals"] = cost.transcendentals
    others = ", ".join(f"{short(count)} {kind}" for kind, count in kinds.items() if count)
    alive = ", ".join(f"{tensor} {short_bytes(size)}" for tensor, size in peak.alive[:6])
    more = f" and {len(peak.alive) - 6} more" if len(peak.alive) > 6 else ""
    lines = [
        (
            "params",
            f"{exact(report.params)} trainable, {exact(report.buffers)} in buffers: {short_bytes(report.weight_bytes)}",
        ),
        ("MACs", f"{exact(report.macs)} multiply-accumulates of convolutions and matrix products, without biases"),
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
                f"{view_of(field)}, stride {strides}, at the last layer that does not see the whole input",
            )
        )
    if report.source:
        lines.append(("source", report.source))
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


def open_claims(report: Report) -> list[JudgedClaim]:
    """Claims about the whole network or its input that do not hold: no row shows them."""
    above = (claim for claim in report.claims if claim.layer in ("", INPUT))
    return [claim for claim in above if not claim.holds or not claim.as_expected]
