"""Which rows to look at: those that were edited or whose cost moved since the baseline, else those that cost most."""

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.budgets.baseline import NetworkEntry
from cnnscope.budgets.entries import by_row, matching, operators
from cnnscope.budgets.grammar import Budget
from cnnscope.budgets.verdicts import Blamed

MOST_BLAMED = 5


def blamed(report: Report, budget: Budget, base: NetworkEntry | None) -> tuple[Blamed, ...]:
    """The rows behind a verdict, the one to look at first at the front; none where no row can be named."""
    if budget.metric.kind == "claims":
        return tuple(
            Blamed(
                claim.layer or report.network, claim.line, None, remark=f"{claim.metric} {claim.claimed}: {claim.why}"
            )
            for claim in report.claims
            if not claim.as_expected
        )[:MOST_BLAMED]
    if base and base.rows and (moved := _moved(report, budget, base)):
        return moved
    if budget.metric.name == "peak_activation_bytes":
        return _peak(report)
    return _biggest(report, budget)


def _moved(report: Report, budget: Budget, base: NetworkEntry) -> tuple[Blamed, ...]:
    """Rows that are new, gone, edited, or whose figure differs: edited ones first, then by how far they moved."""
    metric, name = budget.metric, budget.metric.name
    kept = {layer.row for layer in matching(report, budget.layers)}
    found = []
    for row, layers in by_row(report).items():
        old = base.rows.get(row)
        edited = old is None or old.operators != operators(layers)
        now = int(metric.part(report, layers) or 0) if metric.adds_up and metric.part else None
        before = old.figures.get(name, 0) if old and now is not None else None
        if edited or (row in kept and now != before):
            found.append(Blamed(row, layers[0].line, now, before, edited, "" if old else "new"))
    found += [
        Blamed(row, 0, 0, old.figures.get(name, 0), edited=False, remark="gone")
        for row, old in base.rows.items()
        if row not in by_row(report)
    ]
    return tuple(sorted(found, key=lambda one: (not one.edited, -abs(float(_step(one)))))[:MOST_BLAMED])


def _step(one: Blamed) -> int | float:
    return float(one.value or 0) - float(one.base or 0)


def _biggest(report: Report, budget: Budget) -> tuple[Blamed, ...]:
    metric = budget.metric
    if not metric.adds_up or not metric.part:
        return ()
    kept = {layer.row for layer in matching(report, budget.layers)}
    found = [
        Blamed(row, layers[0].line, metric.part(report, layers))
        for row, layers in by_row(report).items()
        if row in kept
    ]
    costly = sorted((one for one in found if one.value), key=lambda one: -float(one.value or 0))
    return tuple(costly[:3])


def _peak(report: Report) -> tuple[Blamed, ...]:
    """The layer that runs at the peak, and the tensors that are alive then."""
    layers: dict[str, LayerReport] = {layer.name: layer for layer in report.layers}
    sizes = dict(report.peak.alive)
    names = dict.fromkeys([report.peak.layer, *sorted(sizes, key=lambda name: -sizes[name])])
    return tuple(
        Blamed(
            name,
            layers[name].line,
            sizes.get(name),
            remark="runs at the peak" if name == report.peak.layer else "alive",
        )
        for name in names
        if name in layers
    )[:MOST_BLAMED]
