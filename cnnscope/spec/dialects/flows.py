"""D15: modules in words: flow | rows | output, `ReLU, SeparableConv 128, 3x3; MaxPooling 3x3, stride=2x2; shortcut
Conv 1x1`.

As the figure of Xception is copied out, one module per row. A row with a shortcut adds it to what the others make; a
name `repeated 8 times` and (...) x3 repeat. Unsaid: padding (same, where nothing says valid), batch norms behind
convolutions (a separable one is a depthwise window and a 1x1 convolution with one norm behind the pair), and the
input.
"""

import re

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Cells, Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import image
from cnnscope.spec.drafts.printed import Geometry, geometry, pieces, plain, size
from cnnscope.spec.drafts.titles import PrintedRow, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns flow, rows, output, with modules such as `ReLU, SeparableConv 256; MaxPooling 3x3, stride=2x2`"
WORD = "flow"

TITLES = {"flow": r"flow|stage|part", "rows": r"rows|layers|module|operations", "output": r"output(?: ?size)?"}
_OPENS = re.compile(r"relu|conv|pool|shortcut|\bfc\b|logistic|identity|dropout|optional")
_TIMES = re.compile(r"repeated (\d{1,7}) times|x ?(\d{1,7})\b")
_MOST = 1_000
_GROUP = re.compile(r"\(([^()]*conv[^()]*)\) ?x ?(\d{1,7})")


def claims(document: Document) -> bool:
    table = table_with(document, TITLES, *TITLES)
    return table is not None and any("conv" in plain(cell) for row in table.rows for cell in row.cells)


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, *TITLES)
    assert table
    choices = Choices(given)
    draft = Draft(choices, habit="nothing says valid")
    faults = []
    reader = _Reader(draft)
    for row in rows(document, table, TITLES):
        try:
            reader.row(row)
        except CellError as error:
            faults.append(fault(row.line, row["flow"], error))
    if faults:
        raise refusal(document.path, faults)
    choices.alike("norm", "bn", "none", why="behind every convolution, which then has no bias")
    choices.note(Assumption("shortcuts", "batch norm behind them", "as behind every convolution"))
    image(draft, "3x299x299")
    return [draft]


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.kernel = "3x3"

    def row(self, row: PrintedRow) -> None:
        text = _GROUP.sub(lambda group: "; ".join([group[1]] * min(int(group[2]), _MOST)), plain(row["rows"]))
        parts = [piece for chunk in text.split(";") for piece in pieces(chunk, _OPENS)]
        shortcut = next((part for part in parts if "shortcut" in part), "")
        steps = [step for part in parts if part != shortcut for step in self._step(part, row)]
        times = _TIMES.search(plain(row["flow"]))
        if shortcut:
            self._module(row, steps, shortcut, times)
            return
        before = len(self.draft.lines)
        for step in steps:
            self.draft.add(row.line, **step)
        windows = [line for line in self.draft.lines[before:] if "kernel" in line.cells]
        printed = [side for part in row["output"].split(",") for side in [_side(part)] if side]
        if printed and len(printed) == len(windows):
            for line, side in zip(windows, printed, strict=True):
                line.cells["size"] = f"{side}x{side}"

    def _module(self, row: PrintedRow, steps: list[Cells], shortcut: str, times: re.Match[str] | None) -> None:
        named: list[Cells] = []
        for number, step in enumerate(steps, start=1):
            named.append(
                {"layer": f"{step['type'].split()[0]}{number}"} | step | ({"from": "in"} if number == 1 else {})
            )
        end = named[-1]["layer"]
        if "identity" in shortcut:
            named.append({"layer": "out", "type": "add", "from": f"{end}, in"})
        else:
            found = geometry(shortcut.replace("shortcut", "").strip())
            maps = next(step["maps"] for step in reversed(steps) if "maps" in step)
            cells = found.cells(maps=maps, padding="same")
            named.append({"layer": "shortcut", "type": "conv bn", "from": "in"} | cells)
            named.append({"layer": "out", "type": "add", "from": f"{end}, shortcut"})
        number = len(self.draft.blocks) + 1
        block = self.draft.block(f"module{number}()", named)
        repeat = (times[1] or times[2]) if times else ""
        numbers = size(row["output"]) if "x" in plain(row["output"]) else ()
        claim = {"output": "x".join(map(str, numbers))} if len(numbers) == 3 else {}
        self.draft.add(row.line, block, repeat=repeat, **claim)

    def _step(self, part: str, row: PrintedRow) -> list[Cells]:
        if part in ("relu", "dropout"):
            return [{"type": part}]
        if "optional" in part or part == "":
            return []
        if "logistic" in part:
            numbers = re.findall(r"\d{1,7}", row["output"])
            return [{"type": "fully connected", "maps": numbers[-1] if numbers else "1000"}]
        found = geometry(part)
        if found.kind == "separable":
            self.kernel = found.window or self.kernel
            window = {"type": "depthwise conv", "kernel": self.kernel, "padding": found.padding or "same", "bias": "no"}
            return [window, {"type": "conv bn", "maps": str(found.maps), "kernel": "1x1"}]
        if found.kind.startswith("global"):
            return [{"type": found.kind}]
        return [self._window(found, part)]

    def _window(self, found: Geometry, part: str) -> Cells:
        padding = found.padding or "same"
        if "pool" in found.kind:
            kind = "max pool" if found.kind == "pool" else found.kind
            return {"type": kind} | found.cells(padding=padding)
        if found.kind == "conv" and found.maps and found.kernel:
            return {"type": "conv bn"} | found.cells(padding=padding)
        if found.kind == "fully connected" and found.maps:
            return {"type": "fully connected", "maps": str(found.maps)}
        raise CellError(
            f"`{part[:40]}` is no step of a module", "write Conv 32, 3x3, stride=2x2 or SeparableConv 128, 3x3"
        )


def _side(part: str) -> str:
    text = plain(part).strip()
    return text if text.isdecimal() else ""
