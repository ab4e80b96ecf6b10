"""Global and adaptive pools."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from cnnscope.ops import AdaptiveAvgPool, AdaptiveMaxPool, Cost, GlobalAvgPool, GlobalMaxPool, Op
from cnnscope.ops.op import WHOLE
from cnnscope.shapes import Axis, Shape, Window
from tests.ops.agreement import assert_refused, assert_row, assert_values

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


@pytest.mark.parametrize("op, inputs, output, params, macs", ROWS)
def test_hand_numbers_onnxruntime_and_torch_agree(
    op: Op, inputs: Sequence[Shape], output: Shape, params: int, macs: int
) -> None:
    assert_row(op, inputs, output, params, macs)


@pytest.mark.parametrize("op, inputs, cost", COSTS)
def test_arithmetic_by_kind(op: Op, inputs: Sequence[Shape], cost: Cost) -> None:
    assert op.cost(*inputs) == cost


@pytest.mark.parametrize("op, inputs, message, hint", ERRORS)
def test_what_does_not_fit_is_refused(op: Op, inputs: Sequence[Shape], message: str, hint: str) -> None:
    assert_refused(op, inputs, message, hint)


@pytest.mark.parametrize("op, given, expected, weights", VALUES)
def test_values_by_hand(op: Op, given: Any, expected: Any, weights: Mapping[str, Any]) -> None:
    assert_values(op, given, expected, weights)


@pytest.mark.parametrize("op, inputs, window", WINDOWS)
def test_windows(op: Op, inputs: Sequence[Shape], window: Window | str | None) -> None:
    assert op.window(*inputs) == window


@pytest.mark.parametrize("size, target", [(7, 3), (12, 8), (5, 9), (8, 8), (13, 1)])
def test_regions_are_counted_as_they_are_listed(size: int, target: int) -> None:
    op, shape = AdaptiveAvgPool(target=(target, 1)), (1, 1, size, 1)
    lengths = [stop - start for start, stop in op.regions(shape)[0]]
    window = AdaptiveAvgPool(target=(target, 2)).window((1, 1, size, 2))
    assert isinstance(window, tuple)
    assert window[0].kernel == max(lengths)
    assert op.cost(shape).adds == sum(lengths) - target


def test_two_thousand_million_regions_are_not_listed() -> None:
    assert AdaptiveAvgPool(target=(2**31 - 1, 1)).cost((1, 1, 8, 1)).divides == 2**31 - 1
