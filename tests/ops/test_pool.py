"""Maximum and mean over sliding windows, and what all sliding pools share."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings

from cnnscope.graph import place
from cnnscope.ops import AvgPool, Cost, LpPool, MaxPool, Op, StochasticPool, TrainablePool
from cnnscope.ops.pool import Pool
from cnnscope.shapes import Axis, Shape, Window
from tests.ops.agreement import assert_close, assert_refused, assert_row, both, random_inputs, random_weights
from tests.ops.strategies import CASES, Case

OVERLAPPING = MaxPool(kernel=(3, 3), stride=(2, 2))
ROUNDED_UP = MaxPool(kernel=(3, 3), stride=(2, 2), rounding="ceil")
HALVING = MaxPool(kernel=(2, 2))
MEAN = AvgPool(kernel=(7, 7))
UNEVEN = MaxPool(kernel=(4, 4), padding=(0, 2, 3, 1), rounding="ceil")
FALLS_IN_PADDING = {"kernel": (3, 3), "stride": (3, 3), "padding": (1, 1, 1, 1), "rounding": "ceil"}

ROWS = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], (1, 64, 56, 56), 0, 0, id="GoogLeNet pool1 rounds up: 112 -> 55.5 -> 56 (Szegedy et al. 2014)"),
    pytest.param(OVERLAPPING, [(1, 64, 112, 112)], (1, 64, 55, 55), 0, 0, id="the same pool rounded down gives 55"),
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (1, 96, 27, 27), 0, 0, id="AlexNet pool1 overlaps: 55 -> 27 (Krizhevsky et al. 2012)"),
    pytest.param(HALVING, [(1, 64, 224, 224)], (1, 64, 112, 112), 0, 0, id="VGG pool1: the stride is the kernel unless given"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1)), [(1, 64, 112, 112)], (1, 64, 56, 56), 0, 0, id="ResNet pool1 pads by 1 (He et al. 2015)"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(1, 1), padding=(1, 1, 1, 1)), [(1, 192, 28, 28)], (1, 192, 28, 28), 0, 0, id="an Inception module's pool keeps the size"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding="same"), [(1, 2, 7, 8)], (1, 2, 4, 4), 0, 0, id="`same` pads 1 and 1 around 7, 0 and 1 around 8"),
    pytest.param(MaxPool(**FALLS_IN_PADDING), [(1, 2, 5, 4)], (1, 2, 2, 2), 0, 0, id="a window that would start in the padding behind 5 pixels is dropped; 4 pixels fit exactly"),
    pytest.param(UNEVEN, [(1, 2, 14, 2)], (1, 2, 4, 1), 0, 0, id="no window starts in padding that differs at both ends"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(1, 1), padding=(2, 2, 2, 2)), [(1, 2, 4, 4)], (1, 2, 6, 6), 0, 0, id="more padding than half the kernel, which torch's own pool refuses"),
    pytest.param(MEAN, [(1, 1024, 7, 7)], (1, 1024, 1, 1), 0, 0, id="GoogLeNet's last pool"),
    pytest.param(AvgPool(kernel=(2, 2)), [(1, 128, 56, 56)], (1, 128, 28, 28), 0, 0, id="DenseNet's transition (Huang et al. 2016)"),
    pytest.param(AvgPool(kernel=(1, 1), stride=(2, 2)), [(1, 16, 32, 32)], (1, 16, 16, 16), 0, 0, id="option A's subsampling skips pixels (He et al. 2015)"),
    pytest.param(AvgPool(kernel=(3, 3), stride=(2, 2), padding=(0, 1, 1, 0), count_padding=True, rounding="ceil"), [(1, 2, 6, 7)], (1, 2, 3, 4), 0, 0, id="padding counts, the overhang does not, and no side is like another"),
    pytest.param(AvgPool(kernel=(4, 4), padding=(0, 2, 3, 1), rounding="ceil", count_padding=True), [(1, 2, 14, 2)], (1, 2, 4, 1), 0, 0, id="nor does a mean's window start there, even where padding counts"),
    pytest.param(AvgPool(**FALLS_IN_PADDING, count_padding=True), [(1, 2, 5, 4)], (1, 2, 2, 2), 0, 0, id="a mean over padding drops the same window"),
]  # fmt: skip

COSTS = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], Cost(compares=1_605_632), id="eight compares for each of 64 x 56 x 56 windows of nine"),
    pytest.param(MEAN, [(1, 1024, 7, 7)], Cost(adds=49_152, divides=1_024), id="48 adds and one divide for each mean of 49"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(HALVING, [(1, 10)], "needs maps (channels x height x width), got 10", NEEDS_MAPS, id="features have no height"),
    pytest.param(MEAN, [(1, 1024, 7, 6)], "a window 7 wide does not fit into an input 6 wide: no output is left", "use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps", id="wider than the input"),
    pytest.param(MaxPool(kernel=(3, 2), padding=(0, 0, 0, 2)), [(1, 1, 9, 9)], "padding 0x0x0x2 with a 3x2 window", "a pool's padding must be smaller than its kernel, or a window would see nothing", id="a window that would see only padding"),
]  # fmt: skip

NOTES = [
    pytest.param(ROUNDED_UP, [(1, 64, 112, 112)], ("does not fit: 55.5 -> 56",), id="GoogLeNet pool1 was rounded up"),
    pytest.param(OVERLAPPING, [(1, 64, 112, 112)], ("does not fit: 55.5 -> 55",), id="or down"),
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (), id="AlexNet pool1 fits"),
    pytest.param(MaxPool(kernel=(3, 3), stride=(2, 2), padding="same"), [(1, 2, 7, 8)], (), id="`same` fits by definition"),
]  # fmt: skip

WINDOWS = [
    pytest.param(OVERLAPPING, [(1, 96, 55, 55)], (Axis(3, 2), Axis(3, 2)), id="AlexNet pool1"),
    pytest.param(MaxPool(kernel=(3, 2), padding=(1, 0, 2, 1)), [(1, 1, 9, 9)], (Axis(3, 3, 1, 2), Axis(2, 2, 0, 1)), id="top, left, bottom, right"),
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


@pytest.mark.parametrize("op, inputs, notes", NOTES)
def test_a_size_that_was_rounded_is_noted(op: Op, inputs: Sequence[Shape], notes: tuple[str, ...]) -> None:
    assert op.notes(*inputs) == notes


@pytest.mark.parametrize("op, inputs, window", WINDOWS)
def test_windows(op: Op, inputs: Sequence[Shape], window: Window | str | None) -> None:
    assert op.window(*inputs) == window


POOLS = CASES[MaxPool] | CASES[AvgPool] | CASES[LpPool] | CASES[StochasticPool] | CASES[TrainablePool]


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(POOLS)
def test_pools_are_what_their_windows_say(case: Case) -> None:
    """Against loops over pixels, since both spellings of a pool use the same sums for padding and overhang."""
    op, (shape,) = case
    assert isinstance(op, Pool)
    weights = random_weights(place(op, (shape,)).weights)
    values = random_inputs(op, [shape])["in"]
    for found in both(op, values, weights=weights):
        for channel, row, column, seen, counted in positions(op, values):
            expected = pooled(op, seen, counted)
            if isinstance(op, TrainablePool):
                expected = expected * weights["weight"][channel, 0, 0] + weights["bias"][channel, 0, 0]
            assert_close(found[0, channel, row, column], np.asarray(expected), terms=25)


def positions(op: Pool, values: np.ndarray) -> Iterator[tuple[int, int, int, np.ndarray, int]]:
    """Every output's channel, row and column, the pixels it sees, and how many with padding but without overhang."""
    _, channels, height, width = values.shape
    vertical, horizontal = op.window(values.shape)
    _, _, rows, columns = op.output(values.shape)
    for row in range(rows):
        top, bottom, high = stretch(vertical, row, height)
        for column in range(columns):
            left, right, wide = stretch(horizontal, column, width)
            for channel in range(channels):
                yield channel, row, column, values[0, channel, top:bottom, left:right], high * wide


def stretch(axis: Axis, position: int, size: int) -> tuple[int, int, int]:
    """First pixel seen, one past the last, and the length with padding."""
    start = position * int(axis.stride) - int(axis.before)
    stop = start + axis.kernel
    return max(start, 0), min(stop, size), min(stop, size + int(axis.after)) - start


def pooled(op: Pool, seen: np.ndarray, counted: int) -> float:
    """The definition of each pool, on the pixels of one window."""
    if isinstance(op, MaxPool):
        return float(seen.max())
    if isinstance(op, AvgPool):
        return float(seen.sum() / (counted if op.count_padding else seen.size))
    if isinstance(op, LpPool):
        return float((np.abs(seen) ** op.p).sum() ** (1 / op.p))
    if isinstance(op, StochasticPool):
        return float((seen**2).sum() / seen.sum())
    return float(seen.sum())
