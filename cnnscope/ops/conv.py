"""Convolution and its relatives."""

from itertools import groupby
from typing import Any

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Cost, Moments, Op, Spelling, Weight
from cnnscope.ops.spelling import even_padding, integers, onnx_window, padded
from cnnscope.shapes import NO_PADDING, Padding, Pair, Shape, Window, elements, maps_of, misfit, slide, window

Links = tuple[tuple[int, ...], ...]
"""For every output map the input maps that it sees, counted from 0."""


def split(count: int, groups: int, what: str) -> int:
    """count / groups; ShapeError where it is not whole."""
    if count % groups:
        raise ShapeError(f"{count} {what} cannot be split into {groups} groups", f"groups must divide {count}")
    return count // groups


class _Convolution(Op):
    """What all convolutions share. Weights are (maps, input maps / groups, kernel height, kernel width)."""

    saves = frozenset({"input"})

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = NO_PADDING
    dilation: Pair = (1, 1)
    bias: bool = True

    def output_maps(self, channels: int) -> int:
        raise AssertionError("each convolution says how many maps it makes")

    def group_count(self, channels: int) -> int:
        return 1

    def window(self, *inputs: Shape) -> Window:
        return window(maps_of(inputs[0])[2:], self.kernel, self.stride, self.padding, self.dilation)

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        maps, groups = self.output_maps(channels), self.group_count(channels)
        split(channels, groups, "input channels")
        split(maps, groups, "maps")
        return batch, maps, *slide((height, width), self.window(*inputs))

    def notes(self, *inputs: Shape) -> tuple[str, ...]:
        note = "" if self.padding == "same" else misfit(maps_of(inputs[0])[2:], self.window(*inputs))
        return (note,) if note else ()

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        channels = inputs[0][1]
        maps = self.output_maps(channels)
        weight = Weight((maps, channels // self.group_count(channels), *self.kernel))
        return {"weight": weight, "bias": Weight((maps,))} if self.bias else {"weight": weight}

    def cost(self, *inputs: Shape) -> Cost:
        outputs, channels = elements(self.output(*inputs)), inputs[0][1]
        macs = outputs * (channels // self.group_count(channels)) * self.kernel[0] * self.kernel[1]
        return Cost(macs=macs, multiply_adds=macs, adds=outputs if self.bias else 0)

    def moments(self, *inputs: Moments) -> Moments:
        return Moments(0.0, 2 * inputs[0].square)

    def onnx(self, *inputs: Shape) -> Spelling:
        arguments = onnx_window(self.window(*inputs)) | {"group": self.group_count(inputs[0][1])}
        return (Call("Conv", arguments, ("in", *self.weights(*inputs))),)

    def torch(self, *inputs: Shape) -> Spelling:
        channels = inputs[0][1]
        padding, steps, source = self._torch_padding(*inputs)
        arguments = self._module(channels, self.output_maps(channels), self.group_count(channels), padding)
        return (*steps, Call("nn.Conv2d", arguments, (source,)))

    def _torch_padding(self, *inputs: Shape) -> tuple[Pair, Spelling, str]:
        """The module's padding argument, the steps to run before it, and the tensor it reads then."""
        moving = self.window(*inputs)
        even = even_padding(moving)
        if even is not None:
            return even, (), "in"
        steps, source = padded(moving)
        return (0, 0), steps, source

    def _module(self, channels: int, maps: int, groups: int, padding: Pair) -> dict[str, Any]:
        return {
            "in_channels": channels,
            "out_channels": maps,
            "kernel_size": self.kernel,
            "stride": self.stride,
            "padding": padding,
            "dilation": self.dilation,
            "groups": groups,
            "bias": self.bias,
        }


class Conv(_Convolution):
    """2-D convolution, (N, C, H, W) -> (N, maps, H', W'). A bias costs one add per output."""

    type = "conv"

    maps: int
    groups: int = 1

    def output_maps(self, channels: int) -> int:
        return self.maps

    def group_count(self, channels: int) -> int:
        return self.groups


class DepthwiseConv(_Convolution):
    """Convolution with one group per input map; `maps`, where given, must be a multiple of the input's."""

    type = "depthwise conv"

    maps: int | None = None

    def output_maps(self, channels: int) -> int:
        return self.maps or channels

    def group_count(self, channels: int) -> int:
        return channels


class LinkedConv(_Convolution):
    """Convolution in which every output map sees its own choice of input maps (LeCun et al. 1998, table I).

    LeNet-5's C3 has 60 of 96 possible links. Each run of output maps with equally many links becomes one grouped
    convolution over gathered input maps, so that no weight exists for a link that does not.
    """

    type = "linked conv"

    links: Links
    maps: int | None = None

    def output_maps(self, channels: int) -> int:
        if self.maps not in (None, len(self.links)):
            raise ShapeError(f"{len(self.links)} lists of links for {self.maps} maps", "write one list per output map")
        highest = max(link for links in self.links for link in links)
        if highest >= channels:
            raise ShapeError(f"a link to input map {highest}, but the input has {channels} maps", "maps count from 0")
        return len(self.links)

    def _runs(self) -> list[Links]:
        return [tuple(run) for _, run in groupby(self.links, key=len)]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        named: dict[str, Weight] = {}
        for index, run in enumerate(self._runs(), start=1):
            named[f"weight{index}"] = Weight((len(run), len(run[0]), *self.kernel))
            if self.bias:
                named[f"bias{index}"] = Weight((len(run),))
        return named

    def cost(self, *inputs: Shape) -> Cost:
        batch, maps, height, width = self.output(*inputs)
        macs = batch * height * width * self.kernel[0] * self.kernel[1] * sum(map(len, self.links))
        return Cost(macs=macs, multiply_adds=macs, adds=batch * maps * height * width if self.bias else 0)

    def onnx(self, *inputs: Shape) -> Spelling:
        calls: list[Call] = []
        for index, run in enumerate(self._runs(), start=1):
            tensors = (f"weight{index}", f"bias{index}") if self.bias else (f"weight{index}",)
            calls.append(Call("Gather", {"axis": 1}, ("in", self._gathered(run)), f"maps{index}"))
            arguments = onnx_window(self.window(*inputs)) | {"group": len(run)}
            calls.append(Call("Conv", arguments, (f"maps{index}", *tensors), f"part{index}"))
        return (*calls, Call("Concat", {"axis": 1}, self._parts()))

    def torch(self, *inputs: Shape) -> Spelling:
        padding, steps, source = self._torch_padding(*inputs)
        calls = list(steps)
        for index, run in enumerate(self._runs(), start=1):
            tensors = {"weight": f"weight{index}"} | ({"bias": f"bias{index}"} if self.bias else {})
            calls.append(
                Call("torch.index_select", {"dim": 1, "index": self._gathered(run)}, (source,), f"maps{index}")
            )
            arguments = self._module(len(run) * len(run[0]), len(run), len(run), padding)
            calls.append(Call("nn.Conv2d", arguments, (f"maps{index}",), f"part{index}", tensors))
        return (*calls, Call("torch.cat", {"dim": 1}, (self._parts(),)))

    def _gathered(self, run: Links) -> Any:
        return integers(link for links in run for link in links)

    def _parts(self) -> tuple[str, ...]:
        return tuple(f"part{index}" for index in range(1, len(self._runs()) + 1))
