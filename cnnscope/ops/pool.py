"""Pooling over sliding windows: the family, and its maximum and mean."""

from typing import Any, Literal

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Cost, Op, Spelling
from cnnscope.ops.spelling import integers, onnx_window, sides, torch_padding
from cnnscope.shapes import NO_PADDING, Axis, Padding, Pair, Shape, Window, elements, maps_of, misfit, slide, window

Rounding = Literal["floor", "ceil"]


class Pool(Op):
    """A window that slides over each map alone; the stride is the kernel unless given."""

    kernel: Pair
    stride: Pair | None = None
    padding: Padding = NO_PADDING
    rounding: Rounding = "floor"

    def window(self, *inputs: Shape) -> Window:
        if self.padding != "same" and any(
            side >= kernel for side, kernel in zip(self.padding, self.kernel * 2, strict=True)
        ):
            raise ShapeError(
                f"padding {'x'.join(map(str, self.padding))} with a {self.kernel[0]}x{self.kernel[1]} window",
                "a pool's padding must be smaller than its kernel, or a window would see nothing",
            )
        return window(maps_of(inputs[0])[2:], self.kernel, self.stride or self.kernel, self.padding)

    @property
    def ceil(self) -> bool:
        return self.rounding == "ceil"

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        return batch, channels, *slide((height, width), self.window(*inputs), ceil=self.ceil)

    def notes(self, *inputs: Shape) -> tuple[str, ...]:
        note = "" if self.padding == "same" else misfit(maps_of(inputs[0])[2:], self.window(*inputs), ceil=self.ceil)
        return (note,) if note else ()

    @property
    def area(self) -> int:
        return self.kernel[0] * self.kernel[1]

    def covered(self, *inputs: Shape) -> Window:
        """The window with the overhang of `ceil` written as padding at the end: what floor rounding would need."""
        moving, output = self.window(*inputs), self.output(*inputs)
        vertical, horizontal = (
            axis._replace(after=max((positions - 1) * axis.stride + axis.extent - size - axis.before, axis.after))
            for axis, positions, size in zip(moving, output[2:], inputs[0][2:], strict=True)
        )
        return vertical, horizontal

    def _half(self) -> Pair:
        return self.kernel[0] // 2, self.kernel[1] // 2

    def module(self, padding: Pair) -> dict[str, Any]:
        return {"kernel_size": self.kernel, "stride": self.stride or self.kernel, "padding": padding}


class MaxPool(Pool):
    """Largest value of each window; area - 1 compares per output. Backward keeps an 8-byte index per output."""

    type = "max pool"
    saves = frozenset({"input"})

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=elements(self.output(*inputs)) * (self.area - 1))

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return 8 * elements(self.output(*inputs))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("MaxPool", onnx_window(self.covered(*inputs))),)

    def torch(self, *inputs: Shape) -> Spelling:
        padding, steps, source = torch_padding(self.window(*inputs), value=float("-inf"), most=self._half())
        return (*steps, Call("nn.MaxPool2d", self.module(padding) | {"ceil_mode": self.ceil}, (source,)))


class AvgPool(Pool):
    """Mean of each window: area - 1 adds and one divide per output.

    Padding is left out of the mean unless `count_padding` (torch's and Caffe's default; TensorFlow leaves it out). The
    overhang of `ceil` is never counted.
    """

    type = "avg pool"

    count_padding: bool = False

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        return Cost(adds=outputs * (self.area - 1), divides=outputs)

    def onnx(self, *inputs: Shape) -> Spelling:
        moving, covered = self.window(*inputs), self.covered(*inputs)
        if not self.count_padding or not any(sides(moving)):
            return (Call("AveragePool", without_dilation(covered) | {"count_include_pad": 0}),)
        # The padding is data, the overhang is not: pad first, then leave out what hangs over.
        top, left, bottom, right = sides(moving)
        pad = Call("Pad", {"mode": "constant"}, ("in", integers((0, 0, top, left, 0, 0, bottom, right))), "padded")
        overhang = tuple(Axis(axis.kernel, axis.stride, 0, axis.after - old.after) for axis, old in zip(covered, moving, strict=True))
        arguments = without_dilation((overhang[0], overhang[1])) | {"count_include_pad": 0}
        return pad, Call("AveragePool", arguments, ("padded",))

    def torch(self, *inputs: Shape) -> Spelling:
        padding, steps, source = torch_padding(self.window(*inputs), most=self._half())
        if not steps or self.count_padding:
            arguments = self.module(padding) | {"ceil_mode": self.ceil, "count_include_pad": self.count_padding}
            return (*steps, Call("nn.AvgPool2d", arguments, (source,)))
        # Sides differ and padding must not count: the mean over padded zeros, divided by the share of real pixels.
        arguments = self.module((0, 0)) | {"ceil_mode": self.ceil}
        (pad,) = steps
        return (
            pad,
            Call("nn.AvgPool2d", arguments, (source,), "mean"),
            Call("torch.ones_like", {}, ("in",), "ones"),
            pad._replace(inputs=("ones",), output="padded_ones"),
            Call("nn.AvgPool2d", arguments, ("padded_ones",), "share"),
            Call("torch.div", {}, ("mean", "share")),
        )


def without_dilation(moving: Window) -> dict[str, Any]:
    """Window attributes for the operators that know no dilation in opset 17."""
    return {name: value for name, value in onnx_window(moving).items() if name != "dilations"}
