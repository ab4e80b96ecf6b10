"""The names of a table's rows: made up where absent, unique, and read only below the row that bears them."""

from collections.abc import Sequence

from cnnscope.errors import Fault
from cnnscope.graph import INPUT
from cnnscope.spec.columns import suggestion
from cnnscope.spec.faults import MOST_FAULTS
from cnnscope.spec.program import Row

LONGEST_NAME = 100

# An unknown name is compared with so many of the names above it, the nearest ones.
_MOST_COMPARED = 200


def check_names(rows: Sequence[Row], input_name: str) -> list[Fault]:
    """Name the rows that have no name and return what is wrong with names and `from`.

    `input_name` is what the table calls the network's input; "" inside a block, whose inputs are in, in2, ...
    """
    _make_up(rows)
    inside_block = not input_name
    lines = {INPUT: 0} | ({} if inside_block else {input_name: 0})
    later = {row.name for row in rows}
    faults: list[Fault] = []
    unread: dict[str, Row] = {}
    previous = INPUT
    for row in rows:
        if len(faults) > MOST_FAULTS:
            return faults
        if fault := _unfit(row, lines):
            faults.append(fault)
        for name in row.source or (previous,):
            if name not in lines and not (inside_block and _is_further_input(name)):
                faults.append(_unknown(row, name, lines, is_later=name in later))
            unread.pop(name, None)
        row.source = tuple([INPUT if name == input_name else name for name in row.source])
        lines.setdefault(row.name, row.line)
        unread[row.name] = row
        previous = row.name
    return faults + (_never_read(rows, unread) if inside_block else [])


def _make_up(rows: Sequence[Row]) -> None:
    """conv1, conv2, max_pool1 ...: the first free number behind the row's type."""
    taken = {row.name for row in rows}
    numbers: dict[str, int] = {}
    for row in rows:
        if row.name:
            continue
        stem = "".join(sign if sign.isalnum() else "_" for sign in row.type.text.lower())[:40].strip("_") or "row"
        number = numbers.get(stem, 0) + 1
        while f"{stem}{number}" in taken:
            number += 1
        numbers[stem] = number
        row.name = f"{stem}{number}"


def _unfit(row: Row, lines: dict[str, int]) -> Fault | None:
    name = row.name[:40]
    if len(row.name) > LONGEST_NAME:
        return Fault(row.line, name, f"a name of {len(row.name):,} characters", f"at most {LONGEST_NAME} are read")
    if "," in row.name:
        return Fault(row.line, name, "a name cannot hold a comma", "the column `from` lists names with commas between")
    if row.name == INPUT or _is_further_input(row.name) or row.name.startswith(f"{INPUT}."):
        return Fault(row.line, name, "this name means an input", "rename the row")
    if row.name in lines:
        other = f"line {lines[row.name]}" if lines[row.name] else "the input"
        return Fault(row.line, name, f"this name is taken by {other}", "rename one")
    return None


def _unknown(row: Row, name: str, lines: dict[str, int], *, is_later: bool) -> Fault:
    if is_later:
        return Fault(
            row.line, row.name[:40], f"from `{name[:40]}`: that row comes later", "a row reads rows above it: move one"
        )
    hint = suggestion(name, [*lines][-_MOST_COMPARED:])
    return Fault(row.line, row.name[:40], f"from `{name[:40]}`: no such row above", hint)


def _never_read(rows: Sequence[Row], unread: dict[str, Row]) -> list[Fault]:
    """A block's output is its last row, so a row that no other reads is a slip."""
    hint = "a block's output is its last row; name this row in some `from`"
    return [
        Fault(row.line, row.name[:40], "nothing reads this row", hint) for row in unread.values() if row is not rows[-1]
    ]


def _is_further_input(name: str) -> bool:
    """in2, in3, ...: a block called with several inputs."""
    digits = name.removeprefix(INPUT)
    return digits != name and digits.isdecimal() and len(digits) < 4 and int(digits) > 1
