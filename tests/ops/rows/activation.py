"""Activations."""

from fractions import Fraction
from math import erf, exp, log, tanh

import pytest

from cnnscope import ops
from cnnscope.ops import Cost

MAPS = (1, 16, 4, 5)

ROWS = [
    pytest.param(ops.Relu(), [(1, 96, 55, 55)], (1, 96, 55, 55), 0, 0, id="AlexNet's relu (Krizhevsky et al. 2012)"),
    pytest.param(ops.Relu6(), [(1, 32, 112, 112)], (1, 32, 112, 112), 0, 0, id="MobileNetV2's relu6 (Sandler et al. 2018)"),
    pytest.param(ops.LeakyRelu(slope=Fraction(1, 10)), [MAPS], MAPS, 0, 0, id="Darknet's leaky relu"),
    pytest.param(ops.PRelu(), [MAPS], MAPS, 16, 0, id="prelu learns a slope per channel of maps (He et al. 2015)"),
    pytest.param(ops.PRelu(), [(1, 4096)], (1, 4096), 4_096, 0, id="or per feature"),
    pytest.param(ops.Elu(slope=Fraction(1, 2)), [MAPS], MAPS, 0, 0, id="elu (Clevert et al. 2015)"),
    pytest.param(ops.Selu(), [(1, 100)], (1, 100), 0, 0, id="selu (Klambauer et al. 2017)"),
    pytest.param(ops.Gelu(), [(1, 50, 768)], (1, 50, 768), 0, 0, id="a vision transformer's gelu of tokens"),
    pytest.param(ops.Silu(), [MAPS], MAPS, 0, 0, id="EfficientNet's silu (Tan & Le 2019)"),
    pytest.param(ops.HardSwish(), [MAPS], MAPS, 0, 0, id="MobileNetV3's hard swish (Howard et al. 2019)"),
    pytest.param(ops.HardSigmoid(), [(1, 72, 1, 1)], (1, 72, 1, 1), 0, 0, id="MobileNetV3's gate"),
    pytest.param(ops.Sigmoid(), [(1, 72, 1, 1)], (1, 72, 1, 1), 0, 0, id="squeeze and excite's gate (Hu et al. 2017)"),
    pytest.param(ops.Tanh(), [MAPS], MAPS, 0, 0, id="tanh"),
    pytest.param(ops.ScaledTanh(), [(1, 84)], (1, 84), 0, 0, id="LeNet-5's squashing function (LeCun et al. 1998)"),
    pytest.param(ops.Softplus(), [MAPS], MAPS, 0, 0, id="softplus"),
    pytest.param(ops.Mish(), [MAPS], MAPS, 0, 0, id="mish"),
    pytest.param(ops.Softmax(), [(1, 1000)], (1, 1000), 0, 0, id="a classifier's softmax"),
    pytest.param(ops.Softmax(), [(1, 21, 8, 9)], (1, 21, 8, 9), 0, 0, id="softmax over the classes of each pixel"),
    pytest.param(ops.Softmax(), [(1, 50, 60)], (1, 50, 60), 0, 0, id="softmax over the last axis of tokens"),
    pytest.param(ops.SplitSoftmax(), [(1, 128, 1, 1)], (1, 128, 1, 1), 0, 0, id="ResNeSt weighs two groups of 64 maps against each other (Zhang et al. 2020)"),
    pytest.param(ops.SplitSoftmax(groups=3), [(1, 6, 4, 5)], (1, 6, 4, 5), 0, 0, id="three groups of two maps"),
]  # fmt: skip

COSTS = [
    pytest.param(ops.Relu(), [(2, 5)], Cost(compares=10), id="relu: a compare"),
    pytest.param(ops.Relu6(), [(2, 5)], Cost(compares=20), id="relu6: two"),
    pytest.param(ops.LeakyRelu(), [(2, 5)], Cost(compares=10, multiplies=10), id="leaky relu: a compare and a multiply"),
    pytest.param(ops.PRelu(), [(2, 5)], Cost(compares=10, multiplies=10), id="prelu likewise"),
    pytest.param(ops.Elu(), [(2, 5)], Cost(compares=10, transcendentals=10, adds=10, multiplies=10), id="elu: compare, exponential, minus 1, slope"),
    pytest.param(ops.Selu(), [(2, 5)], Cost(compares=10, transcendentals=10, adds=10, multiplies=20), id="selu: elu times a constant"),
    pytest.param(ops.Gelu(), [(2, 5)], Cost(transcendentals=10, adds=10, multiplies=30), id="gelu: erf, plus 1, x / root 2, x / 2, product"),
    pytest.param(ops.Silu(), [(2, 5)], Cost(transcendentals=10, adds=10, divides=10, multiplies=10), id="silu: sigmoid and a product"),
    pytest.param(ops.HardSwish(), [(2, 5)], Cost(multiply_adds=10, compares=20, multiplies=10), id="hard swish: hard sigmoid and a product"),
    pytest.param(ops.HardSigmoid(), [(2, 5)], Cost(multiply_adds=10, compares=20), id="hard sigmoid: x / 6 + 1/2, two limits"),
    pytest.param(ops.Sigmoid(), [(2, 5)], Cost(transcendentals=10, adds=10, divides=10), id="sigmoid: exponential, plus 1, divide"),
    pytest.param(ops.Tanh(), [(2, 5)], Cost(transcendentals=10), id="tanh: one function"),
    pytest.param(ops.ScaledTanh(), [(2, 5)], Cost(transcendentals=10, multiplies=20), id="scaled tanh: and two factors"),
    pytest.param(ops.Softplus(), [(2, 5)], Cost(transcendentals=20, adds=10), id="softplus: exponential, plus 1, logarithm"),
    pytest.param(ops.Mish(), [(2, 5)], Cost(transcendentals=30, adds=10, multiplies=10), id="mish: softplus, its tanh, times x"),
    pytest.param(ops.Softmax(), [(2, 5)], Cost(transcendentals=10, adds=10, divides=10), id="softmax: exponential, sum, divide"),
    pytest.param(ops.SplitSoftmax(), [(1, 128, 1, 1)], Cost(transcendentals=128, adds=128, divides=128), id="split softmax likewise"),
]  # fmt: skip

ERRORS = [
    pytest.param(ops.PRelu(), [(1, 196, 64)], "needs maps or features, got tokens 196x64", "put prelu before the tokens row", id="a slope per token is nobody's prelu"),
]  # fmt: skip

VALUES = [
    pytest.param(ops.Relu(), [[-1, 0, 7]], [[0, 0, 7]], {}, id="relu"),
    pytest.param(ops.Relu6(), [[-1, 0, 7]], [[0, 0, 6]], {}, id="relu6"),
    pytest.param(ops.LeakyRelu(), [[-1, 0, 7]], [[-0.01, 0, 7]], {}, id="leaky relu's slope is 0.01"),
    pytest.param(ops.PRelu(), [[-1, -1, 7]], [[-0.5, 2, 7]], {"weight": [0.5, -2, 3]}, id="prelu"),
    pytest.param(ops.Elu(slope=2), [[-1, 0, 7]], [[2 * (exp(-1) - 1), 0, 7]], {}, id="elu"),
    pytest.param(ops.Selu(), [[-1, 0, 1]], [[1.0507010 * 1.6732632 * (exp(-1) - 1), 0, 1.0507010]], {}, id="selu"),
    pytest.param(ops.Gelu(), [[-1, 0, 1]], [[-0.5 * (1 - erf(0.5**0.5)), 0, 0.5 * (1 + erf(0.5**0.5))]], {}, id="gelu by the error function"),
    pytest.param(ops.Silu(), [[-1, 0, 1]], [[-1 / (1 + exp(1)), 0, 1 / (1 + exp(-1))]], {}, id="silu"),
    pytest.param(ops.HardSwish(), [[-4, -1, 1, 4]], [[0, -1 / 3, 2 / 3, 4]], {}, id="hard swish"),
    pytest.param(ops.HardSigmoid(), [[-4, -1, 0, 4]], [[0, 1 / 3, 1 / 2, 1]], {}, id="hard sigmoid's slope is 1/6"),
    pytest.param(ops.Sigmoid(), [[-1, 0]], [[1 / (1 + exp(1)), 1 / 2]], {}, id="sigmoid"),
    pytest.param(ops.Tanh(), [[-1, 0]], [[tanh(-1), 0]], {}, id="tanh"),
    pytest.param(ops.ScaledTanh(), [[-1, 0, 9]], [[-0.999997, 0, 1.715879]], {}, id="the squashing function takes -1 to -1 and saturates at 1.7159"),
    pytest.param(ops.Softplus(), [[0, 1]], [[log(2), log(1 + exp(1))]], {}, id="softplus"),
    pytest.param(ops.Mish(), [[0, 1]], [[0, tanh(log(1 + exp(1)))]], {}, id="mish"),
    pytest.param(ops.Softmax(), [[[[0]], [[log(3)]]]], [[[[1 / 4]], [[3 / 4]]]], {}, id="softmax of maps runs over the channels"),
    pytest.param(ops.SplitSoftmax(), [[[[0]], [[0]], [[log(3)]], [[0]]]], [[[[1 / 4]], [[1 / 2]], [[3 / 4]], [[1 / 2]]]], {}, id="split softmax sets the first map against the third, the second against the fourth"),
    pytest.param(ops.Softmax(), [[[0, log(3)]]], [[[1 / 4, 3 / 4]]], {}, id="softmax of tokens over the last axis"),
]  # fmt: skip
