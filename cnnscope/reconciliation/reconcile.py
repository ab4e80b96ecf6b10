"""Applies the tools' conventions to a report."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.errors import UsageError
from cnnscope.reconciliation import implementations, tools
from cnnscope.reconciliation.record import Reconciled, Reconciliation, TermValue
from cnnscope.reconciliation.subject import Subject, subject
from cnnscope.reconciliation.tool import Rule, Tool

AS_KNOWN: Mapping[str, str] = MappingProxyType({})


def reconcile(report: Report, names: Sequence[str] = (), calls: Mapping[str, str] = AS_KNOWN) -> Reconciliation:
    """What the named tools, or else all, would report; UsageError for an unknown tool or a network that is not whole.

    `calls` says how the implementation calls layers, by name, pattern or type: {"relu": "function"}.
    """
    if report.missing:
        why = f"{report.network} is not whole: {'; '.join(report.missing)}"
        raise UsageError(why, "`cnnscope analyze` shows the part that is there")
    chosen = {tool.name: tool for name in names for tool in find(name)}.values() if names else tools.all_tools()
    counted = subject(report, calls)
    figures = tuple(_figure(tool, rule, counted) for tool in chosen for rule in tool.rules)
    remark = implementations.of(counted.network).remark
    return Reconciliation(report.network, report.path, report.input_shape, figures, remark)


def find(name: str) -> list[Tool]:
    """The tool of this name, or all of a family: ptflops means ptflops-aten, ptflops-meta and ptflops-pytorch.

    UsageError suggests the nearest.
    """
    word = _normal(name)
    if found := [tool for tool in tools.all_tools() if tool.name == word] or _family(word):
        return found
    near = [tool for match in _near(word) for tool in tools.all_tools() if tool.name == match or tool in _family(match)]
    hint = f"did you mean {' or '.join(dict.fromkeys(tool.name for tool in near))}?" if near else _known()
    raise UsageError(f"no tool `{name[:60]}`", hint)


def _family(word: str) -> list[Tool]:
    return [tool for tool in tools.all_tools() if tool.name.startswith(f"{word}-")]


def _near(word: str) -> list[str]:
    """Tools and families that begin so, or else that are spelt almost so."""
    names = [tool.name for tool in tools.all_tools()]
    begun = [name for name in names if len(word) > 1 and name.startswith(word)]
    families = [name.partition("-")[0] for name in names if "-" in name]
    return begun or get_close_matches(word, dict.fromkeys([*names, *families]), n=3, cutoff=0.6)


def _known() -> str:
    return f"known are {', '.join(tool.name for tool in tools.all_tools())}"


def _normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _figure(tool: Tool, rule: Rule, counted: Subject) -> Reconciled:
    ours = _base(rule, counted.report.layers)
    refused = next((layer for layer in counted.layers if layer.type in rule.refuses), None)
    if refused:
        why = f"{refused.name}: {rule.refuses[refused.type]}"
        return Reconciled(tool.name, rule.quantity, rule.base, ours, rule.times, (), False, None, why, *tool[1:3])
    counts = [TermValue(term.what, term.factor, term.count(counted)) for term in rule.terms]
    added = TermValue("behind the adaptive pool", rule.times, _base(rule, counted.layers) - ours)
    terms = tuple(term for term in (added, *counts) if term.amount)
    total: int | Fraction = rule.times * ours + sum(term.value for term in terms)
    if rule.averages and (others := counted.report.input_shape[0] - 1):
        per_image = total / Fraction(others + 1)
        terms = (*terms, TermValue("what the other images of the batch cost", -others, int(per_image)))
        total = per_image
    total = Fraction(total, 2) if rule.halved else Fraction(total)
    theirs = int(total) if total.denominator == 1 else total
    return Reconciled(tool.name, rule.quantity, rule.base, ours, rule.times, terms, rule.halved, theirs, "", *tool[1:3])


def _base(rule: Rule, layers: Iterable[LayerReport]) -> int:
    if rule.base == "zero":
        return 0
    return sum(layer.macs if rule.base == "macs" else layer.params for layer in layers)
