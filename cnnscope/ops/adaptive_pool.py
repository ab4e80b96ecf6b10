"""Pools whose output size is given: one value for each map, or one for each of `target` regions."""

from fractions import Fraction
from math import gcd

from cnnscope.ops.op import WHOLE, Call, Cost, Op, Spelling
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Axis, Pair, Shape, Window, elements, maps_of

Region = tuple[int, int]
"""First input and one past the last input of a pooling region."""


class _GlobalPool(Op):
    """One value for each map, (N, C, H, W) -> (N, C, 1, 1)."""

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, _, _ = maps_of(inputs[0])
        return batch, channels, 1, 1

    def window(self, *inputs: Shape) -> str:
        return WHOLE


class GlobalAvgPool(_GlobalPool):
    """Mean of each map, (N, C, H, W) -> (N, C, 1, 1)."""

    type = "global avg pool"

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        return Cost(adds=elements(inputs[0]) - outputs, divides=outputs)

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("GlobalAveragePool"),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.AdaptiveAvgPool2d", {"output_size": (1, 1)}),)


class GlobalMaxPool(_GlobalPool):
    """Largest value of each map, (N, C, H, W) -> (N, C, 1, 1)."""

    type = "global max pool"
    saves = frozenset({"input"})

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=elements(inputs[0]) - elements(self.output(*inputs)))

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return 8 * elements(self.output(*inputs))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("GlobalMaxPool"),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.AdaptiveMaxPool2d", {"output_size": (1, 1)}),)


class _AdaptivePool(Op):
    """As many regions as `target` asks for: output i sees inputs floor(i·H/h) ... ceil((i+1)·H/h) - 1."""

    target: Pair

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, _, _ = maps_of(inputs[0])
        return batch, channels, *self.target

    def regions(self, *inputs: Shape) -> tuple[list[Region], list[Region]]:
        """The regions along the height and along the width."""
        rows, columns = (
            [(i * size // target, -(-(i + 1) * size // target)) for i in range(target)]
            for size, target in zip(inputs[0][2:], self.target, strict=True)
        )
        return rows, columns

    def window(self, *inputs: Shape) -> Window | str | None:
        if self.target == (1, 1):
            return WHOLE
        vertical, horizontal = (
            self._axis((size + 2 * target - gcd(size, target) - 1) // target, Fraction(size, target))
            for size, target in zip(inputs[0][2:], self.target, strict=True)
        )
        return vertical, horizontal

    def _axis(self, kernel: int, step: Fraction) -> Axis:
        # Region i has its middle at (i + 1/2) · step - 1/2.
        return Axis(kernel, step, (kernel - step) / 2)

    def _seen(self, *inputs: Shape) -> int:
        """Values read for all outputs together: neighbouring regions share one where their border divides a pixel."""
        batch, channels, *sizes = inputs[0]
        rows, columns = (s + target - gcd(s, target) for s, target in zip(sizes, self.target, strict=True))
        return batch * channels * rows * columns

    def _regular(self, name: str, *inputs: Shape) -> Spelling:
        """One plain pool where the regions are equal and disjoint, else nothing."""
        if any(size % target for size, target in zip(inputs[0][2:], self.target, strict=True)):
            return ()
        kernel = tuple(size // target for size, target in zip(inputs[0][2:], self.target, strict=True))
        return (Call(name, {"kernel_shape": kernel, "strides": kernel}),)

    def _by_regions(self, name: str, *inputs: Shape) -> Spelling:
        """ONNX has no adaptive pool: reduce each region along the height, join, then along the width."""
        calls: list[Call] = []
        source = "in"
        for axis, regions in zip((2, 3), self.regions(*inputs), strict=True):
            parts = []
            for index, (start, stop) in enumerate(regions):
                slab, part = f"slab{axis}_{index}", f"part{axis}_{index}"
                calls.append(Call("Slice", {}, (source, integers([start]), integers([stop]), integers([axis])), slab))
                calls.append(Call(name, {"axes": (axis,), "keepdims": 1}, (slab,), part))
                parts.append(part)
            source = f"joined{axis}" if axis == 2 else "out"
            calls.append(Call("Concat", {"axis": axis}, tuple(parts), source))
        return tuple(calls)


class AdaptiveAvgPool(_AdaptivePool):
    """Mean of each region."""

    type = "adaptive avg pool"

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs))
        return Cost(adds=self._seen(*inputs) - outputs, divides=outputs)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.AdaptiveAvgPool2d", {"output_size": self.target}),)

    def onnx(self, *inputs: Shape) -> Spelling:
        return self._regular("AveragePool", *inputs) or self._by_regions("ReduceMean", *inputs)


class AdaptiveMaxPool(_AdaptivePool):
    """Largest value of each region."""

    type = "adaptive max pool"
    saves = frozenset({"input"})

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(compares=self._seen(*inputs) - elements(self.output(*inputs)))

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        return 8 * elements(self.output(*inputs))

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("nn.AdaptiveMaxPool2d", {"output_size": self.target}),)

    def onnx(self, *inputs: Shape) -> Spelling:
        return self._regular("MaxPool", *inputs) or self._by_regions("ReduceMax", *inputs)
