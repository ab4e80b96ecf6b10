"""Global and adaptive pools."""

from fractions import Fraction

import pytest

from cnnscope.ops import AdaptiveAvgPool, AdaptiveMaxPool, Cost, GlobalAvgPool, GlobalMaxPool
from cnnscope.ops.op import WHOLE
from cnnscope.shapes import Axis

SIX = AdaptiveAvgPool(target=(6, 6))

ROWS = [
    pytest.param(GlobalAvgPool(), [(1, 2048, 7, 7)], (1, 2048, 1, 1), 0, 0, id="ResNet-50's last pool (He et al. 2015)"),
    pytest.param(GlobalMaxPool(), [(1, 512, 7, 5)], (1, 512, 1, 1), 0, 0, id="a global maximum of maps that are not square"),
    pytest.param(SIX, [(1, 256, 6, 6)], (1, 256, 6, 6), 0, 0, id="torchvision's AlexNet on 224 pixels: 6 -> 6 changes nothing"),
    pytest.param(SIX, [(1, 256, 13, 13)], (1, 256, 6, 6), 0, 0, id="and on larger images its regions overlap: 13 / 6"),
    pytest.param(AdaptiveAvgPool(target=(7, 7)), [(1, 8, 14, 21)], (1, 8, 7, 7), 0, 0, id="a target that divides is a plain pool"),
    pytest.param(AdaptiveAvgPool(target=(1, 1)), [(1, 8, 5, 3)], (1, 8, 1, 1), 0, 0, id="a single region"),
    pytest.param(AdaptiveMaxPool(target=(4, 4)), [(1, 256, 13, 10)], (1, 256, 4, 4), 0, 0, id="spatial pyramid pooling's 4x4 bins (He et al. 2014)"),
    pytest.param(AdaptiveMaxPool(target=(5, 3)), [(1, 2, 3, 6)], (1, 2, 5, 3), 0, 0, id="more regions than rows: some rows are seen twice"),
]  # fmt: skip

COSTS = [
    pytest.param(GlobalAvgPool(), [(1, 2048, 7, 7)], Cost(adds=98_304, divides=2_048), id="48 adds and one divide for each of 2,048 maps"),
    pytest.param(GlobalMaxPool(), [(1, 512, 7, 5)], Cost(compares=17_408), id="34 compares for each of 512 maps"),
    pytest.param(SIX, [(1, 256, 13, 13)], Cost(adds=73_728, divides=9_216), id="13 / 6 makes six regions of 3 (18 a side): 18 x 18 values seen for 36 outputs"),
    pytest.param(AdaptiveMaxPool(target=(4, 4)), [(1, 256, 13, 10)], Cost(compares=45_056), id="regions of 4 on 13 (16 a side) and of 3 on 10 (12 a side): 192 values seen for 16 outputs"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(GlobalAvgPool(), [(1, 2048)], "needs maps (channels x height x width), got 2048", NEEDS_MAPS, id="features have no height"),
    pytest.param(SIX, [(1, 196, 64)], "needs maps (channels x height x width), got 196x64", NEEDS_MAPS, id="nor have tokens"),
]  # fmt: skip

VALUES = [
    pytest.param(AdaptiveAvgPool(target=(1, 2)), [[[[1, 2, 6]]]], [[[[1.5, 4]]]], {}, id="floor(i x 3 / 2) to ceil((i + 1) x 3 / 2): the middle is seen twice"),
    pytest.param(AdaptiveMaxPool(target=(3, 1)), [[[[1], [2]]]], [[[[1], [2], [2]]]], {}, id="three regions of two rows: 0, 0 and 1, 1"),
]  # fmt: skip

WINDOWS = [
    pytest.param(GlobalAvgPool(), [(1, 2048, 7, 7)], WHOLE, id="a global pool sees everything"),
    pytest.param(AdaptiveAvgPool(target=(1, 1)), [(1, 8, 5, 3)], WHOLE, id="so does a single region"),
    pytest.param(AdaptiveAvgPool(target=(7, 7)), [(1, 8, 14, 21)], (Axis(2, 2), Axis(3, 3)), id="a target that divides is a plain window"),
    pytest.param(AdaptiveAvgPool(target=(3, 3)), [(1, 8, 7, 9)], (Axis(3, Fraction(7, 3), Fraction(1, 3)), Axis(3, 3)), id="regions 0-2, 2-4, 4-6 of 7 lie 1/3 beside 7/3 apart, the middle one exactly"),
]  # fmt: skip
