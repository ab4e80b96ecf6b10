"""D13: what darknet prints when it loads a network: `0 conv 32 3 x 3 / 1 416 x 416 x 3 -> 416 x 416 x 32 0.299 BFLOPs`.

Sizes are width x height x maps, in front of the arrow and behind it. Unsaid: batch norms with leaky ReLU behind all
convolutions but those that a detector or a classifier reads (linear, with a bias), padding (half of the window, where
the sizes do not say otherwise).
"""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.drafts.told import HALF
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "darknet's listing: 0 conv 32 3 x 3 / 1 416 x 416 x 3 -> 416 x 416 x 32"
WORD = "BFLOPs"
LINES = True

_ROW = re.compile(r"\s*(\d{1,4})\s+([A-Za-z]+)\b\s*(.*?)\s*(?:\d+\.\d+\s*B?\s*F(?:LOPs)?\.?)?\s*")
_SIZE = re.compile(r"(\d+)\s*x\s*(\d+)\s*x\s*(\d+)")
_CONV = re.compile(r"(?:(\d+)\s+)?(\d+)\s*x\s*(\d+)\s*/\s*(\d+)(.*)")
_READS = ("yolo", "region", "detection", "softmax", "avg", "cost", "gaussian")


_LONGEST = 300
"""Longer lines are none of darknet's."""


class _Row(NamedTuple):
    line: int
    number: int
    kind: str
    text: str


def claims(document: Document) -> bool:
    return not document.has_front and sum(bool(_is_conv(line)) for line in document.lines[:40]) > 1


def _is_conv(line: str) -> bool:
    row = _ROW.fullmatch(line) if len(line) < _LONGEST else None
    return bool(row and row[2].lower() == "conv" and _CONV.fullmatch(row[3]) and "->" in line)


def read(document: Document, given: Given) -> list[Draft]:
    choices = Choices(given)
    draft = Draft(choices, paddings=(HALF, "valid"), habit="darknet pads half of the window")
    rows = [
        _Row(number, int(match[1]), match[2].lower(), match[3])
        for number, line in enumerate(document.lines, start=1)
        if len(line) < _LONGEST and (match := _ROW.fullmatch(line.replace("Shortcut Layer:", "res")))
    ]
    listing = _Listing(draft)
    for position, row in enumerate(rows):
        try:
            if row.number != position:
                raise CellError(f"layer {row.number} behind layer {position - 1}", "paste the whole listing")
            listing.row(row, rows[position + 1].kind if position + 1 < len(rows) else "")
        except CellError as error:
            # Later rows count their layers from this one.
            raise refusal(document.path, [fault(row.line, row.kind, error)]) from None
    choices.alike("norm", "bn", "none", why="behind every convolution but those that nothing convolves behind")
    choices.alike("activation", "leaky relu", why="the listing prints none")
    return [draft]


class _Listing:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.places: list[str] = []

    def row(self, row: _Row, following: str) -> None:
        here = self.places[-1] if self.places else "in"
        sizes = [tuple(map(int, size)) for size in _SIZE.findall(row.text)]
        if not self.draft.input[1] and sizes:
            width, height, maps = sizes[0]
            self.draft.input = (row.line, f"{maps}x{height}x{width}")
        if row.kind in ("yolo", "region", "detection", "cost", "gaussian"):
            self.places.append(here)
            return
        before = self.draft.lines[-1].name if self.draft.lines else "in"
        entry = self._written(row, sizes, following)
        if "from" not in entry.cells and here != before:
            entry.cells["from"] = here
        self.places.append(entry.name)

    def _written(self, row: _Row, sizes: list[tuple[int, ...]], following: str) -> Line:
        if row.kind in ("conv", "max"):
            return self._window(row, sizes, following)
        if row.kind in ("res", "shortcut", "wt"):
            number = re.match(r"(\d+)", row.text)
            if not number or not self.places:
                raise CellError("a shortcut from nowhere", "write res 1")
            return self.draft.add(row.line, "add", from_=f"{self.places[-1]}, {self._place(int(number[1]))}")
        if row.kind == "route":
            names = [self._place(int(number)) for number in row.text.partition("->")[0].split() if number.isdecimal()]
            if not names or "/" in row.text:
                raise CellError(f"`{row.text[:40]}` is no route that is read", "write route 85 61")
            type = "concat" if len(names) > 1 else "identity"
            return self.draft.add(row.line, type, from_=", ".join(names))
        return self._plain(row, following)

    def _plain(self, row: _Row, following: str) -> Line:
        if row.kind == "upsample":
            scale = re.match(r"(\d+)\s*x", row.text)
            return self.draft.add(row.line, "upsample", scale=scale[1] if scale else "2")
        if row.kind == "connected":
            units = re.findall(r"\d+", row.text.partition("->")[2])
            if not units:
                raise CellError("has no number of outputs", "write connected 9216 -> 4096")
            return self.draft.add(row.line, "fully connected", maps=units[0], **self._active(following))
        types = {"avg": "global avg pool", "dropout": "dropout", "softmax": "softmax"}
        if row.kind not in types:
            raise CellError(
                f"`{row.kind[:40]}` is not read", "known are conv, max, avg, res, route, upsample, connected"
            )
        return self.draft.add(row.line, types[row.kind])

    def _window(self, row: _Row, sizes: list[tuple[int, ...]], following: str) -> Line:
        match = _CONV.fullmatch(row.text)
        if not match or len(sizes) != 2:
            raise CellError(
                f"`{row.text[:40]}` is no window with both sizes", "write 32 3 x 3 / 1 416 x 416 x 3 -> ..."
            )
        self._check(sizes[0])
        cells = {"kernel": f"{match[2]}x{match[3]}", "stride": match[4]}
        if row.kind == "max":
            entry = self.draft.add(row.line, "max pool", **cells)
        else:
            if not match[1] or int(match[1]) != sizes[1][2]:
                raise CellError(f"{match[1] or 'no'} filters make {sizes[1][2]} maps", "check the row")
            last = following in _READS or not following
            type = "conv" if last else "conv bn"
            entry = self.draft.add(row.line, type, maps=match[1], **cells, **self._active(following))
        entry.prints, entry.unsaid = (sizes[1][1], sizes[1][0]), ("padding",)
        entry.cells["output"] = f"{sizes[1][1]}x{sizes[1][0]}x{sizes[1][2]}"
        return entry

    def _check(self, before: tuple[int, ...]) -> None:
        """What a row reads is what the row above printed."""
        name = self.places[-1] if self.places else ""
        above = next((line for line in self.draft.lines if line.name == name), None)
        printed = above.cells.get("output", "") if above else ""
        if printed and printed != f"{before[1]}x{before[0]}x{before[2]}":
            raise CellError(f"reads {'x'.join(map(str, before))}, the row above makes {printed}", "check the rows")

    def _active(self, following: str) -> dict[str, str]:
        return {} if following in _READS or not following else {"activation": "leaky relu", "slope": "0.1"}

    def _place(self, index: int) -> str:
        if index >= len(self.places):
            raise CellError(f"layer {index} is not above this one", f"there are {len(self.places)} layers above")
        return self.places[index]
