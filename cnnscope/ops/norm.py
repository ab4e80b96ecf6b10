"""Normalisation: batch, layer, group, L2; and the scaling that takes its place, one factor a channel.

Epsilons and running-statistics momentum do not change any count; they are spelled with each library's usual value.
"""

from cnnscope.errors import ShapeError
from cnnscope.ops.conv import split
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling, Weight, channels_of
from cnnscope.ops.spelling import integers, scalar
from cnnscope.shapes import Shape, elements, maps_of

EPSILON = 1e-5


class BatchNorm(Op):
    """Batch normalisation in inference: one multiply-add per element (Ioffe & Szegedy 2015).

    Per channel two params (gamma and beta; `scale = no` leaves gamma out, as TF-Slim's Inception does) and two buffers.
    """

    type = "bn"
    in_place = True
    saves = frozenset({"input"})

    scale: bool = True

    def output(self, *inputs: Shape) -> Shape:
        channels_of(inputs[0], "bn")
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        channels = (inputs[0][1],)
        gamma = {"weight": Weight(channels)} if self.scale else {}
        statistics = Weight(channels, trainable=False)
        return gamma | {"bias": Weight(channels), "running_mean": statistics, "running_var": statistics}

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(multiply_adds=elements(inputs[0]))

    def moments(self, *inputs: Moments) -> Moments:
        """Random variances lie between half and one and a half times what arrives; the mean of 1/x there is ln 3."""
        return Moments(0.0, 1.19 if self.scale else 1.1)

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        """The batch's mean and inverse deviation, one float32 each per channel."""
        return 2 * 4 * inputs[0][1]

    def onnx(self, *inputs: Shape) -> Spelling:
        normalise = Call(
            "BatchNormalization", {"epsilon": EPSILON}, ("in", "weight", "bias", "running_mean", "running_var")
        )
        if self.scale:
            return (normalise,)
        zeros = Call("Sub", {}, ("bias", "bias"), "zeros")
        ones = Call("Exp", {}, ("zeros",), "ones")
        return zeros, ones, normalise._replace(inputs=("in", "ones", *normalise.inputs[2:]))

    def torch(self, *inputs: Shape) -> Spelling:
        if self.scale:
            name = "nn.BatchNorm2d" if len(inputs[0]) == 4 else "nn.BatchNorm1d"
            return (Call(name, {"num_features": inputs[0][1], "eps": EPSILON}),)
        statistics = ("in", "running_mean", "running_var", None, "bias")
        return (Call("nn.functional.batch_norm", {"eps": EPSILON}, statistics),)


def _normalisation(values: int, groups: int, *, affine: bool = True) -> Cost:
    """Mean and variance of each group, then (x - mean) / deviation, then gamma and beta."""
    return Cost(
        adds=2 * values,
        multiply_adds=values + (values if affine else 0),
        multiplies=values,
        divides=2 * groups,
        transcendentals=groups,
    )


class LayerNorm(Op):
    """Layer normalisation over the channels of each position (Ba et al. 2016), of tokens or, as in ConvNeXt, of maps.

    Per channel two params. Per element: two adds, two multiply-adds, one multiply; per position two divides, one root.
    """

    type = "layer norm"
    saves = frozenset({"input"})

    def _channels(self, shape: Shape) -> int:
        return shape[1] if len(shape) == 4 else shape[-1]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        channels = Weight((self._channels(inputs[0]),))
        return {"weight": channels, "bias": channels}

    def cost(self, *inputs: Shape) -> Cost:
        values = elements(inputs[0])
        return _normalisation(values, values // self._channels(inputs[0]))

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, 1.08)

    def terms(self, *inputs: Shape) -> int:
        return self._channels(inputs[0])

    def onnx(self, *inputs: Shape) -> Spelling:
        if len(inputs[0]) != 4:
            return (Call("LayerNormalization", {"axis": -1, "epsilon": EPSILON}, ("in", "weight", "bias")),)
        normalise = Call("LayerNormalization", {"axis": -1, "epsilon": EPSILON}, ("last", "weight", "bias"), "normal")
        last = Call("Transpose", {"perm": (0, 2, 3, 1)}, ("in",), "last")
        return last, normalise, Call("Transpose", {"perm": (0, 3, 1, 2)}, ("normal",))

    def torch(self, *inputs: Shape) -> Spelling:
        normalise = Call("nn.LayerNorm", {"normalized_shape": self._channels(inputs[0]), "eps": EPSILON})
        if len(inputs[0]) != 4:
            return (normalise,)
        last = Call("torch.permute", {"dims": (0, 2, 3, 1)}, ("in",), "last")
        first = Call("torch.permute", {"dims": (0, 3, 1, 2)}, ("normal",))
        return last, normalise._replace(inputs=("last",), output="normal"), first


class GroupNorm(Op):
    """Group normalisation over all positions of each channel group (Wu & He 2018); one channel each is instance norm.

    Per channel two params. Costs as layer norm, with one mean and deviation per group and sample.
    """

    type = "group norm"
    saves = frozenset({"input"})

    groups: int = 32

    def output(self, *inputs: Shape) -> Shape:
        _, channels, height, width = maps_of(inputs[0])
        if split(channels, self.groups, "channels") * height * width == 1:
            raise ShapeError(
                f"one value in each of {self.groups} groups",
                "less its own mean nothing is left of it: use fewer groups",
            )
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        channels = Weight((inputs[0][1],))
        return {"weight": channels, "bias": channels}

    def cost(self, *inputs: Shape) -> Cost:
        return _normalisation(elements(inputs[0]), inputs[0][0] * self.groups)

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, 1.08)

    def terms(self, *inputs: Shape) -> int:
        return elements(inputs[0][1:]) // self.groups

    def onnx(self, *inputs: Shape) -> Spelling:
        _, channels, height, width = inputs[0]
        per_channel = integers((1, channels, 1, 1))
        return (
            Call(
                "Reshape", {}, ("in", integers((-1, self.groups, channels // self.groups * height * width))), "grouped"
            ),
            Call("ReduceMean", {"axes": (2,), "keepdims": 1}, ("grouped",), "mean"),
            Call("Sub", {}, ("grouped", "mean"), "centred"),
            Call("Mul", {}, ("centred", "centred"), "squares"),
            Call("ReduceMean", {"axes": (2,), "keepdims": 1}, ("squares",), "variance"),
            Call("Add", {}, ("variance", scalar(EPSILON)), "positive"),
            Call("Sqrt", {}, ("positive",), "deviation"),
            Call("Div", {}, ("centred", "deviation"), "normal"),
            Call("Reshape", {}, ("normal", integers((-1, channels, height, width))), "maps"),
            Call("Reshape", {}, ("weight", per_channel), "gamma"),
            Call("Reshape", {}, ("bias", per_channel), "beta"),
            Call("Mul", {}, ("maps", "gamma"), "scaled"),
            Call("Add", {}, ("scaled", "beta")),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.GroupNorm", {"num_groups": self.groups, "num_channels": inputs[0][1], "eps": EPSILON}),)


class L2Norm(Op):
    """Each position's channels divided by their length, times a learned factor per channel (Liu et al. 2015, ParseNet).

    Per element one multiply-add and one divide, and one multiply with `scale`; per position one root.
    """

    type = "l2 norm"
    saves = frozenset({"input"})

    scale: bool = True

    def output(self, *inputs: Shape) -> Shape:
        channels_of(inputs[0], "l2 norm")
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"weight": Weight((inputs[0][1], *(1 for _ in inputs[0][2:])))} if self.scale else {}

    def cost(self, *inputs: Shape) -> Cost:
        values = elements(inputs[0])
        return Cost(
            multiply_adds=values,
            divides=values,
            multiplies=values if self.scale else 0,
            transcendentals=values // inputs[0][1],
        )

    def terms(self, *inputs: Shape) -> int:
        return inputs[0][1]

    def onnx(self, *inputs: Shape) -> Spelling:
        output = "unit" if self.scale else "out"
        scaled = (Call("Mul", {}, ("unit", "weight")),) if self.scale else ()
        return Call("LpNormalization", {"axis": 1, "p": 2}, ("in",), output), *scaled

    def torch(self, *inputs: Shape) -> Spelling:
        output = "unit" if self.scale else "out"
        scaled = (Call("torch.mul", {}, ("unit", "weight")),) if self.scale else ()
        return Call("nn.functional.normalize", {"dim": 1}, ("in",), output), *scaled


class LayerScale(Op):
    """A learned factor per channel and nothing else (Touvron et al. 2021, CaiT; ConvNeXt's branches): one multiply."""

    type = "layer scale"
    in_place = True
    saves = frozenset({"input"})

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        shape = inputs[0]
        # Channels stand first in maps and features, last in tokens.
        return {"weight": Weight((shape[-1],) if len(shape) == 3 else (shape[1], *(1 for _ in shape[2:])))}

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(multiplies=elements(inputs[0]))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Mul", {}, ("in", "weight")),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("torch.mul", {}, ("in", "weight")),)
