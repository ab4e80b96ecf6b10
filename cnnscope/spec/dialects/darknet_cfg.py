"""D17: darknet's .cfg: [net], [convolutional], [maxpool], [shortcut], [route] ... with key=value lines.

Everything that a section leaves out has darknet's own default; batch_normalize takes the bias away, `pad` is half of
the window, a maxpool keeps ceil(size / stride). [yolo], [region], [detection] and [cost] read a layer and change
nothing.
"""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.habits import image
from cnnscope.spec.tables.document import Document

EXPECTS = "sections [net], [convolutional] with lines filters=32, size=3, stride=1"
WORD = "[net]"

_SECTION = re.compile(r"\[([a-z_]+)\]", re.IGNORECASE)
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
    "relu6": "relu6",
}
_PASSED_OVER = ("yolo", "region", "detection", "cost", "gaussian_yolo")


class _Section(NamedTuple):
    line: int
    kind: str
    values: dict[str, str]


def claims(document: Document) -> bool:
    names = [match[1].lower() for line in document.lines if (match := _SECTION.fullmatch(line.strip()))]
    return not document.has_front and ("net" in names or "network" in names) and "convolutional" in names


def read(document: Document, given: Given) -> list[Draft]:
    draft = Draft(Choices(given))
    places: list[str] = []
    faults = []
    for section in _sections(document):
        try:
            places += _layer(draft, section, places)
        except CellError as error:
            faults.append(fault(section.line, f"[{section.kind}]", error))
    if faults:
        raise refusal(document.path, faults)
    image(draft)
    return [draft]


def _sections(document: Document) -> list[_Section]:
    found: list[_Section] = []
    for number, raw in enumerate(document.lines, start=1):
        text = raw.partition("#")[0].partition(";")[0].strip()
        if match := _SECTION.fullmatch(text):
            found.append(_Section(number, match[1].lower(), {}))
        elif "=" in text and found:
            key, _, value = text.partition("=")
            found[-1].values[key.strip().lower()] = value.strip()
    return found


def _layer(draft: Draft, section: _Section, places: list[str]) -> list[str]:
    """Write a section's row; returns the name that later sections find at its place, none for [net]."""
    kind, values = section.kind, section.values
    if kind in ("net", "network"):
        channels, height, width = (
            values.get(key, usual) for key, usual in (("channels", "3"), ("height", ""), ("width", ""))
        )
        draft.input = (section.line, f"{channels}x{height}x{width}" if height and width else "")
        return []
    if kind in _PASSED_OVER:
        return places[-1:] or ["in"]
    before = draft.lines[-1].name if draft.lines else "in"
    here = places[-1] if places else "in"
    entry = _row(draft, section, places)
    if entry is None:
        return [here]
    if "from" not in entry.cells and here != before:
        entry.cells["from"] = here
    return [entry.name]


def _row(draft: Draft, section: _Section, places: list[str]) -> Line | None:
    kind, values, line = section.kind, section.values, section.line
    activation = _activation(values.get("activation", "linear" if kind != "convolutional" else "logistic"))
    if kind == "convolutional":
        size = _number(values, "size", 1)
        normed = _number(values, "batch_normalize", 0)
        padding = size // 2 if _number(values, "pad", 0) else _number(values, "padding", 0)
        groups = _number(values, "groups", 1)
        return draft.add(
            line,
            "conv bn" if normed else "conv",
            maps=str(_number(values, "filters", 1)),
            kernel=f"{size}x{size}",
            stride=str(_number(values, "stride", 1)),
            padding=str(padding),
            groups=str(groups) if groups > 1 else "",
            **activation,
        )
    if kind == "connected":
        bn = " bn" if _number(values, "batch_normalize", 0) else ""
        return draft.add(line, f"fully connected{bn}", maps=str(_number(values, "output", 1)), **activation)
    if kind == "maxpool":
        stride = _number(values, "stride", 1)
        size = _number(values, "size", stride)
        return draft.add(line, "max pool", kernel=f"{size}x{size}", stride=str(stride), padding="same")
    if kind == "avgpool":
        return draft.add(line, "global avg pool")
    if kind == "shortcut":
        return draft.add(line, "add", from_=f"{places[-1]}, {_place(values.get('from', '-3'), places)}", **activation)
    if kind == "route":
        return _route(draft, line, values, places)
    if kind == "upsample":
        return draft.add(line, "upsample", scale=str(_number(values, "stride", 2)))
    if kind == "dropout":
        return draft.add(line, "dropout", p=values.get("probability", "0.5"))
    if kind == "softmax":
        return draft.add(line, "softmax")
    raise CellError(
        f"[{kind}] is not read",
        "known are convolutional, connected, maxpool, avgpool, shortcut, route, upsample, dropout, softmax",
    )


def _route(draft: Draft, line: int, values: dict[str, str], places: list[str]) -> Line:
    names = [_place(text.strip(), places) for text in values.get("layers", "-1").split(",") if text.strip()]
    groups = _number(values, "groups", 1)
    if groups > 1:
        part = f"{_number(values, 'group_id', 0) + 1}/{groups}"
        return draft.add(line, "split", part=part, from_=names[0])
    if len(names) == 1:
        return draft.add(line, "identity", from_=names[0])
    return draft.add(line, "concat", from_=", ".join(names))


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


def _activation(word: str) -> dict[str, str]:
    if word.lower() not in _ACTIVATIONS:
        raise CellError(f"activation `{word[:40]}` is not known", f"known are {', '.join(_ACTIVATIONS)}")
    name = _ACTIVATIONS[word.lower()]
    return {"activation": name, "slope": "0.1" if name == "leaky relu" else ""}


def _number(values: dict[str, str], key: str, usual: int) -> int:
    text = values.get(key, str(usual))
    if not text.isdecimal() or len(text) > 9:
        raise CellError(f"{key}={text[:40]} is not a whole number", f"write {key}=3")
    return int(text)
