"""All engines agree: on the networks of the zoo, on every operator, in both dtypes."""

import json
from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

import cnnscope
from cnnscope import ops
from cnnscope.analysis import report
from cnnscope.graph import Graph, Node
from cnnscope.ops import OPERATORS, Op
from cnnscope.shapes import Shape
from cnnscope.verification.record import ENGINES, OURS, Verification
from cnnscope.verification.verify import verify
from tests.ops.strategies import CASES

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verification.schema.json").read_text("utf-8"))
RBF = "MACs of Out: torch has no operator for rbf"
SMALL = [
    name
    for name in cnnscope.networks()
    if (found := cnnscope.load(name).analyze()).macs < 300e6 and found.params < 5e6 and len(found.layers) < 120
]


@pytest.mark.parametrize("name", cnnscope.networks())
def test_counts_memory_and_claims_of_every_network_agree(name):
    found = cnnscope.verify(name, counts_only=True)
    assert found.disagreements == ()
    assert found.asked == ("onnx", "torch")
    left_out = [entry.text for entry in found.not_asked]
    assert left_out[0] == "shapes and values by onnxruntime: only counts were asked for"
    assert left_out[1:] == ([RBF] if name.startswith("lenet5") else [])


@pytest.mark.parametrize("name", SMALL)
def test_small_networks_agree_in_everything(name):
    found = cnnscope.verify(name)
    assert found.disagreements == ()
    assert found.asked == ENGINES
    assert [entry.text for entry in found.not_asked] == ([RBF] if name.startswith("lenet5") else [])
    assert found.same_in_place
    for layer in found.layers:
        assert set(layer.shape) == {OURS, *ENGINES}
        assert layer.alone
        assert layer.end_to_end
    jsonschema.validate(json.loads(found.to_json()), SCHEMA)


@pytest.mark.parametrize(
    "name, shape", [("efficientnet_b5", "3x96x96"), ("preresnet110-cifar", None), ("densenet121", "3x64x64")]
)
def test_deep_networks_agree_end_to_end_at_every_layer(name, shape):
    """Gates, hundreds of sums and concats: bounds stay small enough to tell."""
    found = cnnscope.verify(name, input=shape)
    assert found.disagreements == found.not_asked == ()
    assert all(layer.end_to_end for layer in found.layers)


def test_the_small_networks_are_many():
    assert len(SMALL) >= 16


def test_a_batch_and_another_input_agree_as_well():
    found = cnnscope.verify("nin-cifar", input="3x48x40", batch=3, seed=5)
    assert found.holds
    assert found.input_shape == (3, 3, 48, 40)
    assert found.layers[0].shape["onnxruntime"] == (3, 192, 48, 40)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    one, same, other = (cnnscope.verify("lenet5", seed=seed) for seed in (3, 3, 4))
    assert one == same
    assert [layer.alone for layer in one.layers] != [layer.alone for layer in other.layers]


@pytest.mark.parametrize("name", ["lenet5", "alexnet-slide", "keras-example"])
def test_half_precision_is_verified_against_torch_in_single_precision(name):
    found = cnnscope.verify(name, dtype="float16")
    assert found.disagreements == ()
    assert found.totals["peak"] == dict.fromkeys((OURS, "torch"), found.totals["peak"][OURS])
    assert all(layer.alone for layer in found.layers)
    # eps is 2^-10; an element-wise layer adds what the rounding of its input changes, about one eps.
    assert 8 * 2**-10 <= min(layer.alone.bound for layer in found.layers) <= 10 * 2**-10


def test_values_that_half_precision_cannot_hold_are_listed_and_not_taken_for_agreement(tmp_path):
    """Fifty convolutions that nothing rectifies double the mean square fifty times."""
    rows = "".join(f"| c{index} | conv | 16 | 1x1 |\n" for index in range(50))
    path = tmp_path / "net.md"
    path.write_text("---\ninput: 16x4x4\n---\n| layer | type | maps | kernel |\n|-|-|-|-|\n" + rows)
    found = cnnscope.verify(str(path), dtype="float16")
    assert found.disagreements == ()
    assert "they or their inputs are not finite in float16" in [entry.why for entry in found.not_asked]
    lost = [layer.name for layer in found.layers if not layer.alone]
    assert lost
    assert len(lost) < len(found.layers)


def network_of(op: Op, shapes: list[Shape]) -> Graph:
    """A network of this operator whose inputs have these shapes, all made of the network's one input."""
    first, *more = shapes
    nodes: list[Node] = []

    def add(name: str, op: Op, *inputs: str) -> str:
        nodes.append(Node(name, op, inputs, name, len(nodes) + 1))
        return name

    if isinstance(op, ops.Concat) and more:
        bounds = [0, *accumulate(shape[1] for shape in shapes)]
        source = (bounds[-1], *first[2:])
        inputs = [add(f"part{pair[0]}", ops.Slice(range=pair), "in") for pair in pairwise(bounds)]
    elif isinstance(op, ops.MatrixProduct):
        # The scores of all pairs of tokens, and their product with the tokens.
        source, inputs = first[1:], ["in", "in"]
        add("scores", ops.MatrixProduct(transpose=True), "in", "in")
        add("mixed", ops.MatrixProduct(), "scores", "in")
        op = ops.MatrixProduct(transpose=True)
    else:
        source = max(shapes, key=lambda shape: shape[2:])[1:]
        # Stochastic pooling is defined for one sign; the others are of several activations.
        positive: list[Callable[[], Op]] = [ops.Sigmoid, ops.Tanh, ops.Softplus, ops.Gelu]
        inputs = [
            add(f"made{i}", ops.GlobalAvgPool(), "in")
            if shape[1:] != source
            else add(f"made{i}", positive[i](), "in")
            if more or isinstance(op, ops.StochasticPool)
            else "in"
            for i, shape in enumerate(shapes)
        ]
    add("op", op, *inputs)
    return Graph("one", source, tuple(nodes))


def verified(graph: Graph, **options) -> Verification:
    return verify(graph, report.analyze(graph, **options))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.type)
def test_a_network_of_every_operator_agrees_in_everything(operator):
    @settings(max_examples=4, derandomize=True, deadline=None, database=None)
    @given(CASES[operator])
    def agree(case: tuple[Op, list[Shape]]) -> None:
        op, shapes = case
        if len(set(shapes)) > 1 and isinstance(op, ops.Multiply) and len(shapes[0]) != 4:
            return
        found = verified(network_of(op, shapes), batch=2)
        assert found.disagreements == ()
        assert found.asked == ENGINES
        assert all(layer.alone and layer.end_to_end for layer in found.layers)
        assert [entry.what for entry in found.not_asked] == (["MACs of op"] if operator is ops.RBF else [])

    agree()
