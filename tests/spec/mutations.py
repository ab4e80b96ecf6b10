"""Slips of the pen: what may happen to a page's text on its way to us."""

import re
from collections.abc import Callable

from hypothesis import strategies as st

Mutation = Callable[[str, int, int], str]
"""Text and two arbitrary numbers, which choose the places, to text."""

_SIGNS = "0123456789|-x×{}()[]^,;:.=*_#$<>&\"'`\\ \t\nabcinwé\uff41\u0663\u200b\x1b~%/+!"


def _character(change: Callable[[str, str, int], str]) -> Mutation:
    def mutate(text: str, first: int, second: int) -> str:
        if not text:
            return text
        at = first % len(text)
        return text[:at] + change(text[at], text[second % len(text)], second) + text[at + 1 :]

    return mutate


def _lines(change: Callable[[list[str], int, int], None]) -> Mutation:
    def mutate(text: str, first: int, second: int) -> str:
        lines = text.split("\n")
        change(lines, first % len(lines), second % len(lines))
        return "\n".join(lines)

    return mutate


def _cells(change: Callable[[list[str], int, int], None], *, column: bool = False) -> Mutation:
    """Change the cells of one line, or those of all lines alike, which is a change of columns."""

    def mutate(text: str, first: int, second: int) -> str:
        separator = "\t" if "\t" in text else "|"
        lines = text.split("\n")
        chosen = range(len(lines)) if column else [first % len(lines)]
        for index in chosen:
            cells = lines[index].split(separator)
            if len(cells) > 1:
                change(cells, (first if column else second) % len(cells), second // 7 % len(cells))
                lines[index] = separator.join(cells)
        return "\n".join(lines)

    return mutate


def _number(text: str, first: int, second: int) -> str:
    """Another number in the place of one."""
    numbers = [*re.finditer(r"\d+", text)]
    if not numbers:
        return text
    found = numbers[first % len(numbers)]
    other = ["0", "1", "2", "7", "64", "1000", "4294967296", "2147483647", "-1", "1.5", "1e9", "", "x"][second % 13]
    return text[: found.start()] + other + text[found.end() :]


def _swap(items: list[str], first: int, second: int) -> None:
    items[first], items[second] = items[second], items[first]


def _copy(items: list[str], first: int, second: int) -> None:
    items.insert(second, items[first])


def _delete(items: list[str], first: int, second: int) -> None:
    del items[first]


MUTATIONS: dict[str, Mutation] = {
    "delete a character": _character(lambda sign, other, number: ""),
    "double a character": _character(lambda sign, other, number: sign * 2),
    "replace a character": _character(lambda sign, other, number: _SIGNS[number % len(_SIGNS)]),
    "insert a character": _character(lambda sign, other, number: sign + _SIGNS[number % len(_SIGNS)]),
    "copy a character": _character(lambda sign, other, number: other),
    "delete a line": _lines(_delete),
    "copy a line": _lines(_copy),
    "swap lines": _lines(_swap),
    "delete a cell": _cells(_delete),
    "copy a cell": _cells(_copy),
    "swap cells": _cells(_swap),
    "delete a column": _cells(_delete, column=True),
    "copy a column": _cells(_copy, column=True),
    "swap columns": _cells(_swap, column=True),
    "change a number": _number,
    "cut the end": lambda text, first, second: text[: first % (len(text) + 1)],
}


@st.composite
def mutated(draw: st.DrawFn, pages: dict[str, str]) -> tuple[str, str]:
    """The name of a page and its text after up to four slips."""
    name = draw(st.sampled_from(sorted(pages)))
    text = pages[name]
    for _ in range(draw(st.integers(1, 4))):
        mutation = MUTATIONS[draw(st.sampled_from(sorted(MUTATIONS)))]
        text = mutation(text, draw(st.integers(0, 1 << 16)), draw(st.integers(0, 1 << 16)))
    return name, text
