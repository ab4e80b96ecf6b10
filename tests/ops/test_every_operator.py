"""Every operator of the vocabulary has its rows, its docstring and its name, and holds for random figures."""

import ast
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnscope import ops
from cnnscope.errors import ShapeError
from cnnscope.graph import place
from cnnscope.ops import OPERATORS, SYNONYMS, VOCABULARY, Op
from cnnscope.shapes import Pair, Shape
from tests.ops.agreement import assert_agreement
from tests.ops.rows import table
from tests.ops.strategies import CASES, pairs

EXAMPLES = {
    ops.Conv: 40,
    ops.DepthwiseConv: 20,
    ops.LinkedConv: 15,
    ops.TransposedConv: 35,
    ops.MaxPool: 40,
    ops.AvgPool: 60,
    ops.LpPool: 20,
    ops.StochasticPool: 15,
    ops.TrainablePool: 15,
    ops.AdaptiveAvgPool: 15,
    ops.AdaptiveMaxPool: 15,
    ops.FractionalMaxPool: 15,
    ops.Upsample: 40,
}
"""Random examples of the operators with the most figures; the others have FEW each, some 500 in all."""
FEW = 4


def subclasses(kind: type[Op]) -> Iterator[type[Op]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_has_a_row_of_hand_numbers(operator: type[Op]) -> None:
    assert operator in {type(row.values[0]) for row in table("ROWS")}


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_has_a_row_of_arithmetic_by_kind(operator: type[Op]) -> None:
    assert operator in {type(row.values[0]) for row in table("COSTS")}


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_says_in_its_own_words_what_it_does(operator: type[Op]) -> None:
    assert vars(operator)["__doc__"]


def test_every_operator_is_in_the_vocabulary_under_a_name_of_its_own() -> None:
    named = {
        operator
        for operator in subclasses(Op)
        if operator.__module__.startswith("cnnscope.") and "type" in vars(operator)
    }
    assert named == set(OPERATORS)
    assert len(VOCABULARY) == len(OPERATORS)
    assert set(SYNONYMS.values()) <= VOCABULARY.keys()
    assert not SYNONYMS.keys() & VOCABULARY.keys()


def test_an_operator_arrives_in_another_process_as_it_was(tmp_path: Path) -> None:
    """Its hash is kept, and another process hashes strings otherwise: equal operators must stay equal and findable."""
    made = [row.values[0] for row in table("ROWS")]
    (tmp_path / "operators").write_bytes(pickle.dumps(made))
    code = (
        "import pathlib, pickle\n"
        f"ops = pickle.loads(pathlib.Path({str(tmp_path / 'operators')!r}).read_bytes())\n"
        "print(all(op in {type(op)(**{name: getattr(op, name) for name in op.fields})} for op in ops), len(ops))"
    )
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert found.stdout == f"True {len(made)}\n"
    assert pickle.loads(pickle.dumps(made)) == made


def test_every_shape_error_of_an_operator_has_its_text_in_a_row() -> None:
    raised = set()
    for op, inputs, *_ in (row.values for row in table("ERRORS")):
        with pytest.raises(ShapeError) as caught:
            place(op, tuple(inputs))
        last = caught.traceback[-1]
        raised.add((Path(last.path).name, last.lineno + 1))
    written = {
        (path.name, node.lineno)
        for path in Path(ops.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and "ShapeError" in ast.unparse(node)
    }
    assert written
    assert written - raised == set()


@pytest.mark.parametrize("operator", OPERATORS)
def test_random_figures_agree_with_onnxruntime_and_torch(operator: type[Op]) -> None:
    @settings(max_examples=EXAMPLES.get(operator, FEW), derandomize=True, deadline=None, database=None)
    @given(CASES[operator])
    def agree(case: tuple[Op, list[Shape]]) -> None:
        assert_agreement(*case)

    agree()


def shape_of(op: Op, shape: Shape) -> Shape | None:
    """Our output shape, None where we refuse."""
    try:
        return place(op, (shape,)).output
    except ShapeError:
        return None


def torch_shape(module: torch.nn.Module, shape: Shape) -> Shape | None:
    """torch's output shape, None where it refuses."""
    try:
        return tuple(module(torch.zeros(shape)).shape)
    except RuntimeError:
        return None


@settings(max_examples=30, derandomize=True, deadline=None, database=None)
@given(size=pairs(1, 12), kernel=pairs(1, 5), stride=pairs(1, 4), padding=pairs(0, 3), dilation=pairs(1, 3))
def test_a_conv_refuses_what_torch_refuses(
    size: Pair, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> None:
    figures = {"stride": stride, "dilation": dilation}
    ours = ops.Conv(maps=2, kernel=kernel, padding=padding * 2, **figures)
    assert shape_of(ours, (1, 3, *size)) == torch_shape(
        torch.nn.Conv2d(3, 2, kernel, padding=padding, **figures), (1, 3, *size)
    )


@settings(max_examples=30, derandomize=True, deadline=None, database=None)
@given(size=pairs(1, 5), kernel=pairs(1, 5), stride=pairs(1, 3), padding=pairs(0, 4), extra=pairs(0, 3))
def test_a_transposed_conv_refuses_what_torch_refuses(
    size: Pair, kernel: Pair, stride: Pair, padding: Pair, extra: Pair
) -> None:
    figures = {"stride": stride, "output_padding": extra}
    ours = ops.TransposedConv(maps=2, kernel=kernel, padding=padding * 2, **figures)
    assert shape_of(ours, (1, 3, *size)) == torch_shape(
        torch.nn.ConvTranspose2d(3, 2, kernel, padding=padding, **figures), (1, 3, *size)
    )


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(
    size=pairs(1, 12),
    kernel=pairs(1, 5),
    stride=pairs(1, 4),
    rounding=st.sampled_from(["floor", "ceil"]),
    data=st.data(),
)
def test_a_pool_refuses_what_torch_refuses(
    size: Pair, kernel: Pair, stride: Pair, rounding: str, data: st.DataObject
) -> None:
    # Padding of more than half the kernel is torch's own taboo: Caffe, ONNX and we take it.
    padding = data.draw(st.tuples(st.integers(0, kernel[0] // 2), st.integers(0, kernel[1] // 2)))
    ours = ops.MaxPool(kernel=kernel, stride=stride, padding=padding * 2, rounding=rounding)
    theirs = torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=rounding == "ceil")
    assert shape_of(ours, (1, 3, *size)) == torch_shape(theirs, (1, 3, *size))
