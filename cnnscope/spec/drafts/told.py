"""What a user tells: of all rows alike, written into a draft that was read with the habit, or of a cell to solve."""

import re
from collections.abc import Callable

from cnnscope.errors import CellError, UsageError
from cnnscope.spec.drafts.draft import Cells, Draft, Given
from cnnscope.spec.drafts.habits import biases, function
from cnnscope.spec.values import padding, pair

HALF = "half"
"""As a padding: half of the window, on all sides alike."""


def obey(draft: Draft) -> None:
    """Another activation, or no norms; layers without a norm have biases unless the user says no."""
    for what, (usual, chosen) in draft.choices.instead.items():
        if what == "activation" and chosen != usual:
            _rewrite(draft, _Activated(usual, function(chosen)))
        elif what == "norm" and chosen == "none":
            _rewrite(draft, _without_norm)
    if _says_none(draft, "activation"):
        _rewrite(draft, _inactive)
    if _says_none(draft, "norm") and "bias" not in draft.choices.made:
        biases(draft, "layers without a norm have them")


def _says_none(draft: Draft, what: str) -> bool:
    made = draft.choices.made.get(what)
    return made is not None and made.value == "none"


def _inactive(cells: Cells) -> Cells:
    """Without the function that a block takes as its parameter."""
    return {column: cell for column, cell in cells.items() if column != "act" and cell != "{act}"}


def _rewrite(draft: Draft, change: Callable[[Cells], Cells]) -> None:
    for line in draft.lines:
        line.cells = change(line.cells)
    draft.blocks = {heading: [change(cells) for cells in rows] for heading, rows in draft.blocks.items()}


def _without_norm(cells: Cells) -> Cells:
    kept = {column: cell for column, cell in cells.items() if (column, cell) != ("bias", "no")}
    words = [word for word in cells["type"].split() if word != "bn"]
    return kept | {"type": " ".join(words) or "identity"}


class _Activated:
    """Cells with one function in the place of another, "" for none."""

    def __init__(self, usual: str, told: str) -> None:
        self.usual, self.told = usual, told
        self.word = re.compile(rf"(?<![\w-])(?<!leaky ){usual}(?![\w-])")

    def __call__(self, cells: Cells) -> Cells:
        made = dict(cells)
        for column in ("activation", "act"):
            if cells.get(column) == self.usual:
                made[column] = self.told
                made.pop("slope", None)
        made["type"] = " ".join(self.word.sub(self.told, cells["type"]).split()) or "identity"
        return made


def told_cell(given: Given, row: str, column: str) -> str:
    """What the user tells of a row's cell, or of all rows'; UsageError where it is no such value."""
    text = given.get(f"{row}.{column}") or given.get(column, "")
    if text and (column, text) != ("padding", HALF):
        try:
            _READERS[column](text)
        except CellError as error:
            raise UsageError(f"--assume {column}={text[:40]}: {error.message}", error.hint) from None
    return text


def _rounding(text: str) -> None:
    if text not in ("floor", "ceil"):
        raise CellError(f"`{text[:40]}` is no rounding", "write floor or ceil")


_READERS: dict[str, Callable[[str], object]] = {"padding": padding, "stride": pair, "rounding": _rounding}
