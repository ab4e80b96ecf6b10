"""Whose figure is this? Tools whose convention gives what a page prints, where our own definition does not."""

from collections.abc import Iterator

from cnnscope.analysis.report import Report
from cnnscope.errors import CellError
from cnnscope.reconciliation.reconcile import reconcile
from cnnscope.units import Printed, exact, parse_printed

BASES = {"params": "params", "macs": "macs", "flops": "macs"}
_TELLING = 100
"""A figure of fewer steps than this is met by chance."""


def whose(report: Report, metric: str, text: str) -> list[str]:
    """A sentence that names the tools that would print this figure of the whole network, or nothing."""
    base, printed = BASES.get(metric), _read(text)
    if base is None or printed is None or report.missing or printed.value < _TELLING * printed.step:
        return []
    found = list(_tools(report, base, printed))
    return [f"{' and '.join(found[:2])} would print it"] if found else []


def _read(text: str) -> Printed | None:
    try:
        printed = parse_printed(text)
    except CellError:
        return None
    return None if printed.about else printed


def _tools(report: Report, base: str, printed: Printed) -> Iterator[str]:
    for figure in reconcile(report).figures:
        if figure.base == base and figure.difference and figure.theirs is not None and printed.holds(figure.theirs):
            yield f"{figure.tool} ({figure.quantity} {exact(round(figure.theirs))})"
