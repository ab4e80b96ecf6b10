"""Python code as text: its statements and the values in them. Nothing is ever executed.

Pasted code has lost commas between calls, brackets at its end and the lines that define its names; comments, prompts
and prose stand around it. Each statement is parsed alone, so what is no Python disturbs nothing else.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_PIECE = re.compile(
    r"#[^\n]*|(?:\"\"\"|''')(?:[^\\]|\\.)*?(?:\"\"\"|''')|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|[()\[\]{}]|\\\n|\n|;|[^#\"'()\[\]{}\n;\\]+|.",
    re.DOTALL,
)
_PROMPT = re.compile(r"^(\s*)(?:>>>|\.\.\.|In ?\[\d*\]:|```\w*|~~~\w*|[%!].*) ?", re.MULTILINE)
_GOES_ON = re.compile(r"\s*(?!(?:if|else|for|in|is|and|or|not|async)\b)[A-Za-z_]")
_HEADER = re.compile(r"(for|while|if|elif|else|def|class|with|try|except|finally|async)\b.*:\s*$", re.DOTALL)
_MOST = 10_000
_LARGEST = 1 << 31
_DEEPEST = 100


class Unknown(NamedTuple):
    """An expression whose value the text does not say."""

    text: str


Value = int | float | str | bool | None | tuple[Any, ...] | Unknown


@dataclass(slots=True)
class Statement:
    """One statement; `tree` is None for the head of a block, and for what is no Python."""

    line: int
    indent: int
    text: str
    tree: ast.stmt | None = None
    body: list["Statement"] = field(default_factory=list)
    opened: int = 0
    """The line of a bracket that the text never closes."""

    @property
    def head(self) -> str:
        """for, def, if ... where the statement is the head of a block, or else nothing."""
        match = _HEADER.match(self.text)
        return match[1] if match and self.tree is None else ""


def statements(lines: Sequence[str]) -> list[Statement]:
    """The statements of a text in order, those of a block in its head's body."""
    text = _PROMPT.sub(r"\1", "\n".join(line.replace("\t", "    ") for line in lines))
    top: list[Statement] = []
    blocks: list[Statement] = []
    for line, indent, source, opened in _logical(text):
        statement = Statement(line, indent, source, _parsed(source, line), opened=opened)
        while blocks and indent <= blocks[-1].indent:
            blocks.pop()
        (blocks[-1].body if blocks else top).append(statement)
        if statement.head:
            blocks.append(statement)
    return top


CUT = ("a bracket opens that the text never closes", "the code is cut off: paste it to its end")


def cut(found: Sequence[Statement], makes_layers: Callable[[Statement], bool]) -> int:
    """The line of a bracket that code of layers leaves open, since nobody knows what stood behind; or else 0."""
    return next((each.opened for each in every(found) if each.opened and makes_layers(each)), 0)


def every(found: Sequence[Statement]) -> Iterator[Statement]:
    """All statements, those of blocks too."""
    for statement in found:
        yield statement
        yield from every(statement.body)


def _logical(text: str) -> Iterator[tuple[int, int, str, int]]:
    """(line, indent, source, open bracket) of each statement; brackets join lines, lost commas are put back."""
    parts: list[str] = []
    line, start, depth, closed = 1, 1, 0, False
    for piece in [*_PIECE.findall(text)[: _MOST * 20], "\n"]:
        if not "".join(parts[:1]).strip() and not depth:
            start = line
        if piece in (")", "]", "}"):
            depth, closed = max(0, depth - 1), True
        elif closed and depth and _GOES_ON.match(piece):
            parts.append(",")
            closed = False
        elif piece.strip() and piece[0] != "#":
            depth, closed = depth + (piece in ("(", "[", "{")), False
        line += piece.count("\n")
        if piece[0] != "#" and piece != "\\\n":
            parts.append(piece)
        if piece in ("\n", ";") and depth == 0:
            yield from _whole(start, "".join(parts).rstrip("\n;"))
            parts = []
    if parts:
        missing = _missing("".join(parts))
        ends = "".join(bracket for bracket, _ in missing)
        yield from _whole(start, "".join(parts) + ends, start + missing[-1][1] if missing else 0)


def _whole(line: int, source: str, opened: int = 0) -> Iterator[tuple[int, int, str, int]]:
    if source.strip():
        first = next(text for text in source.split("\n") if text.strip())
        yield line, len(first) - len(first.lstrip()), source.strip(), opened


def _missing(text: str) -> list[tuple[str, int]]:
    """What would close the brackets that are left open at the end of a text, and how many lines below its first."""
    stack: list[tuple[str, int]] = []
    line = 0
    for piece in _PIECE.findall(text):
        if piece in ("(", "[", "{"):
            stack.append(({"(": ")", "[": "]", "{": "}"}[piece], line))
        elif piece in (")", "]", "}") and stack:
            stack.pop()
        line += piece.count("\n")
    return stack[::-1]


def _parsed(source: str, line: int) -> ast.stmt | None:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(body) != 1 or _is_deep(body[0]):
        return None
    ast.increment_lineno(body[0], line - 1)
    return body[0]


def _is_deep(tree: ast.stmt) -> bool:
    """Deeper than code of layers is, so deep that walking it would end in a RecursionError."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def called(node: ast.AST) -> str:
    """tf.keras.layers.Conv2D(...) -> Conv2D; "" where nothing of a name is called."""
    function = node.func if isinstance(node, ast.Call) else None
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def value(node: ast.expr, names: dict[str, ast.expr], depth: int = 0) -> Value:
    """What an expression of numbers, words and known names stands for."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, bytes | complex) and node.value is not ...:
        return node.value
    if isinstance(node, ast.Tuple | ast.List) and depth < 20:
        return tuple(value(each, names, depth + 1) for each in node.elts)
    if isinstance(node, ast.Name) and node.id in names and depth < 20:
        return value(names[node.id], names, depth + 1)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        found = value(node.operand, names, depth + 1)
        if isinstance(found, int | float):
            return -found
    if isinstance(node, ast.BinOp) and depth < 20:
        return _reckoned(node, names, depth)
    if isinstance(node, ast.Attribute):
        return node.attr
    return Unknown(ast.unparse(node)[:60] if depth < 20 else "...")


def _reckoned(node: ast.BinOp, names: dict[str, ast.expr], depth: int) -> Value:
    left, right = value(node.left, names, depth + 1), value(node.right, names, depth + 1)
    if isinstance(left, tuple) and isinstance(right, tuple) and isinstance(node.op, ast.Add):
        return (*left, *right)
    if isinstance(left, int | float) and isinstance(right, int | float) and max(abs(left), abs(right)) < _LARGEST:
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.FloorDiv) and right:
            return left // right
        if isinstance(node.op, ast.Div) and right:
            return left / right
    return Unknown(ast.unparse(node)[:60])
