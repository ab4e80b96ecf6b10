"""Norms by the response of other maps: local, over neighbours of one position; global, over all maps."""

from fractions import Fraction

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling, Weight, number
from cnnscope.ops.spelling import scalar
from cnnscope.shapes import Shape, elements, maps_of

EPSILON = 1e-6
"""Of the global norm, as its authors have it."""


class LocalResponseNorm(Op):
    """x / (k + alpha · sum of n neighbours' squares)^beta, across channels (Krizhevsky et al. 2012, section 3.3).

    `alpha` is the paper's, not divided by n; Caffe, ONNX and torch divide, so they are given alpha · n. Per element: n
    multiply-adds for the sum, one for k + alpha · sum, one power and one divide.
    """

    type = "lrn"
    saves = frozenset({"input", "output"})

    n: int = 5
    k: int | Fraction = 2
    alpha: int | Fraction = Fraction(1, 10_000)
    beta: int | Fraction = Fraction(3, 4)

    def output(self, *inputs: Shape) -> Shape:
        maps_of(inputs[0])
        if self.n % 2 == 0:
            raise ShapeError(
                f"a sum over {self.n} neighbouring maps", "n must be odd: the map itself and as many on either side"
            )
        return inputs[0]

    def cost(self, *inputs: Shape) -> Cost:
        count = elements(inputs[0])
        return Cost(multiply_adds=count * (self.n + 1), transcendentals=count, divides=count)

    def _arguments(self) -> dict[str, float]:
        return {"size": self.n, "alpha": float(self.alpha * self.n), "beta": float(self.beta)}

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("LRN", self._arguments() | {"bias": float(self.k)}),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.LocalResponseNorm", self._arguments() | {"k": number(self.k)}),)


class GlobalResponseNorm(Op):
    """gamma · x · n + beta + x, n a map's length over the mean length of all maps (Woo et al. 2023, ConvNeXt V2).

    Per map two params. Per element a multiply-add for the map's length, a multiply by n, a multiply-add and an add; per
    map and sample one root, one add for the mean and one divide, per sample one divide more and the add of epsilon.
    """

    type = "global response norm"
    saves = frozenset({"input"})

    def output(self, *inputs: Shape) -> Shape:
        maps_of(inputs[0])
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        maps = Weight((inputs[0][1], 1, 1))
        return {"weight": maps, "bias": maps}

    def cost(self, *inputs: Shape) -> Cost:
        values, lengths = elements(inputs[0]), inputs[0][0] * inputs[0][1]
        return Cost(
            multiply_adds=2 * values,
            adds=values + lengths,
            multiplies=values,
            divides=lengths + inputs[0][0],
            transcendentals=lengths,
        )

    def moments(self, *inputs: Moments) -> Moments:
        """Maps are about equally long: once the input, and once more with a random gamma about one."""
        return Moments(2 * inputs[0].mean, 4.1 * inputs[0].square)

    def terms(self, *inputs: Shape) -> int:
        return elements(inputs[0][2:])

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("ReduceL2", {"axes": (2, 3), "keepdims": 1}, ("in",), "lengths"),
            Call("ReduceMean", {"axes": (1,), "keepdims": 1}, ("lengths",), "mean"),
            Call("Add", {}, ("mean", scalar(EPSILON)), "positive"),
            Call("Div", {}, ("lengths", "positive"), "responses"),
            Call("Mul", {}, ("in", "responses"), "normal"),
            Call("Mul", {}, ("normal", "weight"), "scaled"),
            Call("Add", {}, ("scaled", "bias"), "shifted"),
            Call("Add", {}, ("shifted", "in")),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (
            Call("torch.norm", {"p": 2, "dim": (2, 3), "keepdim": True}, ("in",), "lengths"),
            Call("torch.mean", {"dim": 1, "keepdim": True}, ("lengths",), "mean"),
            Call("torch.add", {"other": EPSILON}, ("mean",), "positive"),
            Call("torch.div", {}, ("lengths", "positive"), "responses"),
            Call("torch.mul", {}, ("in", "responses"), "normal"),
            Call("torch.mul", {}, ("normal", "weight"), "scaled"),
            Call("torch.add", {}, ("scaled", "bias"), "shifted"),
            Call("torch.add", {}, ("shifted", "in")),
        )
