"""Activations: element-wise functions, each with its cost per element.

The plain ones differ only in their figures and spellings, so they are rows of a class each rather than code.
"""

from fractions import Fraction
from math import sqrt
from typing import Any, ClassVar

from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling, Weight, channels_of, number
from cnnscope.ops.spelling import integers, scalar
from cnnscope.shapes import Shape, elements

INPUT, OUTPUT = frozenset({"input"}), frozenset({"output"})


class _Activation(Op):
    """y = f(x) for each element; `per_element` is what one evaluation costs."""

    in_place = True
    per_element: ClassVar[Cost]
    onnx_name: ClassVar[str]
    torch_name: ClassVar[str]

    def cost(self, *inputs: Shape) -> Cost:
        count = elements(inputs[0])
        return Cost(*(figure * count for figure in self.per_element))

    def moments(self, *inputs: Moments) -> Moments:
        """As behind a rectifier: half of what has no mean, all of what is above zero."""
        ((mean, square),) = inputs
        above = max(mean, 0.0) / sqrt(square) if square else 0.0
        return Moments((mean + sqrt(0.36 * mean**2 + 0.64 * square)) / 2, square * (1 + above) / 2)

    def onnx_arguments(self) -> dict[str, Any]:
        return {}

    def torch_arguments(self) -> dict[str, Any]:
        return {}

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call(self.onnx_name, self.onnx_arguments()),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call(self.torch_name, self.torch_arguments()),)


class Relu(_Activation):
    """max(0, x): one compare."""

    type, saves, per_element = "relu", OUTPUT, Cost(compares=1)
    onnx_name, torch_name = "Relu", "nn.ReLU"


class Relu6(_Activation):
    """min(max(0, x), 6): two compares (Sandler et al. 2018)."""

    type, saves, per_element = "relu6", INPUT, Cost(compares=2)
    torch_name = "nn.ReLU6"

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Clip", {}, ("in", scalar(0.0), scalar(6.0))),)


class LeakyRelu(_Activation):
    """x for positive x, slope · x otherwise: one compare, one multiply. Usual slopes are 0.01 and, in Darknet, 0.1."""

    type, saves, per_element = "leaky relu", INPUT, Cost(compares=1, multiplies=1)
    onnx_name, torch_name = "LeakyRelu", "nn.LeakyReLU"

    slope: int | Fraction = Fraction(1, 100)

    def onnx_arguments(self) -> dict[str, Any]:
        return {"alpha": float(self.slope)}

    def torch_arguments(self) -> dict[str, Any]:
        return {"negative_slope": number(self.slope)}


class PRelu(_Activation):
    """Leaky ReLU with one learned slope per channel (He et al. 2015)."""

    type, saves, per_element = "prelu", INPUT, Cost(compares=1, multiplies=1)

    def output(self, *inputs: Shape) -> Shape:
        channels_of(inputs[0], "prelu")
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"weight": Weight((inputs[0][1],))}

    def onnx(self, *inputs: Shape) -> Spelling:
        if len(inputs[0]) == 2:
            return (Call("PRelu", {}, ("in", "weight")),)
        shape = integers((inputs[0][1], *(1 for _ in inputs[0][2:])))
        return Call("Reshape", {}, ("weight", shape), "slope"), Call("PRelu", {}, ("in", "slope"))

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.PReLU", {"num_parameters": inputs[0][1]}),)


class Elu(_Activation):
    """x for positive x, slope · (exp x - 1) otherwise: compare, exponential, add, multiply (Clevert et al. 2015)."""

    type, saves = "elu", OUTPUT
    per_element = Cost(compares=1, transcendentals=1, adds=1, multiplies=1)
    onnx_name, torch_name = "Elu", "nn.ELU"

    slope: int | Fraction = 1

    def onnx_arguments(self) -> dict[str, Any]:
        return {"alpha": float(self.slope)}

    def torch_arguments(self) -> dict[str, Any]:
        return {"alpha": number(self.slope)}


class Selu(_Activation):
    """1.0507 · elu(x) with slope 1.6733: elu and one multiply more (Klambauer et al. 2017)."""

    type, saves = "selu", OUTPUT
    per_element = Cost(compares=1, transcendentals=1, adds=1, multiplies=2)
    onnx_name, torch_name = "Selu", "nn.SELU"


class Gelu(_Activation):
    """x/2 · (1 + erf(x / sqrt 2)): error function, add, three multiplies (Hendrycks & Gimpel 2016)."""

    type, saves = "gelu", INPUT
    per_element = Cost(transcendentals=1, adds=1, multiplies=3)
    torch_name = "nn.GELU"

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("Mul", {}, ("in", scalar(0.5**0.5)), "scaled"),
            Call("Erf", {}, ("scaled",), "error"),
            Call("Add", {}, ("error", scalar(1.0)), "gate"),
            Call("Mul", {}, ("in", scalar(0.5)), "half"),
            Call("Mul", {}, ("half", "gate")),
        )


class _Gate(_Activation):
    """Between 0 and 1."""

    def moments(self, *inputs: Moments) -> Moments:
        """Near a half for small inputs, 0 or 1 for large ones."""
        square = inputs[0].square
        return Moments(0.5, 0.25 + 0.25 * square / (square + 5))


class Sigmoid(_Gate):
    """1 / (1 + exp(-x)): exponential, add, divide."""

    type, saves = "sigmoid", OUTPUT
    per_element = Cost(transcendentals=1, adds=1, divides=1)
    onnx_name, torch_name = "Sigmoid", "nn.Sigmoid"


class Silu(_Activation):
    """x · sigmoid(x), also called swish: sigmoid and one multiply (Ramachandran et al. 2017)."""

    type, saves = "silu", INPUT
    per_element = Cost(transcendentals=1, adds=1, divides=1, multiplies=1)
    torch_name = "nn.SiLU"

    def onnx(self, *inputs: Shape) -> Spelling:
        return Call("Sigmoid", {}, ("in",), "gate"), Call("Mul", {}, ("in", "gate"))


class HardSigmoid(_Gate):
    """min(max(0, x/6 + 1/2), 1): multiply-add and two compares (torch's and MobileNetV3's slope)."""

    type, saves = "hard sigmoid", INPUT
    per_element = Cost(multiply_adds=1, compares=2)
    onnx_name, torch_name = "HardSigmoid", "nn.Hardsigmoid"

    def onnx_arguments(self) -> dict[str, Any]:
        return {"alpha": 1 / 6, "beta": 0.5}


class HardSwish(_Activation):
    """x · hard sigmoid(x): one multiply more (Howard et al. 2019)."""

    type, saves = "hard swish", INPUT
    per_element = Cost(multiply_adds=1, compares=2, multiplies=1)
    onnx_name, torch_name = "HardSwish", "nn.Hardswish"


class Tanh(_Activation):
    """tanh(x): one transcendental."""

    type, saves = "tanh", OUTPUT
    per_element = Cost(transcendentals=1)
    onnx_name, torch_name = "Tanh", "nn.Tanh"

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, min(inputs[0].square, 1.0))


class ScaledTanh(_Activation):
    """1.7159 · tanh(2x/3): two multiplies more than tanh (LeCun et al. 1998, equation 6)."""

    type, saves = "scaled tanh", INPUT
    per_element = Cost(transcendentals=1, multiplies=2)

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("Mul", {}, ("in", scalar(2 / 3)), "scaled"),
            Call("Tanh", {}, ("scaled",), "tanh"),
            Call("Mul", {}, ("tanh", scalar(1.7159))),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (
            Call("torch.mul", {"other": 2 / 3}, ("in",), "scaled"),
            Call("torch.tanh", {}, ("scaled",), "tanh"),
            Call("torch.mul", {"other": 1.7159}, ("tanh",)),
        )


class Softplus(_Activation):
    """log(1 + exp x): two transcendentals, one add."""

    type, saves = "softplus", INPUT
    per_element = Cost(transcendentals=2, adds=1)
    onnx_name, torch_name = "Softplus", "nn.Softplus"


class Mish(_Activation):
    """x · tanh(softplus(x)): three transcendentals, an add and a multiply (Misra 2019; Darknet of YOLOv4)."""

    type, saves = "mish", INPUT
    per_element = Cost(transcendentals=3, adds=1, multiplies=1)
    torch_name = "nn.Mish"

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("Softplus", {}, ("in",), "softplus"),
            Call("Tanh", {}, ("softplus",), "gate"),
            Call("Mul", {}, ("in", "gate")),
        )
