"""A verification: our figures row by row, how far the runtimes' values are apart, and which engines agree."""

from typing import Any

from cnnscope.render.sheet import Column, Remark, Sheet, Value, View, arrange, number, words
from cnnscope.shapes import dims, elements
from cnnscope.units import exact, short_bytes
from cnnscope.verification.record import (
    ENGINES,
    OURS,
    RUNTIME,
    TORCH,
    Counts,
    Verification,
)
from cnnscope.verification.rows import VerifiedRow, rows, worst


def sheet(verification: Verification, view: View) -> Sheet[VerifiedRow]:
    shape = verification.input_shape
    return arrange(COLUMNS, rows(verification, view.depth), view, default=_DEFAULT)._replace(
        network=verification.network,
        headline=f"{verification.network} · input {dims(shape)} · batch {shape[0]} · {verification.dtype} · "
        f"seed {verification.seed}",
        totals=_totals(verification),
        summary=summary(verification),
        remarks=[Remark(f"✗ {found.text}", verification.path, found.line) for found in verification.disagreements],
    )


def record(verification: Verification) -> dict[str, Any]:
    from cnnscope.render.verification_records import verification_record

    return verification_record(verification)


def verdict(verification: Verification) -> str:
    """One line: what the engines agree on, or how often they do not."""
    asked = ", ".join(verification.asked)
    if verification.holds:
        return f"everything that was asked of {asked} agrees"
    count = len(verification.disagreements)
    return f"{count} figure{'s do' if count > 1 else ' does'} NOT agree; asked were {asked}"


def _count(value: Value) -> str:
    return exact(value) if isinstance(value, int) and value else ""


def _scientific(value: Value) -> str:
    return f"{value:.1e}" if isinstance(value, float) else ""


def _sign(row: VerifiedRow) -> str:
    return f"✗ {', '.join(row.wrong)}" if row.wrong else "✓"


COLUMNS: tuple[Column[VerifiedRow], ...] = (
    words("layer", "layer", lambda row: row.name, wrap=1),
    words("type", "type", lambda row: row.type, 4),
    Column(
        "output",
        "output",
        lambda row: dims(row.output_shape),
        lambda row: dims(row.output_shape),
        3,
        order=lambda row: elements(row.output_shape),
    ),
    number("params", "params", lambda row: row.params, 2, _count),
    number("buffers", "buffers", lambda row: row.buffers, 5, _count),
    number("macs", "MACs", lambda row: row.macs, 2, _count),
    number("error", "values apart", lambda row: row.alone and row.alone.error, 1, _scientific, sparse=True),
    number("bound", "allowed", lambda row: row.alone and row.alone.bound, 1, _scientific, sparse=True),
    number("end_to_end", "end to end", lambda row: row.end_to_end and row.end_to_end.error, 6, _scientific),
    number("end_to_end_bound", "allowed there", lambda row: row.end_to_end and row.end_to_end.bound, 6, _scientific),
    words("verdict", "agree", _sign),
)
_DEFAULT = ("layer", "type", "output", "params", "buffers", "macs", "error", "bound", "verdict")


def _totals(verification: Verification) -> dict[str, str]:
    ours = {metric: figures[OURS] for metric, figures in verification.totals.items()}
    return {
        "layer": "total",
        "params": exact(ours["params"]),
        "buffers": exact(ours["buffers"]),
        "macs": exact(ours["macs"]),
        "verdict": "✓" if verification.holds else f"✗ {len(verification.disagreements)}",
    }


def summary(verification: Verification) -> list[tuple[str, str]]:
    """What was compared with what, what was not asked, and the verdict."""
    totals = verification.totals
    lines = [
        ("shapes", _of_layers(verification, "shape")),
        ("params", f"{_equal(totals['params'])}; in buffers {_equal(totals['buffers'])}"),
        ("stored", f"{_equal(totals['stored'])} params and buffers, of which onnx knows the sum"),
        ("MACs", f"{_equal(totals['macs'])}; {_of_layers(verification, 'macs')}"),
        *_values(verification),
        ("peak memory", _peak(verification)),
    ]
    if verification.claims:
        wrong = sum(not claim.as_expected for claim in verification.claims)
        false = sum(bool(claim.known_false) for claim in verification.claims)
        known = f", {false} of them false" if false else ""
        bad = f"; {wrong} NOT" if wrong else ""
        count = len(verification.claims)
        lines.append(("claims", f"{count - wrong} of {count} printed figures are as the page says{known}{bad}"))
    lines += [("not asked", entry.text) for entry in verification.not_asked]
    return [*lines, ("verdict", verdict(verification))]


def _of_layers(verification: Verification, metric: str) -> str:
    """How many layers' figures are the same for which engines."""
    figures = [getattr(layer, metric) for layer in verification.layers]
    parts = []
    for engine in ENGINES:
        answers = [entry for entry in figures if engine in entry]
        if answers:
            same = sum(entry[engine] == entry[OURS] for entry in answers)
            parts.append(f"{engine} {same} of {len(figures)}")
    return "as ours: " + (", ".join(parts) or "nobody was asked") + (" layers" if parts else "")


def _equal(figures: Counts) -> str:
    """150 = torch 150, or 150 ≠ torch 160."""
    ours = figures[OURS]
    others = [f" {'=' if value == ours else '≠'} {engine} {exact(value)}" for engine, value in figures.items()][1:]
    return exact(ours) + "".join(others)


def _values(verification: Verification) -> list[tuple[str, str]]:
    """The deviations that come nearest to their bounds, and that of the network's last layer."""
    found = []
    for metric, what in (("alone", "values"), ("end_to_end", "end to end")):
        known = {layer.name: getattr(layer, metric) for layer in verification.layers if getattr(layer, metric)}
        if most := worst(known.values()):
            where = next(name for name, deviation in known.items() if deviation is most)
            from_where = "every layer from the same inputs" if metric == "alone" else "from the network's input on"
            text = (
                f"{RUNTIME} and {TORCH} are {most.error:.1e} apart at {where}, allowed {most.bound:.1e}: {from_where}"
            )
            found.append((what, text))
    return found


def _peak(verification: Verification) -> str:
    """Computed and measured, with and without reuse."""
    parts = []
    for metric, how in (("peak_in_place", "with element-wise layers in place"), ("peak", "without")):
        ours, *measured = verification.totals[metric].values()
        found = "".join(f" {'=' if value == ours else '≠'} {short_bytes(value)} measured" for value in measured)
        parts.append(f"{short_bytes(ours)}{found} {how}")
    return ", ".join(parts)
