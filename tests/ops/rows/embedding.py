"""Learned positions and tokens."""

import pytest

from cnnscope.ops import ClassToken, Cost, PositionEmbedding

VIT = [(1, 197, 768)]

ROWS = [
    pytest.param(PositionEmbedding(), VIT, (1, 197, 768), 151_296, 0, id="ViT-B/16 learns 197 positions of 768 (Dosovitskiy et al. 2020)"),
    pytest.param(PositionEmbedding(), [(1, 96, 14, 14)], (1, 96, 14, 14), 18_816, 0, id="a value per map and pixel"),
    pytest.param(ClassToken(), [(1, 196, 768)], (1, 197, 768), 768, 0, id="ViT-B/16 has 14 x 14 patches and one token more"),
]  # fmt: skip

COSTS = [
    pytest.param(PositionEmbedding(), VIT, Cost(adds=151_296), id="one add for each of 197 x 768"),
    pytest.param(ClassToken(), [(1, 196, 768)], Cost(), id="a token is only copied"),
]

ERRORS = [
    pytest.param(ClassToken(), [(1, 96, 14, 14)], "needs tokens, got 96x14x14", "put a tokens row before it", id="maps are no tokens yet"),
]  # fmt: skip

VALUES = [
    pytest.param(PositionEmbedding(), [[[1, 2], [3, 4]]], [[[2, 2], [3, 6]]], {"weight": [[1, 0], [0, 2]]}, id="each position has a vector of its own"),
    pytest.param(ClassToken(), [[[1, 2], [3, 4]]], [[[7, 8], [1, 2], [3, 4]]], {"weight": [[[7, 8]]]}, id="the token comes first"),
    pytest.param(ClassToken(), [[[1]], [[2]]], [[[7], [1]], [[7], [2]]], {"weight": [[[7]]]}, id="the same one for every image"),
]  # fmt: skip

WINDOWS = [
    pytest.param(PositionEmbedding(), VIT, None, id="a position sees itself"),
    pytest.param(ClassToken(), VIT, None, id="tokens have no place in the image"),
]
