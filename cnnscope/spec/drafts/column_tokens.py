"""Cells with one short token per layer: conv3-64, 3x3 conv, 64, maxpool, FC-4096, LRN, soft-max, x2 behind them."""

import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Draft
from cnnscope.spec.drafts.printed import Geometry, geometry, plain
from cnnscope.spec.drafts.textbook_cells import shape

TOKEN = re.compile(
    r"\(?(?:\d ?x )?\(?"
    r"(?:conv\s*<?\d{1,7}>?\s*-\s*<?\d{1,7}>?|conv[ -]?\d{1,3}x\d{1,3}[ ,-]+\d{1,7}|\d{1,3}x\d{1,3} conv[ ,-]+\d{1,7})"
)
_MANY = re.compile(
    r"\(?(.*?[\d)])\)?\s*(?:×|[xX*]|\\times)\s*(\d{1,2})|(\d{1,2})\s*(?:×|[xX*]|\\times)\s*\(?((?:conv|fc).*?)\)?",
    re.IGNORECASE,
)
_INPUT = re.compile(r"input.*?(\d{1,7}x\d{1,7}(?:x\d{1,7})?).*|input")
_DEPTH = re.compile(r"(\d{1,4}) weight(?: layers)?|(\d{1,4}) layers")
_OPENS = re.compile(
    r"pool|\bfc\b|fully|linear|dense|soft-?max|dropout|conv|\blrn\b|norm|relu|flatten|"
    r"\d{1,4} (?:weight )?layers|input|same"
)
_WINDOW = re.compile(r"(\d{1,3})x\1|global")
_ENDS_WITH_WINDOW = re.compile(r"(?:pool(?:ing)?|conv\w*)[ ,]*\(?(\d{1,3})x\1\)?")


def tokens(cell: str) -> list[str]:
    """Tokens of a cell, with x2 written out; `64` and `stride 2` belong to the token before them."""
    parts: list[str] = []
    before = ""
    for part in re.split(r"([,;/]\s*|\s+(?=(?:conv|max|avg|fc|soft|lrn)))", cell.strip(), flags=re.IGNORECASE):
        text = part.replace("**", "").strip()
        if text in ",;/":
            continue
        if _WINDOW.fullmatch(plain(text)):
            before = f"{text} "
            continue
        text, before = before + text, ""
        many = _many(text)
        if parts and not _OPENS.search(plain(text)) and not (many and _OPENS.search(plain(many[1] or many[4]))):
            parts[-1] += f", {text}"
        else:
            parts.append(text)
    found: list[str] = []
    for token in [*parts, before]:
        many = _many(token)
        found += [many[1] or many[4]] * int(many[2] or many[3]) if many else [token] if token else []
    return found


def _many(token: str) -> re.Match[str] | None:
    return None if _ENDS_WITH_WINDOW.search(plain(token)) else _MANY.fullmatch(token)


def add(draft: Draft, line: int, text: str, stage: int, index: int) -> tuple[int, int]:
    token = plain(text).strip(" ()").replace("<", "").replace(">", "")
    if depth := _DEPTH.fullmatch(token):
        draft.figure(line, "depth", depth[1] or depth[2])
    elif re.fullmatch(r"(?:weight )?layers|relu|flatten", token):
        # A title's second line; activations are assumed, and rows of units flatten by themselves.
        pass
    elif re.fullmatch(r"lrn|local response norm(?:ali[sz]ation)?", token):
        draft.add(line, "lrn", layer=f"norm{stage}")
    elif re.fullmatch(r"bn|batch ?norm(?:ali[sz]ation)?", token):
        draft.add(line, "bn")
    elif re.fullmatch(r"soft-?\s?max", token):
        draft.add(line, "softmax")
    elif re.fullmatch(r"dropout", token):
        draft.add(line, "dropout")
    elif found := _INPUT.fullmatch(token):
        image = shape(found[1] or "")
        if image and image.area:
            draft.input = (line, f"{image.maps or 3}x{image.text}")
    else:
        return _operator(draft, line, text, token, stage, index)
    return stage, index


def _operator(draft: Draft, line: int, text: str, token: str, stage: int, index: int) -> tuple[int, int]:
    try:
        made = geometry(re.sub(r"(?<=conv)[ -](?=\d+$)", "?", token))
    except CellError:
        made = Geometry()
    if made.kind == "conv" and made.kernel and made.maps:
        index += 1
        entry = draft.add(line, "conv", layer=f"conv{stage}_{index}", activation="relu", **made.cells())
        entry.unsaid = ("padding",)
    elif made.kind.startswith("global"):
        draft.add(line, made.kind)
    elif "pool" in made.kind and not made.maps:
        kind = "max pool" if made.kind == "pool" else made.kind
        entry = draft.add(line, kind, layer=f"pool{stage}", **({"kernel": "2x2", "stride": "2"} | made.cells()))
        if made.kernel != (2, 2):
            entry.unsaid = ("padding",) if made.kernel else ("window",)
        stage, index = stage + 1, 0
    elif made.kind == "fully connected" and made.maps and not made.kernel:
        draft.add(line, "fully connected", maps=str(made.maps), activation="relu")
    else:
        hint = "known are conv3-64, maxpool, LRN, FC-4096, soft-max"
        raise CellError(f"`{text[:40]}` is no layer of such a table", hint)
    return stage, index
