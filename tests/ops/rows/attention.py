"""Multi-head self-attention."""

import pytest

from cnnscope.ops import Attention, Cost

VIT_B = Attention(heads=12)

ROWS = [
    pytest.param(VIT_B, [(1, 197, 768)], (1, 197, 768), 2_362_368, 524_391_936, id="ViT-B/16: 4 x 768 x 769 parameters, 4 x 197 x 768² + 2 x 197² x 768 (Dosovitskiy et al. 2020)"),
    pytest.param(Attention(heads=3, bias=False), [(1, 50, 192)], (1, 50, 192), 147_456, 8_332_800, id="DeiT-Ti's heads on 50 tokens, without bias"),
]  # fmt: skip

COSTS = [
    pytest.param(VIT_B, [(1, 197, 768)], Cost(macs=524_391_936, multiply_adds=524_391_936, adds=1_070_892, multiplies=465_708, divides=465_708, transcendentals=465_708), id="12 x 197² scores are scaled and go through softmax; 4 x 197 x 768 biases"),
    pytest.param(Attention(heads=3, bias=False), [(2, 50, 192)], Cost(macs=16_665_600, multiply_adds=16_665_600, adds=15_000, multiplies=15_000, divides=15_000, transcendentals=15_000), id="a batch of two without bias: 2 x 3 x 50² scores"),
]  # fmt: skip

ERRORS = [
    pytest.param(VIT_B, [(1, 768, 14, 14)], "needs tokens, got 768x14x14", "put a tokens row before it", id="maps are not tokens"),
    pytest.param(Attention(heads=7), [(1, 197, 768)], "768 features cannot be split into 7 heads", "heads must divide them", id="heads that do not divide"),
]  # fmt: skip
