"""An explanation makes the number that the rule makes: every operator, random hyper-parameters, every layer of the zoo."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnscope
from cnnscope.errors import ShapeError
from cnnscope.explanation.layer import LAYER_METRICS, Asked
from cnnscope.explanation.network import network_sections
from cnnscope.explanation.record import Section
from cnnscope.explanation.term import value
from cnnscope.graph import INPUT, Graph, Node, place
from cnnscope.ops import OPERATORS
from cnnscope.shapes import elements
from tests.ops.strategies import CASES

EXAMPLES = 8
"""Per operator; 55 operators make 440."""


def worked(sections):
    """Every equation with arithmetic."""
    return [e for section in sections for line in section.lines for e in line.equations if e.term is not None]


def last(lines):
    return lines[-1].equations[0].value


def figures(report, entry):
    """What the analysis says, by metric."""
    return {
        "params": entry.params,
        "buffers": entry.buffers,
        "macs": entry.macs,
        "flops": entry.cost.flops,
        "weight_bytes": (entry.params + entry.buffers) * report.itemsize,
        "output_bytes": entry.output_bytes,
        "output_elements": elements(entry.output_shape),
        "bytes_read": entry.bytes_read,
        "bytes_written": entry.bytes_written,
    }


def check(report, entry):
    asked = Asked(report, entry)
    shape = tuple(map(int, asked.answers.output))
    assert shape == entry.output_shape
    assert tuple(map(int, asked.answers.layer.placed.cost)) == tuple(entry.cost)
    found = {name: list(lines(asked)) for name, lines in LAYER_METRICS.items()}
    for equation in worked(Section("", tuple(lines)) for lines in found.values()):
        assert value(equation.term) == equation.value, equation
    for name, figure in figures(report, entry).items():
        assert last(found[name]) == figure, (entry.name, name)
    # Arithmetic that got lost on the way would still be right, and explain nothing.
    assert entry.macs < 2 or found["macs"][0].equations[0].is_worked
    kinds = {line.what: line.equations[0].value for line in found["flops"][:-1]}
    assert kinds == {
        kind.replace("_", "-"): count for kind, count in entry.cost._asdict().items() if kind != "macs" and count
    }
    field = entry.receptive_field
    seen = [line.equations[0].value for line in found["receptive_field"]]
    if field.size is None:
        assert seen == ["whole input"]
    else:
        shown = [int(length) if length == int(length) else f"{float(length):g}" for length in field.size]
        assert seen == shown or [*seen, *seen] == shown


def alone(op, shapes, batch):
    """The operator in a network of its own, its further inputs cut from the first one."""
    shapes = [(batch, *shape[1:]) for shape in shapes]
    graph = Graph("net", shapes[0][1:], (Node("x", op, (INPUT,) * len(shapes), "x", 1),))
    return graph, shapes


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.type)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(st.data())
def test_every_operator_s_explanation_makes_its_numbers(kind, data):
    op, shapes = data.draw(CASES[kind])
    graph, shapes = alone(op, shapes, data.draw(st.sampled_from([1, 3])))
    try:
        placed = place(op, tuple(shapes))
    except ShapeError:
        return
    from cnnscope.analysis.memory import Peak
    from cnnscope.analysis.receptive_field import receptive_fields
    from cnnscope.analysis.report import Report, layer_report
    from cnnscope.graph import Layer

    layer = Layer(graph.nodes[0], tuple(shapes), placed)
    entry = layer_report(layer, receptive_fields([layer])[0], True, 4)
    check(Report("net", "", "", shapes[0], "float32", (entry,), Peak(0, "", ()), 0), entry)


@pytest.mark.parametrize("name", cnnscope.networks())
def test_every_layer_of_the_zoo_is_explained_as_it_is_counted(name):
    network = cnnscope.load(name)
    report = network.analyze(batch=2, dtype="float16")
    for entry in {(e.layer.node.op, e.input_shapes, e.receptive_field): e for e in report.layers}.values():
        check(report, entry)
    sections = {section.metric: section for section in network_sections(report, network.shaped(None))}
    for equation in worked(sections.values()):
        assert value(equation.term) == equation.value, equation
    for metric in ("params", "macs", "flops", "activation_bytes", "peak_activation_bytes", "training_bytes"):
        assert last(sections[metric].lines) == getattr(report, metric), metric
    for metric in ("buffers", "weight_bytes", "depth"):
        (section,) = network_sections(report, network.graph, metric)
        assert (last(section.lines) if section.lines else 0) == getattr(report, metric)
