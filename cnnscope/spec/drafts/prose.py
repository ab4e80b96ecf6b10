"""Text around a network that is written line by line: what a slide says above and below it."""

import re
from dataclasses import replace

from cnnscope.graph import Assumption
from cnnscope.spec.tables.document import Document, clean

_LAYER = re.compile(
    r"\b(conv(olution(al)?(?!\s+networks?\b))?(\d?d)?|\w*pool(ing)?|fc|dense|linear|fully|connected|input|output|softmax|relu"
    r"|tanh|sigmoid|norm|lrn|bn|dropout|flatten|add|concat|shuffle|squeeze|residual|bottleneck|inception|fire|block|module"
    r"|stage|unit|branch|skip|identity|upsample|deconv|unpool|attention|embedding|total)[-_ ]?\d*\b"
    r"|\bparams\s*:|\(\s*none\b|\[\s*-1\s*,|\d\s*[x×]\s*\d|->|→|[{}=|\t]|^[\w .-]{0,40}\w:$",
    re.IGNORECASE,
)
"""What a line of a network may hold: such a line is never taken for prose."""
_BULLET = re.compile(r"[-*•□▪◦>#]+\s+\S+\s+\S")
_NAME = re.compile(r"[A-Za-z]+Net(?:[- ]?v?\d+)?", re.IGNORECASE)
_REFERENCE = re.compile(r"[\[(].{3,}\b(?:19|20)\d\d\b.{0,40}[\])]")
_SENTENCE = 5
"""Words that nobody writes into one token."""
_LONGEST = 400
"""Signs of a line of prose."""


def without_prose(document: Document) -> tuple[Document, list[Assumption]]:
    """The document with empty lines for prose at its beginning and end, and what was taken for that."""
    filled = [index for index, line in enumerate(document.lines) if line.strip()]
    above = _prose([document.lines[index] for index in reversed(filled)])
    below = _prose([document.lines[index] for index in filled])
    if not above + below or max(above, below) == len(filled):
        return document, []
    around = filled[:above] + filled[len(filled) - below :]
    lines = [*document.lines]
    for index in around:
        lines[index] = ""
    told = Assumption("left out", _numbers([index + 1 for index in around]), "text around the network")
    return replace(document, lines=tuple(lines)), [told]


def _prose(lines: list[str]) -> int:
    """How many lines at the end are prose: from the first that can be nothing else."""
    found = 0
    for count, line in enumerate(reversed(lines), start=1):
        if len(line) > _LONGEST or _LAYER.search(clean(line)):
            break
        if _is_prose(line.strip()):
            found = count
    return found


def _is_prose(line: str) -> bool:
    text = clean(line)
    return bool(
        _BULLET.match(line) or _NAME.fullmatch(text) or _REFERENCE.fullmatch(text) or len(text.split()) >= _SENTENCE
    )


def _numbers(lines: list[int]) -> str:
    """line 3, or lines 1 to 3, 28."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    shown = ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}"
