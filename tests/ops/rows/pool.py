"""Maximum and mean over sliding windows, and what all sliding pools share."""

import pytest

from cnnscope.ops import AvgPool, Cost, MaxPool
from cnnscope.shapes import Axis

OVERLAPPING = MaxPool(kernel=(3, 3), stride=(2, 2))
ROUNDED_UP = MaxPool(kernel=(3, 3), stride=(2, 2), rounding="ceil")
HALVING = MaxPool(kernel=(2, 2))
MEAN = AvgPool(kernel=(7, 7))
UNEVEN = MaxPool(kernel=(4, 4), padding=(0, 2, 3, 1), rounding="ceil")
FALLS_IN_PADDING = {"kernel": (3, 3), "stride": (3, 3), "padding": (1, 1, 1, 1), "rounding": "ceil"}

ROWS = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], (1, 64, 56, 56), 0, 0, id="GoogLeNet pool1 rounds up: 112 -> 55.5 -> 56 (Szegedy et al. 2014)"),
    pytest.param(OVERLAPPING, [(1, 64, 112, 112)], (1, 64, 55, 55), 0, 0, id="the same pool rounded down gives 55"),
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (1, 96, 27, 27), 0, 0, id="AlexNet pool1 overlaps: 55 -> 27 (Krizhevsky et al. 2012)"),
    pytest.param(HALVING, [(1, 64, 224, 224)], (1, 64, 112, 112), 0, 0, id="VGG pool1: the stride is the kernel unless given"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1)), [(1, 64, 112, 112)], (1, 64, 56, 56), 0, 0, id="ResNet pool1 pads by 1 (He et al. 2015)"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(1, 1), padding=(1, 1, 1, 1)), [(1, 192, 28, 28)], (1, 192, 28, 28), 0, 0, id="an Inception module's pool keeps the size"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding="same"), [(1, 2, 7, 8)], (1, 2, 4, 4), 0, 0, id="`same` pads 1 and 1 around 7, 0 and 1 around 8"),
    pytest.param(MaxPool(**FALLS_IN_PADDING), [(1, 2, 5, 4)], (1, 2, 2, 2), 0, 0, id="a window that would start in the padding behind 5 pixels is dropped; 4 pixels fit exactly"),
    pytest.param(UNEVEN, [(1, 2, 14, 2)], (1, 2, 4, 1), 0, 0, id="no window starts in padding that differs at both ends"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(1, 1), padding=(2, 2, 2, 2)), [(1, 2, 4, 4)], (1, 2, 6, 6), 0, 0, id="more padding than half the kernel, which torch's own pool refuses"),
    pytest.param(MEAN, [(1, 1024, 7, 7)], (1, 1024, 1, 1), 0, 0, id="GoogLeNet's last pool"),
    pytest.param(AvgPool(kernel=(2, 2)), [(1, 128, 56, 56)], (1, 128, 28, 28), 0, 0, id="DenseNet's transition (Huang et al. 2016)"),
    pytest.param(AvgPool(kernel=(1, 1), stride=(2, 2)), [(1, 16, 32, 32)], (1, 16, 16, 16), 0, 0, id="option A's subsampling skips pixels (He et al. 2015)"),
    pytest.param(AvgPool(kernel=(3, 3), stride=(2, 2), padding=(0, 1, 1, 0), count_padding=True, rounding="ceil"), [(1, 2, 6, 7)], (1, 2, 3, 4), 0, 0, id="padding counts, the overhang does not, and no side is like another"),
    pytest.param(AvgPool(kernel=(4, 4), padding=(0, 2, 3, 1), rounding="ceil", count_padding=True), [(1, 2, 14, 2)], (1, 2, 4, 1), 0, 0, id="nor does a mean's window start there, even where padding counts"),
    pytest.param(AvgPool(**FALLS_IN_PADDING, count_padding=True), [(1, 2, 5, 4)], (1, 2, 2, 2), 0, 0, id="a mean over padding drops the same window"),
]  # fmt: skip

COSTS = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], Cost(compares=1_605_632), id="eight compares for each of 64 x 56 x 56 windows of nine"),
    pytest.param(MEAN, [(1, 1024, 7, 7)], Cost(adds=49_152, divides=1_024), id="48 adds and one divide for each mean of 49"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(HALVING, [(1, 10)], "needs maps (channels x height x width), got 10", NEEDS_MAPS, id="features have no height"),
    pytest.param(MEAN, [(1, 1024, 7, 6)], "a window 7 wide does not fit into an input 6 wide: no output is left", "use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps", id="wider than the input"),
    pytest.param(MaxPool(kernel=(3, 2), padding=(0, 0, 0, 2)), [(1, 1, 9, 9)], "padding 0x0x0x2 with a 3x2 window", "a pool's padding must be smaller than its kernel, or a window would see nothing", id="a window that would see only padding"),
]  # fmt: skip

NOTES = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], ("does not fit: 55.5 -> 56",), id="GoogLeNet pool1 was rounded up"),
    pytest.param(OVERLAPPING, [(1, 64, 112, 112)], ("does not fit: 55.5 -> 55",), id="or down"),
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (), id="AlexNet pool1 fits"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding="same"), [(1, 2, 7, 8)], (), id="`same` fits by definition"),
]  # fmt: skip

WINDOWS = [
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (Axis(3, 2), Axis(3, 2)), id="AlexNet pool1"),
    pytest.param(MaxPool(kernel=(3, 2), padding=(1, 0, 2, 1)), [(1, 1, 9, 9)], (Axis(3, 3, 1, 2), Axis(2, 2, 0, 1)), id="top, left, bottom, right"),
]  # fmt: skip
