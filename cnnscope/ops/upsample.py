"""Upsampling to a multiple or to a given size, by copying pixels or between them."""

from fractions import Fraction
from typing import Literal

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Constant, Cost, Op, Spelling, floored
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Axis, Pair, Shape, Window, elements, maps_of

LARGEST_TORCH_FACTOR = 40
"""torch multiplies positions by 1 / factor in float32: 41 is the first whose product misses a pixel."""


class Upsample(Op):
    """Enlarges maps by `scale` or to `target`, by repeating pixels or between four neighbours (half-pixel centres).

    Bilinear costs three multiply-adds and one multiply per output, nearest nothing.
    """

    type = "upsample"

    scale: Pair | None = None
    target: Pair | None = None
    mode: Literal["nearest", "bilinear"] = "nearest"

    def output(self, *inputs: Shape) -> Shape:
        batch, channels, height, width = maps_of(inputs[0])
        if (self.scale is None) == (self.target is None):
            raise ShapeError(
                "needs either a scale or a target", "fill one of the columns `scale` (2) and `target` (56x56)"
            )
        if self.scale:
            return batch, channels, height * self.scale[0], width * self.scale[1]
        return batch, channels, *(self.target or ())

    def window(self, *inputs: Shape) -> Window:
        vertical, horizontal = (self._axis(Fraction(before, after)) for before, after in self._sizes(*inputs))
        return vertical, horizontal

    def _axis(self, step: Fraction) -> Axis:
        if self.mode == "nearest":
            return Axis(1, step, floored(step))
        # Output o lies at (o + 1/2) · step - 1/2: on an input where the step is odd, else between two.
        kernel = 1 if step.denominator == 1 and step.numerator % 2 else 2
        return Axis(kernel, step, (kernel - step) / 2)

    def _sizes(self, *inputs: Shape) -> tuple[Pair, Pair]:
        """Input and output length of the vertical and of the horizontal axis."""
        _, _, height, width = inputs[0]
        _, _, rows, columns = self.output(*inputs)
        return (height, rows), (width, columns)

    def cost(self, *inputs: Shape) -> Cost:
        outputs = elements(self.output(*inputs)) if self.mode == "bilinear" else 0
        return Cost(multiply_adds=3 * outputs, multiplies=outputs)

    def terms(self, *inputs: Shape) -> int:
        """Libraries compute positions in floats, whose error grows with the side itself: the root of its square."""
        return max(inputs[0][2:]) ** 2 if self.mode == "bilinear" else 0

    def onnx(self, *inputs: Shape) -> Spelling:
        rows, columns = self._sizes(*inputs)
        if self.mode == "nearest" and not self._multiplies(*inputs):
            return (
                Call("Gather", {"axis": 2}, ("in", _nearest(*rows)), "rows"),
                Call("Gather", {"axis": 3}, ("rows", _nearest(*columns))),
            )
        how = (
            {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            if self.mode == "nearest"
            else {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        )
        scales = Constant((1.0, 1.0, _factor(*rows), _factor(*columns)), "float32")
        return (Call("Resize", how, ("in", None, scales)),)

    def torch(self, *inputs: Shape) -> Spelling:
        rows, columns = self._sizes(*inputs)
        factors = (_factor(*rows), _factor(*columns))
        if self.mode == "nearest" and not (self._multiplies(*inputs) and max(factors) <= LARGEST_TORCH_FACTOR):
            return (
                Call("torch.index_select", {"dim": 2, "index": _nearest(*rows)}, ("in",), "rows"),
                Call("torch.index_select", {"dim": 3, "index": _nearest(*columns)}, ("rows",)),
            )
        by = {"scale_factor": factors} if self._multiplies(*inputs) else {"size": (rows[1], columns[1])}
        return (Call("nn.Upsample", by | {"mode": self.mode}),)

    def _multiplies(self, *inputs: Shape) -> bool:
        """Whether each input pixel yields a whole number of output pixels, along both axes."""
        return all(after % before == 0 for before, after in self._sizes(*inputs))


def _nearest(before: int, after: int) -> Constant:
    """The input that each output repeats, exactly: both libraries compute it in floats and miss some."""
    return integers(position * before // after for position in range(after))


def _factor(before: int, after: int) -> float:
    # ONNX's size is floor(before · factor): 7/3 rounded down to a float32 would lose a pixel, one unit more cannot.
    return after / before if after % before == 0 else after / before * (1 + 2**-23)
