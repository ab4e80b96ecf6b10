"""Operators with several inputs: add, multiply, concat, matrix product."""

from math import prod

from cnnscope.errors import ShapeError
from cnnscope.ops.op import WHOLE, Call, Cost, Moments, Op, Spelling, require_equal
from cnnscope.shapes import Shape, dims, elements

MANY = 1_000


def tensors(count: int) -> tuple[str, ...]:
    """The names of an operator's inputs: in, in2, in3, ..."""
    return ("in", *(f"in{index}" for index in range(2, count + 1)))


def _folded(name: str, count: int) -> Spelling:
    """A call with two inputs applied along a chain: ((in + in2) + in3) + ..."""
    calls, source = [], "in"
    for index, tensor in enumerate(tensors(count)[1:], start=2):
        output = "out" if index == count else f"partial{index}"
        calls.append(Call(name, {}, (source, tensor), output))
        source = output
    return tuple(calls)


class Add(Op):
    """Element-wise sum of equal shapes: one add per element and further input."""

    type = "add"
    inputs = (2, MANY)
    in_place = True

    def output(self, *inputs: Shape) -> Shape:
        require_equal(inputs, "add")
        return inputs[0]

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(adds=(len(inputs) - 1) * elements(inputs[0]))

    def moments(self, *inputs: Moments) -> Moments:
        mean = sum(given.mean for given in inputs)
        return Moments(mean, mean**2 + sum(given.square - given.mean**2 for given in inputs))

    def onnx(self, *inputs: Shape) -> Spelling:
        return _folded("Add", len(inputs))

    def torch(self, *inputs: Shape) -> Spelling:
        return _folded("torch.add", len(inputs))


class Multiply(Op):
    """Element-wise product; an input of 1x1 maps gates whole maps (squeeze and excite, Hu et al. 2017)."""

    type = "multiply"
    inputs = (2, MANY)
    in_place = True
    saves = frozenset({"input"})

    def output(self, *inputs: Shape) -> Shape:
        largest = max(inputs, key=elements)
        gate = (*largest[:2], *(1 for _ in largest[2:]))
        require_equal(tuple(shape for shape in inputs if shape != gate or shape == largest), "multiply")
        return largest

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(multiplies=(len(inputs) - 1) * elements(self.output(*inputs)))

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(prod(given.mean for given in inputs), prod(given.square for given in inputs))

    def onnx(self, *inputs: Shape) -> Spelling:
        return _folded("Mul", len(inputs))

    def torch(self, *inputs: Shape) -> Spelling:
        return _folded("torch.mul", len(inputs))


class Concat(Op):
    """Joins maps along the channels (features or tokens likewise along axis 1); all other axes must agree."""

    type = "concat"
    inputs = (1, MANY)

    def output(self, *inputs: Shape) -> Shape:
        if len({(shape[0], *shape[2:]) for shape in inputs}) > 1 or len({len(shape) for shape in inputs}) > 1:
            shapes = " and ".join(dims(shape) for shape in inputs)
            raise ShapeError(
                f"cannot concat {shapes}", "all sizes but the number of maps must agree: crop, pad or pool one of them"
            )
        return inputs[0][0], sum(shape[1] for shape in inputs), *inputs[0][2:]

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(*(sum(figures) / len(inputs) for figures in zip(*inputs, strict=True)))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Concat", {"axis": 1}, tensors(len(inputs))),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("torch.cat", {"dim": 1}, (tensors(len(inputs)),)),)


class MatrixProduct(Op):
    """(N, A, B) times (N, B, C) -> (N, A, C); with `transpose` the second input is (N, C, B)."""

    type = "matrix product"
    inputs = (2, 2)
    saves = frozenset({"input"})

    transpose: bool = False

    def output(self, *inputs: Shape) -> Shape:
        left, right = inputs
        if len(left) != 3 or len(right) != 3:
            raise ShapeError(f"cannot multiply {dims(left)} by {dims(right)}", "both must be tokens: rows x columns")
        inner, columns = (right[2], right[1]) if self.transpose else (right[1], right[2])
        if left[2] != inner or left[0] != right[0]:
            raise ShapeError(
                f"cannot multiply {dims(left)} by {dims(right)}{' transposed' if self.transpose else ''}",
                f"the second needs {left[2]} {'columns' if self.transpose else 'rows'}",
            )
        return left[0], left[1], columns

    def window(self, *inputs: Shape) -> str:
        return WHOLE

    def cost(self, *inputs: Shape) -> Cost:
        macs = elements(self.output(*inputs)) * inputs[0][2]
        return Cost(macs=macs, multiply_adds=macs)

    def onnx(self, *inputs: Shape) -> Spelling:
        if not self.transpose:
            return (Call("MatMul", {}, ("in", "in2")),)
        return Call("Transpose", {"perm": (0, 2, 1)}, ("in2",), "turned"), Call("MatMul", {}, ("in", "turned"))

    def torch(self, *inputs: Shape) -> Spelling:
        if not self.transpose:
            return (Call("torch.matmul", {}, ("in", "in2")),)
        turn = Call("torch.transpose", {"dim0": 1, "dim1": 2}, ("in2",), "turned")
        return turn, Call("torch.matmul", {}, ("in", "turned"))
