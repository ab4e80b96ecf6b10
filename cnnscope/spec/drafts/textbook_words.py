"""What textbooks, slides and posts call the columns and the layers of a table with one row per layer."""

import re
from functools import lru_cache

from cnnscope.errors import CellError
from cnnscope.spec.columns import chain
from cnnscope.spec.drafts.printed import geometry, plain

_MANY = r"(?:(?:#|no\.?|num(?:ber)?|n) ?(?:of )?(?:the )?)?"
_MAPS = r"(?:output )?(?:filters?|feature[ -]?maps?|maps|channels?|kernels|neurons|units|nodes)"
TITLES = {
    "layer": r"layers?|(?:layer )?name|block|stage",
    "number": r"#|no\.?|nr\.?|number|index|id|layer ?(?:no\.?|number|#|index|id)",
    "type": r"(?:layer )?type|operat(?:ion|or)s?|op|layer ?(?:/ ?)?\(?type\)?|layer name ?/ ?type",
    "maps": rf"{_MANY}{_MAPS}(?: ?(?:/|or) ?{_MAPS})*(?: \(.*\))?",
    "size": r"(?:(?:output|out|feature[ -]?maps?|maps?|activation|layer) ?)?(?:size|shape|dimensions?|volume)|output|"
    r"(?:size|shape|dimensions?) of (?:the )?(?:output|feature maps?|activation)s?",
    "kernel": r"(?:kernel|filter|window|patch)(?: ?(?:size|shape|dimensions?))?|receptive field",
    "stride": r"strides?",
    "padding": r"pad(?:ding)?s?",
    "activation": r"activations?(?: functions?)?|non-?linearity",
    "params": rf"{_MANY}(?:trainable )?(?:params?\.?|parameters)",
    "macs": r"(?:#|number of)? ?(?:flops|macs|madds|mult-adds|multiply-adds)",
}
"""Columns by our name for them: a pattern for the whole title. `feature map` may be a size: its cells tell."""

_WORDS = (
    (re.compile(r"inputs?(?: layer| image| volume| data)?|(?:rgb |gray ?scale )?images?"), "input"),
    (re.compile(r"flatten(?:ing|ed)?(?: layer)?"), "flatten"),
    (re.compile(r"drop-?out(?: layer)?"), "dropout"),
    (re.compile(r"soft-?max(?: layer| output)?"), "softmax"),
    (re.compile(r"(?:local )?(?:response|contrast)[ -]?norm(?:ali[sz]ation)?|norm(?:ali[sz]ation)?"), "lrn"),
    (re.compile(r"batch[ -]?norm(?:ali[sz]ation)?(?:2d)?(?: layer)?"), "bn"),
    (re.compile(r"outputs?(?: layer)?"), "output"),
)
_BEHIND = re.compile(r"(?<=[a-z.)])[ _-]*\(?\d{1,3}(?:[_.-]\d{1,3})?[a-z]?%?\)?$|(?<=\w) layers?$")
_PARTS = re.compile(r"\s*(?:\+|&|,|;|\band\b|\bwith\b|->|→)\s*")


@lru_cache(4096)
def operators(text: str) -> str:
    """Our types for a cell such as `Convolution + ReLU`, `Max Pool 1`, `FC6`; "" for anything else.

    `input`, `output` and `pool` stand for themselves: what they are depends on the row.
    """
    words = [_word(part.rstrip(":")) for part in _PARTS.split(plain(text)) if part]
    return " ".join(words) if words and all(words) else ""


def _word(text: str) -> str:
    for word in dict.fromkeys((text, _BEHIND.sub("", text), _BEHIND.sub("", _BEHIND.sub("", text)))):
        if found := next((name for pattern, name in _WORDS if pattern.fullmatch(word)), ""):
            return found
        try:
            return " ".join(kind.type for kind in chain(word))
        except CellError:
            pass
        try:
            made = geometry(word)
        except CellError:
            continue
        if made.kind and made.kind != "separable" and made == type(made)(made.kind, depthwise=made.depthwise):
            return made.kind
    return ""


def is_foreign(text: str) -> bool:
    """Is this a word for a layer that the layer-table language itself does not know?"""
    try:
        chain(text)
    except CellError:
        return text.strip().lower() != "input" and operators(text) != ""
    return False
