"""D17: the Keras snippet Sequential([Conv2D(16, 3, padding="same"), MaxPool2D(), Dense(10)]) read as text, never
executed.

Lists and `model.add(...)` alike; a comma that is missing between two layers changes nothing. Everything that the code
leaves out has Keras's own default (valid padding, a pool's stride is its window, biases), so nothing is assumed but
the input where no layer has an `input_shape`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.draft import Choices, Draft, Given, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.habits import image
from cnnscope.spec.tables.document import Document

EXPECTS = "a Keras Sequential model: Sequential([Conv2D(16, 3), MaxPool2D(), Flatten(), Dense(10)])"
WORD = "Sequential"

_CALL = re.compile(r"\b([A-Z][A-Za-z0-9]*)\s*\(")
_NUMBERS = re.compile(r"\d+")
_POSITIONAL = {
    "Conv2D": ("filters", "kernel_size", "strides", "padding"),
    "Convolution2D": ("filters", "kernel_size", "strides", "padding"),
    "Conv2DTranspose": ("filters", "kernel_size", "strides", "padding"),
    "SeparableConv2D": ("filters", "kernel_size", "strides", "padding"),
    "DepthwiseConv2D": ("kernel_size", "strides", "padding"),
    "MaxPool2D": ("pool_size", "strides", "padding"),
    "MaxPooling2D": ("pool_size", "strides", "padding"),
    "AveragePooling2D": ("pool_size", "strides", "padding"),
    "AvgPool2D": ("pool_size", "strides", "padding"),
    "Dense": ("units", "activation"),
    "Dropout": ("rate",),
    "SpatialDropout2D": ("rate",),
    "Activation": ("activation",),
    "LeakyReLU": ("alpha",),
    "Input": ("shape",),
    "InputLayer": ("shape",),
    "ZeroPadding2D": ("zero_padding",),
    "UpSampling2D": ("size",),
}
_PLAIN = {
    "Flatten": "flatten",
    "BatchNormalization": "bn",
    "GlobalAveragePooling2D": "global avg pool",
    "GlobalAvgPool2D": "global avg pool",
    "GlobalMaxPooling2D": "global max pool",
    "GlobalMaxPool2D": "global max pool",
    "ReLU": "relu",
    "Softmax": "softmax",
}
_WRAPPERS = ("Sequential", "Model")
_ACTIVATIONS = {"linear": "", "swish": "silu", "hard_sigmoid": "hard sigmoid", "leaky_relu": "leaky relu"}


class _Call(NamedTuple):
    line: int
    name: str
    arguments: dict[str, str] | None
    """None for a layer that nobody knows."""


def claims(document: Document) -> bool:
    text = "\n".join(document.lines)
    return (
        not document.has_front
        and "Sequential" in text
        and any(call.group(1) in (*_POSITIONAL, *_PLAIN) for call in _CALL.finditer(text))
    )


def read(document: Document, given: Given) -> list[Draft]:
    draft = Draft(Choices(given))
    faults = []
    for call in _calls("\n".join(document.lines)):
        try:
            _layer(draft, call)
        except CellError as error:
            faults.append(fault(call.line, call.name, error))
    if faults:
        raise refusal(document.path, faults)
    image(draft)
    return [draft]


def _calls(text: str) -> Iterator[_Call]:
    """Every layer that the code makes, in order; the code around them is passed over."""
    text = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0]), text)
    at = text.index("Sequential")
    while match := _CALL.search(text, at):
        at = match.end()
        if match[1] in _WRAPPERS:
            continue
        end = _closing(text, at)
        line = text[: match.start()].count("\n") + 1
        if match[1] not in _POSITIONAL and match[1] not in _PLAIN:
            yield _Call(line, match[1], None)
        else:
            yield _Call(line, match[1], _arguments(match[1], text[at:end]))
        at = end


def _closing(text: str, start: int) -> int:
    depth, quote = 1, ""
    for index in range(start, len(text)):
        sign = text[index]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0:
                return index
    return len(text)


def _arguments(name: str, text: str) -> dict[str, str]:
    """Positional and named arguments as text."""
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    found: dict[str, str] = {}
    places = iter(_POSITIONAL.get(name, ()))
    for part in (" ".join(part.split()) for part in (*parts, text[start:])):
        if named := re.fullmatch(r"(\w+)\s*=\s*(.*)", part, re.DOTALL):
            found[named[1]] = named[2].strip().strip("'\"")
        elif part:
            found[next(places, f"argument {len(found) + 1}")] = part.strip("'\"")
    return found


def _pair(text: str) -> str:
    numbers = _NUMBERS.findall(text)
    if not 1 <= len(numbers) <= 2 or re.search(r"[A-Za-z.]", text):
        raise CellError(f"`{text[:40]}` is not a number or a pair", "write 3 or (3, 3)")
    return "x".join(numbers)


def _layer(draft: Draft, call: _Call) -> None:
    name, arguments = call.name, call.arguments
    if arguments is None:
        raise CellError(
            f"`{name[:40]}` is no layer that is read here", f"known are {', '.join([*_POSITIONAL, *_PLAIN])}"
        )
    _input(draft, call.line, arguments)
    cells = {}
    if activation := _activation(arguments.get("activation", "")):
        cells["activation"] = activation
    if name in _PLAIN:
        draft.add(call.line, _PLAIN[name])
    elif name in ("Input", "InputLayer"):
        return
    elif name == "Dense":
        bias = "no" if arguments.get("use_bias") == "False" else ""
        draft.add(call.line, "fully connected", maps=_pair(arguments.get("units", "")), bias=bias, **cells)
    elif "Conv" in name:
        _convolution(draft, call, arguments, cells)
    else:
        _without_weights(draft, call, arguments, activation)


def _without_weights(draft: Draft, call: _Call, arguments: dict[str, str], activation: str) -> None:
    name = call.name
    if "Dropout" in name:
        draft.add(call.line, "dropout", p=arguments.get("rate", "0.5"))
    elif name == "Activation":
        draft.add(call.line, activation or "identity")
    elif name == "LeakyReLU":
        draft.add(call.line, "leaky relu", slope=next(iter(arguments.values()), "0.3"))
    elif name == "ZeroPadding2D":
        draft.add(call.line, "pad", padding=_pair(arguments.get("zero_padding", arguments.get("padding", "1"))))
    elif name == "UpSampling2D":
        draft.add(call.line, "upsample", scale=_pair(arguments.get("size", "2")))
    else:
        kernel = _pair(arguments.get("pool_size", "2"))
        stride = _pair(arguments["strides"]) if arguments.get("strides", "None") != "None" else kernel
        kind = "max pool" if name.startswith("Max") else "avg pool"
        draft.add(call.line, kind, kernel=kernel, stride=stride, padding=arguments.get("padding", "valid").lower())


def _convolution(draft: Draft, call: _Call, arguments: dict[str, str], cells: dict[str, str]) -> None:
    needed = _POSITIONAL[call.name][: 1 if call.name == "DepthwiseConv2D" else 2]
    if missing := [name for name in needed if name not in arguments]:
        raise CellError(f"needs {missing[0]}", f"write {call.name}(16, 3)")
    shape = {"kernel": _pair(arguments["kernel_size"]), "stride": _pair(arguments.get("strides", "1"))}
    shape["padding"] = arguments.get("padding", "valid").lower()
    bias = "no" if arguments.get("use_bias") == "False" else ""
    if call.name == "SeparableConv2D":
        draft.add(call.line, "depthwise conv", bias="no", **shape)
        draft.add(call.line, "conv", maps=_pair(arguments["filters"]), kernel="1x1", bias=bias, **cells)
        return
    kind = {"DepthwiseConv2D": "depthwise conv", "Conv2DTranspose": "transposed conv"}.get(call.name, "conv")
    maps = _pair(arguments["filters"]) if "filters" in arguments else ""
    more = {"groups": arguments.get("groups", ""), "dilation": _pair(arguments.get("dilation_rate", "1"))}
    if kind == "transposed conv" and shape.pop("padding") == "same" and shape["kernel"] != shape["stride"]:
        raise CellError("Conv2DTranspose with same padding", "only windows as large as their stride are read")
    more = {column: cell for column, cell in more.items() if cell not in ("", "1")}
    draft.add(call.line, kind, maps=maps, bias=bias, **shape, **more, **cells)


def _activation(text: str) -> str:
    word = text.rpartition(".")[2].lower()
    if word in ("", "none"):
        return ""
    return _ACTIVATIONS.get(word, word)


def _input(draft: Draft, line: int, arguments: dict[str, str]) -> None:
    text = arguments.get("input_shape") or arguments.get("shape") or arguments.get("batch_shape", "")
    numbers = _NUMBERS.findall(text)
    if len(numbers) == 3:
        draft.input = (line, f"{numbers[2]}x{numbers[0]}x{numbers[1]}")
    elif len(numbers) == 1 and text:
        draft.input = (line, numbers[0])
    elif "input_dim" in arguments:
        draft.input = (line, arguments["input_dim"])
