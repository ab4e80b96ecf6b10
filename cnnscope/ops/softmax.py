"""Softmax: shares that add up to one, over channels or between groups of maps."""

from cnnscope.ops.conv import split
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Shape, elements, maps_of


class _Shares(Op):
    """An exponential, an add and a divide per element."""

    in_place = True
    saves = frozenset({"output"})

    def cost(self, *inputs: Shape) -> Cost:
        count = elements(inputs[0])
        return Cost(transcendentals=count, adds=count, divides=count)


class Softmax(_Shares):
    """exp x / sum of exp over the channels (the last axis of tokens): exponential, add, divide per element."""

    type = "softmax"

    def terms(self, *inputs: Shape) -> int:
        return inputs[0][self._axis(inputs[0])]

    def _axis(self, shape: Shape) -> int:
        return -1 if len(shape) == 3 else 1

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Softmax", {"axis": self._axis(inputs[0])}),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.Softmax", {"dim": self._axis(inputs[0])}),)


class SplitSoftmax(_Shares):
    """Softmax between maps of the same place in several groups (Zhang et al. 2020, ResNeSt): costs as softmax."""

    type = "split softmax"

    groups: int = 2

    def output(self, *inputs: Shape) -> Shape:
        split(maps_of(inputs[0])[1], self.groups, "channels")
        return inputs[0]

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(1 / self.groups, 1.3 / self.groups**2)

    def terms(self, *inputs: Shape) -> int:
        return self.groups

    def onnx(self, *inputs: Shape) -> Spelling:
        _, channels, height, width = inputs[0]
        grouped = integers((-1, self.groups, channels // self.groups * height * width))
        return (
            Call("Reshape", {}, ("in", grouped), "groups"),
            Call("Softmax", {"axis": 1}, ("groups",), "shares"),
            Call("Reshape", {}, ("shares", integers((-1, channels, height, width)))),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        _, channels, height, width = inputs[0]
        return (
            Call(
                "torch.reshape",
                {"shape": (-1, self.groups, channels // self.groups * height * width)},
                ("in",),
                "groups",
            ),
            Call("nn.functional.softmax", {"dim": 1}, ("groups",), "shares"),
            Call("torch.reshape", {"shape": (-1, channels, height, width)}, ("shares",)),
        )
