"""The lectures' other pools: Lp, stochastic, fractional, trainable."""

from fractions import Fraction

import pytest

from cnnscope.ops import Cost, FractionalMaxPool, LpPool, StochasticPool, TrainablePool
from cnnscope.shapes import Axis

SUBSAMPLING = TrainablePool(kernel=(2, 2))
ROOT = LpPool(kernel=(2, 2))
CUBIC = LpPool(kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1), p=3)
STOCHASTIC = StochasticPool(kernel=(3, 3), stride=(2, 2), rounding="ceil")
FRACTIONAL = FractionalMaxPool(target=(25, 25))

ROWS = [
    pytest.param(SUBSAMPLING, [(1, 6, 28, 28)], (1, 6, 14, 14), 12, 0, id="LeNet-5 S2 has 12 trainable parameters (LeCun et al. 1998)"),
    pytest.param(SUBSAMPLING, [(1, 16, 10, 10)], (1, 16, 5, 5), 32, 0, id="LeNet-5 S4 has 32"),
    pytest.param(TrainablePool(kernel=(3, 3), stride=(2, 2), padding=(0, 1, 1, 0), rounding="ceil"), [(1, 2, 7, 8)], (1, 2, 4, 4), 4, 0, id="a trainable pool padded on two sides, rounded up"),
    pytest.param(ROOT, [(1, 16, 14, 14)], (1, 16, 7, 7), 0, 0, id="the lectures' L2 pool"),
    pytest.param(CUBIC, [(1, 4, 9, 10)], (1, 4, 5, 5), 0, 0, id="an odd p on values of both signs"),
    pytest.param(STOCHASTIC, [(1, 64, 32, 32)], (1, 64, 16, 16), 0, 0, id="stochastic pooling on CIFAR: 3x3 by 2 (Zeiler & Fergus 2013)"),
    pytest.param(FRACTIONAL, [(1, 8, 36, 36)], (1, 8, 25, 25), 0, 0, id="fractional pooling by the root of 2: 36 -> 25 (Graham 2014)"),
    pytest.param(FractionalMaxPool(target=(1, 3), kernel=(3, 2)), [(1, 2, 5, 7)], (1, 2, 1, 3), 0, 0, id="a single region lies at the end, as torch has it"),
]  # fmt: skip

COSTS = [
    pytest.param(SUBSAMPLING, [(1, 6, 28, 28)], Cost(adds=3_528, multiply_adds=1_176), id="LeNet-5 S2: three adds and one multiply-add for each of 6 x 14 x 14"),
    pytest.param(ROOT, [(1, 16, 14, 14)], Cost(multiply_adds=3_136, transcendentals=784), id="p = 2: a square added per value, a root per output"),
    pytest.param(CUBIC, [(1, 4, 9, 10)], Cost(adds=800, transcendentals=1_000), id="p = 3: nine powers, eight adds and a root for each of 4 x 5 x 5"),
    pytest.param(STOCHASTIC, [(1, 64, 32, 32)], Cost(multiply_adds=147_456, adds=131_072, divides=16_384), id="sum of squares over sum, for each of 64 x 16 x 16"),
    pytest.param(FRACTIONAL, [(1, 8, 36, 36)], Cost(compares=15_000), id="three compares for each of 8 x 25 x 25 regions of four"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(FRACTIONAL, [(1, 25)], "needs maps (channels x height x width), got 25", NEEDS_MAPS, id="features have no height"),
    pytest.param(FRACTIONAL, [(1, 8, 36, 25)], "25 regions of 2 do not fit into 25", "use a smaller target or kernel", id="more regions than places"),
    pytest.param(SUBSAMPLING, [(1, 6, 1, 28)], "a window 2 high does not fit into an input 1 high: no output is left", "use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps", id="higher than the input"),
]  # fmt: skip

VALUES = [
    pytest.param(SUBSAMPLING, [[[[1, 2], [3, 4]]]], [[[[6]]]], {"weight": [[[0.5]]], "bias": [[[1]]]}, id="half the sum of 1, 2, 3, 4, plus 1"),
    pytest.param(ROOT, [[[[3, -4], [0, 0]]]], [[[[5]]]], {}, id="the root of 9 + 16"),
    pytest.param(LpPool(kernel=(2, 2), p=1), [[[[3, -4], [0, 0]]]], [[[[7]]]], {}, id="p = 1 adds absolute values"),
    pytest.param(LpPool(kernel=(2, 2), p=3), [[[[-1, 2], [0, 0]]]], [[[[9 ** (1 / 3)]]]], {}, id="the third root of 1 + 8"),
    pytest.param(StochasticPool(kernel=(1, 2)), [[[[1, 3, 0, 0]]]], [[[[2.5, 0]]]], {}, id="(1 + 9) / (1 + 3), and 0 for a window of zeros"),
    pytest.param(FractionalMaxPool(target=(1, 3), kernel=(1, 2)), [[[[5, 1, 2, 3, 4, 0]]]], [[[[5, 3, 4]]]], {}, id="regions of two at 0, 2 and 4"),
]  # fmt: skip

WINDOWS = [
    pytest.param(FRACTIONAL, [(1, 8, 36, 36)], (Axis(2, Fraction(17, 12), Fraction(11, 24)),) * 2, id="floor(o x 34 / 24) lies 11/24 before o x 17 / 12 on average"),
]  # fmt: skip
