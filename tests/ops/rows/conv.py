"""Convolutions: dense, grouped, depthwise, and with chosen links."""

import pytest

from cnnscope.ops import Conv, Cost, DepthwiseConv, LinkedConv
from cnnscope.shapes import Axis

C3_LINKS = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
"""LeCun et al. 1998, table I, without its order within a map."""

CONV1 = Conv(maps=96, kernel=(11, 11), stride=(4, 4))
C3 = LinkedConv(maps=16, kernel=(5, 5), links=C3_LINKS)
DEPTHWISE = DepthwiseConv(kernel=(3, 3), padding=(1, 1, 1, 1), bias=False)
SLIM = Conv(maps=32, kernel=(3, 3), stride=(2, 2), padding="same", bias=False)

ROWS = [
    pytest.param(CONV1, [(1, 3, 227, 227)], (1, 96, 55, 55), 34_944, 105_415_200, id="AlexNet conv1 on 227 pixels: 55 outputs (Krizhevsky et al. 2012)"),
    pytest.param(CONV1, [(1, 3, 224, 224)], (1, 96, 54, 54), 34_944, 101_616_768, id="AlexNet conv1 on the paper's 224 pixels gives 54, not the 55 it prints"),
    pytest.param(Conv(maps=256, kernel=(5, 5), padding=(2, 2, 2, 2), groups=2), [(1, 96, 27, 27)], (1, 256, 27, 27), 307_456, 223_948_800, id="AlexNet conv2 in two groups: each map sees 48 (Krizhevsky et al. 2012)"),
    pytest.param(Conv(maps=64, kernel=(3, 3), padding=(1, 1, 1, 1)), [(1, 3, 224, 224)], (1, 64, 224, 224), 1_792, 86_704_128, id="VGG conv1_1 (Simonyan & Zisserman 2014)"),
    pytest.param(Conv(maps=64, kernel=(7, 7), stride=(2, 2), padding=(3, 3, 3, 3), bias=False), [(1, 3, 224, 224)], (1, 64, 112, 112), 9_408, 118_013_952, id="ResNet conv1 without bias (He et al. 2015)"),
    pytest.param(Conv(maps=10, kernel=(5, 5), padding=(2, 2, 2, 2)), [(1, 3, 32, 32)], (1, 10, 32, 32), 760, 768_000, id="ten 5x5 filters on a CIFAR image hold 760 parameters (CSC 578 slides)"),
    pytest.param(SLIM, [(1, 3, 224, 224)], (1, 32, 112, 112), 864, 10_838_016, id="MobileNetV2's first row in TensorFlow pads `same`: nothing before, one pixel behind"),
    pytest.param(Conv(maps=2, kernel=(4, 4), stride=(3, 3), padding="same"), [(1, 3, 10, 11)], (1, 2, 4, 4), 98, 1_536, id="`same` gives ceil(10 / 3) = ceil(11 / 3) = 4"),
    pytest.param(Conv(maps=2, kernel=(1, 1), stride=(3, 3), padding="same", bias=False), [(1, 2, 7, 7)], (1, 2, 3, 3), 4, 36, id="`same` pads nothing where the window is smaller than its stride"),
    pytest.param(Conv(maps=32, kernel=(3, 3), padding=(2, 2, 2, 2), dilation=(2, 2)), [(1, 32, 16, 16)], (1, 32, 16, 16), 9_248, 2_359_296, id="a dilation of 2 needs padding 2 to keep the size (Yu & Koltun 2015)"),
    pytest.param(Conv(maps=5, kernel=(3, 3), stride=(2, 2), padding=(0, 1, 2, 0)), [(1, 3, 8, 9)], (1, 5, 4, 4), 140, 2_160, id="four sides: top 0, left 1, bottom 2, right 0"),
    pytest.param(Conv(maps=128, kernel=(1, 7), padding=(0, 3, 0, 3), bias=False), [(1, 128, 17, 17)], (1, 128, 17, 17), 114_688, 33_144_832, id="Inception-v3's 1x7 is high before wide (Szegedy et al. 2015)"),
    pytest.param(Conv(maps=60, kernel=(1, 1), groups=3, bias=False), [(1, 240, 28, 28)], (1, 60, 28, 28), 4_800, 3_763_200, id="ShuffleNet's grouped 1x1 (Zhang et al. 2017)"),
    pytest.param(DEPTHWISE, [(1, 32, 112, 112)], (1, 32, 112, 112), 288, 3_612_672, id="MobileNetV2's first depthwise conv (Sandler et al. 2018)"),
    pytest.param(DepthwiseConv(kernel=(7, 7), padding=(3, 3, 3, 3)), [(1, 96, 56, 56)], (1, 96, 56, 56), 4_800, 14_751_744, id="ConvNeXt's 7x7 depthwise conv (Liu et al. 2022)"),
    pytest.param(DepthwiseConv(maps=6, kernel=(3, 3)), [(1, 3, 8, 8)], (1, 6, 6, 6), 60, 1_944, id="a depthwise multiplier of 2: two maps per input map"),
    pytest.param(DepthwiseConv(kernel=(3, 2), stride=(2, 1), padding=(0, 1, 1, 0)), [(1, 4, 7, 5)], (1, 4, 3, 5), 28, 360, id="a depthwise conv padded on two sides"),
    pytest.param(C3, [(1, 6, 14, 14)], (1, 16, 10, 10), 1_516, 150_000, id="LeNet-5 C3 has 60 links and 1,516 parameters (LeCun et al. 1998)"),
    pytest.param(LinkedConv(kernel=(2, 2), padding=(1, 0, 0, 1), bias=False, links=((0,), (1, 2), (0, 1), (2,))), [(1, 3, 5, 5)], (1, 4, 5, 5), 24, 600, id="links that change their number twice, padded on two sides"),
]  # fmt: skip

COSTS = [
    pytest.param(CONV1, [(1, 3, 227, 227)], Cost(macs=105_415_200, multiply_adds=105_415_200, adds=290_400), id="a bias is one add per output: 96 x 55 x 55"),
    pytest.param(CONV1, [(3, 3, 227, 227)], Cost(macs=316_245_600, multiply_adds=316_245_600, adds=871_200), id="a batch of three is thrice the arithmetic"),
    pytest.param(DEPTHWISE, [(1, 32, 112, 112)], Cost(macs=3_612_672, multiply_adds=3_612_672), id="no bias, no adds"),
    pytest.param(C3, [(1, 6, 14, 14)], Cost(macs=150_000, multiply_adds=150_000, adds=1_600), id="LeNet-5 C3: the paper's 151,600 connections are 150,000 weights and 1,600 biases"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"
TOO_HIGH = "use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps"

ERRORS = [
    pytest.param(CONV1, [(1, 10)], "needs maps (channels x height x width), got 10", NEEDS_MAPS, id="features have no height"),
    pytest.param(CONV1, [(1, 3, 10, 227)], "a window 11 high does not fit into an input 10 high: no output is left", TOO_HIGH, id="higher than the input"),
    pytest.param(Conv(maps=1, kernel=(3, 3), dilation=(4, 4), padding=(0, 1, 0, 2)), [(1, 1, 9, 5)], "a window 9 wide does not fit into an input 5 + 1 + 2 padding wide: no output is left", TOO_HIGH, id="wider than input and padding, holes included"),
    pytest.param(Conv(maps=100, kernel=(5, 5), groups=5), [(1, 96, 27, 27)], "96 input channels cannot be split into 5 groups", "groups must divide 96", id="groups that do not divide the input"),
    pytest.param(Conv(maps=255, kernel=(5, 5), groups=2), [(1, 96, 27, 27)], "255 maps cannot be split into 2 groups", "groups must divide 255", id="groups that do not divide the maps"),
    pytest.param(DepthwiseConv(maps=7, kernel=(3, 3)), [(1, 3, 8, 8)], "7 maps cannot be split into 3 groups", "groups must divide 7", id="a depthwise conv whose maps are no multiple"),
    pytest.param(LinkedConv(maps=15, kernel=(5, 5), links=C3_LINKS), [(1, 6, 14, 14)], "16 lists of links for 15 maps", "write one list per output map", id="as many lists as maps"),
    pytest.param(C3, [(1, 5, 14, 14)], "a link to input map 5, but the input has 5 maps", "maps count from 0", id="a link to a map that is not there"),
]  # fmt: skip

NOTES = [
    pytest.param(CONV1, [(1, 3, 227, 227)], (), id="AlexNet conv1 fits 227 pixels"),
    pytest.param(CONV1, [(1, 3, 224, 224)], ("does not fit: 54.25 -> 54",), id="AlexNet conv1 does not fit 224 pixels"),
    pytest.param(CONV1, [(1, 3, 224, 225)], ("does not fit: 54.25 -> 54 and 54.5 -> 54",), id="both axes, each once"),
    pytest.param(SLIM, [(1, 3, 224, 224)], (), id="`same` fits by definition"),
]  # fmt: skip

WINDOWS = [
    pytest.param(CONV1, [(1, 3, 227, 227)], (Axis(11, 4), Axis(11, 4)), id="AlexNet conv1"),
    pytest.param(SLIM, [(1, 3, 224, 223)], (Axis(3, 2, 0, 1), Axis(3, 2, 1, 1)), id="`same` pads an even length behind, an odd one on both sides"),
    pytest.param(Conv(maps=1, kernel=(3, 1), padding=(4, 0, 3, 2), dilation=(4, 2)), [(1, 1, 9, 9)], (Axis(3, 1, 4, 3, 4), Axis(1, 1, 0, 2, 2)), id="top and bottom to the vertical axis, left and right to the other"),
]  # fmt: skip
