"""Rows of a draft for a table with one row per layer."""

import re

from cnnscope.errors import Fault
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Cells, Draft, Line, readable
from cnnscope.spec.drafts.textbook_cells import Shape, maps, shape, share, units, window
from cnnscope.spec.drafts.textbook_words import operators

_OURS = ("type", "maps", "size", "output", "number", "kernel", "stride", "padding", "activation")
_FOOTNOTE = re.compile(r"\[\^[^\[\]]*\]")
_FLAT = ("fully connected", "softmax", "output")


class Writer:
    """Writes rows into a draft; it knows what the row before prints of its output."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.last = Shape()
        self.image = "3x224x224"
        """What the input is taken for, where no row prints its size."""
        self.pools: list[Line] = []
        self.flattened: list[str] = []
        self.faults: list[Fault] = []

    def write(self, rows: list[tuple[int, Cells]]) -> None:
        for line, cells in rows:
            if not cells.get("type"):
                hint = "write Convolution, Max pooling, Fully connected, Input ..., or leave the row out"
                self.faults.append(Fault(line, cells.get("layer", "")[:40], "has no type", hint))
            else:
                self._row(line, cells)
        if self.pools:
            why, names = "the table does not print their kind", tuple(line.name for line in self.pools)
            kind = self.draft.choices.take("pools", "max pool", "avg pool", why=why, rows=names)
            for pool in self.pools:
                pool.cells["type"] = kind

    def _row(self, line: int, cells: Cells) -> None:
        text = cells.get("type", "")
        kind = operators(text) or text
        own = maps(cells.get("maps", ""))
        printed = cells.get("size", "") or cells.get("output", "")
        found = shape(printed, int(own) if own.isdecimal() else 0)
        if kind == "input":
            self._input(line, own, printed, found)
            return
        made = {column: cell for column, cell in cells.items() if column not in _OURS}
        if "layer" not in made and re.search(r"\d", text):
            made["layer"] = text
        made |= window(cells, self.last.maps)
        own = made.pop("maps", own)
        if kind.startswith(_FLAT):
            self._flat(line, kind, made, own, printed, found)
        else:
            self._spatial(line, kind, text, made, own, printed, found)

    def _input(self, line: int, own: str, printed: str, found: Shape | None) -> None:
        if found and found.area:
            self.last = Shape(found.maps or (int(own) if own.isdecimal() else 3), found.area)
            self.draft.input = (line, f"{found.maps or own or 3}x{found.text}")
            if not found.maps and not own:
                self.draft.choices.note(Assumption("input maps", "3", "the table prints none", ("input",)))
        elif printed:
            self.draft.input = (line, printed)
        else:
            self.image = f"{own or 3}x224x224"

    def _flat(self, line: int, kind: str, made: Cells, own: str, printed: str, found: Shape | None) -> None:
        """A row of units; a softmax or an output without further units is no layer with weights."""
        count = own if own and own != "1" else units(printed) if printed else own
        before = self.last.units
        if kind in ("softmax", "output"):
            if kind == "softmax" and not made.get("activation"):
                made["activation"] = "softmax"
            if not count or (count.isdecimal() and int(count) == before):
                made.pop("activation", None)
                self.draft.add(line, "softmax" if kind == "softmax" else "identity", **made)
                return
            kind = "fully connected"
        values = self.last.maps * self.last.area[0] * self.last.area[1] if self.last.area else 0
        if kind == "fully connected" and self.last.area != (1, 1) and values and count == str(values):
            self.flattened.append(made.get("layer", "") or "fully connected")
            why = "as many units as there are values before them"
            rows = tuple(self.flattened)
            if self.draft.choices.take("flattening", "no weights", "weights", why=why, rows=rows) == "no weights":
                self.draft.add(line, "flatten", layer=made.get("layer", ""))
                return
        if made.get("activation", "").lower() == "rbf":
            del made["activation"]
            kind = "rbf"
        self.last = Shape(units=int(count)) if count.isdecimal() else Shape()
        self.draft.add(line, kind, maps=count, **made)

    def _spatial(
        self, line: int, kind: str, text: str, made: Cells, own: str, printed: str, found: Shape | None
    ) -> None:
        convolves = "conv" in kind.split()
        if kind == "dropout" and (part := share(made | {"type": text, "maps": own, "size": printed})):
            made, own, printed, found = {"layer": made.get("layer", ""), "p": part}, "", "", None
        if kind == "flatten":
            made = {"layer": made.get("layer", "")}
        if convolves and not own and found and found.maps:
            own = str(found.maps)
        if convolves and "depthwise" not in kind:
            made["maps"] = own
        if found and found.area and own and not found.maps and "maps" not in made:
            printed, found = f"{printed}x{own}", found._replace(maps=int(own) if own.isdecimal() else 0)
        entry = self.draft.add(line, "max pool" if kind == "pool" else kind, **made)
        self.pools += [entry] if kind == "pool" else []
        self._prints(entry, printed, found)
        width = int(own) if own.isdecimal() else found.maps if found else 0
        area = found.area if found else None
        self.last = Shape(width or self.last.maps, area or self.last.area)

    def _prints(self, entry: Line, printed: str, found: Shape | None) -> None:
        """The printed size as a claim, and as what unsaid paddings must lead to."""
        metric = "output" if found and found.maps else "size"
        if found and not readable(metric, _FOOTNOTE.sub("", printed)):
            printed = f"{found.text or found.units}{f'x{found.maps}' if found.maps else ''}"
        if printed:
            entry.cells[metric] = printed
        if found and entry.cells["type"] != "flatten":
            entry.prints = found.area or (found.units, found.units)
        if "kernel" in entry.cells and "padding" not in entry.cells:
            entry.unsaid = ("padding",)
