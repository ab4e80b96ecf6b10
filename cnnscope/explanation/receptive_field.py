"""The receptive field step by step: r + (k - 1)·j through a window, the union where branches meet."""

from collections.abc import Iterator, Mapping

from cnnscope.analysis.receptive_field import START, Length, ReceptiveField, Seen, join, step
from cnnscope.analysis.report import LayerReport, Report
from cnnscope.explanation.record import Equation, Line, equation, same
from cnnscope.explanation.traced import leaf
from cnnscope.graph import INPUT
from cnnscope.shapes import Window
from cnnscope.units import exact


def field_lines(report: Report, entry: LayerReport, window: Window | str | None) -> Iterator[Line]:
    """How this layer's view follows from those of its inputs; `window` is traced."""
    fields = {INPUT: START} | {layer.name: layer.receptive_field for layer in report.layers}
    whats = ("receptive_field", "receptive_field, horizontal")
    if not entry.receptive_field.vertical:
        yield Line(whats[0], (Equation("whole input"),), _why_whole(entry))
        return
    found = [_equations(entry, fields, window, axis) for axis in (0, 1)]
    for what, equations in zip(whats, found if not all(map(same, *found)) else found[:1], strict=False):
        yield Line(what, equations, _remark(entry, fields))


def _why_whole(entry: LayerReport) -> str:
    return "every output sees all of it" if entry.layer.placed.window else "an input of this layer sees all of it"


def _equations(
    entry: LayerReport, fields: Mapping[str, ReceptiveField], window: Window | str | None, axis: int
) -> tuple[Equation, ...]:
    views = [view for field in seen_by(entry, fields) if (view := field[axis])]
    traced = [_leaves(view) for view in views]  # type: ignore[arg-type]
    seen = traced[0] if len(traced) == 1 else join(traced)[0]
    # Where one branch sees all that the others see, there is nothing to add up.
    size, stride, _ = seen = next((view._replace(stride=seen.stride) for view in traced if _same(view, seen)), seen)
    if window and not isinstance(window, str):
        size, stride, _ = step(seen, window[axis])
    elif len(traced) == 1:
        return (Equation(_plain(size)),)
    return equation(_shown(size)), equation(_shown(stride), "stride")


def _same(view: Seen, union: Seen) -> bool:
    return (view.size, view.padding) == (union.size, union.padding)


def _shown(length: object) -> object:
    return length if isinstance(length, int) else _plain(length)


def _plain(length: object) -> int | str:
    return int(length) if isinstance(length, int) else f"{float(length):g}"  # type: ignore[arg-type]


def _leaves(seen: Seen) -> Seen:
    return Seen(*map(_leaf, seen, ("size", "stride", "offset")))


def _leaf(length: Length, role: str) -> Length:
    return leaf(length, role, "in") if isinstance(length, int) else length


def seen_by(entry: LayerReport, fields: Mapping[str, ReceptiveField]) -> list[ReceptiveField]:
    """The different views that meet in this layer: those of its inputs that are as large as its output."""
    spatial = entry.output_shape[2:]
    pairs = list(zip(entry.inputs, entry.input_shapes, strict=True))
    if len(pairs) == 1:
        return [fields[entry.inputs[0]]]
    whole_maps = [fields[name] for name, shape in pairs if shape[2:] == spatial]
    return list(dict.fromkeys(whole_maps or [fields[name] for name, _ in pairs]))


def _remark(entry: LayerReport, fields: Mapping[str, ReceptiveField]) -> str:
    views = seen_by(entry, fields)
    if len(views) > 1:
        sizes = ", ".join(exact(view.vertical.size) for view in views if view.vertical)
        aligned = "" if entry.receptive_field.status == "exact" else "; the branches are not aligned"
        whole = entry.receptive_field.vertical
        is_widest = whole and any(_same(view.vertical, whole) for view in views if view.vertical)
        return f"the {'widest' if is_widest else 'union'} of {sizes}{aligned}"
    return "" if entry.layer.placed.window else "as its input: each output sees one position"


def path(report: Report, end: LayerReport) -> list[LayerReport]:
    """The layers from the input to this one; where branches meet, along the one that sees most."""
    by_name = {layer.name: layer for layer in report.layers}
    found, name = [], end.name
    while name != INPUT:
        layer = by_name[name]
        found.append(layer)
        name = max(layer.inputs, key=lambda tensor: _size(by_name, tensor))
    return found[::-1]


def _size(by_name: Mapping[str, LayerReport], tensor: str) -> float:
    field = by_name[tensor].receptive_field if tensor in by_name else START
    return float(field.vertical.size) if field.vertical else -1.0
