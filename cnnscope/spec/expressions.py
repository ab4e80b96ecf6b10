"""The closed grammar of {...}: whole-number arithmetic over a block's parameters and the size of its input.

Python's parser reads the text (in.maps is renamed first, `in` being a keyword), a white list admits the nodes, and each
admitted node becomes a closure. Nothing is ever evaluated by Python itself.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from cnnscope.errors import CellError

Number = int | Fraction
Value = Number | str
"""What a parameter holds: a number (True and False are yes and no) or a word."""
Names = Mapping[str, Value]
Expression = Callable[[Names], Value]

LONGEST = 200
LARGEST = 2**63
HELP = (
    "allowed: the block's parameters, i, in.maps, in.height, in.width, + - * / // %, comparisons, and or not, "
    "a if c else b, min max ceil floor round_to"
)

_INPUT = re.compile(r"\b(in(?:[2-9]|[1-9][0-9]+)?)\.(maps|height|width)\b")
# ASCII only, since Python folds other letters into these; no point, so no attributes and no decimals.
_ALPHABET = re.compile(r"[A-Za-z0-9_ ,()+*/%<>=!-]*")
# 0x10, 1_000 and 1if: numbers to Python, which complains of some of them on stderr.
_ODD_NUMBER = re.compile(r"\b[0-9]+[A-Za-z_]")


def whole(value: Fraction) -> Number:
    """The value as an int where it is one."""
    return value.numerator if value.denominator == 1 else value


def round_to(value: Number, divisor: int) -> int:
    """The nearest multiple of divisor, at least one of it and never below 90 % of the value (MobileNet's channels)."""
    rounded = max(divisor, int(value + Fraction(divisor, 2)) // divisor * divisor)
    return rounded + divisor if rounded < Fraction(9, 10) * value else rounded


def input_name(tensor: str, axis: str) -> str:
    """The name under which an expression finds in.maps and its like."""
    return f"{tensor}.{axis}"


@lru_cache(4096)
def parse(text: str) -> Expression:
    """Compile the text between braces; CellError when it is not of the grammar."""
    if len(text) > LONGEST:
        raise CellError(f"an expression of {len(text):,} characters", f"at most {LONGEST} are read")
    try:
        run = _compile(_tree(text))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise CellError(f"{{{text}}} is not an expression", HELP) from None

    def evaluate(names: Names) -> Value:
        try:
            value = run(names)
        except ZeroDivisionError:
            raise CellError(f"{{{text}}} divides by zero", "guard it: {a if b != 0 else c}") from None
        except TypeError:
            raise CellError(f"{{{text}}} computes with a word", "arithmetic needs numbers on both sides") from None
        if not isinstance(value, str) and not -LARGEST <= value <= LARGEST:
            raise CellError(f"{{{text}}} is larger than 2^63", "use smaller numbers")
        return whole(value) if isinstance(value, Fraction) else value

    return evaluate


def names_in(text: str) -> set[str]:
    """The parameters that an expression reads (in.maps and its like left out)."""
    if len(text) > LONGEST:
        return set()
    try:
        tree = _tree(_INPUT.sub("0", text))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - _FUNCTIONS.keys()


def _tree(text: str) -> ast.expr:
    """The text as Python parses it; SyntaxError for signs that the grammar does not have."""
    source = _INPUT.sub(r"\1__\2", text.strip())
    if "__" in text or not _ALPHABET.fullmatch(source) or _ODD_NUMBER.search(source):
        raise SyntaxError
    return ast.parse(source, mode="eval").body


def _compile(node: ast.expr) -> Expression:
    """The closure of an admitted node; SyntaxError for all others."""
    if (compiler := _COMPILERS.get(type(node))) is None:
        raise SyntaxError
    return compiler(node)


def _constant(node: ast.Constant) -> Expression:
    number = node.value
    if type(number) is not int:
        raise SyntaxError
    return lambda names: number


def _name(node: ast.Name) -> Expression:
    shown = node.id.replace("__", ".")

    def read(names: Names) -> Value:
        if shown not in names:
            known = ", ".join(sorted(names)) or "nothing"
            raise CellError(f"{{{shown}}}: no such parameter", f"known here: {known}")
        return names[shown]

    return read


def _binary(node: ast.BinOp) -> Expression:
    apply, left, right = _known(_BINARY, node.op), _compile(node.left), _compile(node.right)
    return lambda names: apply(_number(left(names)), _number(right(names)))


def _unary(node: ast.UnaryOp) -> Expression:
    apply, inner = _known(_UNARY, node.op), _compile(node.operand)
    return lambda names: apply(_number(inner(names)))


def _boolean(node: ast.BoolOp) -> Expression:
    parts, combine = [_compile(value) for value in node.values], all if isinstance(node.op, ast.And) else any
    return lambda names: combine(_number(part(names)) for part in parts)


def _compare(node: ast.Compare) -> Expression:
    tests = [_known(_COMPARE, op) for op in node.ops]
    sides = [_compile(side) for side in (node.left, *node.comparators)]

    def chained(names: Names) -> bool:
        values = [_number(side(names)) for side in sides]
        return all(test(left, right) for test, left, right in zip(tests, values, values[1:], strict=False))

    return chained


def _choice(node: ast.IfExp) -> Expression:
    test, yes, no = _compile(node.test), _compile(node.body), _compile(node.orelse)
    return lambda names: yes(names) if _number(test(names)) else no(names)


def _call(node: ast.Call) -> Expression:
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise SyntaxError
    function, fewest, most = _FUNCTIONS.get(node.func.id, (None, 0, 0))
    if function is None or not fewest <= len(node.args) <= most:
        raise SyntaxError
    arguments = [_compile(argument) for argument in node.args]
    return lambda names: function(*(_number(argument(names)) for argument in arguments))


def _known(table: Mapping[type[ast.AST], Callable[..., Any]], op: ast.AST) -> Callable[..., Any]:
    if type(op) not in table:
        raise SyntaxError
    return table[type(op)]


def _number(value: Value) -> Number:
    if isinstance(value, str):
        raise TypeError
    return value


_BINARY: dict[type[ast.AST], Callable[..., Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Div: lambda left, right: Fraction(left) / right,
}
_UNARY: dict[type[ast.AST], Callable[..., Number]] = {ast.USub: operator.neg, ast.Not: operator.not_}
_COMPARE: dict[type[ast.AST], Callable[..., bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, tuple[Callable[..., Number], int, int]] = {
    "min": (min, 2, 99),
    "max": (max, 2, 99),
    "ceil": (math.ceil, 1, 1),
    "floor": (math.floor, 1, 1),
    "round_to": (round_to, 2, 2),
}
_COMPILERS: dict[type[ast.expr], Callable[[Any], Expression]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Call: _call,
}
