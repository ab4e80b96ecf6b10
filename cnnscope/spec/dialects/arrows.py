r"""D16: a pattern of arrows: INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC, CONV1 → POOLING1 →
NORM1.

As the CS231n notes and lectures after them write networks. A `?` may be left out (--assume POOL?=no), `*N` repeats;
letters stand for numbers that a line `N=2, M=3, K=1` or an assumption gives. Sizes stand in further lines, `CONV:
3x3, 64; 3x3, 128`, `FC: 100, 10`, `INPUT: 32x32x3`, in the order of the layers (the last goes on), or else they are
assumed.
"""

import re
from typing import NamedTuple

from cnnscope.errors import CellError, SpecError, UsageError
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import check_image, told_input
from cnnscope.spec.drafts.printed import count, geometry, size
from cnnscope.spec.tables.document import Document, clean

EXPECTS = "a line such as INPUT -> [CONV -> RELU -> POOL]*2 -> FC, with CONV: 3x3, 64 in further lines or assumed"
WORD = "an arrow between CONV and POOL"
LINES = True

_ARROW = re.compile(r"-{1,2}>|[→⟶⇒➔➜]|=>|\\rightarrow|\\to\b")
_BETWEEN_LAYERS = re.compile(r"\bconv\w*\s*\]?\s*->|->\s*[\[\s]*conv\w*\s*(?:->|\]|$)", re.IGNORECASE)
_TOKEN = re.compile(
    r"->|\[|\]|\*\s*\w+|x\s*\d+|\?|(?:fully|densely)[ -]connected\d*|batch ?norm(?:ali[sz]ation)?"
    r"|(?:global )?[a-z]+(?: pool(?:ing)?)?\d*",
    re.IGNORECASE,
)
_WORD = re.compile(r"([a-z -]+?)(\d*)")
_KINDS = {
    "input": "input",
    "conv": "conv",
    "relu": "relu",
    "pool": "pool",
    "pooling": "pool",
    "max pool": "pool",
    "maxpool": "pool",
    "max pooling": "pool",
    "avg pool": "avg pool",
    "norm": "lrn",
    "lrn": "lrn",
    "average pool": "avg pool",
    "avgpool": "avg pool",
    "average pooling": "avg pool",
    "avg pooling": "avg pool",
    "gap": "global avg pool",
    "global pool": "global avg pool",
    "global avg pool": "global avg pool",
    "global average pool": "global avg pool",
    "global average pooling": "global avg pool",
    "bn": "bn",
    "batchnorm": "bn",
    "batch norm": "bn",
    "batch normalization": "bn",
    "batch normalisation": "bn",
    "flatten": "flatten",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "fc": "fc",
    "dense": "fc",
    "linear": "fc",
    "full": "fc",
    "fully connected": "fc",
    "fully-connected": "fc",
    "densely connected": "fc",
    "softmax": "softmax",
    "dropout": "dropout",
}
_GIVEN = re.compile(r"\[?\s*([A-Z]\s*=\s*\d+)(?:\s*,\s*([A-Z]\s*=\s*\d+|no pool))*\s*\]?", re.IGNORECASE)
_SIZES = re.compile(r"(input|conv|pool|fc)\w*\s*(?::|(?=\s\d))\s*(.+)", re.IGNORECASE)
_SIZE_WORDS = re.compile(
    r"\b(?:stride|padding|pad|valid|same|max|avg|average|pool|x|s)\b|[\dx×*,;:/=()\s|.^-]+", re.IGNORECASE
)
_MOST = 1_000


class _Layer(NamedTuple):
    kind: str
    name: str


def claims(document: Document) -> bool:
    return (
        not document.has_front
        and not any(len(table.header) > 2 for table in document.tables)
        and bool(_BETWEEN_LAYERS.search(_pattern(document)[1]))
    )


def read(document: Document, given: Given) -> list[Draft]:
    line, text = _pattern(document)
    choices = Choices(given)
    draft = Draft(choices, habit="a convolution keeps the size")
    try:
        printed = _printed_sizes(document)
        letters, no_pool = _letters(document)
        layers = _layers(text, choices, letters, no_pool=no_pool)
        _Writer(draft, line, printed, layers).write()
    except CellError as error:
        raise SpecError(document.path, [fault(line, "", error)]) from None
    return [draft]


def _pattern(document: Document) -> tuple[int, str]:
    """The longest run of lines with arrows between layers, joined; its first line."""
    best, line = (0, ""), 0
    parts: list[str] = []
    for number, raw in enumerate([*document.lines, ""], start=1):
        text = " ".join(clean(raw).replace("**", "").replace("\\*", "*").replace("$", "").split())
        goes_on = parts and (_ARROW.search(parts[-1][-3:]) or _ARROW.match(text))
        if _ARROW.search(text) and re.search(r"conv", text, re.IGNORECASE) and not parts:
            line, parts = number, [text]
        elif goes_on and _ARROW.search(text):
            parts.append(text)
        elif parts:
            whole = _ARROW.sub("->", " ".join(parts))
            if whole.count("->") > best[1].count("->"):
                best = line, re.sub(r"^\(?\d+[).]\s*", "", whole)
            parts = []
    return best


def _letters(document: Document) -> tuple[dict[str, str], bool]:
    """N=2, M=3: what a further line says."""
    for raw in document.lines:
        text = raw.strip()
        if not _ARROW.search(text) and _GIVEN.fullmatch(text):
            pairs = re.findall(r"([A-Z])\s*=\s*(\d+)", text.upper())
            return dict(pairs), "no pool" in text.lower()
    return {}, False


def _printed_sizes(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for raw in document.lines:
        match = _SIZES.fullmatch(raw.strip().replace("**", ""))
        if not match and not _ARROW.search(raw) and _misspelt(raw):
            hint = "sizes stand in lines such as CONV: 3x3, 64; POOL: 2x2, stride 2; FC: 100, 10; INPUT: 32x32x3"
            raise CellError(f"`{raw.strip()[:40]}` is not understood", hint)
        if match and not _ARROW.search(raw):
            kind = match[1].lower()
            separator = ";" if ";" in match[2] or kind in ("conv", "pool") else ","
            found[kind] = [part.strip() for part in match[2].split(separator) if part.strip()]
    return found


def _misspelt(line: str) -> bool:
    """Sizes behind one short word, or two pieces of one, that are none of ours."""
    words = _SIZE_WORDS.sub(" ", line.replace("**", "")).split()
    sized = re.search(r":\s*\d|\d\s*[x×]\s*\d", line) and not _GIVEN.fullmatch(line.strip())
    return bool(sized) and len(words) in (1, 2) and max(map(len, words)) < 8


def _layers(text: str, choices: Choices, letters: dict[str, str], *, no_pool: bool) -> list[_Layer]:
    """The pattern written out; CellError for what is no layer, UsageError for a letter that is no number."""
    lowered = text.lower().replace("×", "x").translate(str.maketrans("(){}", "[][]"))
    if left := _TOKEN.sub("", lowered).strip(" .,;"):
        raise CellError(f"`{left[:30]}` is not understood", "write INPUT -> [CONV -> RELU]*2 -> POOL -> FC")
    stack: list[list[_Layer]] = [[]]
    last: list[_Layer] = []
    for token in (token for token in _TOKEN.findall(lowered) if token != "->"):
        if token == "[":
            stack.append([])
        elif token == "]":
            if len(stack) == 1:
                raise CellError("a bracket closes that was not opened", "brackets go around what is repeated")
            last = stack.pop()
            stack[-1] += last
        elif token == "?" or (token[0] in "*x" and last):
            times = _kept(choices, no_pool=no_pool) if token == "?" else _times(token[1:].strip(), choices, letters)
            del stack[-1][len(stack[-1]) - len(last) :]
            stack[-1] += last * times
        else:
            last = [_layer(token)]
            stack[-1] += last
        if len(stack[-1]) > _MOST:
            raise CellError(f"more than {_MOST} layers", "repeat less")
    if len(stack) > 1:
        raise CellError("a bracket that does not close", "brackets go around what is repeated")
    return stack[0]


def _kept(choices: Choices, *, no_pool: bool) -> int:
    """A layer behind a question mark: once or not at all."""
    usual = "no" if no_pool else "yes"
    return int(choices.take("POOL?", usual, "yes", "no", why="the pattern leaves it open (?)") == "yes")


def _times(text: str, choices: Choices, letters: dict[str, str]) -> int:
    if not text.isdecimal():
        letter = text.upper()
        usual = letters.get(letter, {"N": "2", "M": "2", "K": "1"}.get(letter, "2"))
        why = "a further line says so" if letter in letters else "the pattern leaves it open"
        text = choices.take(letter, usual, why=why)
    if not text.isdecimal() or len(text) > 4 or int(text) > _MOST:
        raise UsageError(f"`{text[:40]}` is no number of repeats", "write a whole number, such as --assume N=2")
    return int(text)


def _layer(token: str) -> _Layer:
    match = _WORD.fullmatch(token)
    kind = _KINDS.get(match[1].strip()) if match else None
    if not kind:
        raise CellError(
            f"`{token[:30]}` is no layer of such a pattern", "known are INPUT, CONV, RELU, POOL, NORM, FC, SOFTMAX"
        )
    return _Layer(kind, token.replace(" ", "_"))


class _Writer:
    """Gives the layers of a pattern their sizes and writes them."""

    def __init__(self, draft: Draft, line: int, printed: dict[str, list[str]], layers: list[_Layer]) -> None:
        self.draft, self.line, self.printed, self.layers = draft, line, printed, layers
        self.seen = {"conv": 0, "pool": 0, "fc": 0}

    def write(self) -> None:
        choices = self.draft.choices
        shape = self.printed.get("input", [""])[0]
        if shape:
            sides = size(shape)
            check_image(sides)
            self.draft.input = (
                self.line,
                f"{sides[2] if len(sides) > 2 else 3}x{sides[0]}x{sides[1] if len(sides) > 1 else sides[0]}",
            )
        else:
            self.draft.input = (0, told_input(choices, "3x32x32", "the pattern has no sizes"))
        self._check_sizes()
        active = any(layer.kind in ("relu", "tanh", "sigmoid") for layer in self.layers)
        weighted = [index for index, layer in enumerate(self.layers) if layer.kind in ("conv", "fc")]
        for index, layer in enumerate(self.layers):
            activation = "relu" if not active and index in weighted[:-1] else ""
            self._layer(layer, activation, last=bool(weighted) and index == weighted[-1])
        if not active:
            choices.alike("activation", "relu", why="behind every layer with weights but the last")

    def _check_sizes(self) -> None:
        """More sizes than layers are those of another network."""
        for kind, kinds in (("conv", ("conv",)), ("pool", ("pool", "avg pool")), ("fc", ("fc",))):
            layers = sum(layer.kind in kinds for layer in self.layers)
            if len(self.printed.get(kind, [])) > max(layers, 1):
                sizes = len(self.printed[kind])
                raise CellError(f"{kind.upper()}: {sizes} sizes for {layers} layers", "write one size for each layer")

    def _layer(self, layer: _Layer, activation: str, *, last: bool) -> None:
        if layer.kind == "input":
            return
        if layer.kind == "conv":
            self._conv(layer, activation)
        elif layer.kind in ("pool", "avg pool"):
            figure = geometry(self._figure("pool", "2x2, stride 2", "the pattern has no sizes"))
            kind = figure.kind if " pool" in figure.kind else "avg pool" if layer.kind == "avg pool" else "max pool"
            entry = self.draft.add(self.line, kind, layer=layer.name, **figure.cells(stride=str(figure.stride or 2)))
            entry.cells["padding"] = figure.padding or "valid"
        elif layer.kind == "fc":
            usual = "10" if last else "100"
            units = self._figure("fc", usual, "the pattern has no sizes", key="classes" if last else "fc")
            self.draft.add(
                self.line, "fully connected", layer=layer.name, maps=str(count(units)), activation=activation
            )
        else:
            self.draft.add(self.line, layer.kind)

    def _conv(self, layer: _Layer, activation: str) -> None:
        figure = geometry(self._figure("conv", "3x3, 64", "the pattern has no sizes"))
        if not figure.kernel or not figure.maps:
            raise CellError("CONV without window or width", "write CONV: 3x3, 64")
        entry = self.draft.add(self.line, "conv", layer=layer.name, activation=activation, **figure.cells())
        if not figure.padding:
            entry.unsaid = ("padding",)

    def _figure(self, kind: str, usual: str, why: str, key: str = "") -> str:
        """The printed figure of the next layer of this kind, or the assumed one."""
        printed, index = self.printed.get(kind, []), self.seen[kind]
        self.seen[kind] += 1
        if printed:
            return printed[min(index, len(printed) - 1)]
        return self.draft.choices.take(key or kind, usual, why=why)
