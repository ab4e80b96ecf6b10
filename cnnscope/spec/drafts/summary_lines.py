"""The rows of a printed model.summary(), of Keras old and new, torchsummary and torchinfo.

Cells are cut off, wrapped over lines or framed by box-drawing signs; a row is known by its shape, which no other text
has.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnnscope.errors import CellError

HEADER = re.compile(r"layer \(type(?::depth-idx)?\).*output shape.*param", re.IGNORECASE)
_RULE = re.compile(r"[\s_=+─━═┃│|├┤┼┏┓┗┛┡┩┳┻╇┯┷┬┴└┘┌┐╞╡╪-]+")
_TOTAL = re.compile(r"\W*((?:total|trainable|non-trainable|optimizer) params)\s*:\s*([\d,]+)", re.IGNORECASE)
_SHAPE = re.compile(r"[\[(]+\s*(?:None|-1|\d+|\?)\s*,[^()\[\]]*[\])]+")
_FRAME = re.compile(r"[│┃|]")
_SOURCE = re.compile(r"([\w./-]+)\[\d+\]\[\d+\]")
_KERAS = re.compile(r"(.*?)\s*\(([A-Za-z]\w*)?[…\s)]*")
_TORCH = re.compile(r"[\s├└─│|]*([A-Za-z]\w*?)(?:-\d+|(?: \([\w.]+\))?: \d+(?:-\d+)*)")
_TREE = re.compile(r"[│|\s]*[├└]─\s?[A-Za-z]")
"""torchinfo draws which module is in which."""
_DEPTH = re.compile(r": (\d{1,3})-\d+\s*$")
_NO_SHAPE = re.compile(r"(?<=\s)--")
_LONGEST = 2_000
Shape = tuple[int, ...]
KINDS = {
    "Conv2D": "conv", "Conv2d": "conv", "SeparableConv2D": "separable", "DepthwiseConv2D": "depthwise",
    "Conv2DTranspose": "transposed", "Dense": "dense", "Linear": "dense",
    "MaxPooling2D": "max pool", "MaxPool2D": "max pool", "MaxPool2d": "max pool",
    "AveragePooling2D": "avg pool", "AvgPool2d": "avg pool", "AdaptiveAvgPool2d": "adaptive avg pool",
    "GlobalAveragePooling2D": "global avg pool", "GlobalMaxPooling2D": "global max pool",
    "BatchNormalization": "bn", "BatchNorm2d": "bn", "Flatten": "flatten", "Reshape": "reshape",
    "ZeroPadding2D": "pad", "UpSampling2D": "upsample", "Add": "add", "Concatenate": "concat", "Multiply": "multiply",
    "Dropout": "dropout", "SpatialDropout2D": "dropout", "Dropout2d": "dropout",
    "ReLU": "relu", "ReLU6": "relu6", "LeakyReLU": "leaky relu", "ELU": "elu", "Softmax": "softmax",
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Activation": "", "Rescaling": "", "Identity": "", "RandomFlip": "",
    "RandomRotation": "", "RandomZoom": "", "GaussianNoise": "", "InputLayer": "input",
}  # fmt: skip


class Row(NamedTuple):
    """One layer; `shape` as printed without the batch; `cut` where the type may be longer than it is printed."""

    line: int
    name: str
    kind: str
    shape: Shape
    params: int | None
    sources: tuple[str, ...]
    torch: bool
    cut: bool


def is_summary(lines: Sequence[str]) -> bool:
    return any(HEADER.search(" ".join(_FRAME.sub(" ", line).split())) for line in lines)


def totals(lines: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The line and the number of `total params`, `trainable params` and their like, as far as printed."""
    return {
        match[1].lower(): (number, match[2]) for number, line in enumerate(lines, 1) if (match := _TOTAL.match(line))
    }


def rows(lines: Sequence[str]) -> list[Row]:
    """Every layer; CellError for a line that names none, and for one whose parts may be joined in any way."""
    parts = [*_parts(lines)]
    depths = [int(found[1]) if (found := _DEPTH.search(text)) else 0 for _, text, _, _ in parts]
    read = []
    for (number, text, shape, rest), depth, below in zip(parts, depths, [*depths, 0][1:], strict=True):
        if below <= depth:
            read.append(_row(number, text, shape, rest))
        elif depth and (found := _TORCH.fullmatch(text.strip())) and found[1] != "Sequential":
            hint = "it may add, or use a part twice: write the network's layers as a table"
            raise CellError(f"line {number}: a {found[1][:40]} does not print how its parts are joined", hint)
    return read


def _parts(lines: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """(line, layer, shape, what stands behind the shape), the lines of one row joined."""
    kept: tuple[int, str, str, str] | None = None
    started = False
    edge = 0
    for number, raw in _joined(lines):
        line = raw.expandtabs()
        if len(line) > _LONGEST:
            raise CellError(f"line {number}: {len(line):,} signs", f"a row of a summary has at most {_LONGEST:,}")
        if HEADER.search(" ".join(line.split())):
            started, edge = True, line.lower().find("output shape")
        elif not started or _RULE.fullmatch(line):
            continue
        elif _TOTAL.match(line):
            break
        elif shape := _SHAPE.search(line) or (_TREE.match(line) and _NO_SHAPE.search(line)):
            if kept:
                yield kept
            kept = number, line[: shape.start()], shape[0], line[shape.end() :]
        elif kept:
            # A cell that goes on: the layer's, or further sources.
            head, tail = (line[:edge], line[edge:]) if not _SOURCE.search(line[:edge]) else ("", line)
            kept = kept[0], kept[1].rstrip() + head.strip(), kept[2], f"{kept[3]} {tail}"
    if kept:
        yield kept


def _joined(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Framed rows of several lines as one, cell by cell; other lines as they are."""
    held: list[list[str]] = []
    first = 0
    for number, line in enumerate(lines, 1):
        framed = line.strip()[:1] in ("│", "┃") and not _TREE.match(line)
        if not framed:
            if held:
                yield first, "   ".join(" ".join(filter(None, cells)) for cells in zip(*held, strict=False))
            held = []
            yield number, line.replace("|", "   ")
            continue
        if not held:
            first = number
        held.append([cell.strip() for cell in _FRAME.split(line.strip())[1:-1]])
        if _SHAPE.search("  ".join(held[-1])) and len(held) > 1 and _SHAPE.search("  ".join(held[0])):
            # No rules between the rows.
            last = held.pop()
            yield first, "   ".join(" ".join(filter(None, cells)) for cells in zip(*held, strict=False))
            held, first = [last], number
    if held:
        yield first, "   ".join(" ".join(filter(None, cells)) for cells in zip(*held, strict=False))


def _row(number: int, text: str, shape: str, rest: str) -> Row:
    sizes = tuple(int(size) for size in re.findall(r"\d{1,9}", shape.partition(",")[2]))
    found = re.match(r"\s*([\d,]{1,20})(?![\d,])", rest.replace("--", "0"))
    params = int(found[1].replace(",", "")) if found and found[1].strip(",") else None
    sources = tuple(_SOURCE.findall(rest))
    if torch := _TORCH.fullmatch(text.strip()):
        return Row(number, torch[1], torch[1], sizes, params, (), torch=True, cut=False)
    keras = _KERAS.fullmatch(text.strip())
    if not keras:
        raise CellError(f"line {number}: `{text.strip()[:40]}` names no type", "write conv2d_1 (Conv2D)")
    name = keras[1].strip(" …")
    kind = keras[2] or ""
    cut = not text.strip().endswith(")") or "…" in text
    return Row(number, name or kind, kind, sizes, params, sources, torch=False, cut=cut)


def kind_of(row: Row) -> str:
    """The layer's kind; a type that is cut off is completed by the layer's name."""
    fitting = [kind for kind in KINDS if kind.startswith(row.kind)] if row.cut else [row.kind]
    if len(fitting) > 1:
        name = row.name.rstrip("0123456789").replace("_", "").lower()
        fitting = [
            kind
            for kind in fitting
            if name.startswith(kind.lower()) or row.name.replace("_", "").lower().startswith(kind.lower())
        ]
    known = [kind for kind in fitting if kind in KINDS]
    if len({KINDS[kind] for kind in known}) != 1:
        raise CellError(f"`{row.kind[:40]}` is not read from a summary", f"known are {', '.join(KINDS)}")
    return KINDS[known[0]]
