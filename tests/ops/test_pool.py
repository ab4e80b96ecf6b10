"""Maximum and mean over sliding windows, and what all sliding pools share."""

from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings

from cnnscope.graph import place
from cnnscope.ops import AvgPool, LpPool, MaxPool, StochasticPool, TrainablePool
from cnnscope.ops.pool import Pool
from cnnscope.shapes import Axis
from tests.ops.agreement import assert_close, both, random_inputs, random_weights
from tests.ops.strategies import CASES, Case

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
