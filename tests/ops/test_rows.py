"""The facts of tests/ops/rows hold."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cnnscope.graph import place
from cnnscope.ops import Cost, Op
from cnnscope.shapes import Shape, Window
from tests.ops.agreement import assert_refused, assert_row, assert_values
from tests.ops.rows import table


@pytest.mark.parametrize("op, inputs, output, params, macs", table("ROWS"))
def test_hand_numbers_onnxruntime_and_torch_agree(
    op: Op, inputs: Sequence[Shape], output: Shape, params: int, macs: int
) -> None:
    assert_row(op, inputs, output, params, macs)


@pytest.mark.parametrize("op, inputs, cost", table("COSTS"))
def test_arithmetic_by_kind(op: Op, inputs: Sequence[Shape], cost: Cost) -> None:
    assert op.cost(*inputs) == cost


@pytest.mark.parametrize("op, inputs, buffers", table("BUFFERS"))
def test_stored_but_not_trained(op: Op, inputs: Sequence[Shape], buffers: int) -> None:
    assert place(op, tuple(inputs)).buffers == buffers


@pytest.mark.parametrize("op, inputs, notes", table("NOTES"))
def test_a_size_that_was_rounded_is_noted(op: Op, inputs: Sequence[Shape], notes: tuple[str, ...]) -> None:
    assert op.notes(*inputs) == notes


@pytest.mark.parametrize("op, inputs, message, hint", table("ERRORS"))
def test_what_does_not_fit_is_refused(op: Op, inputs: Sequence[Shape], message: str, hint: str) -> None:
    assert_refused(op, inputs, message, hint)


@pytest.mark.parametrize("op, given, expected, weights", table("VALUES"))
def test_values_by_hand(op: Op, given: Any, expected: Any, weights: Mapping[str, Any]) -> None:
    assert_values(op, given, expected, weights)


@pytest.mark.parametrize("op, inputs, window", table("WINDOWS"))
def test_windows(op: Op, inputs: Sequence[Shape], window: Window | str | None) -> None:
    assert op.window(*inputs) == window
