"""What an operator is, and the questions each one answers.

A subclass of Op states its hyper-parameters as annotated fields, in the order a table would print them; input channels
are never among them, they come from the input shape. Every answer is plain data: counts are exact integers, library
spellings are Calls, so nothing here needs onnx or torch.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, dataclass_transform, get_origin

from cnnscope.errors import ShapeError
from cnnscope.shapes import Shape, Window, dims, elements

Number = int | Fraction


class Weight(NamedTuple):
    """A stored tensor. `trainable` ones are params, the others buffers (running statistics, fixed centres)."""

    shape: Shape
    trainable: bool = True


class Cost(NamedTuple):
    """Arithmetic of one forward pass by kind, whole batch.

    `macs` are the multiply-accumulates of convolutions and matrix products only; `multiply_adds` counts every pair of a
    multiplication and an addition, so it includes them and counts as two FLOPs each. All other kinds count one.
    """

    macs: int = 0
    multiply_adds: int = 0
    adds: int = 0
    compares: int = 0
    divides: int = 0
    transcendentals: int = 0
    multiplies: int = 0

    @property
    def flops(self) -> int:
        return 2 * self.multiply_adds + sum(self[2:])


class Constant(NamedTuple):
    """A small tensor that a spelling needs as an input: ONNX takes shapes and limits so."""

    values: tuple[int, ...] | tuple[float, ...] | float
    dtype: str


class Call(NamedTuple):
    """How a library spells one step of an operator.

    `name` is an ONNX operator ("Conv"), or a torch module or function ("nn.Conv2d", "torch.add"). `inputs` name the
    operator's inputs ("in", "in2", ...), its weights, or the `output` of an earlier call; a nested tuple is a list of
    tensors. The last call's output is the operator's. `tensors` says which of our weights a torch module holds under
    which of its own names; left empty, those of the same name.
    """

    name: str
    arguments: Mapping[str, Any] = {}
    inputs: tuple[Any, ...] = ("in",)
    output: str = "out"
    tensors: Mapping[str, str] = {}


class Moments(NamedTuple):
    """What a tensor's values are like: their mean, and the mean of their squares."""

    mean: float
    square: float


Spelling = tuple[Call, ...]

WHOLE = "whole input"
"""Answer of `window` for an operator whose every output sees its whole input."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Op:
    """One operator with its hyper-parameters; immutable, equal by value, hashable.

    Not a dataclass: the decorator compiles six functions for each of sixty operators at every start, 0.7 ms each.
    """

    type: ClassVar[str]
    """The canonical name in a table's type column."""
    inputs: ClassVar[tuple[int, int]] = (1, 1)
    """Fewest and most inputs."""
    in_place: ClassVar[bool] = False
    """Element-wise: the output may reuse the memory of an input of the same shape."""
    view: ClassVar[bool] = False
    """The output is the input under another shape or name: nothing is computed or stored."""
    idle: ClassVar[bool] = False
    """In inference the output is the input itself, although training makes a tensor of it."""
    strided: ClassVar[bool] = False
    """Moves values without computing: torch answers with a view that skips some, where others and we count a copy."""
    saves: ClassVar[frozenset[str]] = frozenset()
    """What backward needs of the forward pass: any of "input", "output"."""
    counted_by_torch: ClassVar[bool] = True
    """torch's flop counter knows the operators that spell it."""
    widens: ClassVar[str] = ""
    """Field by which the operator multiplies the maps of the operator before it in the same row (maxout)."""

    fields: ClassVar[dict[str, Any]] = {}
    """Hyper-parameters by name, with their annotated types."""
    defaults: ClassVar[dict[str, Any]] = {}

    _values: tuple[Any, ...]
    _hash: int

    def __init_subclass__(cls) -> None:
        of_class: Any = ClassVar
        own = {name: kind for name, kind in cls.__annotations__.items() if get_origin(kind) is not of_class}
        cls.fields = cls.fields | own
        cls.defaults = cls.defaults | {name: vars(cls)[name] for name in own if name in vars(cls)}

    def __init__(self, **given: Any) -> None:
        merged = self.defaults | given
        if merged.keys() != self.fields.keys():
            unknown, missing = merged.keys() - self.fields.keys(), self.fields.keys() - merged.keys()
            raise TypeError(f"{type(self).__name__}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        state = self.__dict__
        state.update(merged)
        state["_values"] = tuple(merged[name] for name in self.fields)
        state["_hash"] = hash((type(self), state["_values"]))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._values == other._values)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process hashes strings otherwise: the copy is made anew.
        return _make, (type(self), dict(zip(self.fields, self._values, strict=True)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self.fields, self._values, strict=True))
        return f"{type(self).__name__}({shown})"

    def output(self, *inputs: Shape) -> Shape:
        """Output shape for these input shapes; ShapeError when they do not fit."""
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        """Stored tensors by name, named and shaped as torch does."""
        return {}

    def cost(self, *inputs: Shape) -> Cost:
        """Arithmetic of one forward pass over the whole batch."""
        return Cost()

    def terms(self, *inputs: Shape) -> int:
        """How many values are added up for one output, about: rounding errors grow with the square root of it."""
        cost = self.cost(*inputs)
        return (cost.multiply_adds + cost.adds) // elements(self.output(*inputs))

    def moments(self, *inputs: Moments) -> Moments:
        """Those of the outputs, about, for those of the inputs, where kernels are random with He's variance."""
        return inputs[0]

    def window(self, *inputs: Shape) -> Window | str | None:
        """The window through which an output sees the input; None where it sees one position, WHOLE for all of it.

        Where outputs move by a fraction of an input pixel, what they see varies: the window is the widest of it, placed
        so that its middle is right on average.
        """
        return None

    def notes(self, *inputs: Shape) -> tuple[str, ...]:
        """Remarks on this layer that a reader of the table should see, such as a window that does not fit."""
        return ()

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        """Bytes that backward needs beside inputs and outputs: masks, indices, or values of `itemsize` bytes."""
        return 0

    def onnx(self, *inputs: Shape) -> Spelling:
        """ONNX spelling, opset 17; every batch size works."""
        raise AssertionError(f"{type(self).__name__} has no ONNX spelling")

    def torch(self, *inputs: Shape) -> Spelling:
        """torch spelling; every batch size works."""
        raise AssertionError(f"{type(self).__name__} has no torch spelling")


def _make(kind: type[Op], fields: dict[str, Any]) -> Op:
    return kind(**fields)


def parameters(weights: Mapping[str, Weight]) -> int:
    """Trainable elements among these weights."""
    return sum(elements(weight.shape) for weight in weights.values() if weight.trainable)


def number(value: Number) -> int | float:
    """An exact hyper-parameter as the libraries take it."""
    return value if isinstance(value, int) else float(value)


def floored(step: Fraction) -> Fraction:
    """Padding of a window whose output o starts at floor(o · step): what the floor takes away, on average."""
    return Fraction(step.denominator - 1, 2 * step.denominator)


def channels_of(shape: Shape, what: str) -> int:
    """Channels of maps or features; ShapeError for tokens, whose channels stand last."""
    if len(shape) == 3:
        raise ShapeError(f"needs maps or features, got tokens {dims(shape)}", f"put {what} before the tokens row")
    return shape[1]


def require_equal(inputs: tuple[Shape, ...], verb: str) -> None:
    """ShapeError unless all shapes are the same."""
    if len(set(inputs)) > 1:
        raise ShapeError(
            f"cannot {verb} {' and '.join(map(dims, inputs))}",
            "all inputs must have the same shape: adapt one by a 1x1 conv, a pool or a crop; a gate is Cx1x1",
        )
