"""torch's modules as rows of a draft, with torch's own defaults."""

import ast
from bisect import bisect_left
from collections.abc import Callable
from typing import ClassVar

from cnnscope.errors import CellError, CnnscopeError
from cnnscope.shapes import Pair, slide, window
from cnnscope.spec.drafts.draft import Cells, Draft
from cnnscope.spec.drafts.habits import told_input
from cnnscope.spec.drafts.keras.statements import Unknown, Value, value
from cnnscope.spec.values import padding, pair, sides

_POSITIONAL = {
    "Conv2d": ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
    "ConvTranspose2d": ("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
    "Linear": ("in_features", "out_features", "bias"),
    "BatchNorm2d": ("num_features",), "MaxPool2d": ("kernel_size", "stride", "padding"),
    "AvgPool2d": ("kernel_size", "stride", "padding"), "AdaptiveAvgPool2d": ("output_size",),
    "AdaptiveMaxPool2d": ("output_size",), "Dropout": ("p",), "Dropout2d": ("p",), "LeakyReLU": ("negative_slope",),
    "LocalResponseNorm": ("size",), "ZeroPad2d": ("padding",), "Upsample": ("size", "scale_factor"),
}  # fmt: skip
_MORE = {
    "Conv2d": ("padding_mode",), "ConvTranspose2d": ("groups", "bias", "dilation"),
    "BatchNorm2d": ("eps", "momentum", "affine", "track_running_stats"),
    "MaxPool2d": ("dilation", "return_indices", "ceil_mode"), "AvgPool2d": ("ceil_mode", "count_include_pad"),
    "LocalResponseNorm": ("alpha", "beta", "k"), "Upsample": ("mode", "align_corners"),
}  # fmt: skip
_PLAIN = {
    "ReLU": "relu", "ReLU6": "relu6", "ELU": "elu", "SELU": "selu", "GELU": "gelu", "SiLU": "silu", "Mish": "mish",
    "Hardswish": "hard swish", "Hardsigmoid": "hard sigmoid", "Sigmoid": "sigmoid", "Tanh": "tanh",
    "Softplus": "softplus", "Softmax": "softmax", "LogSoftmax": "softmax", "Flatten": "flatten", "Identity": "identity",
}  # fmt: skip
_PASSED_OVER = ("inplace", "dim", "start_dim", "end_dim", "approximate", "beta", "threshold", "alpha")
_IMAGES = (224, 227, 28, 32, 64, 96, 128, 256, 299, 36, 48, 100, 150, 200, 320, 416, 448, 512)
Values = dict[str, Value]


class Chain:
    """Modules one behind the other; checks that each takes the maps that the one before it makes."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.maps = 0
        self.first = 0
        self.flat = 0
        """The numbers that the first Linear behind maps takes."""

    def add(self, line: int, name: str, kind: str, text: str) -> None:
        """Write one module."""
        given = _arguments(kind, text)
        write = self._WRITE.get(kind)
        if kind in _PLAIN:
            self.draft.add(line, _PLAIN[kind], layer=name)
        elif write:
            write(self, line, name, kind, given)
        else:
            raise CellError(
                f"`{kind[:40]}` is no module that is read here", f"known are {', '.join([*self._WRITE, *_PLAIN])}"
            )

    def finish(self) -> None:
        """The image, where the modules leave it open."""
        choices = self.draft.choices
        if not self.draft.lines:
            raise CellError("no modules in this text", "paste what print(model) shows")
        if self.first and self.draft.input[1]:
            return
        side, why = self._image()
        if not side and "input" not in choices.given:
            hint = "say which image: --assume input=3x224x224"
            raise CellError(f"no square image makes the {self.flat:,} inputs of the first Linear", hint)
        self.draft.input = (0, told_input(choices, f"{self.first}x{side}x{side}", why))

    def _image(self) -> tuple[int, str]:
        """The side of the image and why; 0 where none fits."""
        small = (28, 32) if self.first == 1 else ()
        usual = [*dict.fromkeys((*small, *_IMAGES))]
        if not self.flat:
            return usual[0], "the modules leave it open; the usual image"
        why = f"makes the {self.flat:,} inputs of the first Linear"
        for side in usual:
            if self._values(side) == self.flat:
                return side, why
        # Larger images make more numbers.
        sides = range(1, 2_048)
        side = sides[min(bisect_left(sides, self.flat, key=self._values), len(sides) - 1)]
        return (side if self._values(side) == self.flat else 0), why

    def _values(self, side: int) -> int:
        """How many numbers the first Linear finds behind an image of this side; 0 where nothing is left."""
        size: Pair | None = (side, side)
        for line in self.draft.lines:
            if line.cells["type"] == "fully connected" or size is None:
                break
            size = _behind(line.cells, size)
        return size[0] * size[1] * self._maps_before_linear if size else 0

    _maps_before_linear = 0

    def _takes(self, kind: str, wanted: Value) -> None:
        if self.maps and wanted != self.maps:
            raise CellError(f"{kind} takes {wanted} maps, the module before it makes {self.maps}", "check the order")

    def _conv(self, line: int, name: str, kind: str, given: Values) -> None:
        channels, maps = (_number(given, key) for key in ("in_channels", "out_channels"))
        self._takes(kind, channels)
        self.first = self.first or channels
        self.maps = maps
        cells = {"kernel": _pair(given.get("kernel_size")), "stride": _pair(given.get("stride", 1))}
        border = given.get("padding", 0)
        cells["padding"] = border if isinstance(border, str) else _pair(border, least=0)
        groups, dilation = given.get("groups", 1), _pair(given.get("dilation", 1))
        more = {"groups": str(groups)} if groups != 1 else {}
        more |= {"dilation": dilation} if set(dilation.split("x")) != {"1"} else {}
        bias = "no" if given.get("bias") is False else ""
        if kind == "ConvTranspose2d":
            more |= {"output_padding": _pair(given["output_padding"], least=0)} if given.get("output_padding") else {}
            self.draft.add(line, "transposed conv", layer=name, maps=str(maps), bias=bias, **cells, **more)
        elif groups == channels == maps and groups != 1:
            more.pop("groups")
            self.draft.add(line, "depthwise conv", layer=name, bias=bias, **cells, **more)
        else:
            self.draft.add(line, "conv", layer=name, maps=str(maps), bias=bias, **cells, **more)

    def _linear(self, line: int, name: str, kind: str, given: Values) -> None:
        before, units = _number(given, "in_features"), _number(given, "out_features")
        if not self.first:
            self.draft.input = (line, str(before))
            self.first = before
        elif self.flat == 0 and self.first and not self.draft.input[1]:
            self.flat, self._maps_before_linear = before, self.maps
        else:
            self._takes(kind, before)
        self.maps = units
        self.draft.add(
            line, "fully connected", layer=name, maps=str(units), bias="no" if given.get("bias") is False else ""
        )

    def _norm(self, line: int, name: str, kind: str, given: Values) -> None:
        self._takes(kind, _number(given, "num_features"))
        if given.get("affine") is False:
            raise CellError("a batch norm without gamma and beta", "leave out affine=False")
        self.draft.add(line, "bn", layer=name)

    def _pool(self, line: int, name: str, kind: str, given: Values) -> None:
        if given.get("dilation", 1) not in (1, (1, 1)):
            raise CellError("a pool with dilation", "write it as numbers in a page")
        kernel = _pair(given.get("kernel_size"))
        stride = kernel if given.get("stride") is None else _pair(given["stride"])
        cells = {
            "padding": _pair(given.get("padding", 0), least=0),
            "rounding": "ceil" if given.get("ceil_mode") is True else "",
        }
        type = "max pool" if kind.startswith("Max") else "avg pool"
        self.draft.add(line, type, layer=name, kernel=kernel, stride=stride, **cells)

    def _adaptive(self, line: int, name: str, kind: str, given: Values) -> None:
        target = _pair(given.get("output_size"))
        word = "avg" if "Avg" in kind else "max"
        if set(target.split("x")) == {"1"}:
            self.draft.add(line, f"global {word} pool", layer=name)
        else:
            self.draft.add(line, f"adaptive {word} pool", layer=name, target=target)

    def _other(self, line: int, name: str, kind: str, given: Values) -> None:
        if kind.startswith("Dropout"):
            self.draft.add(line, "dropout", layer=name, p=str(given.get("p", 0.5)))
        elif kind == "LeakyReLU":
            self.draft.add(line, "leaky relu", layer=name, slope=str(given.get("negative_slope", 0.01)))
        elif kind == "LocalResponseNorm":
            self.draft.add(line, "lrn", layer=name)
        elif kind == "ZeroPad2d":
            self.draft.add(line, "pad", layer=name, padding=_pair(given.get("padding")))
        else:
            self.draft.add(line, "upsample", layer=name, scale=_pair(given.get("scale_factor")))

    _WRITE: ClassVar[dict[str, Callable[..., None]]] = {
        "Conv2d": _conv, "ConvTranspose2d": _conv, "Linear": _linear, "BatchNorm2d": _norm, "MaxPool2d": _pool,
        "AvgPool2d": _pool, "AdaptiveAvgPool2d": _adaptive, "AdaptiveMaxPool2d": _adaptive, "Dropout": _other,
        "Dropout2d": _other, "LeakyReLU": _other, "LocalResponseNorm": _other, "ZeroPad2d": _other, "Upsample": _other,
    }  # fmt: skip


def _behind(cells: Cells, size: Pair) -> Pair | None:
    """The height and width behind a row."""
    kind = cells["type"]
    if kind.startswith("global"):
        return 1, 1
    if kind.startswith("adaptive"):
        return pair(cells["target"])
    if kind == "upsample":
        scale = pair(cells["scale"])
        return size[0] * scale[0], size[1] * scale[1]
    if "kernel" not in cells:
        return size
    kernel, dilation = pair(cells["kernel"]), pair(cells.get("dilation", "1"))
    wide = (dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1)
    stride = pair(cells["stride"])
    if kind.startswith("transposed"):
        top, left, bottom, right = sides(cells.get("padding", "0"))
        more = pair(cells.get("output_padding", "0"), least=0)
        high = (size[0] - 1) * stride[0] + wide[0] - top - bottom + more[0]
        return high, (size[1] - 1) * stride[1] + wide[1] - left - right + more[1]
    try:
        moving = window(size, wide, stride, padding(cells.get("padding", "0")))
        return slide(size, moving, ceil=cells.get("rounding") == "ceil")
    except CnnscopeError:
        return None


def _arguments(kind: str, text: str) -> Values:
    """The arguments of a module by their names."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise CellError(f"`{text[:40]}` is not understood", "check its brackets and commas") from None
    if not isinstance(call, ast.Call):
        raise CellError(f"`{text[:40]}` is not understood", "check its brackets and commas")
    if any(isinstance(node, ast.Call) for node in ast.walk(call) if node is not call):
        raise CellError(f"`{text[:40]}` holds other modules", "close its brackets")
    places = _POSITIONAL.get(kind, ())
    found: Values = {}
    for index, node in enumerate(call.args):
        if index < len(places):
            found[places[index]] = value(node, {})
    found |= {each.arg: value(each.value, {}) for each in call.keywords if each.arg}
    known = (*places, *_MORE.get(kind, ()), *_PASSED_OVER)
    if kind in _POSITIONAL and (unknown := [key for key in found if key not in known]):
        raise CellError(f"`{unknown[0][:40]}` is no argument that is read here", f"{kind} has {', '.join(places)}")
    return found


def _number(given: Values, key: str) -> int:
    found = given.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        shown = found.text if isinstance(found, Unknown) else found
        raise CellError(f"{key} is {str(shown)[:40]}, no whole number", "write the number")
    return found


def _pair(given: Value, least: int = 1) -> str:
    numbers = given if isinstance(given, tuple) else (given,)
    whole = [number for number in numbers if isinstance(number, int | float) and number == int(number) >= least]
    if not 1 <= len(numbers) <= 2 or len(whole) < len(numbers):
        shown = given.text if isinstance(given, Unknown) else given
        raise CellError(f"`{str(shown)[:40]}` is not a number or a pair", "write 3 or (3, 3)")
    return "x".join(str(int(number)) for number in whole)
