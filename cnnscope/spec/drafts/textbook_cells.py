"""Cells of a table with one row per layer: its sizes, units, windows and strides as the language writes them."""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Cells
from cnnscope.spec.drafts.printed import geometry, plain, without_remark

Pair = tuple[int, int]

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_NUMBERS = re.compile(r"\d{1,9}(?:x\d{1,9}){0,2}")
_AT = re.compile(r"(\d{1,9}) ?(?:@|maps? of) ?(\d{1,9})(?:x(\d{1,9}))?")
_NO_ACTIVATION = re.compile(r"none|no|n/?a|null|linear|identity")
_SHARE = re.compile(r"0?\.\d+|\d+ ?%")


class Shape(NamedTuple):
    """What a size says: maps (0 where it says none) and height and width, or units alone."""

    maps: int = 0
    area: Pair | None = None
    units: int = 0

    @property
    def text(self) -> str:
        return f"{self.area[0]}x{self.area[1]}" if self.area else ""


def shape(text: str, maps: int = 0) -> Shape | None:
    """55x55x96, 96x55x55, (55, 55, 96), 6@28x28, 55x55, 4,096; None for anything else."""
    cell = without_remark(plain(text)) if not plain(text).startswith("(") else plain(text)
    if at := _AT.fullmatch(cell):
        return Shape(int(at[1]), (int(at[2]), int(at[3] or at[2])))
    cell = cell.strip("[]() ").removeprefix("none,").strip()
    cell = cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else re.sub(r" ?, ?", "x", cell)
    if not _NUMBERS.fullmatch(cell):
        return None
    numbers = [int(number) for number in cell.split("x")]
    if len(numbers) == 1:
        return Shape(units=numbers[0])
    if len(numbers) == 2:
        return Shape(0, (numbers[0], numbers[1]))
    first, second, third = numbers
    turned = second == third and (first == maps or (first != second and third != maps))
    return Shape(first, (second, third)) if turned else Shape(third, (first, second))


def units(text: str) -> str:
    """How many units 4,096, 1x1x4096 or 4096x1 are; the text itself where nothing says it."""
    found = shape(text)
    if found is None:
        return text
    numbers = [found.units, found.maps, *(found.area or ())]
    wide = [number for number in numbers if number > 1]
    return str(wide[0] if wide else 1) if len(wide) < 2 else text


def maps(text: str) -> str:
    """A number without a remark in parentheses or a word behind it: 3 (RGB), 64 filters."""
    cell = without_remark(text)
    word = re.fullmatch(r"([\d,]+)\s*(?:filters?|maps?|channels?|kernels?|neurons?|units?|nodes?)", cell.lower())
    return word[1] if word else cell


def share(cells: Cells) -> str:
    """The p of a dropout row, wherever it stands: `rate = 0.5`, `Dropout (50%)`."""
    found = (_SHARE.search(cell) for cell in cells.values())
    return next((match[0].replace(" ", "") for match in found if match), "")


def window(cells: Cells, channels: int) -> Cells:
    """Kernel, stride, padding and activation as the language writes them; what is not understood stays as it is.

    A third number of a window is its depth, or else how many there are.
    """
    made = {column: cells[column] for column in ("kernel", "stride", "padding", "activation") if cells.get(column)}
    if "kernel" in made:
        try:
            found = geometry(made["kernel"].strip("()[] ").replace(", ", "x"))
        except CellError:
            found = geometry("")
        if found.kernel:
            own = maps(cells.get("maps", ""))
            if found.maps and (found.channels or not own):
                made["maps"] = str(found.maps)
            elif found.maps and str(found.maps) != own and found.maps != channels:
                made["kernel"] = plain(made["kernel"])
                return made
            made["kernel"] = found.window
            made.setdefault("stride", str(found.stride or ""))
            made.setdefault("padding", found.padding)
    for column in ("stride", "padding"):
        numbers = re.findall(r"\d+", made.get(column, ""))
        if len({*numbers}) == 1 and re.fullmatch(r"[\d\s,x×*()\[\]]+", made[column]):
            made[column] = numbers[0]
    made["padding"] = {"yes": "same", "no": "valid", "none": "valid"}.get(
        made.get("padding", "").lower(), made.get("padding", "")
    )
    if _NO_ACTIVATION.fullmatch(made.get("activation", "").lower()):
        del made["activation"]
    return {column: cell for column, cell in made.items() if cell}
