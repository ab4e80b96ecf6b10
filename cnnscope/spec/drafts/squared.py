"""Sizes as MobileNetV2 and V3 print them: 112^2x32, 112² × 32, the superscript lost (112 2 × 32) or glued (1122×32)."""

import re
from collections.abc import Sequence

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Choices, Draft
from cnnscope.spec.drafts.habits import image
from cnnscope.spec.drafts.printed import plain, size, without_remark
from cnnscope.spec.drafts.titles import PrintedRow

_GLUED = re.compile(r"(\d+)2x(\d+)")


def square(cell: str) -> tuple[int, ...]:
    """(side, maps), or (side,) where no maps are printed; () for an empty cell."""
    if not cell:
        return ()
    glued = _GLUED.fullmatch(plain(cell))
    if glued and not re.search(r"[\^²]", cell):
        return int(glued[1]), int(glued[2])
    found = size(cell)
    if len(found) > 1 and found[0] != found[1]:
        raise CellError(f"`{cell[:40]}` is not square", "write 112^2x32")
    return (found[0], found[2]) if len(found) > 2 else (found[0],)


def one_reading(printed: Sequence[PrintedRow], choices: Choices) -> list[PrintedRow]:
    """Rows whose cells print two figures, `1280 (first versions) / 1024 (last)`, with one of them."""
    if not any(_two(cell) for row in printed for cell in row.cells.values()):
        return [*printed]
    taken = choices.take("of two figures", "last", "first", why="a cell prints two, parted by /")
    place = 0 if taken == "first" else -1
    return [PrintedRow(row.line, {name: _chosen(cell, place) for name, cell in row.cells.items()}) for row in printed]


def _two(cell: str) -> list[str]:
    parts = [without_remark(part) for part in plain(cell).split(" / ")]
    return parts if len(parts) == 2 and all(re.fullmatch(r"[\d^x ]+", part) for part in parts) else []


def _chosen(cell: str, place: int) -> str:
    """1^2x1280 / 1024 -> 1^2x1024."""
    parts = _two(cell)
    if not parts:
        return cell
    before = parts[0].rpartition("x")[0]
    return parts[place] if place == 0 or not before or "x" in parts[1] else f"{before}x{parts[1]}"


def image_before(draft: Draft, printed: Sequence[PrintedRow]) -> None:
    """The network's input is the first row's."""
    first = square(printed[0]["input"]) if printed else ()
    if first:
        maps = first[1] if len(first) > 1 else 3
        draft.input = (printed[0].line, f"{maps}x{first[0]}x{first[0]}")
    else:
        image(draft)
