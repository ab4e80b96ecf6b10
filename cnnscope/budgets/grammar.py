"""One assertion: `metric[.statistic][@layers] op value`, or `op base [± n% | ± value]`, or `claims == hold`.

params <= 5M
params@head.* <= 1.5M
macs <= base + 1%
latency.p90 <= 120 ms
"""

import re
from fractions import Fraction
from typing import Literal, NamedTuple, cast

from cnnscope.budgets.metrics import METRICS, Metric
from cnnscope.budgets.units import Quantity, quantity
from cnnscope.errors import CellError

Operator = Literal["<=", "<", ">=", ">", "=="]
OPERATORS: tuple[Operator, ...] = ("<=", "<", ">=", ">", "==")
Level = Literal["fail", "warn"]

LONGEST_BUDGET = 200
BASE, HOLD = "base", "hold"
_COMPARISON = re.compile(r"(<=|>=|==|<|>)")
_RELATIVE = re.compile(r"base(?:\s*([+-])\s*(.+))?")
_PERCENT = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,6})?) ?%")


class Relative(NamedTuple):
    """A limit beside the baseline's value: `sign` is 1 or -1, `share` a fraction of it or `amount` a quantity."""

    sign: int = 1
    share: Fraction = Fraction(0)
    amount: Quantity | None = None

    def limit(self, base: Fraction) -> Fraction:
        step = self.amount.value if self.amount else base * self.share
        return base + self.sign * step

    def __str__(self) -> str:
        if not self.share and not self.amount:
            return BASE
        step = str(self.amount) if self.amount else f"{_decimal(self.share * 100)}%"
        return f"{BASE} {'+' if self.sign > 0 else '-'} {step}"


class Budget(NamedTuple):
    """One assertion as read. `limit` is a quantity, a relative limit, or None for `claims == hold`.

    `level` says what a broken one counts as; a change of a measured figure below `min_change` is no regression.
    """

    metric: Metric
    layers: str
    op: Operator
    limit: Quantity | Relative | None
    level: Level = "fail"
    min_change: Quantity | None = None

    @property
    def figure(self) -> str:
        """What is judged, as the baseline names it: macs, params@head.*."""
        return f"{self.metric.name}@{self.layers}" if self.layers else self.metric.name

    @property
    def is_relative(self) -> bool:
        return isinstance(self.limit, Relative)

    def __str__(self) -> str:
        return f"{self.figure} {self.op} {HOLD if self.limit is None else self.limit}"


def budget(text: str) -> Budget:
    """Read one assertion; CellError says what is wrong and what to write instead."""
    if len(text) > LONGEST_BUDGET:
        raise CellError(f"a budget of {len(text):,} characters", f"at most {LONGEST_BUDGET} are read")
    if hidden := next((sign for sign in text if not sign.isprintable()), None):
        raise CellError(f"a budget with the invisible character U+{ord(hidden):04X}", "type it anew, with plain spaces")
    parts = _COMPARISON.split(text)
    if len(parts) != 3:
        what = "has no comparison" if len(parts) == 1 else "has several comparisons"
        raise CellError(f"`{text[:60]}` {what}", f"write one such as params <= 5M, with one of {' '.join(OPERATORS)}")
    left, op, right = parts[0].strip(), cast(Operator, parts[1]), parts[2].strip()
    metric, layers = figure(left)
    if right[:1] in ("=", "!", "~"):
        raise CellError(f"`{op}{right[:1]}` is no comparison", f"known are {' '.join(OPERATORS)}")
    return Budget(metric, layers, op, limit(metric, op, right))


def figure(text: str) -> tuple[Metric, str]:
    """The metric and the layers of `metric@layers`; CellError suggests the nearest metric."""
    name, at, layers = (part.strip() for part in text.partition("@"))
    if at and not layers:
        raise CellError(
            f"`{text[:60]}` names no layers", "write a layer's name or a pattern after the @: params@head.*"
        )
    if name not in METRICS:
        raise CellError(*_unknown(name))
    metric = METRICS[name]
    if layers and metric.part is None:
        raise CellError(f"{name} is a figure of the whole network", f"write {name} without @{layers[:40]}")
    return metric, layers


def limit(metric: Metric, op: Operator, text: str) -> Quantity | Relative | None:
    """Read what stands behind the comparison."""
    if metric.kind == "claims":
        if op != "==" or text != HOLD:
            raise CellError(f"`claims {op} {text[:40]}` means nothing", "write claims == hold")
        return None
    if metric.measured and op == "==":
        raise CellError(f"{metric.name} is measured, and never equals a number", "compare with <= or >=")
    if relative := _RELATIVE.fullmatch(text):
        found: Quantity | Relative = _relative(metric, op, relative[1], (relative[2] or "").strip())
    elif text.lower().startswith(BASE):
        raise CellError(f"`{text[:40]}` is not a limit", f"write {BASE}, {BASE} + 1% or {BASE} - 5%")
    else:
        found = quantity(text, metric.kind)
    if op == ">=" and _is_zero(found):
        raise CellError(f"every network has {metric.name} {op} {text}", "a limit that nothing can break is none")
    return found


def _relative(metric: Metric, op: Operator, sign: str | None, step: str) -> Relative:
    if metric.measured and not metric.has_interval:
        raise CellError(
            f"{metric.name} has no interval to compare with", "compare latency.median, p90, p95, p99 or throughput"
        )
    if not sign:
        return Relative()
    if op == "==":
        raise CellError(f"== {BASE} {sign} {step} leaves no room", f"write == {BASE}, or <= {BASE} {sign} {step}")
    direction = 1 if sign == "+" else -1
    if percent := _PERCENT.fullmatch(step):
        share = Fraction(percent[1]) / 100
        if direction < 0 and share > 1:
            raise CellError(f"{BASE} - {step} is below zero", "write at most 100%")
        return Relative(direction, share) if share else Relative()
    if "%" in step:
        raise CellError(f"`{step[:40]}` is not a percentage", "write one such as 1% or 2.5%")
    amount = quantity(step, metric.kind)
    return Relative(direction, Fraction(0), amount) if amount.value else Relative()


def _is_zero(limit: Quantity | Relative) -> bool:
    """Is this limit zero, whatever the base?"""
    if isinstance(limit, Quantity):
        return not limit.value
    return limit.sign < 0 and limit.share == 1


def _unknown(name: str) -> tuple[str, str]:
    from difflib import get_close_matches

    if not name:
        return "a budget without a metric", "write one such as params <= 5M"
    statistics = [known for known in METRICS if known.startswith(f"{name}.")]
    if statistics:
        return f"{name} needs a statistic", f"write one of {', '.join(statistics)}"
    near = get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), METRICS, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(METRICS)}"
    return f"no metric `{name[:40]}`", hint


def _decimal(number: Fraction) -> str:
    """A fraction that was read from decimals, as decimals again: 1, 2.5, 0.000001."""
    text = f"{number.numerator * 10**8 // number.denominator:09d}"
    return f"{text[:-8]}.{text[-8:]}".rstrip("0").rstrip(".")
