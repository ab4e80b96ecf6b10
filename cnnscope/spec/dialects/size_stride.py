"""D13: one row per operator with Type, Filters, Size/Stride (3x3/2), Output; braces `8x` over rows that end in
Residual.

As Darknet-19, Darknet-53 and many a network after them are printed. Several rows may stand in one, parted by
semicolons. Unsaid: padding (same, where the sizes do not say otherwise). In Darknet's words (Convolutional, Maxpool,
Connected) every convolution has a batch norm and a leaky ReLU of slope 0.1, but the last where it is the classifier;
elsewhere biases and ReLU.
"""

import re
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, Line, fault
from cnnscope.spec.drafts.habits import biases, image, told_activation, units
from cnnscope.spec.drafts.modules import added
from cnnscope.spec.drafts.printed import Size, count, geometry, plain, size
from cnnscope.spec.drafts.titles import PrintedRow, found, rows
from cnnscope.spec.drafts.told import HALF
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table

EXPECTS = "columns Type, Filters, Size/Stride (3x3/2), Output"
WORD = "Size/Stride"

TITLES = {
    "repeat": r"repeat|times|n|",
    "type": r"type|op(?:erator|eration)?|layer type",
    "filters": r"#? ?filters|#? ?maps|#? ?channels",
    "window": r"size ?/ ?stride|size|kernel(?: size)? ?/ ?stride|filter size ?/ ?stride",
    "stride": r"strides?|s",
    "output": r"output(?: ?size)?",
}
_REPEAT = re.compile(r"(?:(\d+) ?x?|x ?(\d+))(?: ?\{)?")
_FLAT = ("softmax", "dropout")
_DARKNET = re.compile(r"convolutional|maxpool|avgpool|connected|residual")


class _Entry(NamedTuple):
    line: int
    kind: str
    filters: str
    window: str
    output: Size
    repeat: int


def claims(document: Document) -> bool:
    return _table(document) is not None


def _table(document: Document) -> Table | None:
    return next(
        (
            table
            for table in document.tables
            if {"type", "filters", "window", "output"} <= {*found(table, TITLES).values()}
        ),
        None,
    )


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    choices = Choices(given)
    draft = Draft(choices, habit="the window keeps the size", paddings=(HALF, "valid"))
    printed = rows(document, table, TITLES, "layer|#|no\\.?|notes?")
    darknet = all(
        _DARKNET.fullmatch(kind.partition(" x ")[2] or kind)
        for row in printed
        for kind in _kinds(row)
        if not kind.startswith("soft")
    )
    norm = choices.take(
        "norm",
        *(("bn", "none") if darknet else ("none", "bn")),
        why="Darknet's layers have it" if darknet else "the table names none",
    )
    activation = told_activation(
        choices, "leaky relu" if darknet else "relu", "behind every layer with weights but the last"
    )
    writer = _Writer(draft, "conv bn" if norm == "bn" else "conv", activation)
    faults, entries = [], []
    for row in printed:
        try:
            entries += _entries(row)
        except CellError as error:
            faults.append(fault(row.line, row["type"], error))
    if not faults:
        faults = writer.write(entries)
    if faults:
        raise refusal(document.path, faults)
    writer.finish()
    _input(draft)
    return [draft]


def _kinds(row: PrintedRow) -> list[str]:
    return [kind.strip() for kind in plain(row["type"]).split(";") if kind.strip()]


def _entries(row: PrintedRow) -> list[_Entry]:
    """The rows that a row stands for: parted by semicolons, or `4096, 4096`."""
    kinds = _kinds(row)
    repeat = _REPEAT.fullmatch(plain(row["repeat"])) if row["repeat"] else None
    if not repeat and (glued := re.match(r"(\d+) ?x ?\{? ?(?=[a-z])", kinds[0] if kinds else "")):
        # The brace's number in front of its first row.
        repeat, kinds[0] = _REPEAT.fullmatch(f"{glued[1]}x"), kinds[0][glued.end() :]
    many = int((repeat[1] or repeat[2]) if repeat else 0)
    filters = [cell.strip() for cell in row["filters"].split(";")]
    windows = _windows(row)
    if len(kinds) == 1 and re.fullmatch(r"\d+(?:, ?\d+)+", row["filters"]) and "full" in kinds[0]:
        filters = [cell.strip() for cell in row["filters"].split(",")]
        kinds *= len(filters)
    output = _output(row["output"])
    filters += [""] * (len(kinds) - len(filters))
    windows += [windows[-1] if len(windows) == 1 and len(kinds) > 1 and windows[0] else ""] * (
        len(kinds) - len(windows)
    )
    if not kinds:
        raise CellError("has no type", "write Convolutional, Maxpool, Avgpool, Connected ...")
    return [
        _Entry(
            row.line,
            kind,
            filters[index],
            windows[index],
            output if index == len(kinds) - 1 else (),
            many if index == 0 else 0,
        )
        for index, kind in enumerate(kinds)
    ]


def _windows(row: PrintedRow) -> list[str]:
    """The windows with the strides that stand in a column of their own."""
    windows = [cell.strip() for cell in plain(row["window"]).split(";")]
    strides = [cell.strip() for cell in plain(row["stride"]).split(";")] if row["stride"] else []
    steps = [*strides, *[""] * (len(windows) - len(strides))]
    return [
        f"{window}/{count(step)}" if step and re.fullmatch(r"\d+(?:x\d+)?", window) else window
        for window, step in zip(windows, steps, strict=False)
    ]


def _output(cell: str) -> Size:
    text = plain(cell)
    return size(text) if "x" in text else ()


class _Writer:
    def __init__(self, draft: Draft, conv: str, activation: str) -> None:
        self.draft, self.conv, self.activation = draft, conv, activation
        self.open: list[_Entry] = []
        self.repeat = 0
        self.classes = ""

    def write(self, entries: list[_Entry]):  # type: ignore[no-untyped-def]
        faults = []
        for entry in entries:
            try:
                self._entry(entry)
            except CellError as error:
                faults.append(fault(entry.line, entry.kind, error))
        if self.open:
            hint = "its last row is Residual"
            faults.append(fault(self.open[0].line, "", CellError("a repeated brace that does not end", hint)))
        return faults

    def _entry(self, entry: _Entry) -> None:
        if entry.repeat and not self.open:
            self.repeat = entry.repeat
            self.open = [entry]
        elif self.open and entry.kind != "residual":
            self.open.append(entry)
        elif entry.kind == "residual":
            self._residual(entry)
        else:
            self._operator(entry)

    def _residual(self, entry: _Entry) -> None:
        if not self.open:
            raise CellError("a Residual outside a brace", "write 1x beside the first row of its block")
        windows = [geometry(each.window).window for each in self.open]
        if not all(windows):
            raise CellError("a convolution of the brace has no window", "write 1x1 and 3x3 beside their rows")
        maps = {letter: str(count(each.filters)) for letter, each in zip("abcdefgh", self.open, strict=False)}
        block = added(self.draft, windows, self.conv, self.activation)
        made = self.draft.add(self.open[0].line, block, repeat=str(self.repeat), **maps)
        self._sized(made, entry)
        self.open, self.repeat = [], 0

    def _operator(self, entry: _Entry) -> None:
        kind, *behind = [part.strip() for part in entry.kind.split("+")]
        found = geometry(entry.window if entry.window and entry.window not in ("global", "-") else "")
        if kind in ("image", "input"):
            maps = str(count(entry.filters)) if entry.filters else "3"
            if len(entry.output) < 2:
                raise CellError("an image without a size", "write 224x224 as its output")
            self.draft.input = (entry.line, f"{maps}x{entry.output[0]}x{entry.output[1]}")
        elif re.fullmatch(r"conv(?:olution(?:al)?)?(?: layer)?", kind):
            made = self.draft.add(
                entry.line, self.conv, activation=self.activation, **found.cells(maps=str(count(entry.filters)))
            )
            made.unsaid = ("padding",)
            self._sized(made, entry)
        elif "pool" in kind:
            self._pool(entry, kind, found.cells())
        elif kind.startswith(("connected", "full", "fc", "dense")):
            units = entry.filters or entry.window
            self.draft.add(entry.line, "fully connected", maps=str(count(units)), activation=self.activation)
        elif kind.startswith(_FLAT):
            self._flat(entry, kind)
        else:
            raise CellError(
                f"`{entry.kind[:40]}` is no row of such a table",
                "known are Convolutional, Maxpool, Residual, Avgpool, Connected, Softmax",
            )
        for word in behind:
            if "norm" in word:
                self.draft.add(entry.line, "lrn")

    def _pool(self, entry: _Entry, kind: str, cells: dict[str, str]) -> None:
        if entry.window == "global" or not entry.window:
            self.draft.add(entry.line, "global avg pool")
            return
        type = "avg pool" if kind.startswith(("av", "mean")) else "max pool"
        made = self.draft.add(entry.line, type, **({"stride": "1"} | cells))
        made.unsaid = ("padding",)
        self._sized(made, entry)

    def _flat(self, entry: _Entry, kind: str) -> None:
        if kind.startswith("soft"):
            if entry.filters:
                maps = units(self.draft) if entry.filters.lower() in ("c", "k") else str(count(entry.filters))
                self.draft.add(entry.line, "fully connected", maps=maps)
            self.draft.add(entry.line, "softmax")
        else:
            self.draft.add(entry.line, "dropout")

    def _sized(self, made: Line, entry: _Entry) -> None:
        if len(entry.output) > 1:
            made.prints = (entry.output[0], entry.output[1])
            made.cells["output" if len(entry.output) == 3 else "size"] = "x".join(map(str, entry.output))

    def finish(self) -> None:
        """The last layer with weights has no activation; a convolution that classifies has no batch norm but a bias."""
        weighted = [line for line in self.draft.lines if line.cells["type"].startswith(("conv", "fully"))]
        for line in self.draft.lines:
            if line.cells.get("activation") == "leaky relu":
                line.cells["slope"] = "0.1"
        if weighted:
            for column in ("activation", "slope"):
                weighted[-1].cells.pop(column, None)
            if weighted[-1].cells["type"] == "conv bn":
                weighted[-1].cells["type"] = "conv"
                self.draft.choices.note(
                    Assumption("last convolution", "linear with a bias", "it is the classifier", (weighted[-1].name,))
                )
        if self.conv == "conv":
            biases(self.draft)


def _input(draft: Draft) -> None:
    """An output 224x224 of stride 1 has an input of this size, 110x110 of stride 2 one of about twice."""
    first = draft.lines[0] if draft.lines else None
    usual = "3x224x224"
    if first and first.prints and first.cells.get("stride", "1") == "1":
        usual = f"3x{first.prints[0]}x{first.prints[1]}"
    image(draft, usual)
