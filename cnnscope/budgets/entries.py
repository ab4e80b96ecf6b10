"""A network as a baseline keeps it: its figures for one check, and what every row is and costs."""

import hashlib
from collections.abc import Iterable, Mapping

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.budgets.baseline import MeasuredFigure, NetworkEntry, RowEntry
from cnnscope.budgets.config import Check, matches
from cnnscope.budgets.grammar import Budget
from cnnscope.budgets.measured import Measured, estimate
from cnnscope.budgets.metrics import Layers, Metric, Value


def matching(report: Report, pattern: str) -> Layers:
    """The layers whose name or row matches a pattern: conv1 (the whole row), head.*, *.bn; all where it is empty."""
    if not pattern:
        return report.layers
    return [layer for layer in report.layers if matches(layer.name, pattern) or matches(layer.row, pattern)]


def static_value(report: Report, budget: Budget) -> Value | None:
    """The figure that a budget judges; None where the network has none."""
    metric = budget.metric
    if not budget.layers:
        return metric.whole(report) if metric.whole else None
    layers = matching(report, budget.layers)
    return metric.part(report, layers) if layers and metric.part else None


def entry(report: Report, check: Check, measured: Measured | None) -> NetworkEntry:
    """What a baseline keeps of a network for this check: static figures, and the measured ones that have a base."""
    figures: dict[str, Value | MeasuredFigure] = {}
    sums: dict[str, Metric] = {}
    for written in check.budgets:
        budget = written.budget
        if budget.metric.kind == "claims":
            continue
        if budget.metric.measured:
            if budget.is_relative and measured and (found := measured_figure(measured, budget.metric, check)):
                figures[budget.figure] = found
        elif (value := static_value(report, budget)) is not None:
            figures[budget.figure] = value
            if budget.metric.adds_up:
                sums[budget.metric.name] = budget.metric
    return NetworkEntry(
        spec_hash(report.layers),
        report.input_shape,
        report.dtype,
        report.optimizer,
        figures,
        row_entries(report, sums.values()),
    )


def measured_figure(measured: Measured, metric: Metric, check: Check) -> MeasuredFigure | None:
    """A measured figure to keep; None where the measurement does not give it, or is not stable."""
    found = estimate(measured, metric)
    if isinstance(found, str) or not measured.stable:
        return None
    return MeasuredFigure(*found, measured.n, measured.median, measured.fingerprint, check.run)


def row_entries(report: Report, metrics: Iterable[Metric]) -> dict[str, RowEntry]:
    """Every row by its path: its operators, and its part of each of these sums where that is not zero."""
    chosen = list(metrics)
    found = {}
    for row, layers in by_row(report).items():
        parts = {metric.name: metric.part(report, layers) for metric in chosen if metric.part}
        found[row] = RowEntry(operators(layers), {name: int(value) for name, value in parts.items() if value})
    return found


def by_row(report: Report) -> Mapping[str, list[LayerReport]]:
    """The layers of every row, in running order."""
    found: dict[str, list[LayerReport]] = {}
    for layer in report.layers:
        found.setdefault(layer.row, []).append(layer)
    return found


def operators(layers: Layers) -> str:
    """What a row is, apart from the shapes that reach it: an edit of the page changes this text."""
    return "; ".join(repr(layer.layer.node.op) for layer in layers)


def spec_hash(layers: Layers) -> str:
    """A hash of the layers, their hyper-parameters and how they are wired."""
    lines = (f"{layer.name} {layer.layer.node.op!r} {' '.join(layer.inputs)}\n" for layer in layers)
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"
