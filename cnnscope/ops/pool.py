"""Pooling over sliding windows: the family, and its maximum and mean."""

from math import sqrt
from typing import Any, Literal

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling
from cnnscope.ops.spelling import even_padding, integers, onnx_window, padded, sides
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

    def ending(self, *inputs: Shape) -> Window:
        """The window with the padding at its end, less than none perhaps, that its last position reaches."""
        vertical, horizontal = (
            axis._replace(after=(positions - 1) * axis.stride + axis.extent - size - axis.before)
            for axis, positions, size in zip(self.window(*inputs), self.output(*inputs)[2:], inputs[0][2:], strict=True)
        )
        return vertical, horizontal

    def covered(self, *inputs: Shape) -> Window:
        """The window with the overhang of `ceil` written as padding at the end: what floor rounding would need."""
        vertical, horizontal = (
            axis._replace(after=max(axis.after, end.after))
            for axis, end in zip(self.window(*inputs), self.ending(*inputs), strict=True)
        )
        return vertical, horizontal

    def module_padding(self, *inputs: Shape) -> Pair | None:
        """The padding as torch's pools take it: alike at both ends, at most half the kernel. None where they refuse."""
        even = even_padding(self.window(*inputs))
        if even is None or any(side > kernel // 2 for side, kernel in zip(even, self.kernel, strict=True)):
            return None
        return even

    def module(self, padding: Pair) -> dict[str, Any]:
        return {"kernel_size": self.kernel, "stride": self.stride or self.kernel, "padding": padding}


class MaxPool(Pool):
    """Largest value of each window; area - 1 compares per output. Backward keeps an 8-byte index per output."""

    type = "max pool"
    saves = frozenset({"input"})

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=elements(self.output(*inputs)) * (self.area - 1))

    def moments(self, *inputs: Moments) -> Moments:
        """Of the largest of n values behind a rectifier, neighbours of which are alike."""
        square = sqrt(self.area) * inputs[0].square
        return Moments(sqrt(0.7 * square), square)

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return 8 * elements(self.output(*inputs))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("MaxPool", onnx_window(self.covered(*inputs))),)

    def torch(self, *inputs: Shape) -> Spelling:
        if (padding := self.module_padding(*inputs)) is not None:
            return (Call("nn.MaxPool2d", self.module(padding) | {"ceil_mode": self.ceil}),)
        steps, source = padded(self.covered(*inputs), value=float("-inf"))
        return (*steps, Call("nn.MaxPool2d", self.module((0, 0)), (source,)))


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
        overhang = tuple(
            Axis(axis.kernel, axis.stride, 0, axis.after - old.after) for axis, old in zip(covered, moving, strict=True)
        )
        arguments = without_dilation((overhang[0], overhang[1])) | {"count_include_pad": 0}
        return pad, Call("AveragePool", arguments, ("padded",))

    def torch(self, *inputs: Shape) -> Spelling:
        if (padding := self.module_padding(*inputs)) is not None:
            counting = {"ceil_mode": self.ceil, "count_include_pad": self.count_padding}
            return (Call("nn.AvgPool2d", self.module(padding) | counting),)
        if self.count_padding:
            return self._over_padding(*inputs)
        # Padding must not count, so it is padded by hand: the mean over zeros too, divided by the share of real pixels.
        mean = self.module((0, 0))
        steps, source = padded(self.covered(*inputs))
        shares = tuple(step._replace(inputs=("ones",), output="padded_ones") for step in steps)
        return (
            *steps,
            Call("nn.AvgPool2d", mean, (source,), "mean"),
            Call("torch.ones_like", {}, ("in",), "ones"),
            *shares,
            Call("nn.AvgPool2d", mean, ("padded_ones",), "share"),
            Call("torch.div", {}, ("mean", "share")),
        )

    def _over_padding(self, *inputs: Shape) -> Spelling:
        """Padding by hand that counts as data; where the last window ends within it, torch must not start another."""
        moving, ending = self.window(*inputs), self.ending(*inputs)
        vertical, horizontal = (
            axis._replace(after=min(axis.after, end.after)) for axis, end in zip(moving, ending, strict=True)
        )
        steps, source = padded((vertical, horizontal))
        return (*steps, Call("nn.AvgPool2d", self.module((0, 0)) | {"ceil_mode": self.ceil}, (source,)))


def without_dilation(moving: Window) -> dict[str, Any]:
    """Window attributes for the operators that know no dilation in opset 17."""
    return {name: value for name, value in onnx_window(moving).items() if name != "dilations"}
