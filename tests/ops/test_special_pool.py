"""The lectures' other pools: Lp, stochastic, fractional, trainable."""

import numpy as np
import torch
from hypothesis import given, settings

from cnnscope.ops import FractionalMaxPool
from tests.ops.agreement import both, random_inputs
from tests.ops.strategies import Case, fractional


@settings(max_examples=15, derandomize=True, deadline=None, database=None)
@given(fractional())
def test_fractional_pooling_is_torchs_own_for_a_random_sample_of_zero(case: Case) -> None:
    op, (shape,) = case
    assert isinstance(op, FractionalMaxPool)
    values = random_inputs(op, [shape])["in"]
    expected = torch.nn.functional.fractional_max_pool2d(
        torch.from_numpy(values), op.kernel, op.target, _random_samples=torch.zeros(1, shape[1], 2)
    )
    for found in both(op, values, weights={}):
        assert np.array_equal(found, expected.numpy())
