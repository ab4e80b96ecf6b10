"""Operators with several inputs."""

import pytest

from cnnscope.ops import Add, Concat, Cost, MatrixProduct, Multiply
from cnnscope.ops.op import WHOLE

BLOCK, GATE = (1, 256, 56, 56), (1, 256, 1, 1)
SCORES = MatrixProduct(transpose=True)

ROWS = [
    pytest.param(Add(), [BLOCK, BLOCK], BLOCK, 0, 0, id="a residual block's shortcut (He et al. 2015)"),
    pytest.param(Add(), [(1, 8)] * 4, (1, 8), 0, 0, id="a sum of four"),
    pytest.param(Multiply(), [BLOCK, GATE], BLOCK, 0, 0, id="squeeze and excite: a gate of 1x1 maps (Hu et al. 2017)"),
    pytest.param(Multiply(), [GATE, BLOCK, GATE], BLOCK, 0, 0, id="gates may come first, and twice"),
    pytest.param(Multiply(), [(1, 5, 7)] * 2, (1, 5, 7), 0, 0, id="a product of tokens"),
    pytest.param(Concat(), [(1, 64, 28, 28), (1, 128, 28, 28), (1, 32, 28, 28), (1, 32, 28, 28)], (1, 256, 28, 28), 0, 0, id="GoogLeNet 3a: 64 + 128 + 32 + 32 (Szegedy et al. 2014)"),
    pytest.param(Concat(), [(1, 3), (1, 4)], (1, 7), 0, 0, id="features side by side"),
    pytest.param(Concat(), [(1, 1, 192), (1, 196, 192)], (1, 197, 192), 0, 0, id="a class token before the others"),
    pytest.param(Concat(), [(1, 3, 4, 4)], (1, 3, 4, 4), 0, 0, id="a concat of one"),
    pytest.param(SCORES, [(1, 197, 64), (1, 197, 64)], (1, 197, 197), 0, 2_483_776, id="queries times keys: 197 x 197 x 64"),
    pytest.param(MatrixProduct(), [(1, 197, 197), (1, 197, 64)], (1, 197, 64), 0, 2_483_776, id="scores times values"),
]  # fmt: skip

COSTS = [
    pytest.param(Add(), [BLOCK, BLOCK], Cost(adds=802_816), id="one add for each of 256 x 56 x 56"),
    pytest.param(Add(), [(1, 8)] * 4, Cost(adds=24), id="three for four inputs"),
    pytest.param(Multiply(), [GATE, BLOCK], Cost(multiplies=802_816), id="a gate multiplies every element"),
    pytest.param(Multiply(), [GATE, BLOCK, GATE], Cost(multiplies=1_605_632), id="two gates, twice"),
    pytest.param(Concat(), [(1, 3), (1, 4)], Cost(), id="concat only moves values"),
    pytest.param(SCORES, [(2, 197, 64), (2, 197, 64)], Cost(macs=4_967_552, multiply_adds=4_967_552), id="matrix product of a batch of two"),
]  # fmt: skip

SAME = "all inputs must have the same shape: adapt one by a 1x1 conv, a pool or a crop; a gate is Cx1x1"
AGREE = "all sizes but the number of maps must agree: crop, pad or pool one of them"

ERRORS = [
    pytest.param(Add(), [(1, 64, 56, 56), BLOCK], "cannot add 64x56x56 and 256x56x56", SAME, id="a shortcut that needs a projection"),
    pytest.param(Add(), [BLOCK, GATE], "cannot add 256x56x56 and 256x1x1", SAME, id="a sum has no gates"),
    pytest.param(Multiply(), [(1, 8, 2, 2), (1, 8, 4, 4), (1, 8, 1, 1)], "cannot multiply 8x2x2 and 8x4x4", SAME, id="maps of two sizes; the gate is left out of the text"),
    pytest.param(Concat(), [(1, 64, 28, 28), (1, 128, 14, 14)], "cannot concat 64x28x28 and 128x14x14", AGREE, id="maps of two sizes side by side"),
    pytest.param(Concat(), [(1, 64, 28, 28), (1, 64)], "cannot concat 64x28x28 and 64", AGREE, id="maps and features"),
    pytest.param(MatrixProduct(), [(1, 64, 7, 7), (1, 49, 64)], "cannot multiply 64x7x7 by 49x64", "both must be tokens: rows x columns", id="maps are no matrix"),
    pytest.param(MatrixProduct(), [(1, 49, 64), (1, 49, 64)], "cannot multiply 49x64 by 49x64", "the second needs 64 rows", id="inner sizes that differ"),
    pytest.param(SCORES, [(1, 49, 64), (1, 49, 32)], "cannot multiply 49x64 by 49x32 transposed", "the second needs 64 columns", id="inner sizes that differ, transposed"),
]  # fmt: skip

WINDOWS = [
    pytest.param(Add(), [BLOCK, BLOCK], None, id="a sum sees one position of each input"),
    pytest.param(Concat(), [(1, 3), (1, 4)], None, id="so does a concat"),
    pytest.param(SCORES, [(1, 49, 64), (1, 49, 64)], WHOLE, id="a matrix product mixes all tokens"),
]  # fmt: skip
