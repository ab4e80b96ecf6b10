"""Multi-head self-attention."""

import numpy as np
import torch

from cnnscope.ops import Attention
from cnnscope.ops.op import WHOLE
from tests.ops.agreement import assert_close, both, random_weights
from tests.ops.rows.attention import VIT_B


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
