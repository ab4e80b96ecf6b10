"""Operators that only rename, keep or select values: flatten, tokens, dropout, identity, slice, split."""

from fractions import Fraction

from cnnscope.errors import ShapeError
from cnnscope.ops.conv import split
from cnnscope.ops.op import Call, Op, Spelling
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Pair, Shape, elements, maps_of


class Flatten(Op):
    """(N, C, H, W) -> (N, C·H·W)."""

    type = "flatten"
    in_place = True
    view = True

    def output(self, *inputs: Shape) -> Shape:
        return inputs[0][0], elements(inputs[0][1:])

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Flatten", {"axis": 1}),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.Flatten"),)


class Tokens(Op):
    """Positions become tokens: (N, C, H, W) -> (N, H·W, C), row by row."""

    type = "tokens"
    strided = True

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        return batch, height * width, channels

    def onnx(self, *inputs: Shape) -> Spelling:
        _, channels, height, width = inputs[0]
        rows = Call("Reshape", {}, ("in", integers((-1, channels, height * width))), "rows")
        return rows, Call("Transpose", {"perm": (0, 2, 1)}, ("rows",))

    def torch(self, *inputs: Shape) -> Spelling:
        flat = Call("torch.flatten", {"start_dim": 2}, ("in",), "rows")
        return flat, Call("torch.transpose", {"dim0": 1, "dim1": 2}, ("rows",))


class Dropout(Op):
    """Nothing at inference; in training zeroes the share `p` of the values (a mask of one byte each is kept)."""

    type = "dropout"
    in_place = True
    idle = True

    p: int | Fraction = Fraction(1, 2)

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return elements(inputs[0])

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Identity"),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.Dropout", {"p": float(self.p)}),)


class Identity(Op):
    """Passes its input on: a name for a branch that does nothing."""

    type = "identity"
    in_place = True
    view = True

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Identity"),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.Identity"),)


class _ChannelRange(Op):
    """Some neighbouring channels of maps, features, or axis 1 of tokens."""

    strided = True

    def bounds(self, channels: int) -> Pair:
        """First channel and one past the last."""
        raise AssertionError("each operator says which channels it takes")

    def output(self, *inputs: Shape) -> Shape:
        start, stop = self.bounds(inputs[0][1])
        return inputs[0][0], stop - start, *inputs[0][2:]

    def onnx(self, *inputs: Shape) -> Spelling:
        start, stop = self.bounds(inputs[0][1])
        return (Call("Slice", {}, ("in", integers([start]), integers([stop]), integers([1]))),)

    def torch(self, *inputs: Shape) -> Spelling:
        start, stop = self.bounds(inputs[0][1])
        return (Call("torch.narrow", {"dim": 1, "start": start, "length": stop - start}),)


class Slice(_ChannelRange):
    """The channels first:past-the-last, counted from 0; an open end means the last channel."""

    type = "slice"

    range: tuple[int, int | None]

    def bounds(self, channels: int) -> Pair:
        start, stop = self.range[0], channels if self.range[1] is None else self.range[1]
        if not 0 <= start < stop <= channels:
            raise ShapeError(f"range {start}:{stop} of {channels} channels", "it must be rising and end at most there")
        return start, stop


class Split(_ChannelRange):
    """One of equal shares of the channels: part 1/2 is the first half, 2/2 the second."""

    type = "split"

    part: Pair

    def bounds(self, channels: int) -> Pair:
        index, parts = self.part
        if not 1 <= index <= parts:
            raise ShapeError(f"part {index}/{parts}", f"parts count from 1 to {parts}")
        share = split(channels, parts, "channels")
        return (index - 1) * share, index * share
