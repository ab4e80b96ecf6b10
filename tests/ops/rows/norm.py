"""Normalisations."""

from fractions import Fraction

import pytest

from cnnscope.ops import (
    BatchNorm,
    Cost,
    GlobalResponseNorm,
    GroupNorm,
    L2Norm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
)

STEM = [(1, 64, 112, 112)]
CENTRED = BatchNorm(scale=False)
KRIZHEVSKY = LocalResponseNorm()

ROWS = [
    pytest.param(BatchNorm(), STEM, (1, 64, 112, 112), 128, 0, id="ResNet's first batch norm: gamma and beta for 64 channels"),
    pytest.param(CENTRED, STEM, (1, 64, 112, 112), 64, 0, id="TF-Slim's batch norm without gamma"),
    pytest.param(BatchNorm(), [(1, 100)], (1, 100), 200, 0, id="batch norm of features"),
    pytest.param(CENTRED, [(1, 100)], (1, 100), 100, 0, id="batch norm of features without gamma"),
    pytest.param(KRIZHEVSKY, [(1, 96, 55, 55)], (1, 96, 55, 55), 0, 0, id="AlexNet's response norm: k 2, n 5, alpha 1e-4, beta 3/4 (Krizhevsky et al. 2012)"),
    pytest.param(LocalResponseNorm(n=3, k=Fraction(1, 2), alpha=1, beta=1), [(1, 2, 4, 5)], (1, 2, 4, 5), 0, 0, id="a response norm over more maps than there are"),
    pytest.param(LayerNorm(), [(1, 96, 56, 56)], (1, 96, 56, 56), 192, 0, id="ConvNeXt's layer norm of maps (Liu et al. 2022)"),
    pytest.param(LayerNorm(), [(1, 197, 768)], (1, 197, 768), 1_536, 0, id="a vision transformer's layer norm of tokens (Dosovitskiy et al. 2020)"),
    pytest.param(LayerNorm(), [(1, 768)], (1, 768), 1_536, 0, id="layer norm of features"),
    pytest.param(GroupNorm(), [(1, 64, 56, 56)], (1, 64, 56, 56), 128, 0, id="32 groups of two channels (Wu & He 2018)"),
    pytest.param(GroupNorm(groups=8), [(1, 8, 9, 7)], (1, 8, 9, 7), 16, 0, id="as many groups as channels: instance norm"),
    pytest.param(L2Norm(), [(1, 512, 38, 38)], (1, 512, 38, 38), 512, 0, id="SSD scales conv4_3 by a factor per channel (Liu et al. 2015)"),
    pytest.param(L2Norm(scale=False), [(1, 128)], (1, 128), 0, 0, id="FaceNet's embedding has length 1 and nothing to learn (Schroff et al. 2015)"),
    pytest.param(GlobalResponseNorm(), [(1, 384, 56, 56)], (1, 384, 56, 56), 768, 0, id="ConvNeXt V2 holds each map's length against the mean of all (Woo et al. 2023)"),
    pytest.param(LayerScale(), [(1, 96, 56, 56)], (1, 96, 56, 56), 96, 0, id="ConvNeXt scales each branch by a factor per map (Liu et al. 2022)"),
    pytest.param(LayerScale(), [(1, 197, 768)], (1, 197, 768), 768, 0, id="CaiT scales each token's channels (Touvron et al. 2021)"),
    pytest.param(LayerScale(), [(1, 10)], (1, 10), 10, 0, id="a factor per feature"),
]  # fmt: skip

COSTS = [
    pytest.param(BatchNorm(), STEM, Cost(multiply_adds=802_816), id="batch norm: one multiply-add for each of 64 x 112 x 112"),
    pytest.param(CENTRED, STEM, Cost(multiply_adds=802_816), id="without gamma it still divides by the deviation"),
    pytest.param(KRIZHEVSKY, [(1, 96, 55, 55)], Cost(multiply_adds=1_742_400, divides=290_400, transcendentals=290_400), id="response norm: five squares and the offset, a power, a divide"),
    pytest.param(LayerNorm(), [(1, 96, 56, 56)], Cost(multiply_adds=602_112, adds=602_112, multiplies=301_056, divides=6_272, transcendentals=3_136), id="layer norm of 301,056 values at 3,136 positions"),
    pytest.param(LayerNorm(), [(1, 197, 768)], Cost(multiply_adds=302_592, adds=302_592, multiplies=151_296, divides=394, transcendentals=197), id="layer norm of 151,296 values in 197 tokens"),
    pytest.param(GroupNorm(), [(2, 64, 56, 56)], Cost(multiply_adds=802_816, adds=802_816, multiplies=401_408, divides=128, transcendentals=64), id="group norm of 401,408 values in 2 x 32 groups"),
    pytest.param(L2Norm(), [(1, 512, 38, 38)], Cost(multiply_adds=739_328, multiplies=739_328, divides=739_328, transcendentals=1_444), id="L2 norm: a square, a divide and a factor for each of 739,328, a root for each of 38 x 38"),
    pytest.param(L2Norm(scale=False), [(1, 128)], Cost(multiply_adds=128, divides=128, transcendentals=1), id="L2 norm without factors"),
    pytest.param(GlobalResponseNorm(), [(2, 384, 56, 56)], Cost(multiply_adds=4_816_896, adds=2_409_216, multiplies=2_408_448, divides=770, transcendentals=768), id="global response norm of 2 x 384 maps of 3,136 values: a square, a product, gamma and beta, the map itself"),
    pytest.param(LayerScale(), [(1, 96, 56, 56)], Cost(multiplies=301_056), id="layer scale: one multiply for each of 96 x 56 x 56"),
]  # fmt: skip

BUFFERS = [
    pytest.param(BatchNorm(), STEM, 128, id="running mean and variance of 64 channels"),
    pytest.param(CENTRED, STEM, 128, id="gamma left out, the statistics stay"),
    pytest.param(LayerNorm(), [(1, 197, 768)], 0, id="layer norm keeps no statistics"),
    pytest.param(GroupNorm(), [(1, 64, 56, 56)], 0, id="nor does group norm"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(KRIZHEVSKY, [(1, 10)], "needs maps (channels x height x width), got 10", NEEDS_MAPS, id="a response norm needs maps"),
    pytest.param(LocalResponseNorm(n=4), [(1, 96, 55, 55)], "a sum over 4 neighbouring maps", "n must be odd: the map itself and as many on either side", id="ONNX and torch put the fourth neighbour on different sides"),
    pytest.param(BatchNorm(), [(1, 196, 64)], "needs maps or features, got tokens 196x64", "put bn before the tokens row", id="batch norm of tokens"),
    pytest.param(L2Norm(), [(1, 196, 64)], "needs maps or features, got tokens 196x64", "put l2 norm before the tokens row", id="L2 norm of tokens"),
    pytest.param(GlobalResponseNorm(), [(1, 196, 64)], "needs maps (channels x height x width), got 196x64", NEEDS_MAPS, id="a global response norm of tokens"),
    pytest.param(GroupNorm(), [(1, 48, 7, 7)], "48 channels cannot be split into 32 groups", "groups must divide 48", id="groups that do not divide"),
    pytest.param(GroupNorm(), [(1, 32, 1, 1)], "one value in each of 32 groups", "less its own mean nothing is left of it: use fewer groups", id="groups of one value, which torch refuses too"),
]  # fmt: skip

VALUES = [
    pytest.param(BatchNorm(), [[3]], [[3.5]], {"weight": [3], "bias": [0.5], "running_mean": [1], "running_var": [4 - 1e-5]}, id="(3 - 1) / 2, times 3, plus 1/2"),
    pytest.param(CENTRED, [[3]], [[1.5]], {"bias": [0.5], "running_mean": [1], "running_var": [4 - 1e-5]}, id="the same without gamma"),
    pytest.param(LocalResponseNorm(n=3, k=1, alpha=1, beta=1), [[[[1]], [[2]], [[3]]]], [[[[1 / 6]], [[2 / 15]], [[3 / 14]]]], {}, id="alpha is not divided by n: 1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9)"),
    pytest.param(LayerNorm(), [[1, 3]], [[-0.999995, 2.99999]], {"weight": [1, 2], "bias": [0, 1]}, id="mean 2, variance 1 + 1e-5"),
    pytest.param(LayerNorm(), [[[[1]], [[3]]]], [[[[-0.999995]], [[2.99999]]]], {"weight": [1, 2], "bias": [0, 1]}, id="of maps, over the channels of each position"),
    pytest.param(GroupNorm(groups=1), [[[[1, 1]], [[3, 3]]]], [[[[-0.999995, -0.999995]], [[2.99999, 2.99999]]]], {"weight": [1, 2], "bias": [0, 1]}, id="one mean over channels and positions"),
    pytest.param(L2Norm(), [[[[3]], [[4]]]], [[[[0.6]], [[1.6]]]], {"weight": [[[1]], [[2]]]}, id="3/5, and 4/5 times 2"),
    pytest.param(GlobalResponseNorm(), [[[[3, 4]], [[5, 12]]]], [[[[18, 24]], [[6, 13]]]], {"weight": [[[9]], [[0]]], "bias": [[[0]], [[1]]]}, id="lengths 5 and 13, mean 9: 9 · 3 · 5/9 + 3, and 0 · 5 · 13/9 + 1 + 5"),
    pytest.param(LayerScale(), [[[[3]], [[4]]]], [[[[6]], [[2]]]], {"weight": [[[2]], [[0.5]]]}, id="3 times 2, and 4 times a half"),
    pytest.param(LayerScale(), [[[3, 4]]], [[[6, 2]]], {"weight": [2, 0.5]}, id="of tokens, along the last axis"),
]  # fmt: skip

WINDOWS = [
    pytest.param(BatchNorm(), STEM, None, id="batch norm's statistics are stored: one position"),
    pytest.param(LayerNorm(), STEM, None, id="layer norm sees one position"),
    pytest.param(LayerScale(), STEM, None, id="and so does a factor"),
    pytest.param(GlobalResponseNorm(), STEM, None, id="a global response norm's lengths are left out, as a group norm's statistics are"),
    pytest.param(GroupNorm(), STEM, None, id="a group norm's statistics are left out of the view, as published figures do"),
]  # fmt: skip
