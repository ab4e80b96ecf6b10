"""A closed grammar that selects rows by the columns of their page: `params < 5M and not family == vgg`.

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" condition ")" | column operator value
    operator   = "<" | "<=" | ">" | ">=" | "==" | "!="

Columns of numbers compare with numbers, in units of K, M and G; columns of words with a word, a 'phrase in quotes' or
a pattern (vgg*), by == and != only. Words differ neither in case nor between - and _. The unknown meets no comparison.
"""

import operator
import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from cnnscope.errors import UsageError
from cnnscope.render.sheet import Column

Row = TypeVar("Row")
Condition = Callable[[Row], bool]

LONGEST = 500
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
WORDS = ("and", "or", "not")

_TOKEN = re.compile(r"""\s*(?:([()])|([<>=!&|]+)|("[^"]*"|'[^']*')|([^\s()<>=!&|"']+))""")
_NUMBER = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,10}|[0-9]{1,30}(?:\.[0-9]{1,30})?)([A-Za-z]*)")


def where(columns: Sequence[Column[Row]], text: str) -> Condition[Row]:
    """The condition on a row of these columns; UsageError says what is wrong with the text."""
    if len(text) > LONGEST:
        raise UsageError(f"a condition of {len(text):,} characters", f"at most {LONGEST} are read")
    parser = _Parser(columns, _tokens(text))
    condition = parser.any_of()
    if parser.rest:
        found = parser.rest[0]
        hint = "a ( is missing" if found == ")" else "join comparisons with `and` or `or`"
        raise UsageError(f"`{found[:40]}` is one too many", hint)
    return condition


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        if not (found := _TOKEN.match(text, at)):
            raise UsageError(f"`{text[at:].strip()[:40]}` has a quote that does not end", "quotes come in pairs")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


class _Parser:
    """Reads tokens from the front of `rest`; every method returns the condition it has read."""

    def __init__(self, columns: Sequence[Column[Any]], tokens: list[str]) -> None:
        self.rest = tokens
        self._names = {column.name: column for column in columns}
        # `input` is what the table calls input_shape.
        self._columns = {column.title.lower(): column for column in columns} | self._names

    def any_of(self) -> Condition[Any]:
        parts = [self._all_of()]
        while self._next_is("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all_of(self) -> Condition[Any]:
        parts = [self._one()]
        while self._next_is("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _one(self) -> Condition[Any]:
        if self._next_is("not"):
            refused = self._one()
            return lambda row: not refused(row)
        if self._next_is("("):
            inside = self.any_of()
            if not self._next_is(")"):
                raise UsageError("a ( without its )", "close it")
            return inside
        return self._comparison()

    def _comparison(self) -> Condition[Any]:
        column = self._column(self._take("a comparison", "write one such as params < 5M"))
        sign = self._take(f"an operator behind {column.name}", f"write one of {' '.join(OPERATORS)}")
        if sign not in OPERATORS:
            _no_operator(column.name, sign)
        value = self._take(f"a value behind {column.name} {sign}", "write one such as 5M, or 'vgg*' for words")
        if value in ("(", ")", *OPERATORS) or value.lower() in WORDS:
            raise UsageError(f"`{value}` is no value of {column.name}", "put words that stand for themselves in quotes")
        if column.is_number:
            if self.rest and self.rest[0] in UNITS:
                value += self.rest.pop(0)
            return _by_number(column, sign, _number(value))
        if sign not in ("==", "!="):
            raise UsageError(f"{column.name} holds words, and {sign} compares numbers", "compare words with == or !=")
        return _by_pattern(column, value.strip("'\""), wanted=sign == "==")

    def _column(self, word: str) -> Column[Any]:
        if found := self._columns.get(word.lower().replace("-", "_")):
            return found
        if _NUMBER.fullmatch(word):
            raise UsageError(f"`{word[:40]}` stands before its column", "write the column first: params < 5M")
        if word in ("(", ")", *OPERATORS) or word.lower() in WORDS:
            raise UsageError(f"`{word}` where a column should stand", "write one such as params < 5M")
        from difflib import get_close_matches

        near = get_close_matches(word.lower(), self._columns, n=1)
        raise UsageError(
            f"no column `{word[:40]}`", f"did you mean {near[0]}?" if near else f"known are {', '.join(self._names)}"
        )

    def _next_is(self, word: str) -> bool:
        """Take the next token if it is this one."""
        found = bool(self.rest) and self.rest[0].lower() == word
        if found:
            self.rest.pop(0)
        return found

    def _take(self, wanted: str, hint: str) -> str:
        if not self.rest:
            raise UsageError(f"{wanted} is missing at the end", hint)
        return self.rest.pop(0)


def _no_operator(column: str, sign: str) -> NoReturn:
    near = {"=": "==", "=<": "<=", "=>": ">=", "<>": "!=", "!": "!=", "is": "=="}.get(sign.lower())
    hint = f"did you mean {near}?" if near else f"known are {' '.join(OPERATORS)}"
    raise UsageError(f"`{column} {sign[:40]}`: `{sign[:40]}` is no operator", hint)


def _number(text: str) -> Fraction:
    if not (found := _NUMBER.fullmatch(text)):
        if "," in text or "_" in text:
            hint = f"commas part thousands only: write {text.replace(',', '').replace('_', '')[:40]}"
        else:
            hint = "write one such as 5M, 1.5G or 224"
        raise UsageError(f"`{text[:40]}` is not a number", hint)
    digits, unit = found[1], found[2]
    if unit not in UNITS:
        near = f"did you mean {unit.upper()}? case matters" if unit.upper() in UNITS else "known are K, M and G"
        raise UsageError(f"`{unit[:20]}` is not a unit", near)
    return Fraction(digits.replace(",", "")) * UNITS[unit]


def _by_number(column: Column[Any], sign: str, limit: Fraction) -> Condition[Any]:
    holds = OPERATORS[sign]

    def condition(row: Any) -> bool:
        value = column.value(row)
        return value is not None and holds(value, limit)

    return condition


def _by_pattern(column: Column[Any], pattern: str, *, wanted: bool) -> Condition[Any]:
    form = _folded(pattern)
    return lambda row: fnmatchcase(_folded(column.text(row)), form) is wanted


def _folded(word: str) -> str:
    return word.lower().replace("_", "-")
