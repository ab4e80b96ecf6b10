"""One layer, figure by figure: the arithmetic that its operator's rules and the analyses leave behind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from cnnscope.analysis.report import LayerReport, Report, layer_report
from cnnscope.explanation.operator import Answers, ask
from cnnscope.explanation.receptive_field import field_lines
from cnnscope.explanation.record import Equation, Line, Section, equation, same
from cnnscope.explanation.term import Quotient, value
from cnnscope.explanation.traced import each, leaf, term_of
from cnnscope.explanation.weights import weights_term
from cnnscope.ops.op import Cost
from cnnscope.shapes import Axis, dims, elements


@dataclass(frozen=True)
class Asked:
    """A layer of a report with everything that is asked to explain it."""

    report: Report
    entry: LayerReport

    @cached_property
    def answers(self) -> Answers:
        return ask(self.entry.layer)

    @cached_property
    def traced(self) -> LayerReport:
        """The entry of the report once more, its figures traced."""
        itemsize = each(self.report.itemsize)
        stores = self.entry.output_bytes > 0
        return layer_report(self.answers.layer, self.entry.receptive_field, stores, itemsize)


def layer_section(report: Report, entry: LayerReport, metric: str = "") -> Section:
    """Every figure of a layer that is not zero, or the one that is asked for."""
    asked = Asked(report, entry)
    lines = tuple(LAYER_METRICS[metric](asked) if metric else _telling(asked))
    seen = ", ".join(map(dims, entry.input_shapes))
    title = f"{entry.name} · {entry.type} · {seen} -> {dims(entry.output_shape)}"
    return Section(title, lines, remark="; ".join((*entry.notes, *_assumed(report, entry))))


def _assumed(report: Report, entry: LayerReport) -> Iterator[str]:
    """What was taken for things that the table leaves unsaid about this row, or about all that have weights."""
    sees = entry.macs or entry.layer.placed.window
    for found in report.assumptions:
        if (entry.row in found.rows and sees) or (not found.rows and entry.macs):
            yield f"assumed: {found.what} {found.value}, {found.why}"


def _telling(asked: Asked) -> Iterator[Line]:
    """The figures with something to see: not zero, not the input's own shape or view, nothing said before."""
    looks = asked.entry.layer.placed.window is not None or len(asked.entry.inputs) > 1
    for name in _USUAL if looks else _USUAL[:-1]:
        for line in LAYER_METRICS[name](asked):
            first = line.equations[0]
            is_said = line.what == "multiply-adds" and first.value == asked.entry.macs
            if first.value != 0 and not is_said and (first.is_worked or name != "output"):
                yield line


def _output(asked: Asked) -> Iterator[Line]:
    """One line per axis; height and width in one where they are alike."""
    if getattr(asked.entry.layer.node.op, "padding", None) == "same":
        yield from _same_padding(asked)
    sizes = asked.answers.output
    names = {2: ("features",), 3: ("tokens", "features"), 4: ("maps", "height", "width")}[len(sizes)]
    axes = dict(zip(names, sizes[1:], strict=True))
    if "height" in axes:
        yield from _sides((axes.pop("height"), axes.pop("width")))
    for name, size in axes.items():
        yield Line(name, (equation(size),))


def _same_padding(asked: Asked) -> Iterator[Line]:
    """What "same" adds along each axis, and how it is shared; nothing where the size is kept without."""
    found = []
    for axis in asked.answers.window or ():
        share = term_of(axis.before) if isinstance(axis, Axis) and isinstance(axis.before, int) else None
        if isinstance(axis, Axis) and isinstance(share, Quotient):
            total, before = leaf(value(share.upper), "padding"), leaf(int(axis.before), "padding")
            shares = (equation(total // 2, "before"), Equation(int(axis.after), (total - before).term, "after"))
            found.append((Equation(int(total), share.upper), *shares))
    for what, equations in zip(("padding", "padding, horizontal"), found, strict=False):
        if what == "padding" or not all(map(same, *found)):
            yield Line(what, equations)


def _sides(sizes: tuple[int, int]) -> Iterator[Line]:
    vertical, horizontal = map(equation, sizes)
    if same(vertical, horizontal):
        yield Line("height and width", (vertical,))
        return
    yield from (Line("height", (vertical,)), Line("width", (horizontal,)))


def _params(asked: Asked) -> Iterator[Line]:
    yield Line("params", (Equation(asked.entry.params, weights_term(asked.answers.weights, trainable=True)),))


def _buffers(asked: Asked) -> Iterator[Line]:
    yield Line("buffers", (Equation(asked.entry.buffers, weights_term(asked.answers.weights, trainable=False)),))


def _weight_bytes(asked: Asked) -> Iterator[Line]:
    placed = asked.answers.layer.placed
    itemsize = each(asked.report.itemsize)
    yield Line("weight_bytes", (equation((placed.params + placed.buffers) * itemsize),))


def _macs(asked: Asked) -> Iterator[Line]:
    yield Line("macs", (equation(asked.traced.macs),))


def _flops(asked: Asked) -> Iterator[Line]:
    """Each kind by itself where there are several, then their sum: a multiply-add is two operations."""
    cost = asked.traced.cost
    kinds = {kind: figure for kind, figure in cost._asdict().items() if kind != "macs" and figure}
    for kind, figure in kinds.items():
        yield Line(kind.replace("_", "-"), (equation(figure),))
    yield Line("flops", (equation(flops(cost)),))


def flops(cost: Cost) -> int:
    """The sum over the kinds, each a plain number."""
    return Cost(*(leaf(figure) if figure else 0 for figure in cost)).flops


def _output_elements(asked: Asked) -> Iterator[Line]:
    yield Line("output_elements", (equation(elements(asked.answers.layer.placed.output)),))


def _output_bytes(asked: Asked) -> Iterator[Line]:
    stored = asked.entry.output_bytes
    remark = "" if stored else "it writes over its input and stores nothing of its own"
    yield Line("output_bytes", (equation(asked.traced.output_bytes),), remark)


def _training(asked: Asked) -> Iterator[Line]:
    from cnnscope.analysis.memory import saved_tensors

    itemsize = each(asked.report.itemsize)
    tensors, extra = saved_tensors([asked.answers.layer], itemsize)
    for tensor, count in tensors.items():
        sizes = dict(zip(asked.entry.inputs, asked.answers.layer.inputs, strict=True))
        known = elements(sizes[tensor]) if tensor in sizes else count
        yield Line(f"{tensor} kept", (equation(known * itemsize),), "backward needs it; several layers share one copy")
    for count in extra.values():
        yield Line("kept beside", (equation(count),), "masks, indices, statistics or values in between")
    if not tensors and not extra:
        yield Line("kept", (Equation(0),), "backward needs nothing of this layer")


def _moved(name: str) -> Callable[[Asked], Iterator[Line]]:
    def lines(asked: Asked) -> Iterator[Line]:
        yield Line(name, (equation(getattr(asked.traced, name)),))

    return lines


def _intensity(asked: Asked) -> Iterator[Line]:
    entry = asked.entry
    text = f"{entry.cost.flops:,} FLOPs / ({entry.bytes_read:,} + {entry.bytes_written:,} bytes)"
    yield Line("intensity", (Equation(f"{text} = {entry.intensity:.4g}"),))


def _field(asked: Asked) -> Iterator[Line]:
    yield from field_lines(asked.report, asked.entry, asked.answers.layer.placed.window)


LAYER_METRICS: dict[str, Callable[[Asked], Iterator[Line]]] = {
    "output": _output,
    "output_elements": _output_elements,
    "params": _params,
    "buffers": _buffers,
    "weight_bytes": _weight_bytes,
    "macs": _macs,
    "flops": _flops,
    "output_bytes": _output_bytes,
    "bytes_read": _moved("bytes_read"),
    "bytes_written": _moved("bytes_written"),
    "intensity": _intensity,
    "training_bytes": _training,
    "receptive_field": _field,
}
"""Every figure of a layer, in the order shown."""
_USUAL = ("output", "params", "buffers", "macs", "flops", "output_bytes", "receptive_field")
