"""What operators say of their values under random weights, held to torch's values."""

import pytest
import torch

import cnnscope
from cnnscope.graph import INPUT, walk
from cnnscope.ops.op import Moments
from cnnscope.verification.by_torch import call

STANDARD = Moments(0.0, 1.0)
HEAD = "---\ninput: 64x24x24\n---\n| layer | type | maps | kernel | padding | from |\n|-|-|-|-|-|-|\n"

ONE_LAYER = [
    pytest.param("| a | conv | 96 | 3x3 | same | |", id="a kernel of He's variance doubles the mean square"),
    pytest.param("| a | depthwise conv | | 5x5 | same | |", id="a depthwise kernel too"),
    pytest.param("| a | transposed conv | 96 | 3x3 | 1 | |", id="a transposed one too"),
    pytest.param("| a | fully connected | 500 | | | |", id="a matrix too"),
    pytest.param("| a | bn | | | | |", id="batch norm ends near 1"),
    pytest.param("| a | layer norm | | | | |", id="layer norm ends near 1"),
    pytest.param("| a | group norm | | | | |", id="group norm ends near 1"),
    pytest.param("| a | global response norm | | | | |", id="a global response norm about doubles values"),
    pytest.param("| a | split softmax | | | | |", id="of two, each has half on average"),
    pytest.param("| a | relu | | | | |", id="a rectifier halves it"),
    pytest.param("| a | silu | | | | |", id="silu about halves it"),
    pytest.param("| a | hard swish | | | | |", id="hard swish about halves it"),
    pytest.param("| a | gelu | | | | |", id="gelu about halves it"),
    pytest.param("| a | sigmoid | | | | |", id="a gate lies about a half"),
    pytest.param("| a | hard sigmoid | | | | |", id="so does a hard one"),
    pytest.param("| a | relu | | | | |\n| b | relu | | | | |", id="a second rectifier changes nothing"),
    pytest.param("| a | relu | | | | |\n| b | max pool | | 3x3 | | |", id="the largest of nine rectified values"),
    pytest.param("| a | relu | | | | |\n| b | max pool | | 2x2 | | |", id="the largest of four rectified values"),
    pytest.param("| a | relu | | | | |\n| b | conv | 64 | 3x3 | same | a |\n| c | add | | | | a, b |\n| d | relu | | | | c |", id="a residual sum"),
    pytest.param("| a | sigmoid | | | | |\n| b | conv | 64 | 3x3 | same | in |\n| c | multiply | | | | a, b |", id="a gated map"),
    pytest.param("| a | conv | 64 | 3x3 | same | in |\n| b | relu | | | | in |\n| c | concat | | | | a, b |", id="joined maps"),
]  # fmt: skip


@pytest.mark.parametrize("rows", ONE_LAYER)
def test_moments_are_within_a_factor_of_two_of_torchs_values(rows, tmp_path):
    path = tmp_path / "net.md"
    path.write_text(HEAD + rows + "\n")
    (expected, value) = _moments(cnnscope.load(str(path)).graph)[-1]
    assert expected.square / 2 < value.square < expected.square * 2
    assert expected.mean == pytest.approx(value.mean, abs=0.5)


@pytest.mark.parametrize(
    "name, shape",
    [
        ("preresnet110-cifar", None),
        ("efficientnet_b0", (3, 64, 64)),
        ("seresnet56-cifar", None),
        ("hrnet_w18", "3x64x64"),
    ],
)
def test_values_neither_overflow_nor_fade_out_in_deep_networks(name, shape):
    *_, (_, logits), _softmax = found = _moments(cnnscope.load(name).shaped(shape))
    assert all(value.square < 1000 for _, value in found)
    assert logits.square > 1e-3


def test_variances_stay_finite_where_a_thousand_layers_double_their_values(tmp_path):
    path = tmp_path / "net.md"
    row = "| a{} | conv | 1 | 1x1 | |\n"
    rows = "".join(row.format(index) for index in range(1100)) + "| n | bn | | | |\n"
    path.write_text("---\ninput: 1x2x2\n---\n| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n" + rows)
    state = cnnscope.build_torch(cnnscope.load(str(path)).graph).state_dict()
    assert 2.0**13 <= float(state["n.running_var"]) <= 1.5 * 2**14


def _moments(graph):
    """Of every layer what the operators say, and what torch's values are for a standard normal input."""
    network = cnnscope.build_torch(graph)
    layers = tuple(walk(graph))
    values = {INPUT: torch.randn(layers[0].inputs[0], generator=torch.Generator().manual_seed(0))}
    expected = {INPUT: STANDARD}
    found = []
    with torch.no_grad():
        for layer, (module, name, inputs) in zip(layers, network.plan, strict=True):
            values[name] = call(module, name, [values[source] for source in inputs])
            expected[name] = layer.node.op.moments(*(expected[source] for source in layer.node.inputs))
            measured = Moments(float(values[name].mean()), float(values[name].square().mean()))
            found.append((expected[name], measured))
    return found
