"""Fully connected layers, RBF outputs, maxout."""

import pytest

from cnnscope.ops import RBF, Cost, FullyConnected, Maxout
from cnnscope.ops.op import WHOLE

FC7 = FullyConnected(maps=4096)
OUTPUT = RBF(maps=10)

ROWS = [
    pytest.param(FC7, [(1, 4096)], (1, 4096), 16_781_312, 16_777_216, id="AlexNet fc7: 4,096 x 4,096 weights and 4,096 biases (Krizhevsky et al. 2012)"),
    pytest.param(FullyConnected(maps=1000), [(1, 1024, 1, 1)], (1, 1000), 1_025_000, 1_024_000, id="GoogLeNet's classifier flattens 1x1 maps by itself"),
    pytest.param(FullyConnected(maps=120), [(1, 16, 5, 5)], (1, 120), 48_120, 48_000, id="LeNet-5 C5 sees all of S4: 120 x (16 x 25 + 1) (LeCun et al. 1998)"),
    pytest.param(FullyConnected(maps=84), [(1, 120)], (1, 84), 10_164, 10_080, id="LeNet-5 F6 has 10,164 trainable parameters"),
    pytest.param(FullyConnected(maps=4), [(1, 3)], (1, 4), 16, 12, id="the lecture's 3-4-2 network, first layer: 12 weights and 4 biases"),
    pytest.param(FullyConnected(maps=256, bias=False), [(1, 512, 2, 1)], (1, 256), 262_144, 262_144, id="no bias, after maps"),
    pytest.param(FullyConnected(maps=768), [(1, 50, 192)], (1, 50, 768), 148_224, 7_372_800, id="a vision transformer's MLP: each of 50 tokens alone"),
    pytest.param(FullyConnected(maps=48, bias=False), [(1, 50, 192)], (1, 50, 48), 9_216, 460_800, id="tokens without bias"),
    pytest.param(OUTPUT, [(1, 84)], (1, 10), 0, 840, id="LeNet-5's output: ten distances to fixed centres of 84"),
    pytest.param(RBF(maps=3), [(1, 2, 4, 5)], (1, 3), 0, 120, id="distances from maps"),
    pytest.param(Maxout(pieces=2), [(1, 96, 8, 8)], (1, 48, 8, 8), 0, 0, id="the larger of two neighbouring maps (Goodfellow et al. 2013)"),
    pytest.param(Maxout(pieces=5), [(1, 1200)], (1, 240), 0, 0, id="the largest of five units: 240 of 1,200 (Goodfellow et al. 2013, MNIST)"),
]  # fmt: skip

COSTS = [
    pytest.param(FC7, [(1, 4096)], Cost(macs=16_777_216, multiply_adds=16_777_216, adds=4_096), id="a bias is one add per output"),
    pytest.param(FullyConnected(maps=48, bias=False), [(1, 50, 192)], Cost(macs=460_800, multiply_adds=460_800), id="no bias, no adds"),
    pytest.param(FullyConnected(maps=768), [(2, 50, 192)], Cost(macs=14_745_600, multiply_adds=14_745_600, adds=76_800), id="tokens of a batch of two: 2 x 50 x 768 biases"),
    pytest.param(OUTPUT, [(1, 84)], Cost(macs=840, multiply_adds=840, adds=840), id="a subtraction and a multiply-accumulate for each of 84 x 10"),
    pytest.param(Maxout(pieces=5), [(1, 1200)], Cost(compares=960), id="four compares for each of 240"),
]  # fmt: skip

BUFFERS = [
    pytest.param(OUTPUT, [(1, 84)], 840, id="LeNet-5's 840 centres are stored, not trained"),
    pytest.param(FC7, [(1, 4096)], 0, id="a fully connected layer stores nothing else"),
]  # fmt: skip

ERRORS = [
    pytest.param(Maxout(pieces=3), [(1, 64, 7, 7)], "64 maps cannot be split into pieces of 3", "pieces must divide 64", id="pieces that do not divide"),
    pytest.param(Maxout(pieces=2), [(1, 196, 64)], "needs maps or features, got tokens 196x64", "put maxout before the tokens row", id="tokens have their channels last"),
]  # fmt: skip

VALUES = [
    pytest.param(RBF(maps=2), [[1, 2]], [[5, 8]], {"centres": [[0, 0], [3, 4]]}, id="squared distances from (1, 2): 1 + 4 and 4 + 4"),
    pytest.param(Maxout(pieces=2), [[1, 5, 3, 2]], [[5, 3]], {}, id="neighbours: the larger of 1 and 5, of 3 and 2"),
    pytest.param(FullyConnected(maps=2), [[[1, 2], [3, 4]]], [[[3, 5], [7, 11]]], {"weight": [[1, 1], [1, 2]], "bias": [0, 0]}, id="each token alone"),
]  # fmt: skip

WINDOWS = [
    pytest.param(FC7, [(1, 4096)], WHOLE, id="a fully connected layer sees everything"),
    pytest.param(FullyConnected(maps=768), [(1, 50, 192)], None, id="of tokens, one"),
    pytest.param(OUTPUT, [(1, 84)], WHOLE, id="distances take all features"),
]  # fmt: skip
