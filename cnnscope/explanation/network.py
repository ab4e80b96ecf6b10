"""A whole network, figure by figure: which layers make the total, and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cnnscope.analysis.memory import OPTIMIZER_COPIES, last_readers, saved_tensors
from cnnscope.analysis.report import LayerReport, Report
from cnnscope.analysis.rows import rows
from cnnscope.explanation.layer import Asked, flops
from cnnscope.explanation.receptive_field import field_lines, path
from cnnscope.explanation.record import Equation, Line, Section, equation
from cnnscope.explanation.term import Leaf, Sum, Term
from cnnscope.explanation.traced import leaf, shape, term_of
from cnnscope.graph import INPUT, Graph
from cnnscope.ops.op import Cost
from cnnscope.shapes import dims, elements

MOST = 5
"""So many parts of a total are shown by themselves, the rest as one."""

Part = tuple[str, int, Term | None]
"""Who adds to a total, how much, and how that comes about."""


def network_sections(report: Report, graph: Graph, metric: str = "") -> Iterator[Section]:
    """Every figure of a network, or the one that is asked for."""
    for name in [metric] if metric else _USUAL:
        yield NETWORK_METRICS[name](report, graph)._replace(metric=name)


def total(title: str, parts: Iterable[Part]) -> tuple[Line, ...]:
    """The largest parts, the rest, and their sum."""
    known = sorted((part for part in parts if part[1]), key=lambda part: -part[1])
    whole = sum(part[1] for part in known)
    shown = known if len(known) <= MOST + 1 else known[:MOST]
    lines = [Line(name, (Equation(count, term),), _share(count, whole)) for name, count, term in shown]
    summands: list[Term] = [Leaf(count, "part") for _, count, _ in shown]
    if rest := known[len(shown) :]:
        left = sum(part[1] for part in rest)
        lines.append(Line(f"{len(rest)} more", (Equation(left),), _share(left, whole)))
        summands.append(Leaf(left, "part"))
    return *lines, Line(title, (Equation(whole, _summed(summands)),))


def _summed(terms: list[Term]) -> Term | None:
    return Sum(tuple((1, term) for term in terms)) if len(terms) > 1 else None


def _share(count: int, whole: int) -> str:
    return f"{count / whole:.1%}".replace("%", " %")


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
    from cnnscope.explanation.layer import LAYER_METRICS

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
            term = _summed(terms) or terms[0]
            lines.append(Line(kind.replace("_", "-"), (Equation(getattr(report.cost, kind), term),)))
    lines.append(Line("flops", (equation(flops(report.cost)),), "a multiply-add is two operations"))
    return Section("flops", tuple(lines))


def _peak(report: Report, graph: Graph) -> Section:
    """Every tensor alive at the peak, with the reason why it is."""
    layers = [entry.layer for entry in report.layers]
    by_name, readers = {entry.name: entry for entry in report.layers}, last_readers(graph, layers)
    itemsize = leaf(report.itemsize, "bytes", name="bytes")
    lines = []
    for tensor, size in report.peak.alive:
        found = shape(by_name[tensor].output_shape if tensor in by_name else report.input_shape, "out")
        term = term_of(elements(found) * itemsize)
        lines.append(Line(tensor, (Equation(size, term),), _why_alive(tensor, report.peak.layer, readers)))
    summed = _summed([Leaf(size, "part") for _, size in report.peak.alive])
    how = "element-wise layers reuse their input" if report.in_place else "element-wise layers take memory of their own"
    lines.append(Line("peak_activation_bytes", (Equation(report.peak.bytes, summed),), how))
    return Section("peak_activation_bytes", tuple(lines), remark=f"alive while {report.peak.layer} runs")


def _why_alive(tensor: str, running: str, readers: dict[str, str]) -> str:
    reader = readers.get(tensor, "")
    if tensor == running:
        return "is being written"
    made = "the network's input, " if tensor == INPUT else ""
    if reader == running:
        return f"{made}read by {reader} now"
    return f"{made}read by {reader} later" if reader else f"{made}an output of the network"


def _training(report: Report, graph: Graph) -> Section:
    itemsize = leaf(report.itemsize, "bytes", name="bytes")
    params, copies = leaf(report.params, "params"), OPTIMIZER_COPIES[report.optimizer]
    stored = equation((params + _buffers(report)) * itemsize)
    lines = [Line("weights", (stored,), "params and buffers"), Line("gradients", (equation(params * itemsize),))]
    if copies:
        remark = f"{copies} value{'s' if copies > 1 else ''} per param"
        lines.append(Line(report.optimizer, (equation(copies * params * itemsize),), remark))
    tensors, extra = saved_tensors([entry.layer for entry in report.layers], report.itemsize)
    parts: list[Part] = [(f"{name} kept", n * report.itemsize, _bytes(report, name)) for name, n in tensors.items()]
    parts += [(f"beside {name}", count, None) for name, count in extra.items()]
    lines += total("kept for backward", parts)
    traced = replace(report, saved_bytes=leaf(report.saved_bytes, "saved"))
    vars(traced).update(params=params, buffers=_buffers(report))
    remark = f"{2 + copies} of every param: weights, gradients{', ' + report.optimizer if copies else ''}"
    return Section("training_bytes", (*lines, Line("training_bytes", (equation(traced.training_bytes),), remark)))


def _buffers(report: Report) -> int:
    """No summand where there are none."""
    return leaf(report.buffers, "buffers") if report.buffers else 0


def _bytes(report: Report, tensor: str) -> Term:
    shapes = {INPUT: report.input_shape} | {entry.name: entry.output_shape for entry in report.layers}
    return term_of(elements(shape(shapes[tensor], "out")) * leaf(report.itemsize, "bytes", name="bytes"))


def _weight_bytes(report: Report, graph: Graph) -> Section:
    found = equation((leaf(report.params, "params") + _buffers(report)) * leaf(report.itemsize, "bytes", name="bytes"))
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
    "peak_activation_bytes": _peak,
    "training_bytes": _training,
    "bytes_read": _adding("bytes_read"),
    "bytes_written": _adding("bytes_written"),
    "intensity": _intensity,
    "depth": _depth,
    "receptive_field": _field,
}
"""Every figure of a network, in the order shown."""
_USUAL = ("params", "macs", "flops", "activation_bytes", "peak_activation_bytes", "training_bytes", "receptive_field")
