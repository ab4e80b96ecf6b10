"""Memory of a network: what is alive at the peak and why, and what training keeps."""

from dataclasses import replace

from cnnscope.analysis.memory import OPTIMIZER_COPIES, last_readers, saved_tensors
from cnnscope.analysis.report import Report
from cnnscope.explanation.record import Equation, Line, Section, equation
from cnnscope.explanation.term import Leaf, Term
from cnnscope.explanation.totals import Part, summed, total
from cnnscope.explanation.traced import each, leaf, shape, term_of
from cnnscope.graph import INPUT, Graph
from cnnscope.shapes import elements


def peak(report: Report, graph: Graph) -> Section:
    """Every tensor alive at the peak, with the reason why it is."""
    layers = [entry.layer for entry in report.layers]
    by_name, readers = {entry.name: entry for entry in report.layers}, last_readers(graph, layers)
    itemsize = each(report.itemsize)
    lines = []
    for tensor, size in report.peak.alive:
        found = shape(by_name[tensor].output_shape if tensor in by_name else report.input_shape, "out")
        term = term_of(elements(found) * itemsize)
        lines.append(Line(tensor, (Equation(size, term),), _why_alive(tensor, report.peak.layer, readers)))
    whole = summed([Leaf(size, "part") for _, size in report.peak.alive])
    how = "element-wise layers reuse their input" if report.in_place else "element-wise layers take memory of their own"
    lines.append(Line("peak_activation_bytes", (Equation(report.peak.bytes, whole),), how))
    return Section("peak_activation_bytes", tuple(lines), remark=f"alive while {report.peak.layer} runs")


def _why_alive(tensor: str, running: str, readers: dict[str, str]) -> str:
    reader = readers.get(tensor, "")
    if tensor == running:
        return "is being written"
    made = "the network's input, " if tensor == INPUT else ""
    if reader == running:
        return f"{made}read by {reader} now"
    return f"{made}read by {reader} later" if reader else f"{made}an output of the network"


def training(report: Report, graph: Graph) -> Section:
    itemsize = each(report.itemsize)
    params, copies = leaf(report.params, "params"), OPTIMIZER_COPIES[report.optimizer]
    stored = equation((params + buffers(report)) * itemsize)
    lines = [Line("weights", (stored,), "params and buffers"), Line("gradients", (equation(params * itemsize),))]
    if copies:
        remark = f"{copies} value{'s' if copies > 1 else ''} per param"
        lines.append(Line(report.optimizer, (equation(copies * params * itemsize),), remark))
    tensors, extra = saved_tensors([entry.layer for entry in report.layers], report.itemsize)
    parts: list[Part] = [(f"{name} kept", n * report.itemsize, _bytes(report, name)) for name, n in tensors.items()]
    parts += [(f"beside {name}", count, None) for name, count in extra.items()]
    lines += total("kept for backward", parts)
    traced = replace(report, saved_bytes=leaf(report.saved_bytes, "saved"))
    vars(traced).update(params=params, buffers=buffers(report))
    remark = f"{2 + copies} of every param: weights, gradients{', ' + report.optimizer if copies else ''}"
    return Section("training_bytes", (*lines, Line("training_bytes", (equation(traced.training_bytes),), remark)))


def buffers(report: Report) -> int:
    """No summand where there are none."""
    return leaf(report.buffers, "buffers") if report.buffers else 0


def _bytes(report: Report, tensor: str) -> Term:
    shapes = {INPUT: report.input_shape} | {entry.name: entry.output_shape for entry in report.layers}
    return term_of(elements(shape(shapes[tensor], "out")) * each(report.itemsize))
