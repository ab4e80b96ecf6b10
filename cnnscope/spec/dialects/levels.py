"""D15: levels of an hourglass: level | rows, `conv 3x3, ReLU 570x570x64; ...`, `up-conv 2x2 56x56x512; crop d4
64->56, concat`.

As the figure of U-Net is copied out: every step prints its output. A size alone is a convolution like those before
it, and one number a size with the maps of the next. `crop d4 64->56` cuts the middle out of that level's last maps
and joins it. Unsaid: padding (solved from the sizes), ReLU behind 3x3 convolutions, biases, and how a crop is placed
(in the middle).
"""

import re

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import biases
from cnnscope.spec.drafts.printed import plain
from cnnscope.spec.drafts.titles import PrintedRow, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = (
    "columns level, rows (output size, channels), with steps such as `conv 3x3, ReLU 570x570x64; max pool 2x2 284`"
)
WORD = "level"

TITLES = {"level": r"level", "rows": r"(?:rows|steps|layers)(?: \(.*\))?"}
_STEP = re.compile(
    r"(?P<kind>up-?conv|conv|max ?pool)?\s*(?:(?P<k>\d)x(?P=k)(?!\d|x))?\s*,?\s*(?P<relu>relu)?\s*"
    r"(?:(?P<h>\d{1,7})x(?P<w>\d{1,7})x(?P<c>\d{1,7})|(?P<side>\d{1,7}))"
)
_CROP = re.compile(r"crop (?P<level>\w+) (?P<from>\d{1,7}) ?-> ?(?P<to>\d{1,7})(?:, ?concat.*)?")


def claims(document: Document) -> bool:
    return table_with(document, TITLES, *TITLES) is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, *TITLES)
    assert table
    draft = Draft(Choices(given), paddings=("valid", "same"), habit="the sizes do not decide")
    reader = _Reader(draft)
    faults = []
    for row in rows(document, table, TITLES):
        try:
            reader.row(row)
        except CellError as error:
            faults.append(fault(row.line, row["level"], error))
    if faults:
        raise refusal(document.path, faults)
    draft.choices.alike("activation", "relu", why="behind every 3x3 convolution")
    draft.choices.note(Assumption("crops", "the middle", "the table prints sizes only"))
    biases(draft)
    return [draft]


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.kernel = "3"
        self.ends: dict[str, str] = {}
        """The last row of every level."""

    def row(self, row: PrintedRow) -> None:
        level = plain(row["level"])
        steps = [step.strip() for step in plain(row["rows"]).split(";") if step.strip()]
        for index, step in enumerate(steps):
            if crop := _CROP.fullmatch(step):
                self._crop(row.line, level, crop)
                continue
            match = _STEP.fullmatch(step)
            if not match:
                hint = "write conv 3x3, ReLU 570x570x64, max pool 2x2 284 or crop d4 64->56"
                raise CellError(f"`{step[:40]}` is no step of a level", hint)
            if level in ("in", "input") and not match["kind"] and match["c"]:
                self.draft.input = (row.line, f"{match['c']}x{match['h']}x{match['w']}")
                return
            self._step(row.line, level, match, self._maps(match, steps[index + 1 :]))
        if not self.draft.lines:
            raise CellError("a level without steps", "write conv 3x3, ReLU 570x570x64")
        self.ends[level] = self.draft.lines[-1].name

    def _maps(self, match: re.Match[str], following: list[str]) -> str:
        """The maps that a step prints, or else those of the next that does."""
        if match["c"]:
            return match["c"]
        later = (found["c"] for step in following if (found := _STEP.fullmatch(step)) and found["c"])
        return next(later, "")

    def _step(self, line: int, level: str, match: re.Match[str], maps: str) -> None:
        size = (int(match["h"] or match["side"]), int(match["w"] or match["side"]))
        printed = {"output": f"{size[0]}x{size[1]}x{match['c']}"} if match["c"] else {"size": f"{size[0]}x{size[1]}"}
        kind = (match["kind"] or "conv").replace("-", "").replace(" ", "")
        name = f"{level}_{'up' if kind == 'upconv' else 'pool' if kind == 'maxpool' else 'conv1'}"
        if kind == "maxpool":
            side = match["k"] or "2"
            entry = self.draft.add(
                line, "max pool", layer=name, kernel=f"{side}x{side}", stride=side, padding="0", **printed
            )
        elif kind == "upconv":
            side = match["k"] or "2"
            entry = self.draft.add(
                line, "transposed conv", layer=name, maps=maps, kernel=f"{side}x{side}", stride=side, **printed
            )
        else:
            self.kernel = match["k"] or ("3" if not match["kind"] else self.kernel)
            relu = "relu" if self.kernel != "1" else ""
            window = f"{self.kernel}x{self.kernel}"
            entry = self.draft.add(line, "conv", layer=name, maps=maps, kernel=window, activation=relu, **printed)
            entry.unsaid = ("padding",)
        entry.prints = size

    def _crop(self, line: int, level: str, crop: re.Match[str]) -> None:
        if crop["level"] not in self.ends:
            raise CellError(f"`{crop['level'][:40]}` is no level above", f"levels above are {', '.join(self.ends)}")
        cut = int(crop["from"]) - int(crop["to"])
        if cut < 0:
            raise CellError(f"a crop from {crop['from']} to {crop['to']} pixels", "it cannot grow")
        before = self.draft.lines[-1].name
        sides = ",".join(str(side) for side in (cut // 2, cut // 2, cut - cut // 2, cut - cut // 2))
        self.draft.add(line, "crop", layer=f"{level}_crop", padding=sides, from_=self.ends[crop["level"]])
        self.draft.add(line, "concat", layer=f"{level}_concat", from_=f"{before}, {level}_crop")
