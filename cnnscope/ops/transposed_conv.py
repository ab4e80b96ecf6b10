"""Transposed convolution."""

from fractions import Fraction
from math import ceil

from cnnscope.errors import ShapeError
from cnnscope.ops.conv import split
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling, Weight
from cnnscope.shapes import NO_PADDING, Axis, Pair, Shape, Sides, Window, elements, maps_of


class TransposedConv(Op):
    """Transposed convolution: (H - 1)·stride - padding + dilated kernel + output_padding rows.

    Weights are (input maps, maps / groups, kernel height, kernel width), as in torch and ONNX. Every input value meets
    every kernel value once, so multiply-accumulates are counted per input, as torch's counter does.
    """

    type = "transposed conv"
    saves = frozenset({"input"})

    maps: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Sides = NO_PADDING
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        split(channels, self.groups, "input channels")
        split(self.maps, self.groups, "maps")
        for extra, stride in zip(self.output_padding, self.stride, strict=True):
            if extra >= stride:
                raise ShapeError(
                    f"an output_padding of {extra} with stride {stride}", "it must be smaller than the stride"
                )
        top, left, bottom, right = self.padding
        rows = (height - 1) * self.stride[0] - top - bottom + self._extent(0) + self.output_padding[0]
        columns = (width - 1) * self.stride[1] - left - right + self._extent(1) + self.output_padding[1]
        return batch, self.maps, rows, columns

    def _extent(self, axis: int) -> int:
        return (self.kernel[axis] - 1) * self.dilation[axis] + 1

    def window(self, *inputs: Shape) -> Window:
        return self._axis(0), self._axis(1)

    def _axis(self, axis: int) -> Axis:
        """Output o sees inputs (o + p - extent + 1) / s ... (o + p) / s, so it moves by 1/s; the widest case counts.

        The window is centred on what its outputs see on average: (o + p - (extent - 1) / 2) / s.
        """
        extent, stride = self._extent(axis), self.stride[axis]
        kernel = ceil(Fraction(extent, stride))
        centre = Fraction(extent - 1, 2) - self.padding[axis]
        return Axis(kernel, Fraction(1, stride), centre / stride + Fraction(kernel - 1, 2))

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        weight = Weight((inputs[0][1], self.maps // self.groups, *self.kernel))
        return {"weight": weight, "bias": Weight((self.maps,))} if self.bias else {"weight": weight}

    def cost(self, *inputs: Shape) -> Cost:
        macs = elements(inputs[0]) * (self.maps // self.groups) * self.kernel[0] * self.kernel[1]
        return Cost(macs=macs, multiply_adds=macs, adds=elements(self.output(*inputs)) if self.bias else 0)

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, 2 * inputs[0].square)

    def onnx(self, *inputs: Shape) -> Spelling:
        arguments = {
            "kernel_shape": self.kernel,
            "strides": self.stride,
            "pads": self.padding,
            "output_padding": self.output_padding,
            "dilations": self.dilation,
            "group": self.groups,
        }
        return (Call("ConvTranspose", arguments, ("in", *self.weights(*inputs))),)

    def torch(self, *inputs: Shape) -> Spelling:
        top, left, bottom, right = self.padding
        alike = (top, left) == (bottom, right)
        arguments = {
            "in_channels": inputs[0][1],
            "out_channels": self.maps,
            "kernel_size": self.kernel,
            "stride": self.stride,
            "padding": (top, left) if alike else (0, 0),
            "output_padding": self.output_padding,
            "dilation": self.dilation,
            "groups": self.groups,
            "bias": self.bias,
        }
        if alike:
            return (Call("nn.ConvTranspose2d", arguments),)
        # A negative padding crops: torch's module takes one figure per axis only.
        crop = Call("nn.ZeroPad2d", {"padding": (-left, -right, -top, -bottom)}, ("full",))
        return Call("nn.ConvTranspose2d", arguments, ("in",), "full"), crop
