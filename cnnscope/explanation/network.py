"""A whole network, figure by figure: which layers make the total, and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.analysis.rows import rows
from cnnscope.explanation.layer import LAYER_METRICS, Asked, flops
from cnnscope.explanation.memory import buffers, peak, training
from cnnscope.explanation.receptive_field import field_lines, path
from cnnscope.explanation.record import Equation, Line, Section, equation
from cnnscope.explanation.term import Leaf, Term
from cnnscope.explanation.totals import MOST, summed, total
from cnnscope.explanation.traced import each, leaf
from cnnscope.graph import INPUT, Graph
from cnnscope.ops.op import Cost
from cnnscope.shapes import dims, elements


def network_sections(report: Report, graph: Graph, metric: str = "") -> Iterator[Section]:
    """Every figure of a network, or the one that is asked for."""
    partial = [f"only of what the table prints, which leaves out {'; '.join(report.missing)}"] if report.missing else []
    for name in [metric] if metric else _USUAL:
        section = NETWORK_METRICS[name](report, graph)
        yield section._replace(metric=name, remark="; ".join(filter(None, (section.remark, *partial))))


def _adding(metric: str) -> Callable[[Report, Graph], Section]:
    """A figure that adds up over rows; a row whose figure one layer makes shows how."""

    def section(report: Report, graph: Graph) -> Section:
        parts = [(row.name, *_of_row(report, metric, row.layers)) for row in rows(report)]
        return Section(metric, total(metric, parts))

    return section


def _of_row(report: Report, metric: str, layers: Iterable[LayerReport]) -> tuple[int, Term | None]:
    making = [layer for layer in layers if _figure(layer, metric, report)]
    if len(making) != 1:
        return sum(_figure(layer, metric, report) for layer in making), None
    found = list(_lines(Asked(report, making[0]), metric))[-1].equations[0]
    return _figure(making[0], metric, report), found.term


def _lines(asked: Asked, metric: str) -> Iterator[Line]:
    yield from LAYER_METRICS["output_bytes" if metric == "activation_bytes" else metric](asked)


def _figure(layer: LayerReport, metric: str, report: Report) -> int:
    if metric == "weight_bytes":
        return (layer.params + layer.buffers) * report.itemsize
    if metric == "output_elements":
        return elements(layer.output_shape)
    if metric == "flops":
        return layer.cost.flops
    figure: int = getattr(layer, "output_bytes" if metric == "activation_bytes" else metric)
    return figure


def _flops(report: Report, graph: Graph) -> Section:
    """Each kind as the sum over the types of operators that need it."""
    lines = []
    for kind in Cost._fields[1:]:
        by_type: dict[str, int] = defaultdict(int)
        for layer in report.layers:
            by_type[layer.type] += getattr(layer.cost, kind)
        made = sorted(((count, name) for name, count in by_type.items() if count), reverse=True)
        if made:
            terms: list[Term] = [Leaf(count, "part", name=name) for count, name in made]
            term = summed(terms) or terms[0]
            lines.append(Line(kind.replace("_", "-"), (Equation(getattr(report.cost, kind), term),)))
    lines.append(Line("flops", (equation(flops(report.cost)),), "a multiply-add is two operations"))
    return Section("flops", tuple(lines))


def _weight_bytes(report: Report, graph: Graph) -> Section:
    found = equation((leaf(report.params, "params") + buffers(report)) * each(report.itemsize))
    return Section("weight_bytes", (Line("weight_bytes", (found,), "params and buffers"),))


def _intensity(report: Report, graph: Graph) -> Section:
    """The network has no figure of its own; the layers of most arithmetic show theirs."""
    largest = sorted(report.layers, key=lambda layer: -layer.cost.flops)[:MOST]
    lines = [Line(layer.name, next(_lines(Asked(report, layer), "intensity")).equations) for layer in largest]
    return Section("intensity", tuple(lines), remark="per layer; those of most FLOPs")


def _field(report: Report, graph: Graph) -> Section:
    """The windows on the way to the last layer that does not see the whole input."""
    spatial = [layer for layer in report.layers if layer.receptive_field.vertical]
    lines = []
    for layer in path(report, spatial[-1]) if spatial else ():
        if layer.layer.placed.window is not None or len(layer.inputs) > 1:
            window = Asked(report, layer).answers.layer.placed.window
            found = next(field_lines(report, layer, window))
            lines.append(found._replace(what=layer.name))
    remark = "r + (kernel - 1)·stride so far, window by window" if lines else "no layer has a window"
    return Section("receptive_field", tuple(lines), remark=remark)


def _depth(report: Report, graph: Graph) -> Section:
    """The longest path, layer by layer."""
    longest: dict[str, tuple[LayerReport, ...]] = {INPUT: ()}
    for layer in report.layers:
        before = max((longest[name] for name in layer.inputs), key=len)
        longest[layer.name] = (*before, layer) if layer.macs else before
    deepest = max(longest.values(), key=len)
    lines = [Line(layer.name, (Equation(count),), layer.type) for count, layer in enumerate(deepest, start=1)]
    return Section("depth", tuple(lines), remark="layers with multiply-accumulates on the longest path")


def _output(report: Report, graph: Graph) -> Section:
    lines = [Line(row.name, (Equation(dims(row.output_shape)),)) for row in rows(report)]
    return Section("output", tuple(lines), remark="name a layer to see how its output follows")


NETWORK_METRICS: dict[str, Callable[[Report, Graph], Section]] = {
    "output": _output,
    "output_elements": _adding("output_elements"),
    "params": _adding("params"),
    "buffers": _adding("buffers"),
    "weight_bytes": _weight_bytes,
    "macs": _adding("macs"),
    "flops": _flops,
    "output_bytes": _adding("output_bytes"),
    "activation_bytes": _adding("activation_bytes"),
    "peak_activation_bytes": peak,
    "training_bytes": training,
    "bytes_read": _adding("bytes_read"),
    "bytes_written": _adding("bytes_written"),
    "intensity": _intensity,
    "depth": _depth,
    "receptive_field": _field,
}
"""Every figure of a network, in the order shown."""
_USUAL = ("params", "macs", "flops", "activation_bytes", "peak_activation_bytes", "training_bytes", "receptive_field")
