"""D5: modules by figure number: type, patch size/stride or remarks, input size; 3xInception, As in figure 5.

As Inception-v3 is printed. The size is the input's; the next row's maps are a row's. The filter banks of the modules
are not in the table: lines below it supply them, `figure 5: 1x1 64 | 1x1 48, 5x5 64 | avg3x3/1, 1x1 32`, one for each
figure or several; without them only the rows above the first module are read, and what is missing is named. Unsaid:
padding (none but where a row says `padded` or its sizes need it), batch norms.
"""

import re

from cnnscope.errors import CellError
from cnnscope.spec.dialects.module_list import write
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.module_lines import LINE
from cnnscope.spec.drafts.printed import area, geometry, plain, repeated, size
from cnnscope.spec.drafts.titles import PrintedRow, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "columns type, patch size/stride or remarks, input size"
WORD = "patch size/stride or remarks"

TITLES = {"type": r"type|layer", "patch": r"patch ?size ?/ ?stride(?: or remarks)?|remarks", "input": r"input ?size"}
_FIGURE = re.compile(r"fig(?:ure|\.)? ?(\d+)")


def claims(document: Document) -> bool:
    return table_with(document, TITLES, *TITLES) is not None


def read(document: Document, given: Given) -> list[Draft]:
    table = table_with(document, TITLES, *TITLES)
    assert table
    choices = Choices(given)
    draft = Draft(choices, paddings=("valid", "same"), habit="only padded rows say so")
    norm = choices.take("norm", "bn", "none", why="behind every convolution, which then has no bias")
    reader = _Reader(draft, "conv bn" if norm == "bn" else "conv", _supplied(document))
    printed = rows(document, table, TITLES)
    faults = []
    for row, following in zip(printed, [*printed[1:], None], strict=False):
        try:
            reader.row(row, size(following["input"]) if following and following["input"] else ())
        except CellError as error:
            faults.append(fault(row.line, row["type"], error))
    if faults:
        raise refusal(document.path, faults)
    choices.alike("activation", "relu", why="behind every convolution")
    return [draft]


def _supplied(document: Document) -> dict[str, list[tuple[int, str]]]:
    """The lines that give the modules of a figure."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(document.lines, start=1):
        match = LINE.fullmatch(line.strip())
        figure = _FIGURE.search(plain(match["label"])) if match else None
        if match and figure:
            found.setdefault(figure[1], []).append((number, line.strip()))
    return found


class _Reader:
    def __init__(self, draft: Draft, conv: str, supplied: dict[str, list[tuple[int, str]]]) -> None:
        self.draft, self.conv, self.supplied = draft, conv, supplied

    def row(self, row: PrintedRow, behind: tuple[int, ...]) -> None:
        kind, many = repeated(row["type"])
        figure = _FIGURE.search(plain(row["patch"]))
        if not self.draft.input[1]:
            first = area(row["input"], 3)
            self.draft.input = (row.line, f"{first[-1]}x{first[0]}x{first[1]}")
        if figure or "inception" in kind:
            self._modules(row, figure[1] if figure else "", many)
        elif self.draft.missing:
            return
        elif kind.startswith(("conv", "pool", "max pool", "avg pool")):
            self._window(row, kind, behind)
        elif kind in ("linear", "fc", "logits"):
            self.draft.add(row.line, "fully connected", maps=str(behind[-1]) if behind else "1000")
        elif kind == "softmax":
            self.draft.add(row.line, "softmax")
        else:
            hint = "known are conv, conv padded, pool, 3xInception, linear, softmax"
            raise CellError(f"`{row['type'][:40]}` is no row of such a table", hint)

    def _modules(self, row: PrintedRow, figure: str, many: int) -> None:
        lines = self.supplied.get(figure, [])
        if not lines:
            hint = f"figure {figure}: 1x1 64 | 1x1 48, 5x5 64 | avg3x3/1, 1x1 32"
            self.draft.missing.append(
                f"the filter banks of {many} modules (line {row.line}); a line `{hint}` supplies them"
            )
        for number, text in lines if not self.draft.missing else ():
            match = LINE.fullmatch(text)
            assert match
            write(self.draft, number, match["label"], match["body"], self.conv)

    def _window(self, row: PrintedRow, kind: str, behind: tuple[int, ...]) -> None:
        found = geometry(row["patch"])
        before = size(row["input"])
        printed = {"size": f"{behind[0]}x{behind[1]}"} if len(behind) == 3 else {}
        if "pool" in kind:
            if found.kernel == before[:2]:
                self.draft.add(row.line, "global avg pool", **printed)
                return
            entry = self.draft.add(row.line, "max pool", **found.cells(stride=str(found.stride or 1)), **printed)
        else:
            maps = str(behind[-1]) if behind else ""
            entry = self.draft.add(row.line, self.conv, activation="relu", **found.cells(maps=maps), **printed)
        entry.prints = (behind[0], behind[1]) if len(behind) == 3 else None
        if "padded" in kind:
            entry.cells["padding"] = "same"
        else:
            entry.unsaid = ("padding",)
