"""Convolutions: dense, grouped, depthwise, and with chosen links."""

import numpy as np
import torch
from hypothesis import given, settings

from cnnscope.ops import Call, Conv
from tests.ops.agreement import assert_close, both, random_weights
from tests.ops.rows.conv import C3, C3_LINKS
from tests.ops.strategies import pairs
from tests.spelling import onnx_model, session


def test_a_linked_conv_is_a_full_conv_whose_other_weights_are_zero() -> None:
    values = np.random.default_rng(3).standard_normal((1, 6, 14, 14), np.float32)
    weights = random_weights(C3.weights(values.shape))
    full = np.zeros((16, 6, 5, 5), np.float32)
    kernels = [kernel for index in range(1, 4) for kernel in weights[f"weight{index}"]]
    for row, links, kernel in zip(full, C3_LINKS, kernels, strict=True):
        row[list(links)] = kernel
    bias = np.concatenate([weights[f"bias{index}"] for index in range(1, 4)])
    expected = torch.nn.functional.conv2d(*map(torch.from_numpy, (values, full, bias)))
    for found in both(C3, values, weights=weights):
        assert_close(found, expected.numpy(), terms=150)


@settings(max_examples=20, derandomize=True, deadline=None, database=None)
@given(size=pairs(1, 13), stride=pairs(1, 3), larger=pairs(0, 3))
def test_same_padding_is_what_onnx_calls_same_upper(
    size: tuple[int, int], stride: tuple[int, int], larger: tuple[int, int]
) -> None:
    # Where the stride exceeds the kernel, ONNX Runtime crops instead; TensorFlow's formula then pads nothing, as ours.
    kernel = (stride[0] + larger[0], stride[1] + larger[1])
    op, shape = Conv(maps=2, kernel=kernel, stride=stride, padding="same"), (1, 3, *size)
    values = np.random.default_rng(4).standard_normal(shape, np.float32)
    weights = random_weights(op.weights(shape))
    reference = Call("Conv", {"auto_pad": "SAME_UPPER", "strides": stride}, ("in", "weight", "bias"))
    (expected,) = session(onnx_model((reference,), {"in": shape}, weights, rank=4)).run(["out"], {"in": values})
    for found in both(op, values, weights=weights):
        assert_close(found, expected, terms=3 * kernel[0] * kernel[1])
