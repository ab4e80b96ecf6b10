"""Operators that move the values of maps."""

from fractions import Fraction

import pytest

from cnnscope.ops import ChannelShuffle, Cost, Crop, DepthToSpace, Pad, SpaceToDepth
from cnnscope.shapes import Axis

SHUFFLE = ChannelShuffle(groups=3)
OPTION_A = Pad(channel_padding=(8, 8))
COPY = Crop(padding=(4, 4, 4, 4))

ROWS = [
    pytest.param(SHUFFLE, [(1, 240, 28, 28)], (1, 240, 28, 28), 0, 0, id="ShuffleNet's shuffle of three groups (Zhang et al. 2017)"),
    pytest.param(DepthToSpace(block=3), [(1, 18, 17, 17)], (1, 2, 51, 51), 0, 0, id="ESPCN enlarges by 3 (Shi et al. 2016)"),
    pytest.param(SpaceToDepth(block=2), [(1, 64, 26, 26)], (1, 256, 13, 13), 0, 0, id="YOLOv2's passthrough (Redmon & Farhadi 2016)"),
    pytest.param(OPTION_A, [(1, 16, 16, 16)], (1, 32, 16, 16), 0, 0, id="option A's shortcut pads 16 channels to 32 (He et al. 2015)"),
    pytest.param(Pad(padding=(0, 1, 2, 3)), [(1, 2, 4, 4)], (1, 2, 6, 8), 0, 0, id="four sides: top 0, left 1, bottom 2, right 3"),
    pytest.param(COPY, [(1, 64, 64, 64)], (1, 64, 56, 56), 0, 0, id="U-Net crops 64 to 56 before it concatenates (Ronneberger et al. 2015)"),
    pytest.param(Crop(padding=(0, 1, 2, 3)), [(1, 2, 6, 8)], (1, 2, 4, 4), 0, 0, id="four sides cut off"),
]  # fmt: skip

COSTS = [
    pytest.param(op, [(1, 12, 12, 12)], Cost(), id=f"{op.type} only moves values")
    for op in (SHUFFLE, DepthToSpace(block=2), SpaceToDepth(block=2), OPTION_A, COPY)
]

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(SHUFFLE, [(1, 100, 28, 28)], "100 channels cannot be split into 3 groups", "groups must divide 100", id="groups that do not divide"),
    pytest.param(DepthToSpace(block=2), [(1, 10, 7, 7)], "10 channels do not divide into 2x2 blocks", "", id="channels that make no block"),
    pytest.param(SpaceToDepth(block=2), [(1, 64, 13, 26)], "13x26 maps do not divide into 2x2 blocks", "", id="maps that make no blocks"),
    pytest.param(OPTION_A, [(1, 100)], "needs maps (channels x height x width), got 100", NEEDS_MAPS, id="features have no height"),
    pytest.param(COPY, [(1, 64, 8, 9)], "cutting 4+4 rows and 4+4 columns off 8x9 leaves nothing", "", id="a crop of everything"),
    pytest.param(Crop(padding=(0, 3, 0, 2)), [(1, 64, 9, 5)], "cutting 0+0 rows and 3+2 columns off 9x5 leaves nothing", "", id="a crop of all columns"),
]  # fmt: skip

VALUES = [
    pytest.param(ChannelShuffle(groups=2), [[[[1]], [[2]], [[3]], [[4]]]], [[[[1]], [[3]], [[2]], [[4]]]], {}, id="groups (1, 2) and (3, 4) are dealt out in turn"),
    pytest.param(DepthToSpace(block=2), [[[[i]] for i in range(8)]], [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]], {}, id="four neighbouring channels make one block, as in torch"),
    pytest.param(SpaceToDepth(block=2), [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]], [[[[i]] for i in range(8)]], {}, id="and back"),
    pytest.param(Pad(padding=(0, 1, 0, 0), channel_padding=(0, 1)), [[[[5]]]], [[[[0, 5]], [[0, 0]]]], {}, id="zeros left and behind"),
    pytest.param(Crop(padding=(1, 0, 0, 1)), [[[[1, 2], [3, 4]]]], [[[[3]]]], {}, id="top and right cut off"),
]  # fmt: skip

WINDOWS = [
    pytest.param(SHUFFLE, [(1, 240, 28, 28)], None, id="a shuffle moves nothing in space"),
    pytest.param(DepthToSpace(block=2), [(1, 8, 7, 7)], (Axis(1, Fraction(1, 2), Fraction(1, 4)),) * 2, id="outputs 0 and 1 see input 0 and lie at -1/4 and 1/4"),
    pytest.param(SpaceToDepth(block=2), [(1, 8, 8, 8)], (Axis(2, 2), Axis(2, 2)), id="an output sees its block"),
    pytest.param(Pad(padding=(1, 2, 3, 4)), [(1, 8, 7, 7)], (Axis(1, 1, 1, 3), Axis(1, 1, 2, 4)), id="padding before and after"),
    pytest.param(Crop(padding=(0, 1, 2, 3)), [(1, 8, 7, 7)], (Axis(1, 1, 0, -2), Axis(1, 1, -1, -3)), id="a crop is padding below zero"),
]  # fmt: skip
