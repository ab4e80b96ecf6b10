"""What an output sees, by gradients: the windows of single operators, and their composition over chains."""

from fractions import Fraction

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnscope import ops
from cnnscope.analysis.receptive_field import Seen, receptive_fields
from cnnscope.graph import Graph, Node, place, walk
from cnnscope.ops import Op
from cnnscope.shapes import Axis, Pair, Shape
from tests.ops.strategies import booleans, four, integers, pairs
from tests.spelling import run_torch

SIZE = (200, 190)
"""Large enough for four rows of the chains below: their view is at most 1 + 6 x (1 + 2 + 4 + 8) = 91."""

SIDE = 12


def responses(op: Op, values: torch.Tensor) -> torch.Tensor:
    """The operator's output, all weights 1; a maximum becomes a mean, so that every pixel that is seen counts."""
    if isinstance(op, ops.MaxPool):
        op = ops.AvgPool(**{name: getattr(op, name) for name in op.fields}, count_padding=True)
    shape = tuple(values.shape)
    weights = {name: np.ones(weight.shape, np.float32) for name, weight in place(op, (shape,)).weights.items()}
    return run_torch(op.torch(shape), {"in": values}, weights).output


@st.composite
def rows(draw: st.DrawFn) -> Op:
    """A convolution or pool on one map."""
    kernel, stride = draw(pairs(1, 4)), draw(pairs(1, 2))
    if draw(booleans):
        padding = draw(four(3, 3) | st.just("same"))
        return ops.Conv(maps=1, kernel=kernel, stride=stride, padding=padding, dilation=draw(pairs(1, 2)))
    padding = draw(four(kernel[0] - 1, kernel[1] - 1) | st.just("same"))
    kind = draw(st.sampled_from([ops.MaxPool, ops.AvgPool]))
    return kind(kernel=kernel, stride=stride, padding=padding, rounding=draw(st.sampled_from(["floor", "ceil"])))


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(st.lists(rows(), min_size=1, max_size=4))
def test_a_chain_sees_what_gradients_reach(chain: list[Op]) -> None:
    nodes = [Node(f"{i + 1}", op, (f"{i}" if i else "in",), f"{i + 1}", i) for i, op in enumerate(chain)]
    layers = list(walk(Graph("chain", (1, *SIZE), tuple(nodes))))
    field = receptive_fields(layers)[-1]
    assert field.vertical
    assert field.horizontal
    assert field.status == "exact"

    image = torch.ones(1, 1, *SIZE, requires_grad=True)
    output = image
    for op in chain:
        output = responses(op, output)
    vertical, horizontal = (
        inner(seen, length, count)
        for seen, length, count in zip((field.vertical, field.horizontal), SIZE, output.shape[2:], strict=True)
    )
    for row, column in zip(vertical, horizontal, strict=True):
        (gradient,) = torch.autograd.grad(output[0, 0, row, column], image, retain_graph=True)
        touched = gradient[0, 0].nonzero()
        assert reach(touched[:, 0]) == view(field.vertical, row)
        assert reach(touched[:, 1]) == view(field.horizontal, column)


def view(seen: Seen, position: int) -> tuple[int, int]:
    """First and last pixel that this output should see."""
    first = position * seen.stride - seen.padding
    return int(first), int(first + seen.size - 1)


def inner(seen: Seen, length: int, count: int) -> Pair:
    """The first and the last output whose view lies within the image: the distance between them proves the stride."""
    inside = [o for o in range(count) if view(seen, o)[0] >= 0 and view(seen, o)[1] < length]
    return inside[0], inside[-1]


def reach(touched: torch.Tensor) -> tuple[int, int]:
    return int(touched.min()), int(touched.max())


@st.composite
def enlarging(draw: st.DrawFn) -> tuple[Op, Shape]:
    """Operators whose outputs move by a fraction of a pixel, and a few that do not, on 12x12 pixels."""
    channels = 1
    kind = draw(
        st.sampled_from([ops.TransposedConv, ops.Upsample, ops.AdaptiveAvgPool, ops.DepthToSpace, ops.SpaceToDepth])
    )
    if kind is ops.TransposedConv:
        stride = draw(pairs(1, 4))
        extra = (draw(integers(0, stride[0] - 1)), draw(integers(0, stride[1] - 1)))
        op = kind(maps=1, kernel=draw(pairs(1, 5)), stride=stride, padding=draw(four(3, 3)), output_padding=extra)
    elif kind is ops.Upsample:
        mode = draw(st.sampled_from(["nearest", "bilinear"]))
        sized = draw(st.fixed_dictionaries({"scale": pairs(1, 4)}) | st.fixed_dictionaries({"target": pairs(1, 30)}))
        op = kind(mode=mode, **sized)
    elif kind is ops.AdaptiveAvgPool:
        op = kind(target=draw(pairs(2, 16)))
    else:
        op = kind(block=draw(st.sampled_from([2, 3, 4])))
        channels = op.block**2 if kind is ops.DepthToSpace else 1
    return op, (1, channels, SIDE, SIDE)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(enlarging())
def test_a_window_is_the_widest_view_and_its_middle_is_right_on_average(case: tuple[Op, Shape]) -> None:
    op, shape = case
    window = place(op, (shape,)).window
    assert isinstance(window, tuple)
    image = torch.ones(shape, requires_grad=True)
    output = responses(op, image)
    for axis, moving in zip((2, 3), window, strict=True):
        assert_centred(moving, views(image, output, axis))


def views(image: torch.Tensor, output: torch.Tensor, axis: int) -> list[tuple[int, int] | None]:
    """First and last input along this axis that each output sees; None where it sees nothing."""
    found: list[tuple[int, int] | None] = []
    for line in output.unbind(axis):
        (gradient,) = torch.autograd.grad(line.sum(), image, retain_graph=True)
        touched = gradient.nonzero()[:, axis]
        found.append(reach(touched) if len(touched) else None)
    return found


def assert_centred(axis: Axis, seen: list[tuple[int, int] | None]) -> None:
    """One period of outputs in the middle, where no border cuts a view (or both borders do alike)."""
    period = Fraction(axis.stride).denominator
    start = (len(seen) - period) // 2
    whole = {o: view for o, view in enumerate(seen) if view and start <= o < start + period}
    assert max(last - first + 1 for first, last in whole.values()) == axis.extent
    stated = [o * axis.stride - axis.before + Fraction(axis.extent - 1, 2) for o in whole]
    assert sum(stated) == sum(Fraction(first + last, 2) for first, last in whole.values())
