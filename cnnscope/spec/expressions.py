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

from cnnscope.errors import CellError

Value = int | Fraction | str
"""What a parameter holds: a number (True and False are yes and no) or a word."""
Names = Mapping[str, Value]
Expression = Callable[[Names], Value]

LONGEST = 200
LARGEST = 2**63
HELP = "allowed: the block's parameters, i, in.maps, in.height, in.width, + - * / // %, comparisons, and or not, a if c else b, min max ceil floor round_to"

_INPUT = re.compile(r"\b(in\d*)\.(maps|height|width)\b")
_BINARY: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Div: lambda left, right: whole(Fraction(left) / right),
}
_COMPARE: dict[type[ast.AST], Callable[..., bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def whole(value: Fraction) -> int | Fraction:
    """The value as an int where it is one."""
    return value.numerator if value.denominator == 1 else value


def round_to(value: int | Fraction, divisor: int) -> int:
    """The nearest multiple of divisor, at least one of it and never below 90 % of the value (MobileNet's channels)."""
    rounded = max(divisor, int(value + Fraction(divisor, 2)) // divisor * divisor)
    return rounded + divisor if rounded < Fraction(9, 10) * value else rounded


_FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "min": (min, 1, 99),
    "max": (max, 1, 99),
    "ceil": (math.ceil, 1, 1),
    "floor": (math.floor, 1, 1),
    "round_to": (round_to, 2, 2),
}


def input_name(tensor: str, axis: str) -> str:
    """The name under which an expression finds in.maps and its like."""
    return f"{tensor}.{axis}"


@lru_cache(4096)
def parse(text: str) -> Expression:
    """Compile the text between braces; CellError when it is not of the grammar."""
    if len(text) > LONGEST:
        raise CellError(f"an expression of {len(text):,} characters", f"at most {LONGEST} are read")
    if "__" in text:
        raise CellError(f"{{{text}}} is not an expression", HELP)
    source = _INPUT.sub(r"\1__\2", text.strip()).replace("in__", "in1__")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise CellError(f"{{{text}}} is not an expression", HELP) from None
    run = _compile(tree.body, text)

    def evaluate(names: Names) -> Value:
        try:
            value = run(names)
        except ZeroDivisionError:
            raise CellError(f"{{{text}}} divides by zero", "") from None
        except TypeError:
            raise CellError(f"{{{text}}} computes with a word", "arithmetic needs numbers on both sides") from None
        if not isinstance(value, str) and abs(value) > LARGEST:
            raise CellError(f"{{{text}}} is larger than 2^63", "use smaller numbers")
        return value

    return evaluate


def names_in(text: str) -> set[str]:
    """The parameters that an expression reads (in.maps and its like left out)."""
    if len(text) > LONGEST:
        return set()
    try:
        tree = ast.parse(_INPUT.sub("0", text.strip()), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - _FUNCTIONS.keys()


def _compile(node: ast.AST, text: str) -> Expression:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int(number)):
            return lambda names: number
        case ast.Name(id=name):
            return _lookup(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            first, second, apply = _compile(left, text), _compile(right, text), _BINARY[type(op)]
            return lambda names: apply(_number(first(names)), _number(second(names)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _compile(operand, text)
            return lambda names: -_number(inner(names))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _compile(operand, text)
            return lambda names: not inner(names)
        case ast.BoolOp(op=op, values=values):
            parts, combine = [_compile(value, text) for value in values], all if isinstance(op, ast.And) else any
            return lambda names: combine(part(names) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in _COMPARE for op in ops):
            sides = [_compile(side, text) for side in (left, *rest)]
            tests = [_COMPARE[type(op)] for op in ops]
            return lambda names: _chain(tests, [_number(side(names)) for side in sides])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            choose, yes, no = _compile(test, text), _compile(body, text), _compile(orelse, text)
            return lambda names: yes(names) if choose(names) else no(names)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            function, fewest, most = _FUNCTIONS[name]
            if fewest <= len(args) <= most and not any(isinstance(arg, ast.Starred) for arg in args):
                inner_args = [_compile(arg, text) for arg in args]
                return lambda names: function(*(_number(arg(names)) for arg in inner_args))
    raise CellError(f"{{{text}}} is not an expression", HELP)


def _lookup(name: str) -> Expression:
    shown = name.replace("in1__", "in__").replace("__", ".")

    def read(names: Names) -> Value:
        if shown not in names:
            known = ", ".join(sorted(names))
            raise CellError(
                f"{{{shown}}}: no such parameter", f"known here: {known}" if known else "none is known here"
            )
        return names[shown]

    return read


def _number(value: Value) -> int | Fraction:
    if isinstance(value, str):
        raise TypeError
    return value


def _chain(tests: list[Callable[..., bool]], values: list[int | Fraction]) -> bool:
    return all(test(left, right) for test, left, right in zip(tests, values, values[1:], strict=False))
