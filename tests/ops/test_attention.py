"""Multi-head self-attention."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from cnnscope.ops import Attention, Cost, Op
from cnnscope.ops.op import WHOLE
from cnnscope.shapes import Shape
from tests.ops.agreement import assert_close, assert_refused, assert_row, both, random_weights

VIT_B = Attention(heads=12)

ROWS = [
    pytest.param(VIT_B, [(1, 197, 768)], (1, 197, 768), 2_362_368, 524_391_936, id="ViT-B/16: 4 x 768 x 769 parameters, 4 x 197 x 768² + 2 x 197² x 768 (Dosovitskiy et al. 2020)"),
    pytest.param(Attention(heads=3, bias=False), [(1, 50, 192)], (1, 50, 192), 147_456, 8_332_800, id="DeiT-Ti's heads on 50 tokens, without bias"),
]  # fmt: skip

COSTS = [
    pytest.param(VIT_B, [(1, 197, 768)], Cost(macs=524_391_936, multiply_adds=524_391_936, adds=1_070_892, multiplies=465_708, divides=465_708, transcendentals=465_708), id="12 x 197² scores are scaled and go through softmax; 4 x 197 x 768 biases"),
    pytest.param(Attention(heads=3, bias=False), [(2, 50, 192)], Cost(macs=16_665_600, multiply_adds=16_665_600, adds=15_000, multiplies=15_000, divides=15_000, transcendentals=15_000), id="a batch of two without bias: 2 x 3 x 50² scores"),
]  # fmt: skip

ERRORS = [
    pytest.param(VIT_B, [(1, 768, 14, 14)], "needs tokens, got 768x14x14", "put a tokens row before it", id="maps are not tokens"),
    pytest.param(Attention(heads=7), [(1, 197, 768)], "768 features cannot be split into 7 heads", "heads must divide them", id="heads that do not divide"),
]  # fmt: skip


@pytest.mark.parametrize("op, inputs, output, params, macs", ROWS)
def test_hand_numbers_onnxruntime_and_torch_agree(
    op: Op, inputs: Sequence[Shape], output: Shape, params: int, macs: int
) -> None:
    assert_row(op, inputs, output, params, macs)


@pytest.mark.parametrize("op, inputs, cost", COSTS)
def test_arithmetic_by_kind(op: Op, inputs: Sequence[Shape], cost: Cost) -> None:
    assert op.cost(*inputs) == cost


@pytest.mark.parametrize("op, inputs, message, hint", ERRORS)
def test_what_does_not_fit_is_refused(op: Op, inputs: Sequence[Shape], message: str, hint: str) -> None:
    assert_refused(op, inputs, message, hint)


def test_every_token_sees_all() -> None:
    assert VIT_B.window((1, 197, 768)) == WHOLE


def test_values_are_those_of_torchs_own_attention() -> None:
    op, values = Attention(heads=3), np.random.default_rng(5).standard_normal((2, 7, 12), np.float32)
    weights = random_weights(op.weights(values.shape))
    module = torch.nn.MultiheadAttention(12, 3, batch_first=True)
    names = {name: name.replace("out_proj.", "out_proj_") for name in module.state_dict()}
    module.load_state_dict({name: torch.from_numpy(weights[ours]) for name, ours in names.items()})
    given = torch.from_numpy(values)
    with torch.no_grad():
        expected, _ = module.eval()(given, given, given, need_weights=False)
    for found in both(op, values, weights=weights):
        assert_close(found, expected.numpy(), terms=12)
