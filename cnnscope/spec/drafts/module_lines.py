"""Modules written on one line: `A x4 : 1x1 96 | 1x1 64, 3x3 96 | avg3, 1x1 96 = 384`, `35->17 B : 3x3/2 384 v |
max3x3/2`.

Branches are parted by |, steps by commas; {a || b} are branches inside a step, and so are the steps of {1x3 384, 3x1
384}. `v` or `valid` marks a window without padding. `p=32,64,64` calls the module once for each value. The sizes of a
label `35->17` settle the padding of its strided windows.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Cells, Draft
from cnnscope.spec.drafts.printed import plain

LINE = re.compile(r"(?P<label>[^:|]{1,80}?)\s*:\s*(?P<body>.*\d{1,7}x\d{1,7}.*)")
_REPEAT = re.compile(r"\bx ?(\d{1,3})\b")
_VALUES = re.compile(r"\b([a-z]) ?= ?(\d{1,7}(?:, ?\d{1,7})*)")
_SIZES = re.compile(r"\b(\d{1,7}) ?-> ?(\d{1,7})\b")
_RESULT = re.compile(r"(?:->|=)\s*\d{1,7}(?:, ?\d{1,7})*\s*$")
_STEP = re.compile(
    r"(?P<pool>max|avg)\s*(?:pool)?\s*(?P<pk>\d{1,7})(?:x(?P<pw>\d{1,7}))?(?:/(?P<ps>\d))?\s*(?P<pv>v|valid)?"
    r"|(?P<k>\d{1,7}x\d{1,7})(?:/(?P<s>\d))?,?\s+(?P<maps>\d{1,7}|[a-z])(?:\s+(?P<v>v|valid)\b)?"
)


class Module(NamedTuple):
    """One line; `calls` are the values of its letter, one for each call, or one None for each repeat."""

    name: str
    letter: str
    calls: tuple[str, ...]
    rows: list[Cells]
    strided: bool


def module(draft: Draft, label: str, body: str, conv: str) -> Module:
    """Declare the block of a line; CellError where a step is not understood."""
    text = plain(label)
    repeat, values, sizes = _REPEAT.search(text), _VALUES.search(text), _SIZES.search(text)
    body = _RESULT.sub("", plain(body)).strip()
    name = re.sub(r"[^a-z0-9]+", "-", _SIZES.sub("", _VALUES.sub("", _REPEAT.sub("", text)))).strip("-")
    name = name if name[:1].isalpha() else f"module-{name}"
    halves = sizes is not None and -(-int(sizes[1]) // 2) != int(sizes[2])
    writer = _Rows(conv, valid_strides=halves or (" v" in body and "/2" in body))
    writer.chain(_split(body, "|")) if len(_split(body, "|")) > 1 else writer.steps(_split(body, ","), "in")
    letter = values[1] if values else ""
    calls = (
        tuple(value.strip() for value in values[2].split(",")) if values else ("",) * int(repeat[1] if repeat else 1)
    )
    strided = any(cells.get("stride", "1") not in ("", "1") for cells in writer.rows)
    block = draft.block(f"{name}({letter})", writer.rows)
    return Module(block, letter, calls, writer.rows, strided)


class _Rows:
    """The rows of a block; names count up, `from` is written wherever a row does not read the one above it."""

    def __init__(self, conv: str, *, valid_strides: bool) -> None:
        self.conv, self.valid_strides = conv, valid_strides
        self.rows: list[Cells] = []

    def chain(self, branches: Sequence[str]) -> str:
        """Branches that all read the input, joined."""
        return self.join([self.steps(_split(branch, ","), "in") for branch in branches])

    def join(self, ends: Sequence[str]) -> str:
        return self._add({"type": "concat", "from": ", ".join(ends)}, "concat")

    def steps(self, steps: Sequence[str], source: str) -> str:
        """Steps one after the other; returns the name of the last."""
        for step in (step.strip() for step in steps):
            if step.startswith("{"):
                inside = re.sub(r"\}\s*(?:=\s*\d{1,7})?\s*$", "", step[1:]).strip()
                parts = _split(inside, "||") if "||" in inside else _split(inside, ",")
                ends = [self.steps(_split(part, ",") if "||" in inside else [part], source) for part in parts]
                source = self.join(ends)
            elif step:
                source = self._step(step, source)
        return source

    def _step(self, text: str, source: str) -> str:
        match = _STEP.fullmatch(text.strip())
        if not match:
            raise CellError(f"`{text[:40]}` is no step of a module", "write 3x3 96, 3x3/2 96 v, avg3x3/1 or max3x3/2")
        if match["pool"]:
            stride = match["ps"] or "1"
            padding = "valid" if match["pv"] or (stride != "1" and self.valid_strides) else "same"
            kernel = f"{match['pk']}x{match['pw'] or match['pk']}"
            cells = {"type": f"{match['pool']} pool", "kernel": kernel, "stride": stride, "padding": padding}
            return self._add(cells | {"from": source}, f"{match['pool']}")
        stride = match["s"] or ""
        padding = "valid" if match["v"] or (stride not in ("", "1") and self.valid_strides) else "same"
        maps = match["maps"] if match["maps"].isdecimal() else f"{{{match['maps']}}}"
        cells = {"type": self.conv, "maps": maps, "kernel": match["k"], "stride": stride, "activation": "relu"}
        return self._add(cells | {"padding": padding, "from": source}, match["k"])

    def _add(self, cells: Cells, stem: str) -> str:
        taken = {row["layer"] for row in self.rows}
        number = 1
        while (name := stem if number == 1 else f"{stem}_{number}") in taken:
            number += 1
        before = self.rows[-1]["layer"] if self.rows else "in"
        if cells.get("from") == before:
            cells.pop("from")
        self.rows.append({"layer": name} | cells)
        return name


def _split(text: str, sign: str) -> list[str]:
    """Parts outside braces."""
    parts, depth, start, index = [], 0, 0, 0
    while index < len(text):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0 and text.startswith(sign, index):
            parts.append(text[start:index])
            start = index = index + len(sign)
        else:
            index += 1
    return [part for part in (*parts, text[start:]) if part.strip()]
