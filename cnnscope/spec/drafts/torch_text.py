"""torch's modules in a text: the leaves of print(model), or the calls of an nn.Sequential(...)."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnnscope.errors import CellError
from cnnscope.spec.drafts.keras.statements import CUT, Statement, called, cut, every, statements

_LEAF = re.compile(r"\s*\(([\w.]+)\):\s*([A-Z]\w*)\((.*)\)\s*")
_OPENS = re.compile(r"\s*\(([\w.]+)\):\s*([A-Z]\w*)\(\s*")
_TOP = re.compile(r"\s*([A-Z]\w*)\(\s*")
_MOST = 2_000
_MODULES = re.compile(r"\bnn\.[A-Z]|\bSequential\b|\b(?:Conv2d|Linear)\(")
_PASTE = "paste one nn.Sequential(...), or what torchinfo or torchsummary prints"
_WEIGHTED = ("Conv2d", "ConvTranspose2d", "Linear")


class Module(NamedTuple):
    """One module: its line, its name ("" in code), its kind and the text of its arguments."""

    line: int
    name: str
    kind: str
    arguments: str


def printed(lines: Sequence[str]) -> list[Module]:
    """The leaves of print(model); none in code."""
    found = []
    path: list[tuple[int, str]] = []
    tops = (_TOP.fullmatch(line) for line in lines)
    top = next((match[1] for match in tops if match), "Sequential")
    for number, raw in enumerate(lines, start=1):
        line = raw.expandtabs()
        indent = len(line) - len(line.lstrip())
        while path and indent <= path[-1][0] and line.strip():
            path.pop()
        if leaf := _LEAF.fullmatch(line):
            if not path and top != "Sequential" and leaf[2] in _WEIGHTED:
                hint = f"forward() may use a part twice, or add: {_PASTE}"
                raise CellError(f"line {number}: a {top[:40]} does not print how its parts are joined", hint)
            name = ".".join([*(name for _, name in path), leaf[1]])
            found.append(Module(number, name, leaf[2], leaf[3]))
        elif opened := _OPENS.fullmatch(line):
            if opened[2] != "Sequential":
                hint = f"it may add, or use a part twice: {_PASTE}"
                raise CellError(f"line {number}: a {opened[2][:40]} does not print how its parts are joined", hint)
            path.append((indent, opened[1]))
        elif found and line.strip() and not re.fullmatch(r"\s*(?:\)|>>>.*|```\w*)\s*", line):
            hint = "paste what print(model) shows"
            raise CellError(f"line {number}: `{line.strip()[:40]}` is not understood", hint)
    return found


def written(lines: Sequence[str]) -> list[Module]:
    """The modules of the one nn.Sequential(...) of a code."""
    all_of_it = _whole(lines)
    models = [node for statement in all_of_it if statement.tree for node in _outermost(statement.tree)]
    alone = [name for statement in all_of_it if statement.tree for name in _alone(statement.tree)]
    if len(models) != 1 or alone:
        hint = f"forward() says how parts are joined: {_PASTE}"
        what = f"a {alone[0]} outside nn.Sequential" if alone else f"{len(models) or 'no'} nn.Sequential"
        raise CellError(f"{what} in this code", hint)
    found: list[Module] = []
    waiting: list[ast.expr] = [*models[0].args]
    while waiting:
        if len(found) >= _MOST:
            raise CellError(f"more than {_MOST:,} modules", "repeat less")
        node = waiting.pop(0)
        if called(node) in ("Sequential", "OrderedDict") and isinstance(node, ast.Call):
            waiting = [*node.args, *waiting]
        elif isinstance(node, ast.List):
            waiting = [*node.elts, *waiting]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            waiting = [node.elts[1], *waiting]
        elif isinstance(node, ast.Call) and called(node):
            inside = ast.unparse(node).partition("(")[2].removesuffix(")")
            found.append(Module(node.lineno, "", called(node), inside))
        else:
            raise CellError(f"`{ast.unparse(node)[:40]}` is not in this text", "write its modules in its place")
    return found


def _whole(lines: Sequence[str]) -> list[Statement]:
    """The statements of a code; CellError where one of modules is no Python or cut off."""
    top = statements(lines)
    if line := cut(top, lambda statement: bool(_MODULES.search(statement.text))):
        raise CellError(f"line {line}: {CUT[0]}", CUT[1])
    all_of_it = [*every(top)]
    for statement in all_of_it:
        if statement.tree is None and not statement.head and _MODULES.search(statement.text):
            text = " ".join(statement.text.split())[:40]
            raise CellError(f"line {statement.line}: `{text}` is not understood", "check its brackets and commas")
    return all_of_it


def _alone(tree: ast.AST) -> Iterator[str]:
    """The modules with weights that stand in no Sequential."""
    if called(tree) in _WEIGHTED:
        yield called(tree)
    if called(tree) != "Sequential":
        for child in ast.iter_child_nodes(tree):
            yield from _alone(child)


def _outermost(tree: ast.AST) -> list[ast.Call]:
    """The Sequential calls of a statement that are in no other."""
    if isinstance(tree, ast.Call) and called(tree) == "Sequential":
        return [tree]
    return [node for child in ast.iter_child_nodes(tree) for node in _outermost(child)]
