"""Pools that the lectures name beside maximum and mean: Lp, stochastic, fractional, and LeNet-5's trainable one."""

from fractions import Fraction

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Constant, Cost, Op, Spelling, Weight, floored
from cnnscope.ops.pool import Pool, without_dilation
from cnnscope.ops.spelling import integers, padded, scalar
from cnnscope.shapes import Axis, Pair, Shape, Window, elements, maps_of


class LpPool(Pool):
    """p-norm of each window, (sum |x|^p)^(1/p).

    p = 2 costs one multiply-add per value and one root per output; any other p one power per value and one per output.
    """

    type = "lp pool"
    saves = frozenset({"input", "output"})

    p: int = 2

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        if self.p == 2:
            return Cost(multiply_adds=outputs * self.area, transcendentals=outputs)
        return Cost(adds=outputs * (self.area - 1), transcendentals=outputs * (self.area + 1))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("LpPool", without_dilation(self.covered(*inputs)) | {"p": self.p}),)

    def torch(self, *inputs: Shape) -> Spelling:
        # torch's own LpPool2d takes no padding and, for odd p, loses the sign's absolute value.
        steps, source = padded(self.covered(*inputs), "power")
        return (
            Call("torch.abs", {}, ("in",), "size"),
            Call("torch.pow", {"exponent": self.p}, ("size",), "power"),
            *steps,
            Call("nn.AvgPool2d", self.module((0, 0)) | {"divisor_override": 1}, (source,), "sum"),
            Call("torch.pow", {"exponent": 1 / self.p}, ("sum",)),
        )


class StochasticPool(Pool):
    """Stochastic pooling at inference: each window's mean, weighted by the values themselves (Zeiler & Fergus 2013).

    sum x² / sum x, for values that are not negative (put a relu before it); 0 where a window is all zeros.
    """

    type = "stochastic pool"
    saves = frozenset({"input", "output"})

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        return Cost(multiply_adds=outputs * self.area, adds=outputs * (self.area - 1), divides=outputs)

    def onnx(self, *inputs: Shape) -> Spelling:
        arguments = without_dilation(self.covered(*inputs)) | {"count_include_pad": 1}
        return (
            Call("Mul", {}, ("in", "in"), "squares"),
            Call("AveragePool", arguments, ("squares",), "upper"),
            Call("AveragePool", arguments, ("in",), "lower"),
            Call("Max", {}, ("lower", scalar(1e-7)), "positive"),
            Call("Div", {}, ("upper", "positive")),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        steps, source = padded(self.covered(*inputs))
        mean = self.module((0, 0))
        return (
            *steps,
            Call("torch.mul", {}, (source, source), "squares"),
            Call("nn.AvgPool2d", mean, ("squares",), "upper"),
            Call("nn.AvgPool2d", mean, (source,), "lower"),
            Call("torch.clamp", {"min": 1e-7}, ("lower",), "positive"),
            Call("torch.div", {}, ("upper", "positive")),
        )


class TrainablePool(Pool):
    """LeNet-5's subsampling: (sum of window) · coefficient + bias, one of each per map (LeCun et al. 1998, II.B)."""

    type = "trainable pool"
    saves = frozenset({"input"})

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        maps = inputs[0][1]
        return {"weight": Weight((maps, 1, 1)), "bias": Weight((maps, 1, 1))}

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        return Cost(adds=outputs * (self.area - 1), multiply_adds=outputs)

    def onnx(self, *inputs: Shape) -> Spelling:
        arguments = without_dilation(self.covered(*inputs)) | {"count_include_pad": 1}
        return (
            Call("AveragePool", arguments, ("in",), "mean"),
            Call("Mul", {}, ("mean", scalar(self.area)), "sum"),
            Call("Mul", {}, ("sum", "weight"), "scaled"),
            Call("Add", {}, ("scaled", "bias")),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        steps, source = padded(self.covered(*inputs))
        return (
            *steps,
            Call("nn.AvgPool2d", self.module((0, 0)) | {"divisor_override": 1}, (source,), "sum"),
            Call("torch.mul", {}, ("sum", "weight"), "scaled"),
            Call("torch.add", {}, ("scaled", "bias")),
        )


class FractionalMaxPool(Op):
    """Fractional max pooling at inference, with evenly spread regions of one kernel each (Graham 2014).

    Output i starts at floor(i · (H - k) / (h - 1)), torch's own sequence for a random sample of 0. The paper's regions
    have side 2 (overlapping) or 1 and 2 (disjoint); the output size is given, it cannot be derived.
    """

    type = "fractional max pool"
    saves = frozenset({"input"})

    target: Pair
    kernel: Pair = (2, 2)

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, *size = maps_of(inputs[0])
        for length, target, kernel in zip(size, self.target, self.kernel, strict=True):
            if target + kernel - 1 > length:
                raise ShapeError(
                    f"{target} regions of {kernel} do not fit into {length}", "use a smaller target or kernel"
                )
        return batch, channels, *self.target

    def _starts(self, axis: int, size: int) -> list[int]:
        kernel, target = self.kernel[axis], self.target[axis]
        return [size - kernel if i == target - 1 else i * (size - kernel) // (target - 1) for i in range(target)]

    def window(self, *inputs: Shape) -> Window:
        vertical, horizontal = (
            Axis(kernel, step := Fraction(size - kernel, max(target - 1, 1)), floored(step))
            for kernel, target, size in zip(self.kernel, self.target, inputs[0][2:], strict=True)
        )
        return vertical, horizontal

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=elements(self.output(*inputs)) * (self.kernel[0] * self.kernel[1] - 1))

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return 8 * elements(self.output(*inputs))

    def _picked(self, axis: int, size: int) -> Constant:
        return integers(start + step for start in self._starts(axis, size) for step in range(self.kernel[axis]))

    def onnx(self, *inputs: Shape) -> Spelling:
        _, _, height, width = inputs[0]
        return (
            Call("Gather", {"axis": 2}, ("in", self._picked(0, height)), "rows"),
            Call("Gather", {"axis": 3}, ("rows", self._picked(1, width)), "regions"),
            Call("MaxPool", {"kernel_shape": self.kernel, "strides": self.kernel}, ("regions",)),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        _, _, height, width = inputs[0]
        return (
            Call("torch.index_select", {"dim": 2, "index": self._picked(0, height)}, ("in",), "rows"),
            Call("torch.index_select", {"dim": 3, "index": self._picked(1, width)}, ("rows",), "regions"),
            Call("nn.MaxPool2d", {"kernel_size": self.kernel, "stride": self.kernel}, ("regions",)),
        )
