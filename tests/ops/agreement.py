"""What holds for every operator: our answers, ONNX Runtime and torch agree."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from cnnscope.graph import Placed, place
from cnnscope.ops import RBF, Call, Constant, Op, Spelling, StochasticPool
from cnnscope.ops.op import Weight
from cnnscope.shapes import Shape, elements
from tests.spelling import Evaluated, inferred_shape, onnx_model, run_torch, session

Arrays = dict[str, np.ndarray]

ROUNDING = 2**-20
"""Eight units in the last place of a float32."""


def assert_agreement(op: Op, shapes: Sequence[Shape], *, count_macs: bool = True) -> Placed:
    """Shapes, stored elements, multiply-accumulates and values agree at batch 1 and, with the same spelling, at batch 2."""
    ones, twos = (tuple((batch, *shape[1:]) for shape in shapes) for batch in (1, 2))
    placed, onnx_spelling, torch_spelling = place(op, ones), op.onnx(*ones), op.torch(*ones)
    assert_plain(onnx_spelling)
    assert_plain(torch_spelling)
    weights = random_weights(placed.weights)
    stored = placed.params + placed.buffers

    dims = {name: ("N", *shape[1:]) for name, shape in zip(names(len(shapes)), shapes, strict=True)}
    model = onnx_model(onnx_spelling, dims, weights, rank=len(placed.output))
    assert sum(elements(tuple(tensor.dims)) for tensor in model.graph.initializer if tensor.name in weights) == stored
    runtime = session(model)

    for inputs in (ones, twos):
        output = place(op, inputs).output
        given = random_inputs(op, inputs)
        assert inferred_shape(model, inputs[0][0]) == output
        (ours,) = runtime.run(["out"], given)
        assert ours.shape == output
        with FlopCounterMode(display=False) as counter:
            theirs = evaluate(torch_spelling, given, weights)
        assert theirs.output.shape == output
        assert theirs.parameters + theirs.buffers + theirs.handed == stored
        assert theirs.handed or (theirs.parameters, theirs.buffers) == (placed.params, placed.buffers)
        # torch has no operator for squared distances, so its counter sees none.
        if count_macs and not isinstance(op, RBF):
            assert counter.get_total_flops() == 2 * place(op, inputs).cost.macs
        assert_close(ours, theirs.output.numpy(), fan_in=placed.cost.macs // elements(placed.output))
    return placed


def assert_close(ours: np.ndarray, theirs: np.ndarray, *, fan_in: int = 0) -> None:
    """Rounding errors of a sum grow with the square root of its length, and with its largest value."""
    assert np.isfinite(theirs).all()
    bound = ROUNDING * (1 + fan_in) ** 0.5 * max(1.0, float(np.abs(theirs).max()))
    worst = float(np.abs(ours.astype(np.float64) - theirs).max())
    assert worst <= bound, f"values differ by {worst:.3g}, more than {bound:.3g}"


def evaluate(spelling: Spelling, given: Mapping[str, np.ndarray], weights: Arrays) -> Evaluated:
    with torch.no_grad():
        return run_torch(spelling, {name: torch.from_numpy(values) for name, values in given.items()}, weights)


def both(op: Op, *given: np.ndarray, weights: Arrays | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What ONNX Runtime and torch make of these values."""
    inputs = dict(zip(names(len(given)), given, strict=True))
    shapes = [values.shape for values in given]
    placed = place(op, tuple(shapes))
    weights = random_weights(placed.weights) if weights is None else weights
    dims = {name: values.shape for name, values in inputs.items()}
    model = onnx_model(op.onnx(*shapes), dims, weights, rank=len(placed.output))
    (ours,) = session(model).run(["out"], inputs)
    return ours, evaluate(op.torch(*shapes), inputs, weights).output.numpy()


def names(count: int) -> tuple[str, ...]:
    """An operator's inputs as its calls name them."""
    return ("in", *(f"in{index}" for index in range(2, count + 1)))


def random_inputs(op: Op, shapes: Sequence[Shape], seed: int = 1) -> Arrays:
    """Standard normal; of one sign for the operator that is defined for that alone."""
    values = [np.random.default_rng((seed, *shape)).standard_normal(shape, np.float32) for shape in shapes]
    if isinstance(op, StochasticPool):
        values = [np.abs(array) for array in values]
    return dict(zip(names(len(shapes)), values, strict=True))


def random_weights(weights: Mapping[str, Weight], seed: int = 2) -> Arrays:
    """Normal with variance 1 / fan-in, so that sums stay near 1 however long; variances are positive."""
    arrays: Arrays = {}
    for index, (name, weight) in enumerate(weights.items()):
        generator = np.random.default_rng((seed, index))
        if name == "running_var":
            arrays[name] = generator.uniform(0.5, 2, weight.shape).astype(np.float32)
        else:
            values = generator.standard_normal(weight.shape, np.float32)
            arrays[name] = values / np.float32(max(1, elements(weight.shape[1:])) ** 0.5)
    return arrays


def assert_plain(spelling: Spelling) -> None:
    """A spelling is data that could be printed and read back: no fractions, arrays or functions."""
    assert spelling[-1].output == "out"
    for call in spelling:
        assert isinstance(call, Call)
        for value in (*call.arguments.values(), *call.inputs):
            assert_plain_value(value)


def assert_plain_value(value: Any) -> None:
    if isinstance(value, tuple) and not isinstance(value, Constant):
        for part in value:
            assert_plain_value(part)
    else:
        assert value is None or type(value) in (int, float, str, bool, Constant), f"{value!r} is not plain data"
