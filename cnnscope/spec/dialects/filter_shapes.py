"""D9: filter shapes: Type / Stride, Filter Shape 3x3x32 dw or 1x1x32x64, Input Size.

As MobileNet is printed. The size is the input's, so that of the next row is a row's output; a brace `5x {` spans the
rows up to `}`. Unsaid: padding (same), batch norm and ReLU behind every convolution, a bias in the fully connected
layer.
"""

import re
from fractions import Fraction

from cnnscope.errors import CellError, Fault, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import image, multiplier, told_activation
from cnnscope.spec.drafts.printed import Size, count, geometry, plain, size
from cnnscope.spec.drafts.titles import PrintedRow, rows, table_with
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document, Table

EXPECTS = "columns Type / Stride, Filter Shape (3x3x32 dw, 1x1x32x64), Input Size"
WORD = "Filter Shape"

TITLES = {
    "type": r"(?:layer )?(?:type|layer|operator)(?: ?/ ?stride)?",
    "stride": r"strides?",
    "filter": r"(?:filter|kernel) ?shapes?",
    "input": r"input ?(?:size|shape|resolution)",
    "output": r"output ?(?:size|shape|resolution)",
}
_NEEDED = ("type", "filter")
OPTIONAL = ("stride", "output")
_POINTWISE = re.compile(r"point-?wise conv(?:olution)?|conv pw|pw conv")
_DEPTHWISE = re.compile(r"depth-?wise conv(?:olution)?|dw conv")
_STRIDE = re.compile(r"/ ?s? ?(\d)")
_MOST_REPEATS = 1_000
_OPEN = re.compile(r"(\d{1,7}) ?x ?(?:\{|(?=conv))|\{")


def claims(document: Document) -> bool:
    return _table(document) is not None


def _table(document: Document) -> Table | None:
    needed = (table_with(document, TITLES, *_NEEDED, sizes) for sizes in ("input", "output"))
    return next((table for table in needed if table), None)


def read(document: Document, given: Given) -> list[Draft]:
    table = _table(document)
    assert table
    choices = Choices(given)
    draft = Draft(choices, habit="the printed sizes shrink only with the stride")
    activation = told_activation(choices, "relu", "behind every convolution and its batch norm")
    choices.alike("norm", "bn", "none", why="behind every convolution, which then has no bias")
    width = multiplier(draft, "width", "the table is that of the full network")
    printed = _written_out(document, rows(document, table, TITLES))
    faults = []
    for index, row in enumerate(printed):
        following = printed[index + 1] if index + 1 < len(printed) else None
        try:
            if index == 0 and row["input"]:
                first = size(row["input"])
                draft.input = (row.line, f"{first[2]}x{first[0]}x{first[1]}")
            behind = row["output"] or (following["input"] if following else "")
            _row(draft, row, size(behind) if behind else (), activation, width)
        except (CellError, IndexError) as error:
            mended = (
                error if isinstance(error, CellError) else CellError("the input size is not HxWxC", "write 224x224x3")
            )
            faults.append(fault(row.line, row["type"], mended))
    if faults:
        raise refusal(document.path, faults)
    stem = draft.lines[0] if draft.lines else None
    side = stem.prints[0] * int(stem.cells.get("stride", "1")) if stem and stem.prints else 224
    channels = geometry(plain(printed[0]["filter"])).channels if printed else 0
    image(draft, f"{channels or 3}x{side}x{side}")
    return [draft]


def _written_out(document: Document, printed: list[PrintedRow]) -> list[PrintedRow]:
    """Rows between braces repeated."""
    made: list[PrintedRow] = []
    start, times, pair = -1, 1, False
    for row in printed:
        text = plain(row["type"])
        if row["stride"]:
            text = f"{text} / s{count(row['stride'])}"
        opened = _OPEN.search(text)
        if opened:
            start, times = len(made), int(opened[1] or 1)
            if times > _MOST_REPEATS:
                problem = f"a brace repeated {times:,} times"
                raise SpecError(document.path, [Fault(row.line, "", problem, f"at most {_MOST_REPEATS} are read")])
        made.append(PrintedRow(row.line, {**row.cells, "type": text.replace(opened[0], " ", 1) if opened else text}))
        if "}" in text and start < 0:
            hint = "write 5x { in the first of the rows"
            raise SpecError(document.path, [Fault(row.line, text[:40], "a brace closes that was not opened", hint)])
        made[-1] = PrintedRow(made[-1].line, {**made[-1].cells, "type": plain(made[-1]["type"]).replace("}", " ")})
        # Without braces, 5x before a depthwise row means it and the row behind it, else its own row alone.
        ends = pair or (opened and "{" not in text and not re.search(r"dw|depth-?wise", text))
        pair = bool(opened and "{" not in text and not ends)
        if "}" in text or ends:
            made += made[start:] * (times - 1)
            start, times = -1, 1
    if start >= 0:
        raise SpecError(
            document.path,
            [Fault(printed[-1].line, "", "a brace `5x {` that does not close", "write } in the last of the rows")],
        )
    return made


def _row(draft: Draft, row: PrintedRow, behind: Size, activation: str, width: Fraction) -> None:
    text, shape = plain(row["type"]), plain(row["filter"])
    strided = _STRIDE.search(text)
    stride = strided[1] if strided else "1"
    kind = _DEPTHWISE.sub("conv dw", _POINTWISE.sub("conv", " ".join(_STRIDE.sub(" ", text).split())))
    printed = {}
    if len(behind) == 3:
        printed = {"output": "x".join(map(str, behind))} if width == 1 else {"size": f"{behind[0]}x{behind[1]}"}
    if kind.startswith("conv"):
        found = geometry(shape)
        if found.kernel is None:
            raise CellError(f"`{row['filter'][:40]}` is no filter shape", "write 3x3x32 dw or 1x1x32x64")
        depthwise = "dw" in kind or found.depthwise
        type = "depthwise conv bn" if depthwise else "conv bn"
        maps = "" if depthwise else str(max(1, int(found.maps * width)))
        entry = draft.add(
            row.line, type, maps=maps, kernel=found.window, stride=stride, activation=activation, **printed
        )
        _check_maps(draft, row, found.maps if depthwise else found.channels, entry.name)
        entry.unsaid = ("padding",)
        entry.prints = (behind[0], behind[1]) if len(behind) == 3 else None
    elif "pool" in kind:
        pool = geometry(re.sub(r"^pool ", "", shape) or "7x7")
        before = size(row["input"]) if row["input"] else ()
        if (pool.kernel == before[:2] or not shape or kind.startswith("global")) and "max" not in kind:
            # The mean of the whole map, at every input size.
            draft.add(row.line, "global avg pool", **printed)
            return
        type = "max pool" if "max" in kind else "avg pool"
        draft.add(row.line, type, kernel=pool.window, stride=stride, **printed)
    elif kind in ("fc", "fully connected"):
        draft.add(row.line, "fully connected", maps=shape.split("x")[-1])
    elif "softmax" in kind:
        draft.add(row.line, "softmax")
    else:
        raise CellError(
            f"`{row['type'][:40]}` is no row of such a table",
            "known are Conv / s1, Conv dw / s2, Avg Pool / s1, FC / s1, Softmax / s1",
        )


def _check_maps(draft: Draft, row: PrintedRow, taken: int, name: str) -> None:
    """A filter that takes other maps than the printed input has contradicts it."""
    before = size(row["input"]) if row["input"] else ()
    if taken and len(before) == 3 and before[2] != taken:
        why = f"the printed input has {before[2]} maps, the filter takes {taken}"
        printed = ("filter shape", row["filter"])
        draft.choices.note(Assumption(*printed, why, (name,), (), "contradiction", (*printed, row.line)))
