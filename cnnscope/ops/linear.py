"""Fully connected layers and what stands in their place: RBF outputs, maxout."""

from cnnscope.errors import ShapeError
from cnnscope.ops.op import WHOLE, Call, Cost, Moments, Op, Spelling, Weight, channels_of
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Shape, elements


def features_of(shape: Shape) -> int:
    """Values per sample that a fully connected layer sees: tokens (N, T, D) keep their T, all else is flattened."""
    return shape[2] if len(shape) == 3 else elements(shape[1:])


class FullyConnected(Op):
    """(N, C, H, W) or (N, F) -> (N, maps), flattening by itself; tokens (N, T, D) -> (N, T, maps), each alone."""

    type = "fully connected"
    saves = frozenset({"input"})

    maps: int
    bias: bool = True

    def output(self, *inputs: Shape) -> Shape:
        return (*(inputs[0][:2] if len(inputs[0]) == 3 else inputs[0][:1]), self.maps)

    def window(self, *inputs: Shape) -> str | None:
        return None if len(inputs[0]) == 3 else WHOLE

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        weight = Weight((self.maps, features_of(inputs[0])))
        return {"weight": weight, "bias": Weight((self.maps,))} if self.bias else {"weight": weight}

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        macs = outputs * features_of(inputs[0])
        return Cost(macs=macs, multiply_adds=macs, adds=outputs if self.bias else 0)

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, 2 * inputs[0].square)

    def onnx(self, *inputs: Shape) -> Spelling:
        if len(inputs[0]) == 3:
            turn = Call("Transpose", {"perm": (1, 0)}, ("weight",), "turned")
            if not self.bias:
                return turn, Call("MatMul", {}, ("in", "turned"))
            return turn, Call("MatMul", {}, ("in", "turned"), "product"), Call("Add", {}, ("product", "bias"))
        gemm = Call("Gemm", {"transB": 1}, ("in", *self.weights(*inputs)))
        if len(inputs[0]) == 2:
            return (gemm,)
        return Call("Flatten", {"axis": 1}, ("in",), "flat"), gemm._replace(inputs=("flat", *gemm.inputs[1:]))

    def torch(self, *inputs: Shape) -> Spelling:
        arguments = {"in_features": features_of(inputs[0]), "out_features": self.maps, "bias": self.bias}
        if len(inputs[0]) < 4:
            return (Call("nn.Linear", arguments),)
        return Call("nn.Flatten", {}, ("in",), "flat"), Call("nn.Linear", arguments, ("flat",))


class RBF(Op):
    """Radial basis outputs: the squared distances from the input to `maps` fixed centres (LeCun et al. 1998, II.C).

    The centres are stored but not trained. A distance costs one subtraction and one multiply-accumulate per feature.
    """

    type = "rbf"
    counted_by_torch = False
    saves = frozenset({"input"})

    maps: int

    def output(self, *inputs: Shape) -> Shape:
        return inputs[0][0], self.maps

    def window(self, *inputs: Shape) -> str:
        return WHOLE

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"centres": Weight((self.maps, elements(inputs[0][1:])), trainable=False)}

    def cost(self, *inputs: Shape) -> Cost:
        links = self.maps * elements(inputs[0])
        return Cost(macs=links, multiply_adds=links, adds=links)

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("Flatten", {"axis": 1}, ("in",), "flat"),
            Call("Unsqueeze", {}, ("flat", integers([1])), "rows"),
            Call("Sub", {}, ("rows", "centres"), "differences"),
            Call("Mul", {}, ("differences", "differences"), "squares"),
            Call("ReduceSum", {"keepdims": 0}, ("squares", integers([2]))),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (
            Call("torch.flatten", {"start_dim": 1}, ("in",), "flat"),
            Call("torch.unsqueeze", {"dim": 1}, ("flat",), "rows"),
            Call("torch.sub", {}, ("rows", "centres"), "differences"),
            Call("torch.square", {}, ("differences",), "squares"),
            Call("torch.sum", {"dim": 2}, ("squares",)),
        )


class Maxout(Op):
    """The largest of `pieces` neighbouring maps or units: (N, pieces·C, ...) -> (N, C, ...) (Goodfellow et al. 2013).

    As an activation it multiplies the maps of the operator before it, so that the row still yields its printed maps.
    """

    type = "maxout"
    saves = frozenset({"input"})
    widens = "pieces"

    pieces: int = 2

    def output(self, *inputs: Shape) -> Shape:
        channels = channels_of(inputs[0], "maxout")
        if channels % self.pieces:
            raise ShapeError(
                f"{channels} maps cannot be split into pieces of {self.pieces}", f"pieces must divide {channels}"
            )
        return inputs[0][0], channels // self.pieces, *inputs[0][2:]

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=elements(inputs[0]) - elements(self.output(*inputs)))

    def _grouped(self, *inputs: Shape) -> tuple[int, ...]:
        return (-1, *self.output(*inputs)[1:2], self.pieces, *inputs[0][2:])

    def onnx(self, *inputs: Shape) -> Spelling:
        return (
            Call("Reshape", {}, ("in", integers(self._grouped(*inputs))), "pieces"),
            Call("ReduceMax", {"axes": (2,), "keepdims": 0}, ("pieces",)),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (
            Call("torch.reshape", {"shape": self._grouped(*inputs)}, ("in",), "pieces"),
            Call("torch.amax", {"dim": 2}, ("pieces",)),
        )
