"""Solves what a printed table leaves unsaid about its windows from the sizes that it prints.

The rows up to each printed size are one question: which padding, rounding and stride lead from the last size to this
one? Answers are tried in the order of the dialect's habit and the first that reproduces the size is kept. Where a
printed stride contradicts the sizes on both sides of it, the sizes are believed; where nothing reproduces a size, the
habit is kept and the contradiction recorded.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from cnnscope.errors import CellError, CnnscopeError
from cnnscope.graph import INPUT, Assumption
from cnnscope.shapes import Pair, slide, window
from cnnscope.spec.drafts.draft import Cells, Draft, Line
from cnnscope.spec.drafts.told import HALF, told_cell
from cnnscope.spec.program import input_shape
from cnnscope.spec.values import padding, pair, sides, whole

_MOST_TRIES = 4_000
_WIDEST = 20
"""Padding beyond this is not tried."""
_STRIDES = ("1", "2", "4", "3")
_WHOLE = {"fully connected", "flatten", "rbf"}
Sizes = dict[str, Pair | None]


def solve(draft: Draft) -> None:
    """Fill every unsaid cell and record why; UsageError for an assumption of the user that no row can take."""
    _Solver(draft).run()


class _Solver:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.blocks = {heading.partition("(")[0] for heading in draft.blocks}
        self.sizes: Sizes = {INPUT: _input(draft)}
        self.answers: list[tuple[Line, Cells, str, str, str]] = []
        """(row, cells, ground, why, printed size) of every row that left something unsaid."""

    def run(self) -> None:
        segments = [*_segments(self.draft.lines)]
        for index, segment in enumerate(segments):
            following = segments[index + 1] if index + 1 < len(segments) else []
            self._settle(segment, following)
        self._record()

    def _settle(self, segment: list[Line], following: list[Line]) -> None:
        goal = segment[-1].prints
        found = self._search(segment)
        if found is None and goal:
            found = self._overruled(segment, following)
        ground = "solved" if found and goal and self.sizes[INPUT] else "convention"
        shown = f"{goal[0]}x{goal[1]}" if goal else ""
        why = f"solves {shown}" if ground == "solved" else self.draft.habit
        if found is None and goal:
            ground, why = "contradiction", f"nothing reproduces the printed {shown}: {self._attempts(segment)}"
        chosen = found or [next(self._candidates(line), {}) for line in segment]
        if ground == "contradiction" and not any(chosen):
            self._note_size(segment, shown)
        for line, cells in zip(segment, chosen, strict=True):
            line.cells |= cells
            if cells:
                self.answers.append((line, cells, ground, why, shown))
        self._advance(segment, self.sizes)

    def _note_size(self, segment: list[Line], shown: str) -> None:
        """A printed size that nothing unsaid could lead to."""
        size = self._advance(segment, dict(self.sizes))
        why = f"the row gives {size[0]}x{size[1]}" if size else "the row has no size"
        self.draft.choices.note(
            Assumption("printed size", shown, why, (segment[-1].name,), (), "contradiction", ("size", shown, 0))
        )

    def _search(self, segment: Sequence[Line]) -> list[Cells] | None:
        """The first answer that leads to the printed size, or the habit where there is none to reach."""
        options = [[*self._candidates(line)] or [{}] for line in segment]
        goal = segment[-1].prints
        if goal is None or self.sizes[INPUT] is None:
            return [option[0] for option in options]
        if prod(map(len, options)) > _MOST_TRIES:
            options = [option[:1] for option in options]
        usual = [option[: len(self.draft.paddings) if self.draft.mixed else 0] for option in options]
        for cells in (*_alike(usual), *product(*usual), *_alike(options), *product(*options)):
            if self._reaches(segment, cells, goal):
                return [*cells]
        return None

    def _reaches(self, segment: Sequence[Line], cells: Sequence[Cells], goal: Pair) -> bool:
        return self._advance(segment, dict(self.sizes), cells) == goal

    def _overruled(self, segment: list[Line], following: list[Line]) -> list[Cells] | None:
        """Another stride than the printed one, where the sizes before and behind both need it."""
        last = segment[-1]
        if "stride" not in last.cells or "stride" in last.unsaid or not following or not following[-1].prints:
            return None
        kept = [next(self._candidates(line), {}) for line in segment]
        if self._goes_on(segment, kept, following):
            return None
        printed = last.cells["stride"]
        if told := self._given(last, "stride"):
            self.draft.choices.note(Assumption("stride", told, "as told", (last.name,), (), "given"))
            return [*kept[:-1], kept[-1] | {"stride": told}]
        for stride in _STRIDES:
            cells = [*kept[:-1], kept[-1] | {"stride": stride}]
            if self._reaches(segment, cells, last.prints or (0, 0)) and self._goes_on(segment, cells, following):
                size = f"{last.prints[0]}x{last.prints[1]}" if last.prints else ""
                why = f"the printed {printed} contradicts the printed {size}, which the next row needs too"
                assumption = Assumption(
                    "stride", stride, why, (last.name,), (printed,), "contradiction", ("stride", printed, 0)
                )
                self.draft.choices.note(assumption)
                return cells
        return None

    def _goes_on(self, segment: list[Line], cells: list[Cells], following: list[Line]) -> bool:
        """Does the next printed size follow from this answer?"""
        before, self.sizes = self.sizes, dict(self.sizes)
        try:
            self._advance(segment, self.sizes, cells)
            self.sizes["previous"] = self.sizes[segment[-1].name]
            return self._search(following) is not None
        finally:
            self.sizes = before

    def _attempts(self, segment: list[Line]) -> str:
        """What the candidates give instead: padding same gives 14x14, valid 13x13."""
        given: dict[str, str] = {}
        for cells in self._candidates(segment[-1]):
            kept = [next(self._candidates(line), {}) for line in segment[:-1]]
            size = self._advance(segment, dict(self.sizes), [*kept, cells])
            shown = ", ".join(f"{column} {cell}" for column, cell in cells.items())
            given.setdefault(f"{size[0]}x{size[1]}" if size else "no output", shown or "the row")
        return "; ".join(f"{how} gives {size}" for size, how in given.items())

    def _candidates(self, line: Line) -> Iterator[Cells]:
        """Values for the unsaid cells of a row, the likeliest first."""
        told = self._given(line, "stride") if "stride" in line.unsaid else ""
        strides = [told] if told else [*_STRIDES]
        paddings: list[Cells] = [{}]
        if "padding" in line.unsaid:
            paddings = self._paddings(line)
        for stride in strides if "stride" in line.unsaid else [""]:
            for cells in paddings:
                yield cells | ({"stride": stride} if stride else {})

    def _paddings(self, line: Line) -> list[Cells]:
        try:
            kernel = pair(line.cells["kernel"]) if "kernel" in line.cells else line.window or (1, 1)
        except CellError:
            # What is wrong with the cell is said when the row is read.
            return [{}]
        stride = line.cells.get("stride", "1" if " pool" not in line.cells["type"] else "2")
        if kernel == (1, 1) and (stride == "1" or not self._given(line, "padding")):
            return [{}]
        if given := self._given(line, "padding"):
            given = half(kernel) if given == HALF else given
            pools = " pool" in line.cells["type"] and given != "same"
            return self._rounded(line, [_padded(given, rounding) for rounding in (["", "ceil"] if pools else [""])])
        numbers = [str(side) for side in range(1, min(max(kernel) // 2, _WIDEST) + 1)]
        words = [half(kernel) if word == HALF else word for word in self.draft.paddings]
        words += [word for word in ("same", "valid", *numbers) if word not in words]
        words = [*dict.fromkeys(words)]
        found = [_padded(word, "") for word in words]
        if " pool" in line.cells["type"]:
            # Pools that round up come behind those that do not, but before unusual paddings.
            ceiled = [_padded(word, "ceil") for word in words if word != "same"]
            found = [*found[: len(self.draft.paddings)], *ceiled, *found[len(self.draft.paddings) :]]
        return self._rounded(line, found)

    def _rounded(self, line: Line, found: list[Cells]) -> list[Cells]:
        """Those that round as the user tells, which can only be told of pools."""
        told = self._given(line, "rounding")
        if not told or " pool" not in line.cells["type"]:
            return found
        kept = [cells for cells in found if cells.get("rounding", "floor") == told]
        return [cells | {"rounding": told} for cells in kept or found]

    def _given(self, line: Line, what: str) -> str:
        return told_cell(self.draft.choices.given, line.name, what)

    def _advance(self, segment: Sequence[Line], sizes: Sizes, cells: Sequence[Cells] = ()) -> Pair | None:
        """The size behind these rows; None behind fully connected rows, and where a window does not fit."""
        size: Pair | None = sizes.get("previous", sizes[INPUT])
        for index, line in enumerate(segment):
            now = line.cells | (cells[index] if cells else {})
            source = now.get("from", "").partition(",")[0].strip()
            size = self._after(now, sizes.get(source, size) if source else size)
            sizes[line.name] = sizes["previous"] = size
        return size

    def _after(self, cells: Cells, size: Pair | None) -> Pair | None:
        if size is None:
            return None
        try:
            repeat = whole(cells.get("repeat", "1"))
            for index in range(min(repeat, 100)):
                stride = pair(cells["stride"]) if "stride" in cells else None
                size = self._once(cells, size, stride if index == 0 or stride is None else (1, 1))
                if size is None:
                    return None
        except CnnscopeError:
            return None
        return size

    def _once(self, cells: Cells, size: Pair, stride: Pair | None) -> Pair | None:
        kind = cells["type"]
        if kind in self.blocks:
            down = stride or (1, 1)
            return -(-size[0] // down[0]), -(-size[1] // down[1])
        if kind.startswith("global"):
            return 1, 1
        if any(kind.startswith(word) for word in _WHOLE):
            return None
        if kind == "upsample" and "scale" in cells:
            scale = pair(cells["scale"])
            return size[0] * scale[0], size[1] * scale[1]
        if kind in ("crop", "pad"):
            top, left, bottom, right = sides(cells["padding"])
            way = 1 if kind == "pad" else -1
            return size[0] + way * (top + bottom), size[1] + way * (left + right)
        if "kernel" not in cells or "{" in cells["kernel"]:
            return size
        kernel = pair(cells["kernel"])
        if kind.startswith("transposed"):
            step = stride or (1, 1)
            return (size[0] - 1) * step[0] + kernel[0], (size[1] - 1) * step[1] + kernel[1]
        step = stride or (kernel if " pool" in kind else (1, 1))
        moving = window(size, kernel, step, padding(cells.get("padding", "valid")))
        return slide(size, moving, ceil=cells.get("rounding") == "ceil")

    def _record(self) -> None:
        """One assumption for all rows that were settled alike, the printed sizes that settle them named."""
        groups: dict[tuple[str, str, str, str], tuple[list[str], list[str]]] = {}
        refuted = {why: size for _, _, ground, why, size in self.answers if ground == "contradiction"}
        for line, cells, ground, why, _ in self.answers:
            if "stride" in cells and "stride" not in line.unsaid:
                cells = {column: cell for column, cell in cells.items() if column != "stride"}
            for column, cell in cells.items():
                settled = "given" if self._given(line, column) else ground
                if (column, cell, settled) == ("stride", "1", "solved"):
                    continue
                reason = {"solved": "solves", "given": "as told"}.get(settled, why)
                rows, sizes = groups.setdefault((column, cell, settled, reason), ([], []))
                rows.append(line.name)
                sizes.append(why.removeprefix("solves "))
        for (column, cell, ground, reason), (rows, sizes) in groups.items():
            why = f"solves {', '.join(dict.fromkeys(sizes))}" if ground == "solved" else reason
            others = tuple(other for other in ("same", "valid") if column == "padding" and other != cell)
            printed = ("size", refuted[why], 0) if ground == "contradiction" else ("", "", 0)
            self.draft.choices.note(Assumption(column, cell, why, tuple(rows), others, ground, printed))  # type: ignore[arg-type]


def _alike(options: list[list[Cells]]) -> Iterator[list[Cells]]:
    """Answers in which all rows do the same, as far as they can: tables rarely pad one pool and round another up."""
    if len(options) > 1:
        for answer in [option for each in options for option in each]:
            yield [answer if answer in each else each[0] for each in options]


def _segments(lines: list[Line]) -> Iterator[list[Line]]:
    """Rows up to each printed size."""
    segment: list[Line] = []
    for line in lines:
        segment.append(line)
        if line.prints:
            yield segment
            segment = []
    if segment:
        yield segment


def _input(draft: Draft) -> Pair | None:
    try:
        shape = input_shape(draft.input[1])
    except CellError:
        return None
    return (shape[1], shape[2]) if len(shape) == 3 else None


def half(kernel: Pair) -> str:
    """The padding that keeps a size on all four sides alike: 1 for 3x3, 3 for 7x7, 0x1 for 1x3, 0 for 2x2."""
    sides = [str((side - 1) // 2) for side in kernel]
    return sides[0] if sides[0] == sides[1] else "x".join(sides)


def _padded(word: str, rounding: str) -> Cells:
    return {"padding": word} | ({"rounding": rounding} if rounding else {})
