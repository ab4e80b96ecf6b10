"""Upsampling."""

from fractions import Fraction

import pytest

from cnnscope.ops import Cost, Upsample
from cnnscope.shapes import Axis

DOUBLE = Upsample(scale=(2, 2))
SMOOTH = Upsample(scale=(2, 2), mode="bilinear")

ROWS = [
    pytest.param(DOUBLE, [(1, 256, 7, 7)], (1, 256, 14, 14), 0, 0, id="a feature pyramid's way down (Lin et al. 2016)"),
    pytest.param(SMOOTH, [(1, 8, 7, 9)], (1, 8, 14, 18), 0, 0, id="the same between neighbours"),
    pytest.param(Upsample(scale=(1, 3), mode="bilinear"), [(1, 2, 5, 4)], (1, 2, 5, 12), 0, 0, id="wider only"),
    pytest.param(Upsample(target=(65, 65), mode="bilinear"), [(1, 21, 9, 9)], (1, 21, 65, 65), 0, 0, id="DeepLab's scores back to 65 pixels: 65/9 is not whole (Chen et al. 2014)"),
    pytest.param(Upsample(target=(31, 13)), [(1, 2, 7, 11)], (1, 2, 31, 13), 0, 0, id="31/7 and 13/11 as float32 would lose a row and a column"),
    pytest.param(Upsample(target=(31, 13), mode="bilinear"), [(1, 2, 7, 11)], (1, 2, 31, 13), 0, 0, id="between neighbours as well"),
    pytest.param(Upsample(target=(2, 82)), [(1, 2, 14, 2)], (1, 2, 2, 82), 0, 0, id="14 -> 2 and 2 -> 82, whose pixels both libraries get wrong by themselves"),
    pytest.param(Upsample(target=(14, 82)), [(1, 2, 7, 2)], (1, 2, 14, 82), 0, 0, id="41 copies of each column, where torch would miss one"),
    pytest.param(Upsample(target=(5, 4), mode="bilinear"), [(1, 2, 13, 12)], (1, 2, 5, 4), 0, 0, id="a target may be smaller"),
]  # fmt: skip

COSTS = [
    pytest.param(SMOOTH, [(1, 8, 7, 9)], Cost(multiply_adds=6_048, multiplies=2_016), id="bilinear: three multiply-adds and one multiply for each of 8 x 14 x 18"),
    pytest.param(DOUBLE, [(1, 256, 7, 7)], Cost(), id="nearest only copies"),
]  # fmt: skip

ONE_OF = "fill one of the columns `scale` (2) and `target` (56x56)"
NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(Upsample(), [(1, 8, 7, 7)], "needs either a scale or a target", ONE_OF, id="neither scale nor target"),
    pytest.param(Upsample(scale=(2, 2), target=(14, 14)), [(1, 8, 7, 7)], "needs either a scale or a target", ONE_OF, id="both"),
    pytest.param(DOUBLE, [(1, 100)], "needs maps (channels x height x width), got 100", NEEDS_MAPS, id="features have no height"),
]  # fmt: skip

VALUES = [
    pytest.param(Upsample(target=(1, 5)), [[[[1, 2, 3]]]], [[[[1, 1, 2, 2, 3]]]], {}, id="nearest: output o repeats input floor(o x 3 / 5)"),
    pytest.param(Upsample(scale=(1, 2), mode="bilinear"), [[[[0, 4]]]], [[[[0, 1, 3, 4]]]], {}, id="half-pixel centres: at -1/4, 1/4, 3/4 and 5/4"),
]  # fmt: skip

WINDOWS = [
    pytest.param(DOUBLE, [(1, 8, 7, 7)], (Axis(1, Fraction(1, 2), Fraction(1, 4)),) * 2, id="a doubled pixel lies in the middle of its two"),
    pytest.param(SMOOTH, [(1, 8, 7, 7)], (Axis(2, Fraction(1, 2), Fraction(3, 4)),) * 2, id="bilinear: output 0 at -1/4 between inputs -1 and 0"),
    pytest.param(Upsample(target=(4, 6), mode="bilinear"), [(1, 8, 12, 12)], (Axis(1, 3, -1), Axis(2, 2)), id="to a third it hits every middle pixel, to a half it lies between two"),
]  # fmt: skip
