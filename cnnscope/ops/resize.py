"""Operators that move the values of maps: shuffles, channels for resolution, padding, cropping."""

from fractions import Fraction

from cnnscope.errors import ShapeError
from cnnscope.ops.conv import split
from cnnscope.ops.op import Call, Op, Spelling, floored
from cnnscope.ops.spelling import integers
from cnnscope.shapes import NO_PADDING, Axis, Pair, Shape, Sides, Window, maps_of


class ChannelShuffle(Op):
    """Deals the channels of `groups` groups out in turn (Zhang et al. 2017, ShuffleNet)."""

    type = "channel shuffle"

    groups: int

    def output(self, *inputs: Shape) -> Shape:
        split(maps_of(inputs[0])[1], self.groups, "channels")
        return inputs[0]

    def onnx(self, *inputs: Shape) -> Spelling:
        _, channels, height, width = inputs[0]
        return (
            Call(
                "Reshape", {}, ("in", integers((-1, self.groups, channels // self.groups, height * width))), "grouped"
            ),
            Call("Transpose", {"perm": (0, 2, 1, 3)}, ("grouped",), "dealt"),
            Call("Reshape", {}, ("dealt", integers((-1, channels, height, width)))),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.ChannelShuffle", {"groups": self.groups}),)


class DepthToSpace(Op):
    """Trades channels for resolution: (N, C, H, W) -> (N, C / b², H·b, W·b); Shi et al. 2016, section 3.2."""

    type = "depth to space"

    block: int

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        if channels % self.block**2:
            raise ShapeError(f"{channels} channels do not divide into {self.block}x{self.block} blocks")
        return batch, channels // self.block**2, height * self.block, width * self.block

    def window(self, *inputs: Shape) -> Window:
        step = Fraction(1, self.block)
        axis = Axis(1, step, floored(step))
        return axis, axis

    def onnx(self, *inputs: Shape) -> Spelling:
        # CRD is torch's channel order; ONNX defaults to DCR, which gives the same shape and other pixels.
        return (Call("DepthToSpace", {"blocksize": self.block, "mode": "CRD"}),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.PixelShuffle", {"upscale_factor": self.block}),)


class SpaceToDepth(Op):
    """Trades resolution for channels: (N, C, H, W) -> (N, C·b², H / b, W / b), the inverse of depth to space."""

    type = "space to depth"

    block: int

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        if height % self.block or width % self.block:
            raise ShapeError(f"{height}x{width} maps do not divide into {self.block}x{self.block} blocks")
        return batch, channels * self.block**2, height // self.block, width // self.block

    def window(self, *inputs: Shape) -> Window:
        return Axis(self.block, self.block), Axis(self.block, self.block)

    def onnx(self, *inputs: Shape) -> Spelling:
        # ONNX's SpaceToDepth puts the block before the channel; torch's order needs the six axes by hand.
        _, channels, height, width = self.output(*inputs)
        six = (-1, inputs[0][1], height, self.block, width, self.block)
        return (
            Call("Reshape", {}, ("in", integers(six)), "blocks"),
            Call("Transpose", {"perm": (0, 1, 3, 5, 2, 4)}, ("blocks",), "deep"),
            Call("Reshape", {}, ("deep", integers((-1, channels, height, width)))),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.PixelUnshuffle", {"downscale_factor": self.block}),)


class Pad(Op):
    """Adds zeros around the maps (`padding`, four sides) and before and after the channels (`channel_padding`).

    ResNet's shortcut without parameters (option A, He et al. 2015) pads the channels of a subsampled input.
    """

    type = "pad"

    padding: Sides = NO_PADDING
    channel_padding: Pair = (0, 0)

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        top, left, bottom, right = self.padding
        return batch, channels + sum(self.channel_padding), height + top + bottom, width + left + right

    def window(self, *inputs: Shape) -> Window:
        top, left, bottom, right = self.padding
        return Axis(1, 1, top, bottom), Axis(1, 1, left, right)

    def onnx(self, *inputs: Shape) -> Spelling:
        top, left, bottom, right = self.padding
        first, last = self.channel_padding
        return (Call("Pad", {"mode": "constant"}, ("in", integers((0, first, top, left, 0, last, bottom, right)))),)

    def torch(self, *inputs: Shape) -> Spelling:
        top, left, bottom, right = self.padding
        return (Call("nn.functional.pad", {"pad": (left, right, top, bottom, *self.channel_padding)}),)


class Crop(Op):
    """Cuts rows and columns off the four sides (U-Net's copies, FCN's scores)."""

    type = "crop"

    padding: Sides

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        top, left, bottom, right = self.padding
        if top + bottom >= height or left + right >= width:
            raise ShapeError(
                f"cutting {top}+{bottom} rows and {left}+{right} columns off {height}x{width} leaves nothing"
            )
        return batch, channels, height - top - bottom, width - left - right

    def window(self, *inputs: Shape) -> Window:
        top, left, bottom, right = self.padding
        return Axis(1, 1, -top, -bottom), Axis(1, 1, -left, -right)

    def onnx(self, *inputs: Shape) -> Spelling:
        top, left, _, _ = self.padding
        _, _, height, width = self.output(*inputs)
        ends = integers((top + height, left + width))
        return (Call("Slice", {}, ("in", integers((top, left)), ends, integers((2, 3)))),)

    def torch(self, *inputs: Shape) -> Spelling:
        top, left, bottom, right = self.padding
        return (Call("nn.functional.pad", {"pad": (-left, -right, -top, -bottom)}),)
