"""Operators that only rename, keep or select values."""

import pytest

from cnnscope.ops import Cost, Dropout, Flatten, Identity, Slice, Split, Tokens

POOL5 = (1, 256, 6, 6)
SECOND_HALF = Split(part=(2, 2))

ROWS = [
    pytest.param(Flatten(), [POOL5], (1, 9216), 0, 0, id="AlexNet's 256 x 6 x 6 become 9,216 features"),
    pytest.param(Flatten(), [(1, 50, 192)], (1, 9600), 0, 0, id="tokens flatten too"),
    pytest.param(Tokens(), [(1, 768, 14, 14)], (1, 196, 768), 0, 0, id="ViT-B/16's 196 patches"),
    pytest.param(Tokens(), [(1, 3, 2, 5)], (1, 10, 3), 0, 0, id="tokens of maps that are not square"),
    pytest.param(Dropout(), [(1, 4096)], (1, 4096), 0, 0, id="dropout does nothing at inference"),
    pytest.param(Identity(), [POOL5], POOL5, 0, 0, id="a branch that does nothing"),
    pytest.param(Slice(range=(0, 48)), [(1, 96, 27, 27)], (1, 48, 27, 27), 0, 0, id="the maps of AlexNet's first GPU"),
    pytest.param(Slice(range=(48, None)), [(1, 96, 27, 27)], (1, 48, 27, 27), 0, 0, id="those of the second, by an open end"),
    pytest.param(Slice(range=(0, 1)), [(1, 197, 192)], (1, 1, 192), 0, 0, id="the class token"),
    pytest.param(SECOND_HALF, [(1, 116, 28, 28)], (1, 58, 28, 28), 0, 0, id="ShuffleNetV2's second half (Ma et al. 2018)"),
    pytest.param(Split(part=(1, 3)), [(1, 12)], (1, 4), 0, 0, id="a third of the features"),
]  # fmt: skip

COSTS = [
    pytest.param(op, [(1, 12, 4, 4)], Cost(), id=f"{op.type} computes nothing")
    for op in (Flatten(), Tokens(), Dropout(), Identity(), Slice(range=(2, 5)), SECOND_HALF)
]

RISING = "it must be rising and end at most there"
NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(Tokens(), [(1, 196, 64)], "needs maps (channels x height x width), got 196x64", NEEDS_MAPS, id="tokens of tokens"),
    pytest.param(Slice(range=(48, 97)), [(1, 96, 27, 27)], "range 48:97 of 96 channels", RISING, id="a range past the end"),
    pytest.param(Slice(range=(3, 3)), [(1, 96, 27, 27)], "range 3:3 of 96 channels", RISING, id="an empty range"),
    pytest.param(Slice(range=(96, None)), [(1, 96, 27, 27)], "range 96:96 of 96 channels", RISING, id="an open range from the end"),
    pytest.param(Slice(range=(-2, 4)), [(1, 96, 27, 27)], "range -2:4 of 96 channels", RISING, id="a range from before the start"),
    pytest.param(Split(part=(3, 2)), [(1, 96, 27, 27)], "part 3/2", "parts count from 1 to 2", id="the third half"),
    pytest.param(Split(part=(0, 2)), [(1, 96, 27, 27)], "part 0/2", "parts count from 1 to 2", id="the zeroth half"),
    pytest.param(SECOND_HALF, [(1, 57, 28, 28)], "57 channels cannot be split into 2 groups", "groups must divide 57", id="half of an odd number"),
]  # fmt: skip

VALUES = [
    pytest.param(Tokens(), [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [[[1, 5], [2, 6], [3, 7], [4, 8]]], {}, id="tokens run row by row, channels last"),
    pytest.param(Flatten(), [[[[1, 2]], [[3, 4]]]], [[1, 2, 3, 4]], {}, id="flatten runs channel by channel"),
    pytest.param(Slice(range=(1, 3)), [[5, 6, 7, 8]], [[6, 7]], {}, id="from the second up to before the fourth"),
    pytest.param(SECOND_HALF, [[5, 6, 7, 8]], [[7, 8]], {}, id="the second half"),
]  # fmt: skip
