"""D15: a chain of tokens, as figures label their layers: 7x7x64-s-2 | maxpool 2x2-s-2 | {1x1x256, 3x3x512} x4 | Conn.
4096.

Also a network on one line (Input 3x3 conv, 64 3x3 conv, 64 Pool 1/2 ... FC 1000 Softmax), even glued (Pool 1/23x3
conv), or one token per line. `Pool 1/2` halves. Unsaid: the input, padding (half of the window, or none where other
tokens print theirs), ReLU behind all layers with weights but the last, biases.
"""

import re

from cnnscope.errors import CellError, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.draft import Choices, Draft, Given, fault
from cnnscope.spec.habits import biases, image
from cnnscope.spec.printed import plain
from cnnscope.spec.solve import HALF
from cnnscope.spec.tables.document import Document, clean

EXPECTS = (
    "a chain of tokens such as 7x7x64-s-2 | maxpool 2x2-s-2 | 3x3 conv, 64 | FC 4096, parted by |, commas or lines"
)
WORD = "7x7x64-s-2"

_TOKEN = re.compile(
    r"""(?P<open>[{\[])|(?P<close>[}\]])\s*(?:[x*]\s*(?P<times>\d{1,7}))?
    |(?P<input>input(?:\s*(?:image)?\s*:?\s*\(?(?P<h>\d{1,7})x(?P<w>\d{1,7})(?:x(?P<c>\d{1,7}))?(?![\dx]|\s*(?:conv|,|/))(?:\s*rgb)?\)?)?)
    |(?P<half>(?:max-?\s?)?pool(?:ing)?,?\s*(?:1/2|/\s?2)(?=\D|\d\s?x))
    |(?P<global>global\s+(?:average|avg|mean)(?:\s*-?pool(?:ing)?)?(?:\s+(?P<gh>\d{1,7})x(?P<gw>\d{1,7}))?)
    |(?P<pool>(?:max|avg|average)?-?\s?pool(?:ing)?|max(?=\s*\d)|avg(?=\s*\d))\s*,?\s*(?P<pk>\d{1,7})x(?P<pw>\d{1,7})(?:(?:\s*/\s*|-s-|,?\s*stride\s+|,?\s*s)(?P<ps>\d))?(?P<pp>\s*\((?:ceil|valid|same)\))?
    |(?P<window>\d{1,7}x\d{1,7})\s+(?P<poolb>max|avg|average)\s*-?pool(?:ing)?(?:,?\s*(?:stride|/|s)\s*(?P<psb>\d))?
    |(?P<ck>\d{1,7}x\d{1,7})\s*conv(?:olution)?s?,?\s*(?P<cm>\d{1,7})(?:,?\s*(?:stride\s*|/)(?P<cs>\d))?
    |conv(?P<dk>\d{1,7})-(?P<dm>\d{1,7})
    |(?P<tk>\d{1,7}x\d{1,7})x(?P<tm>\d{1,7})(?:-s-(?P<ts>\d))?
    |(?P<nk>\d{1,7}x\d{1,7})(?:/(?P<ns>\d))?,?\s+(?P<nm>\d{1,7})(?:\s*,?\s*pad\s*(?P<np>\d))?(?:\s*,?\s*x\s*(?P<nx>\d{1,7}))?(?P<nv>\s+v\b)?
    |(?P<full>fc|conn\.?|connected|full|dense)\s*-?\s*(?P<units>\d{1,7}(?:x\d{1,7})*)
    |(?P<word>soft-?max|relu|dropout|lrn|norm|flatten)
    """,
    re.VERBOSE,
)
_BETWEEN = re.compile(r"[\s,;|>.-]*|→")
_MOST = 2_000


def claims(document: Document) -> bool:
    """Nothing but tokens, four at least; tables with titles of their own are others'."""
    text = _text(document)
    if document.has_front or len(text) > 20_000 or "memory:" in text or "->" in text or "→" in text:
        return False
    tokens = [*_TOKEN.finditer(text)]
    if len(tokens) < 4 or not any(token["ck"] or token["tk"] or token["nk"] or token["dk"] for token in tokens):
        return False
    return not _TOKEN.sub("", text).strip(" ,;|.-\n")


def read(document: Document, given: Given) -> list[Draft]:
    draft = Draft(
        Choices(given), paddings=(HALF, "valid"), habit="a window keeps the size, or divides it by its stride"
    )
    tokens = [*_TOKEN.finditer(_text(document))]
    if any(token["np"] for token in tokens):
        draft.paddings, draft.habit = ("valid", HALF), "none is printed"
    try:
        for token in _written_out(tokens):
            _layer(draft, 1, token)
    except CellError as error:
        raise SpecError(document.path, [fault(1, "", error)]) from None
    image(draft)
    weighted = [line for line in draft.lines if line.cells["type"] in ("conv", "fully connected")]
    if weighted and not any(line.cells["type"] == "relu" for line in draft.lines):
        for line in weighted[:-1]:
            line.cells["activation"] = "relu"
        draft.choices.note(Assumption("activation", "relu", "behind every layer with weights but the last"))
    biases(draft)
    return [draft]


def _text(document: Document) -> str:
    lines = (line for line in document.lines if not line.strip().startswith("```"))
    return plain(" ; ".join(clean(line) for line in lines if line.strip())).replace("; ;", ";")


def _written_out(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Tokens between braces repeated."""
    stack: list[list[re.Match[str]]] = [[]]
    for token in tokens:
        if token["open"]:
            stack.append([])
        elif token["close"]:
            if len(stack) == 1:
                raise CellError("a brace closes that was not opened", "write {1x1x256, 3x3x512} x4")
            inside = stack.pop()
            stack[-1] += inside * min(int(token["times"] or 1), _MOST + 1)
        else:
            stack[-1] += [token] * min(int(token["nx"] or 1), _MOST + 1)
        if len(stack[-1]) > _MOST:
            raise CellError(f"more than {_MOST:,} layers", "repeat less")
    if len(stack) > 1:
        raise CellError("a brace that does not close", "write {1x1x256, 3x3x512} x4")
    return stack[0]


def _layer(draft: Draft, line: int, token: re.Match[str]) -> None:
    if token["input"]:
        if token["h"]:
            draft.input = (line, f"{token['c'] or 3}x{token['h']}x{token['w']}")
    elif token["half"]:
        draft.add(line, "max pool", kernel="2x2", stride="2")
    elif token["global"]:
        if token["gh"] and draft.lines:
            # Its window is the whole map before it.
            draft.lines[-1].prints = (int(token["gh"]), int(token["gw"]))
        draft.add(line, "global avg pool")
    elif token["pool"] or token["poolb"]:
        _pool(draft, line, token)
    elif token["full"]:
        units = 1
        for part in token["units"].split("x"):
            units *= int(part)
        draft.add(line, "fully connected", maps=str(units))
    elif token["word"]:
        kind = {"norm": "lrn", "soft-max": "softmax"}.get(token["word"], token["word"])
        draft.add(line, kind)
    else:
        _conv(draft, line, token)


def _pool(draft: Draft, line: int, token: re.Match[str]) -> None:
    if token["pool"]:
        kind = "avg pool" if token["pool"].startswith("av") else "max pool"
        entry = draft.add(line, kind, kernel=f"{token['pk']}x{token['pw']}", stride=token["ps"] or token["pk"])
        said = (token["pp"] or "").strip(" ()")
        entry.cells |= {"rounding": "ceil"} if said == "ceil" else {"padding": said} if said else {}
        entry.unsaid = () if said else ("padding",)
    else:
        kind = "max pool" if token["poolb"] == "max" else "avg pool"
        entry = draft.add(line, kind, kernel=token["window"], stride=token["psb"] or token["window"].partition("x")[0])
        entry.unsaid = ("padding",)


def _conv(draft: Draft, line: int, token: re.Match[str]) -> None:
    kernel = token["ck"] or token["tk"] or token["nk"] or f"{token['dk']}x{token['dk']}"
    maps = token["cm"] or token["tm"] or token["nm"] or token["dm"]
    stride = token["cs"] or token["ts"] or token["ns"] or ""
    entry = draft.add(line, "conv", maps=maps, kernel=kernel, stride=stride)
    if token["np"]:
        entry.cells["padding"] = token["np"]
    elif token["nv"] or draft.paddings[0] == "valid":
        entry.cells["padding"] = "valid"
    else:
        entry.unsaid = ("padding",)
