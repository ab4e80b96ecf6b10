"""D17: darknet's .cfg: [net], [convolutional], [maxpool], [shortcut], [route] ... with key=value lines.

Everything that a section leaves out has darknet's own default; batch_normalize takes the bias away, `pad` is half of
the window, a maxpool keeps ceil(size / stride) unless it says how much padding it has. [crop] is taken from the middle,
as when darknet tests. [yolo], [region], [detection] and [cost] read a layer and change nothing. A key that is not
known here is an error, since it may change the network.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from cnnscope.errors import CellError, Fault
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given, Line, fault
from cnnscope.spec.drafts.habits import image, whole_choice
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "sections [net], [convolutional] with lines filters=32, size=3, stride=1"
WORD = "[net]"
LINES = True

_SECTION = re.compile(r"\[([a-z_ ]+)\]", re.IGNORECASE)
_ACTIVATIONS = {
    "linear": "",
    "leaky": "leaky relu",
    "logistic": "sigmoid",
    "swish": "silu",
    "relu": "relu",
    "mish": "mish",
    "tanh": "tanh",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "relu6": "relu6",
}
_PASSED_OVER = ("yolo", "region", "detection", "cost", "gaussian_yolo")
_ALIASES = {"network": "net", "conv": "convolutional", "max": "maxpool", "avg": "avgpool", "conn": "connected"}
_ALIASES |= {"soft": "softmax", "upsampling": "upsample"}
_TRAINING = {
    *("flipped", "binary", "xnor", "bin_output", "train_only_bn", "dont_update", "dontload", "dontloadscales"),
    *("stopbackward", "stopforward", "onlyforward", "numload", "learning_rate", "learning_rate_scale", "clip"),
    *("burnin_update", "rotate", "stretch", "stretch_sway", "sway", "angle", "l2norm", "noadjust", "temperature"),
    *("params", "cbn", "dynamic_minibatch", "sync_bn", "bn_epsilon"),
}
"""Keys that change how a layer is trained or loaded, not what it computes."""


class _Section(NamedTuple):
    line: int
    kind: str
    values: dict[str, str]


def claims(document: Document) -> bool:
    names = {_kind(match[1]) for line in document.lines if (match := _SECTION.fullmatch(_uncommented(line)))}
    return not document.has_front and "net" in names and any(name in names for name in _LAYERS)


def read(document: Document, given: Given) -> list[Draft]:
    draft = Draft(Choices(given))
    places: list[str] = []
    faults: list[Fault] = []
    for section in _sections(document, faults):
        try:
            places += _layer(draft, section, places)
        except CellError as error:
            faults.append(fault(section.line, f"[{section.kind}]", error))
    if faults:
        raise refusal(document.path, faults)
    image(draft)
    return [draft]


def _kind(name: str) -> str:
    name = name.strip().lower()
    return _ALIASES.get(name, name)


def _uncommented(line: str) -> str:
    return line.partition("#")[0].partition(";")[0].strip()


def _sections(document: Document, faults: list[Fault]) -> list[_Section]:
    found: list[_Section] = []
    for number, raw in enumerate(document.lines, start=1):
        text = _uncommented(raw)
        if match := _SECTION.fullmatch(text):
            found.append(_Section(number, _kind(match[1]), {}))
        elif "=" in text and found:
            key, _, value = text.partition("=")
            found[-1].values[key.strip().lower()] = value.strip()
        elif text and not text.startswith("```"):
            faults.append(
                Fault(number, "", f"`{text[:40]}` is not understood", "write [section], key=value or # comment")
            )
    return found


def _layer(draft: Draft, section: _Section, places: list[str]) -> list[str]:
    """Write a section's row; returns the name that later sections find at its place, none for [net]."""
    kind, values = section.kind, section.values
    if kind == "net":
        _image(draft, section)
        return []
    here = places[-1] if places else "in"
    if kind in _PASSED_OVER:
        return [here]
    if kind not in _LAYERS:
        raise CellError(f"[{kind[:40]}] is not read", f"known are {', '.join(_LAYERS)}")
    keys, write = _LAYERS[kind]
    if unknown := [key for key in values if key not in keys.split() and key not in _TRAINING]:
        raise CellError(f"`{unknown[0][:40]}` is not known here", f"known are {', '.join(keys.split()) or 'no keys'}")
    before = draft.lines[-1].name if draft.lines else "in"
    entry = write(draft, section, places)
    if "from" not in entry.cells and here != before:
        entry.cells["from"] = here
    return [entry.name]


def _image(draft: Draft, section: _Section) -> None:
    values = section.values
    height, width = (_number(values, key, 0) for key in ("height", "width"))
    if bool(height) != bool(width):
        raise CellError(f"has no {'height' if width else 'width'}", "write height=416 and width=416")
    if height:
        if "channels" not in values:
            values["channels"] = str(whole_choice(draft.choices, "channels", "3", "[net] does not say"))
        draft.input = (section.line, f"{_number(values, 'channels', 3)}x{height}x{width}")
    elif "inputs" in values:
        draft.input = (section.line, str(_number(values, "inputs", 0)))


def _convolutional(draft: Draft, section: _Section, places: list[str]) -> Line:
    values = section.values
    size, dilation = _number(values, "size", 1), _number(values, "dilation", 1)
    steps = [_number(values, f"stride_{axis}", _number(values, "stride", 1)) for axis in "yx"]
    padding = size // 2 if _number(values, "pad", 0) else _number(values, "padding", 0)
    groups = _number(values, "groups", 1)
    return draft.add(
        section.line,
        "conv bn" if _number(values, "batch_normalize", 0) else "conv",
        maps=_needed(values, "filters"),
        kernel=f"{size}x{size}",
        stride=_both(steps),
        padding=str(padding * dilation),
        dilation=str(dilation) if dilation > 1 else "",
        groups=str(groups) if groups > 1 else "",
        **_activation(values, "logistic"),
    )


def _connected(draft: Draft, section: _Section, places: list[str]) -> Line:
    bn = " bn" if _number(section.values, "batch_normalize", 0) else ""
    maps = _needed(section.values, "output")
    return draft.add(section.line, f"fully connected{bn}", maps=maps, **_activation(section.values, "logistic"))


def _maxpool(draft: Draft, section: _Section, places: list[str]) -> Line:
    values = section.values
    steps = [_number(values, f"stride_{axis}", _number(values, "stride", 1)) for axis in "yx"]
    size = _number(values, "size", steps[0])
    whole = _number(values, "padding", size - 1)
    before = whole // 2
    padding = "same" if whole == size - 1 else f"{before},{before},{whole - before},{whole - before}" if whole else ""
    return draft.add(section.line, "max pool", kernel=f"{size}x{size}", stride=_both(steps), padding=padding)


def _crop(draft: Draft, section: _Section, places: list[str]) -> Line:
    """The image's middle; only an image is cropped."""
    height, width = (int(side) for side in draft.input[1].split("x")[1:]) if "x" in draft.input[1] else (0, 0)
    high, wide = (int(_needed(section.values, f"crop_{side}")) for side in ("height", "width"))
    if draft.lines or high > height or wide > width:
        raise CellError(f"{wide}x{high} cannot be cut from the image", "it stands behind [net], and is no larger")
    top, left = (height - high) // 2, (width - wide) // 2
    return draft.add(section.line, "crop", padding=f"{top},{left},{height - high - top},{width - wide - left}")


def _shortcut(draft: Draft, section: _Section, places: list[str]) -> Line:
    others = [_place(text, places) for text in _list(section.values.get("from", ""), "from")]
    return draft.add(
        section.line, "add", from_=", ".join([places[-1], *others]), **_activation(section.values, "linear")
    )


def _scaled(draft: Draft, section: _Section, places: list[str]) -> Line:
    other = _place(section.values.get("from", ""), places)
    more = _activation(section.values, "linear")
    return draft.add(section.line, "multiply", from_=f"{other}, {places[-1]}", **more)


def _route(draft: Draft, section: _Section, places: list[str]) -> Line:
    names = [_place(text, places) for text in _list(section.values.get("layers", ""), "layers")]
    groups = _number(section.values, "groups", 1)
    if groups > 1:
        part = f"{_number(section.values, 'group_id', 0) + 1}/{groups}"
        halves = [draft.add(section.line, "split", part=part, from_=name) for name in names]
        if len(halves) == 1:
            return halves[0]
        names = [half.name for half in halves]
    if len(names) == 1:
        return draft.add(section.line, "identity", from_=names[0])
    return draft.add(section.line, "concat", from_=", ".join(names))


def _simple(type: str, column: str = "", key: str = "", usual: str = "") -> Callable[..., Line]:
    def write(draft: Draft, section: _Section, places: list[str]) -> Line:
        cells: Cells = {column: section.values.get(key, usual)} if column else {}
        return draft.add(section.line, type, **cells)

    return write


def _activated(draft: Draft, section: _Section, places: list[str]) -> Line:
    cells = _activation(section.values, "linear")
    return draft.add(section.line, cells["activation"] or "identity", slope=cells["slope"])


_LAYERS: dict[str, tuple[str, Callable[..., Line]]] = {
    "convolutional": (
        "batch_normalize filters size stride stride_x stride_y pad padding groups dilation activation",
        _convolutional,
    ),
    "connected": ("batch_normalize output activation", _connected),
    "maxpool": ("size stride stride_x stride_y padding", _maxpool),
    "avgpool": ("", _simple("global avg pool")),
    "shortcut": ("from activation", _shortcut),
    "route": ("layers groups group_id", _route),
    "upsample": ("stride scale", _simple("upsample", "scale", "stride", "2")),
    "reorg": ("stride", _simple("space to depth", "block", "stride", "1")),
    "reorg3d": ("stride", _simple("space to depth", "block", "stride", "1")),
    "scale_channels": ("from activation", _scaled),
    "sam": ("from activation", _scaled),
    "dropout": (
        "probability dropblock dropblock_size_rel dropblock_size_abs",
        _simple("dropout", "p", "probability", "0.5"),
    ),
    "batchnorm": ("", _simple("bn")),
    "activation": ("activation", _activated),
    "softmax": ("groups tree spatial noloss", _simple("softmax")),
    "crop": ("crop_height crop_width flip exposure saturation shift", _crop),
}


def _needed(values: dict[str, str], key: str) -> str:
    if key not in values:
        raise CellError(f"has no {key}", f"write {key}=32")
    return str(_number(values, key, 1))


def _both(steps: list[int]) -> str:
    return str(steps[0]) if steps[0] == steps[1] else f"{steps[0]}x{steps[1]}"


def _list(text: str, key: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise CellError(f"has no {key}", f"write {key}=-3")
    return parts


def _place(text: str, places: list[str]) -> str:
    """-3 counts back from here, 36 from the start."""
    try:
        index = int(text)
    except ValueError:
        raise CellError(f"`{text[:40]}` is no layer", "write a number such as -3") from None
    index = len(places) + index if index < 0 else index
    if not 0 <= index < len(places):
        raise CellError(f"layer {text} is not above this one", f"there are {len(places)} layers above")
    return places[index]


def _activation(values: dict[str, str], usual: str) -> dict[str, str]:
    word = values.get("activation", usual)
    if word.lower() not in _ACTIVATIONS:
        raise CellError(f"activation `{word[:40]}` is not known", f"known are {', '.join(_ACTIVATIONS)}")
    name = _ACTIVATIONS[word.lower()]
    return {"activation": name, "slope": "0.1" if name == "leaky relu" else ""}


def _number(values: dict[str, str], key: str, usual: int) -> int:
    text = values.get(key, str(usual))
    if not text.isdecimal() or len(text) > 9:
        raise CellError(f"{key}={text[:40]} is not a whole number", f"write {key}=3")
    return int(text)
