"""D3 without figures: one line per layer, its output in brackets, its name and what it does.

    [227x227x3] INPUT
    [55x55x96] CONV1: 96 11x11 filters at stride 4, pad 0
    [27x27x96] MAX POOL1: 3x3 filters at stride 2
    [4096] FC6: 4096 neurons

As lectures print AlexNet. Other lines (a title, remarks) are passed over above the first and below the last. Unsaid:
padding where a line prints none, activations (ReLU behind all layers with weights but the last), and biases.
"""

import re

from cnnscope.errors import Fault, SpecError
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given
from cnnscope.spec.drafts.habits import biases, image
from cnnscope.spec.drafts.textbook_rows import Writer
from cnnscope.spec.drafts.textbook_words import operators
from cnnscope.spec.tables.document import Document

EXPECTS = "lines such as `[55x55x96] CONV1: 96 11x11 filters at stride 4, pad 0`"
WORD = "[55x55x96] CONV1"

_LINE = re.compile(r"\[(?P<output>[\dx, ]{1,40})\] ?(?P<name>[a-z][\w .-]{0,40}?) ?(?::(?P<what>.*))?")
_PARTS = {
    "kernel": re.compile(r"(\d{1,7}x\d{1,7}(?:x\d{1,7})?)"),
    "maps": re.compile(r"(?<![\dx])(\d{1,7}) (?:\d{1,7}x\d{1,7}|filters|neurons|units|maps)"),
    "stride": re.compile(r"(?:stride|s) ?=? ?(\d)"),
    "padding": re.compile(r"(?:pad(?:ding)?|p) ?=? ?(\d|same|valid)"),
}
_LONGEST_LINE = 300


def claims(document: Document) -> bool:
    return sum(bool(_cells(line)) for line in document.lines) >= 3


def read(document: Document, given: Given) -> list[Draft]:
    """Every line in running order; SpecError for a line between two of them that is none."""
    found = [(number, _cells(line)) for number, line in enumerate(document.lines, start=1)]
    places = [index for index, (_, cells) in enumerate(found) if cells]
    inside = found[places[0] : places[-1] + 1]
    for number, cells in inside:
        if not cells and document.lines[number - 1].strip():
            text = document.lines[number - 1].strip()[:40]
            raise SpecError(
                document.path, [Fault(number, "", f"`{text}` is no line of a listing", f"expected {EXPECTS}")]
            )
    draft = Draft(Choices(given), paddings=("valid", "same"), habit="the lines print padding where there is any")
    Writer(draft).write([(number, cells) for number, cells in inside if cells])
    weighted = [line for line in draft.lines if line.cells["type"] in ("conv", "fully connected")]
    for line in weighted[:-1]:
        line.cells.setdefault("activation", "relu")
    draft.choices.alike("activation", "relu", why="behind every layer with weights but the last")
    biases(draft)
    image(draft)
    return [draft]


def _cells(line: str) -> Cells:
    """What a line says under the names of a table with one row per layer; nothing where it is none."""
    if "[" not in line or len(line) > _LONGEST_LINE:
        return {}
    text = re.sub(r"(?<=\d)\s*[x×*]\s*(?=\d)", "x", " ".join(line.lower().split()))
    match = _LINE.fullmatch(text)
    if not match or not operators(match["name"]):
        return {}
    what = match["what"] or ""
    cells = {"type": match["name"], "layer": match["name"].replace(" ", "_"), "size": match["output"].strip()}
    for column, pattern in _PARTS.items():
        if part := pattern.search(what):
            cells[column] = part[1]
    return cells
