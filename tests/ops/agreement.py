"""What holds for every operator: hand numbers, our answers, ONNX Runtime and torch agree."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnnscope.errors import ShapeError
from cnnscope.graph import Placed, place
from cnnscope.ops import Call, Constant, Op, Spelling, StochasticPool
from cnnscope.ops.op import Weight
from cnnscope.shapes import Shape
from tests.spelling import Evaluated, inferred_shape, onnx_model, run_torch, session

Arrays = dict[str, np.ndarray]

ROUNDING = 2**-20
"""Eight units in the last place of a float32."""


def assert_row(op: Op, inputs: Sequence[Shape], output: Shape, params: int, macs: int) -> None:
    """The hand numbers of a row are ours, and ours are those of onnx's shape inference, ONNX Runtime and torch."""
    placed = assert_agreement(op, inputs)
    assert (placed.output, placed.params, placed.cost.macs) == (output, params, macs)


def assert_agreement(op: Op, inputs: Sequence[Shape]) -> Placed:
    """Shapes, stored elements, multiply-accumulates and values agree, with one spelling at batch 1 and batch 2."""
    ones, twos = (tuple((batch, *shape[1:]) for shape in inputs) for batch in (1, 2))
    placed = place(op, ones)
    ours, theirs = op.onnx(*ones), op.torch(*ones)
    for spelling in (ours, theirs):
        assert_plain(spelling)
    weights = random_weights(placed.weights)
    dims = {name: ("N", *shape[1:]) for name, shape in zip(names(len(ones)), ones, strict=True)}
    model = onnx_model(ours, dims, weights, rank=len(placed.output))
    stored = sum(prod(tensor.dims) for tensor in model.graph.initializer if tensor.name in weights)
    assert stored == placed.params + placed.buffers
    runtime = session(model)

    for shapes in (ones, twos):
        here = place(op, shapes)
        given = random_inputs(op, shapes)
        assert inferred_shape(model, shapes[0][0]) == here.output
        (found,) = runtime.run(["out"], given)
        assert found.shape == here.output
        # torch counts its plain attention, not the fused one that it would take here.
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            expected = evaluate(theirs, given, weights)
        assert expected.output.shape == here.output
        assert expected.parameters + expected.buffers + expected.handed == stored
        assert expected.handed or (expected.parameters, expected.buffers) == (here.params, here.buffers)
        # torch has no operator for squared distances; it counts every other multiply-accumulate of ours.
        assert counter.get_total_flops() == (2 * here.cost.macs if op.counted_by_torch else 0)
        assert_close(found, expected.output.numpy(), terms=op.terms(*shapes))
    return placed


def assert_close(found: np.ndarray, expected: np.ndarray, *, terms: int = 0) -> None:
    """Rounding errors grow with the square root of the number of terms, and with the largest value."""
    assert np.isfinite(expected).all()
    bound = ROUNDING * (1 + terms) ** 0.5 * max(1.0, float(np.abs(expected).max()))
    worst = float(np.abs(found.astype(np.float64) - expected).max())
    assert worst <= bound, f"values differ by {worst:.3g}, more than {bound:.3g}"


def assert_values(op: Op, given: Any, expected: Any, weights: Mapping[str, Any] | None = None) -> None:
    """Both engines make these values of those, batch axis included."""
    tensors = {name: np.asarray(values, np.float32) for name, values in (weights or {}).items()}
    for found in both(op, np.asarray(given, np.float32), weights=tensors):
        wanted = np.asarray(expected)
        assert found.shape == wanted.shape
        assert_close(found, wanted)


def assert_refused(op: Op, inputs: Sequence[Shape], message: str, hint: str) -> None:
    """The operator refuses these shapes in exactly these words."""
    with pytest.raises(ShapeError) as caught:
        place(op, tuple(inputs))
    assert (caught.value.message, caught.value.hint) == (message, hint)


def both(op: Op, *given: np.ndarray, weights: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """What ONNX Runtime and torch make of these values."""
    inputs = dict(zip(names(len(given)), given, strict=True))
    shapes = tuple(values.shape for values in given)
    dims = {name: values.shape for name, values in inputs.items()}
    model = onnx_model(op.onnx(*shapes), dims, weights, rank=len(place(op, shapes).output))
    (found,) = session(model).run(["out"], inputs)
    return found, evaluate(op.torch(*shapes), inputs, weights).output.numpy()


def evaluate(spelling: Spelling, given: Mapping[str, np.ndarray], weights: Arrays) -> Evaluated:
    with torch.no_grad():
        return run_torch(spelling, {name: torch.from_numpy(values) for name, values in given.items()}, weights)


def names(count: int) -> tuple[str, ...]:
    """An operator's inputs as its calls name them."""
    return ("in", *(f"in{index}" for index in range(2, count + 1)))


def random_inputs(op: Op, shapes: Sequence[Shape]) -> Arrays:
    """Standard normal, and of one sign for the operator that is defined for that alone."""
    generators = [np.random.default_rng((1, index)) for index in range(len(shapes))]
    values = [generator.standard_normal(shape, np.float32) for generator, shape in zip(generators, shapes, strict=True)]
    if isinstance(op, StochasticPool):
        values = [np.abs(array) for array in values]
    return dict(zip(names(len(shapes)), values, strict=True))


def random_weights(weights: Mapping[str, Weight]) -> Arrays:
    """Normal with variance 1 / fan-in, so that sums stay near 1 however long; variances are positive."""
    arrays: Arrays = {}
    for index, (name, weight) in enumerate(weights.items()):
        generator = np.random.default_rng((2, index))
        if name == "running_var":
            arrays[name] = generator.uniform(0.5, 2, weight.shape).astype(np.float32)
        else:
            values = generator.standard_normal(weight.shape, np.float32)
            arrays[name] = values / np.float32(prod(weight.shape[1:]) ** 0.5)
    return arrays


def assert_plain(spelling: Spelling) -> None:
    """A spelling is data and nothing else: no fractions, arrays or functions."""
    assert spelling[-1].output == "out"
    for call in spelling:
        assert isinstance(call, Call)
        assert_plain_value((*call.arguments.values(), *call.inputs))


def assert_plain_value(value: Any) -> None:
    if isinstance(value, tuple) and not isinstance(value, Constant):
        for part in value:
            assert_plain_value(part)
    else:
        assert value is None or type(value) in (int, float, str, bool, Constant), f"{value!r} is not plain data"
