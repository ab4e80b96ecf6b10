"""D15: a chain of tokens, as figures label their layers: 7x7x64-s-2 | maxpool 2x2-s-2 | {1x1x256, 3x3x512} x4 | Conn.
4096.

Also a network on one line (Input 3x3 conv, 64 3x3 conv, 64 Pool 1/2 ... FC 1000 Softmax), even glued (Pool 1/23x3
conv), one token per line, with arrows between them (Conv 5x5, 32 -> ReLU -> MaxPool 2x2), or short: 32C3-MP2-150N-10,
C(64,3)-P2-FC10. `Pool 1/2` halves, and so does a pool without a window. Unsaid: the input, padding (half of the window,
or none where other tokens print theirs; none in the short form, as Ciresan et al. wrote it), ReLU behind all layers
with weights but the last where no token is an activation, biases.
"""

import re
from typing import TYPE_CHECKING

from cnnscope.errors import CellError, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.drafts.habits import biases, check_image, image, told_pool, told_window, whole_choice
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.told import HALF
from cnnscope.spec.tables.document import Document, clean

if TYPE_CHECKING:
    from cnnscope.spec.drafts.chain_tokens import Token

EXPECTS = (
    "a chain of tokens such as 7x7x64-s-2 | maxpool 2x2-s-2 | 3x3 conv, 64 | FC 4096, parted by |, commas or lines"
)
WORD = "7x7x64-s-2"
LINES = True

_MOST = 2_000
_WORDS_OF_CHAINS = (
    r"(?:[xdskcvpnma]|[ma]?p|to|times|rightarrow|conv(?:s|olutions?|olutional)?|layers?|filters?|maps|channels|kernels|max|avg"
    r"|average|mean|(?:max|avg)?pool(?:ing)?|global|gap|inputs?|images?|rgb|colou?r|gr[ae]y(?:scale)?|strides?|at|of|pad"
    r"|padding|same|valid|ceil|fc|conn|connected|fully|full|dense|linear|units|neurons|svm|soft|softmax|way|(?:leaky)?relu"
    r"|leaky|prelu|elu|tanh|sigmoid|dropout|lrn|flatten|bn|batch|(?:batch)?norm(?:ali[sz]ation)?)"
)
_FIRST = re.compile(rf"[^a-z]*(?:{_WORDS_OF_CHAINS}(?:[^a-z]+|$))+")
"""The first line of a chain; the patterns of tokens are not loaded for other texts."""
_SIZE = re.compile(r"\[\s*(\d+(?:\s*[xX×*]\s*\d+){0,2})\s*\]")
"""[55x55x96], which would be taken for a footnote."""
_WORDS = {"batch": "bn", "bn": "bn", "norm": "lrn", "softmax": "softmax", "leaky": "leaky relu"}
_ACTIVATIONS = ("relu", "relu6", "leaky relu", "prelu", "elu", "tanh", "sigmoid")


def claims(document: Document) -> bool:
    """Nothing but tokens, four at least; tables with titles of their own are others'."""
    first = next((line for line in document.lines if line.strip() and not line.startswith("```")), "")
    if document.has_front or not _FIRST.fullmatch(first.lower()):
        return False
    from cnnscope.spec.drafts.chain_tokens import is_chain
    from cnnscope.spec.drafts.chain_tokens import read as tokens_of

    lines = _lines(document)
    if sum(map(len, lines)) > 20_000 or not lines or not all(map(is_chain, lines)):
        return False
    try:
        tokens = tokens_of(_text(document))
    except CellError:
        # A token that reads two ways is told by read().
        return True
    # Sizes in front of their layers are a ledger's.
    return (
        len(tokens) >= 4
        and tokens[0].kind != "printed"
        and any(token.kind in ("conv", "sized conv") for token in tokens)
    )


def read(document: Document, given: Given) -> list[Draft]:
    draft = Draft(
        Choices(given), paddings=(HALF, "valid"), habit="a window keeps the size, or divides it by its stride"
    )
    from cnnscope.spec.drafts.chain_tokens import read as tokens_of

    try:
        tokens = _written_out(tokens_of(_text(document)))
        if any(token.kind == "conv" and token.padding.isdecimal() for token in tokens):
            draft.paddings, draft.habit = ("valid", HALF), "none is printed"
        elif any(re.fullmatch(r"(?:\d+x)?\d+c\d+", token.text) for token in tokens):
            borders = any(re.fullmatch(r"\d+n", token.text) for token in tokens)
            usual, other = ("valid", "same") if borders else ("same", "valid")
            why = "as Ciresan et al. (2012) write 20C4-MP2-150N" if borders else "as where 512FC is written"
            kept = draft.choices.take("short form", usual, other, why=why)
            draft.paddings = ("valid", HALF) if kept == "valid" else (HALF, "valid")
            draft.habit = "as the short form has it"
        _Chain(draft, tokens).write()
    except CellError as error:
        raise SpecError(document.path, [fault(1, "", error)]) from None
    image(draft)
    weighted = [line for line in draft.lines if line.cells["type"] in ("conv", "fully connected")]
    if weighted and not any(line.cells["type"] in _ACTIVATIONS for line in draft.lines):
        for line in weighted[:-1]:
            line.cells["activation"] = "relu"
        draft.choices.alike("activation", "relu", why="behind every layer with weights but the last")
    biases(draft)
    return [draft]


def _lines(document: Document) -> list[str]:
    from cnnscope.spec.drafts.chain_tokens import chained

    lines = (line for line in document.lines if not line.strip().startswith("```"))
    return [plain(chained(_SIZE.sub(r"⟦\1⟧", clean(line)))) for line in lines if line.strip()]


def _text(document: Document) -> str:
    return " ; ".join(_lines(document)).replace("; ;", ";")


def _written_out(tokens: tuple["Token", ...]) -> list["Token"]:
    """Tokens between braces repeated."""
    stack: list[list[Token]] = [[]]
    before: list[int] = []
    for token in tokens:
        if token.kind == "open":
            stack.append([])
            before.append(token.times)
        elif token.kind == "close":
            if len(stack) == 1:
                raise CellError("a brace closes that was not opened", "write {1x1x256, 3x3x512} x4")
            inside = stack.pop()
            stack[-1] += inside * min(token.times * before.pop(), _MOST + 1)
        else:
            stack[-1] += [token] * min(token.times, _MOST + 1)
        if len(stack[-1]) > _MOST:
            raise CellError(f"more than {_MOST:,} layers", "repeat less")
    if len(stack) > 1:
        raise CellError("a brace that does not close", "write {1x1x256, 3x3x512} x4")
    return stack[0]


class _Chain:
    def __init__(self, draft: Draft, tokens: list["Token"]) -> None:
        self.draft, self.tokens = draft, tokens

    def write(self) -> None:
        for index, token in enumerate(self.tokens):
            following = self.tokens[index + 1 :]
            if token.kind == "printed":
                if self.draft.lines:
                    _prints(self.draft.lines[-1], token.text.strip("⟦⟧ "))
            elif token.kind in ("input", "image"):
                self._input(token)
            elif token.kind == "full":
                self._full(token, last=not any(each.kind in ("full", "conv") for each in following))
            elif token.kind == "conv":
                self._conv(token)
            elif token.kind == "sized conv":
                self._sized_conv(following[0].text if following else "")
            elif token.kind == "word":
                word = token.text.split("(")[0].replace("-", "").split()[0].rstrip("0123456789:")
                word = "relu6" if token.text == "relu6" else word
                self.draft.add(1, next((kind for start, kind in _WORDS.items() if word.startswith(start)), word))
            else:
                self._pool(token, following)

    def _input(self, token: "Token") -> None:
        sides = [int(side) for side in re.findall(r"\d+", token.text)]
        if len(sides) < 2:
            return
        check_image(sides)
        channels = 1 if re.search(r"gr[ae]y", token.text) else 3
        if len(sides) == 3 and sides[0] in (1, 3) and sides[2] > 4:
            channels, *sides = sides
        elif len(sides) == 3:
            channels = sides.pop()
        elif token.kind == "image":
            channels = whole_choice(self.draft.choices, "channels", "1", "the short form prints none")
        self.draft.input = (1, f"{channels}x{sides[0]}x{sides[1]}")

    def _full(self, token: "Token", *, last: bool) -> None:
        self.draft.add(1, "fully connected", maps=str(token.maps))
        if last and "softmax" in token.text:
            self.draft.add(1, "softmax")

    def _pool(self, token: "Token", following: list["Token"]) -> None:
        kind = "avg pool" if re.match(r"(?:\d+x\d+\s+)?(?:a|mean)", token.text) else "max pool"
        if token.kind == "global":
            window = re.search(r"(\d+)x(\d+)", token.text)
            if window and self.draft.lines:
                # Its window is the whole map before it.
                self.draft.lines[-1].prints = (int(window[1]), int(window[2]))
            self.draft.add(1, "global max pool" if "max" in token.text else "global avg pool")
        elif token.kind == "pool":
            entry = self.draft.add(1, kind, kernel=token.kernel, stride=token.stride)
            said = token.padding
            if said:
                entry.cells |= {"rounding": "ceil"} if said == "ceil" else {"padding": "valid" if said == "v" else said}
            entry.unsaid = () if said else ("padding",)
        elif kind == "avg pool" and not any(each.kind in ("conv", "pool", "bare pool") for each in following):
            why = "a pool without a window, before the classifier"
            self.draft.choices.note(Assumption("last pool", "global", why))
            self.draft.add(1, "global avg pool")
        else:
            told = {"kernel": "2x2", "stride": "2"}
            if token.kind == "bare pool":
                told = told_pool(self.draft.choices, "pool", "2x2, stride 2", "no window is printed")
            self.draft.add(1, kind, **told).unsaid = ("padding",) if told["kernel"] != "2x2" else ()

    def _conv(self, token: "Token") -> None:
        entry = self.draft.add(1, "conv", maps=str(token.maps), kernel=token.kernel, stride=token.stride)
        if token.padding:
            entry.cells["padding"] = "valid" if token.padding == "v" else token.padding
        elif self.draft.paddings[0] == "valid" and self.draft.habit == "none is printed":
            entry.cells["padding"] = "valid"
        else:
            entry.unsaid = ("padding",)

    def _sized_conv(self, shape: str) -> None:
        """Only its output is printed."""
        window = told_window(self.draft.choices, "only the sizes of convolutions are printed")
        entry = self.draft.add(1, "conv", maps=shape.strip("⟦⟧ ").split("x")[-1], kernel=window)
        entry.unsaid = ("padding", "stride")


def _prints(line: Line, text: str) -> None:
    sides = [int(side) for side in text.split("x")]
    if len(sides) > 1 and line.cells["type"] != "fully connected":
        line.prints = (sides[0], sides[1])
        line.cells["output" if len(sides) == 3 else "size"] = "x".join(map(str, sides))
