"""Whether a call makes layers, and whether it is whole: a lost bracket makes the next layers its arguments."""

import ast
import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.keras.arguments import KNOWN
from cnnscope.spec.drafts.keras.statements import Statement, called


def check_call(node: ast.Call) -> None:
    """A layer is called with a tensor, and not with other layers as arguments of its own."""
    if any(called(each) in KNOWN for word in node.keywords for each in ast.walk(word.value)):
        raise CellError(f"`{ast.unparse(node)[:40]}` holds other layers", "close its brackets")
    if isinstance(node.func, ast.Call) and not node.args:
        raise CellError(f"`{ast.unparse(node)[:40]}` is called with nothing", "write x = Dense(10)(x)")


def makes_layers(statement: Statement) -> bool:
    """Is a layer called here?"""
    if statement.tree is None:
        named = re.search(r"[=(\[]", statement.text) and any(name in statement.text for name in KNOWN)
        return bool(named) or any(map(makes_layers, statement.body))
    return any(called(node) in KNOWN for node in ast.walk(statement.tree))
