"""The configuration that `check --init` writes: today's figures with headroom, and what to do next as comments."""

import math
from collections.abc import Sequence
from fractions import Fraction

from cnnscope.analysis.report import Report
from cnnscope.budgets.units import UNITS

HEADROOM = Fraction(10, 100)

_HEAD = """\
# What our networks may cost. `cnnscope check` decides every line below, or is red and says why.
# The limits are today's figures and {headroom:.0%}; tighten those that matter. docs/budgets.md has the grammar.

# Figures to compare with ("macs <= base + 1%"): `cnnscope baseline update` writes this file, commit it.
# baseline = "cnnscope.baseline.json"
"""


def first_config(networks: Sequence[tuple[str, Report]]) -> str:
    """The text of a cnnscope.toml for these models and their reports; it holds as soon as it is written."""
    return _HEAD.format(headroom=float(HEADROOM)) + "".join(_check(model, report) for model, report in networks)


def _check(model: str, report: Report) -> str:
    rows = [
        (f"params <= {_rounded(report.params, 'count')}", f"{report.params:,} now"),
        (f"macs <= {_rounded(report.macs, 'count')}", f"{report.macs:,} now"),
        (
            f"peak_activation_bytes <= {_rounded(report.peak_activation_bytes, 'bytes')}",
            f"{report.peak_activation_bytes:,} B now, while {_comment(report.peak.layer)} runs",
        ),
    ]
    size = min(report.receptive_field.size) if report.receptive_field and report.receptive_field.size else 0
    if least := math.floor(size * (1 - HEADROOM)):
        rows.append((f"receptive_field >= {least}", f"{float(size):g} now"))
    if report.claims and all(claim.as_expected for claim in report.claims):
        rows.append(("claims == hold", f"the {len(report.claims)} figures that the page prints"))
    width = max(len(budget) for budget, _ in rows) + 4
    lines = [f"    {_quoted(budget) + ',':<{width}} # {remark}" for budget, remark in rows]
    shape = "x".join(map(str, report.input_shape[1:]))
    return "\n".join(
        [
            "",
            "[[check]]",
            f"name = {_quoted(report.network)}",
            f"model = {_quoted(model)}",
            f"input = {_quoted(shape)}",
            "budget = [",
            *lines,
            "]",
            '# message = "Whom to ask before raising a limit."',
            "",
        ]
    )


def _rounded(value: int, kind: str) -> str:
    """The value and the headroom, rounded up to three digits, as a limit."""
    limit = value * (1 + HEADROOM)
    units = {"count": ("G", "M", "K", ""), "bytes": ("GB", "MB", "kB", "B")}[kind]
    known = UNITS["count" if kind == "count" else "bytes"]
    unit = next(name for name in units if limit >= known[name] or name in ("", "B"))
    size = limit / known[unit]
    decimals = 0 if unit in ("", "B") else max(0, 2 - int(math.log10(max(float(size), 1))))
    steps = math.ceil(size * 10**decimals)
    whole, part = divmod(steps, 10**decimals)
    digits = f"{whole}.{part:0{decimals}d}".rstrip("0") if part else str(whole)
    return f"{digits} {unit}" if kind == "bytes" else f"{digits}{unit}"


def _quoted(text: str) -> str:
    """A TOML string; JSON's escapes are among TOML's."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
