"""Roofs, and multiply-accumulates without those on padding, counted tap by tap."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnscope
from cnnscope import ops
from cnnscope.analysis.roofline import padding_free_macs, roof
from cnnscope.graph import INPUT, Graph, Node, walk
from tests.ops.strategies import convolutions


def test_the_later_of_computing_and_moving_binds():
    found = roof(200, 30, flops_per_second=100, bytes_per_second=10)
    assert (found.compute_seconds, found.memory_seconds, found.seconds, found.bound) == (2, 3, 3, "memory")
    assert roof(400, 30, flops_per_second=100, bytes_per_second=10).bound == "compute"


@pytest.mark.parametrize(
    "name, share",
    [("vgg16", 0.967), ("alexnet-torchvision", 0.914)],
)
def test_convolutions_of_published_networks_multiply_this_share_without_padding(name, share):

    layers = [layer for layer in walk(cnnscope.load(name).graph) if layer.node.op.type == "conv"]
    nominal = sum(layer.placed.cost.macs for layer in layers)
    assert sum(map(padding_free_macs, layers)) / nominal == pytest.approx(share, abs=6e-4)


def free(op, shape):
    (layer,) = walk(Graph("one", shape, (Node("a", op, (INPUT,), "a", 1),)))
    return padding_free_macs(layer), layer


def test_by_hand_3x3_on_4x4_with_padding_1():
    # Along an axis of 4: outputs see 2, 3, 3, 2 inputs, 10 of 12 taps.
    assert free(ops.Conv(maps=5, kernel=(3, 3), padding=(1, 1, 1, 1)), (2, 4, 4))[0] == 5 * 2 * 10 * 10


def test_layers_without_a_window_of_whole_steps_keep_their_count():
    for op, shape in (
        (ops.FullyConnected(maps=7), (2, 3, 3)),
        (ops.TransposedConv(maps=4, kernel=(2, 2), stride=(2, 2)), (2, 3, 3)),
        (ops.Relu(), (2, 3, 3)),
    ):
        macs, layer = free(op, shape)
        assert macs == layer.placed.cost.macs


@given(st.one_of(convolutions(ops.Conv), convolutions(ops.DepthwiseConv)))
def test_every_tap_is_counted_once(case):
    op, ((_, *shape),) = case
    macs, layer = free(op, tuple(shape))
    vertical, horizontal = layer.placed.window
    *_, height, width = layer.placed.output
    per_tap = layer.placed.cost.macs // (height * width * vertical.kernel * horizontal.kernel)
    seen = sum(
        0 <= y * vertical.stride - vertical.before + i * vertical.dilation < shape[1]
        and 0 <= x * horizontal.stride - horizontal.before + j * horizontal.dilation < shape[2]
        for y, x, i, j in product(range(height), range(width), range(vertical.kernel), range(horizontal.kernel))
    )
    assert macs == per_tap * seen
