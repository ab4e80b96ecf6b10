"""Rows of a draft for the stages of a stack table: residual, dense and ConvNeXt networks."""

import re

from cnnscope.errors import CellError, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts import modules
from cnnscope.spec.drafts.draft import Draft, Line, fault
from cnnscope.spec.drafts.habits import biases, image, whole_choice
from cnnscope.spec.drafts.preactivation import pre_activated
from cnnscope.spec.drafts.printed import Geometry
from cnnscope.spec.drafts.stack_cells import Item, Stack, Word
from cnnscope.spec.drafts.stack_choices import Settled, family, settle

Pair = tuple[int, int]
_FLAT = ("fully", "softmax", "dropout")


class Rows:
    """Fills one draft, stage by stage. `growth` is a dense network's k, 0 where its title prints none."""

    def __init__(self, draft: Draft, growth: int) -> None:
        self.draft = draft
        self.growth = growth
        self.family = ""
        self.settled = Settled()
        self.beside_residual = True
        """Has a network of this table residual blocks?"""
        self.width = 0
        self.side: Pair = (0, 0)
        """What the last stage with a size prints."""
        self._following: list[Item | None] = []
        self._pending: list[tuple[int, str, list[Pair], list[Item]]] = []

    def stage(self, line: int, name: str, printed: list[Pair], found: list[Item]) -> None:
        """Keep a stage until the family of all of them is known."""
        for item in found:
            if isinstance(item, Stack):
                self.family = self.family or family(item, name)
        if found:
            self._pending.append((line, name, printed, found))

    def depth(self) -> int:
        """How many layers with weights follow one another."""
        found = [item for *_, group in self._pending for item in group]
        stacked = sum(len(item.items) * item.repeat for item in found if isinstance(item, Stack))
        single = [item for item in found if isinstance(item, Geometry) and "pool" not in item.kind]
        return stacked + len(single) + (not any(item.kind == "fully connected" for item in single))

    def last_repeat(self) -> int:
        """The last count of a stack."""
        stacks = [item for *_, group in self._pending for item in group if isinstance(item, Stack)]
        return stacks[-1].repeat if stacks else 1

    def finish(self) -> None:
        """Write all stages, then what the table leaves out."""
        stacks = [item for *_, found in self._pending for item in found if isinstance(item, Stack)]
        self.settled = settle(self.draft, self.family, stacks, self.growth, beside_residual=self.beside_residual)
        items = [item for *_, found in self._pending for item in found]
        self._following = [*items[1:], None]
        faults = []
        for line, name, printed, found in self._pending:
            try:
                self._write(line, name, printed, found)
            except CellError as error:
                faults.append(fault(line, f"{name} {self.draft.name}".strip(), error))
        if faults:
            raise SpecError("", faults)
        self._ending()
        self._input()
        if self.settled.norm == "none":
            biases(self.draft)

    def _write(self, line: int, name: str, printed: list[Pair], found: list[Item]) -> None:
        before = len(self.draft.lines)
        ends: list[Line] = []
        for item in found:
            following = self._following[0]
            if isinstance(item, Stack):
                self._stack(line, name, printed, item)
            elif isinstance(item, Word):
                self.draft.add(line, item.type)
            else:
                self._operator(line, name, item)
            self._following.pop(0)
            last = self.draft.lines[-1].cells
            if isinstance(following, Stack) and last["type"] == "conv bn" and self.settled.norm_first:
                # Such blocks begin with a norm.
                last |= {"type": "conv", "bias": "no", "activation": ""}
            ends += self.draft.lines[-1:]
        self.side = printed[-1] if printed else self.side
        if len(printed) > 1:
            for entry, size in zip(ends, printed, strict=False):
                self._size(entry, size)
        elif printed and ends:
            self._size(self._last_sized(before), printed[0])
        for entry in self.draft.lines[before:]:
            if entry.prints:
                entry.cells["size"] = f"{entry.prints[0]}x{entry.prints[1]}"

    def _size(self, entry: Line, printed: Pair) -> None:
        """Rows of units print their number, if anything."""
        if not entry.cells["type"].startswith(_FLAT):
            entry.prints = printed

    def _last_sized(self, before: int) -> Line:
        """The row that the printed size is of: the last that has a size at all."""
        entries = self.draft.lines[before:]
        return next((entry for entry in reversed(entries) if not entry.cells["type"].startswith(_FLAT)), entries[-1])

    def _stack(self, line: int, name: str, printed: list[Pair], stack: Stack) -> None:
        kernels = [item.window for item in stack.items]
        if len(stack.items) == 1 and self.family != "dense" and not stack.items[0].depthwise:
            only = stack.items[0]
            if not only.maps and "pool" in name:
                only = only._replace(kind="max pool" if "max" in name.lower() else "avg pool")
            self._operator(line, name, only)
            if stack.repeat > 1:
                self.draft.lines[-1].cells["repeat"] = str(stack.repeat)
            note = Assumption(
                "a stack of one", "repeated, nothing is added", "a residual block has several", (_short(name),)
            )
            self.draft.choices.note(note)
            return
        if self.family == "dense":
            block = modules.dense_layer(self.draft, kernels)
            self.draft.add(line, block, layer=_short(name), growth=str(self.settled.growth), repeat=str(stack.repeat))
            return
        if self.family == "convnext":
            self._convnext(line, name, printed, stack)
            return
        last = stack.items[-1].maps
        if not printed and self.width and last and last != self.width:
            hint = "write the size behind it into its row"
            raise CellError("a stack of other maps than the one above, without a size", hint)
        self.width = last
        grouped = next((index for index, item in enumerate(stack.items) if item.groups > 1), -1)
        if not all(item.maps for item in stack.items):
            raise CellError("a convolution of a stack has no width", "write [3x3, 64; 3x3, 64] x2")
        where = _window(kernels) if self.settled.in_window and len(set(kernels)) > 1 else 0
        block = (
            pre_activated(self.draft, kernels, grouped=grouped, strided=where, shortcut=self.settled.shortcut)
            if self.settled.norm_first
            else modules.residual(
                self.draft,
                kernels,
                grouped=grouped,
                strided=where,
                shortcut=self.settled.shortcut,
                squeezed=stack.squeezed > 0,
            )
        )
        widths = {letter: str(item.maps) for letter, item in zip(modules.LETTERS, stack.items, strict=False)}
        groups = str(stack.items[grouped].groups) if grouped >= 0 else ""
        widths |= {"squeezed": str(stack.squeezed)} if stack.squeezed else {}
        entry = self.draft.add(line, block, layer=_short(name), repeat=str(stack.repeat), groups=groups, **widths)
        entry.unsaid = ("stride",)

    def _convnext(self, line: int, name: str, printed: list[Pair], stack: Stack) -> None:
        first = stack.items[0]
        if self.width and self.width != first.maps:
            self.draft.add(line, "layer norm", layer=f"{_short(name)}_norm")
            down = self.draft.add(
                line, "conv", layer=f"{_short(name)}_down", maps=str(first.maps), kernel="2x2", stride="2"
            )
            down.prints = printed[0] if printed else None
        self.width = first.maps
        wide = max(item.maps for item in stack.items)
        block = modules.convnext(self.draft, first.window)
        self.draft.add(line, block, layer=_short(name), maps=str(first.maps), wide=str(wide), repeat=str(stack.repeat))

    def _operator(self, line: int, name: str, item: Geometry) -> None:
        if item.kind == "fully connected":
            if self.family == "convnext":
                self.draft.add(line, "layer norm")
            self.draft.add(line, "fully connected", maps=str(item.maps))
        elif item.kind == "avg pool" and item.kernel == self.side:
            # The mean of the whole map, at every input size.
            self._operator(line, name, Geometry(kind="global avg pool"))
        elif "avg pool" in item.kind and self._needs_norm():
            self.draft.add(line, "bn relu", layer="norm")
            self._operator(line, name, item)
        elif item.kind.startswith("global"):
            self.draft.add(line, item.kind)
        elif "pool" in item.kind:
            kind = "max pool" if item.kind == "pool" else item.kind
            entry = self.draft.add(line, kind, **item.cells())
            entry.unsaid = ("padding",)
        elif self.family == "dense" and item.window == "1x1" and not item.maps:
            self.draft.add(line, modules.thinned(self.draft, halves=self.settled.halves), layer=_short(name))
        else:
            self._convolution(line, name, item)

    def _needs_norm(self) -> bool:
        """Do blocks that begin with their norms end here?"""
        ended = not any(isinstance(item, Stack) for item in self._following)
        normed = any(line.cells["layer"] == "norm" for line in self.draft.lines)
        return ended and not normed and self.settled.norm_first

    def _convolution(self, line: int, name: str, item: Geometry) -> None:
        maps = item.maps or (2 * self.settled.growth if self.family == "dense" else 0)
        if not maps or not item.kernel:
            raise CellError("a convolution without width or window", "write 7x7, 64, stride 2")
        normed = "conv bn" if self.settled.norm == "bn" else "conv"
        kind, activation = ("conv layer norm", "") if self.family == "convnext" else (normed, "relu")
        cells = item.cells(maps=str(maps))
        entry = self.draft.add(line, kind, layer=_short(name), activation=activation, **cells)
        entry.unsaid = ("padding",) if item.stride else ("padding", "stride")
        if self.family == "convnext":
            self.width = maps
            entry.unsaid, entry.cells["padding"] = (), "valid"

    def _ending(self) -> None:
        """The classifier, where the table ends before it."""
        kinds = [entry.cells["type"] for entry in self.draft.lines]
        if any(kind.startswith("fully") for kind in kinds) or not self.draft.lines:
            return
        line = self.draft.lines[-1].line
        why = "the table ends without one; `none` leaves it out"
        if self.draft.choices.given.get("classifier") == "none":
            self.draft.choices.take("classifier", "1000", why=why)
            return
        first = self.draft.lines[0].prints
        classes = whole_choice(self.draft.choices, "classifier", "10" if first and max(first) <= 32 else "1000", why)
        if not any(kind.startswith("global") for kind in kinds):
            self._operator(line, "", Geometry(kind="global avg pool"))
        self._operator(line, "", Geometry(kind="fully connected", maps=classes))

    def _input(self) -> None:
        """224 for a first row of 112 with stride 2."""
        first = self.draft.lines[0] if self.draft.lines else None
        usual = "3x224x224"
        if first and first.prints:
            stride = int(first.cells.get("stride", "1"))
            usual = f"3x{first.prints[0] * stride}x{first.prints[1] * stride}"
        image(self.draft, usual)


def _window(kernels: list[str]) -> int:
    return next((index for index, kernel in enumerate(kernels) if kernel != "1x1"), 0)


def _short(name: str) -> str:
    """Dense Block (1) -> dense_block_1."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_").lower()
