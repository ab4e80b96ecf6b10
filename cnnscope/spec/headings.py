"""What a page declares in its headings: # network(a, b=1), ## block(c) and prose."""

import re
from keyword import iskeyword

from cnnscope.errors import Fault
from cnnscope.graph import METRICS
from cnnscope.ops import SYNONYMS, VOCABULARY
from cnnscope.spec.columns import PLAIN, title
from cnnscope.spec.program import Block
from cnnscope.spec.tables.document import Document

MOST_PARAMETERS = 50

_FUNCTION = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)\(([^()]*)\)")
_PARAMETER = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=\s*(\S.*)?)?")
_TAKEN = {"i", "min", "max", "ceil", "floor", "round_to", *PLAIN, *METRICS}
_INPUT = re.compile(r"in[0-9]*")


def declared(document: Document) -> tuple[Block, list[Block], list[Fault]]:
    """The network and the blocks, still without rows, and what is wrong with them.

    The network is the heading of level 1 that has parameters, or else the first of level 1.
    """
    network = Block("", {}, [])
    blocks: list[Block] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    is_function = False
    for line, level, heading in document.headings:
        function = _FUNCTION.fullmatch(heading)
        if level == 1 and function and is_function:
            hint = "make it a block: ## name(...)"
            faults.append(Fault(line, function[1][:40], "a second network on this page", hint))
        elif level == 1 and function:
            network, is_function = Block(function[1], _parameters(function[2], line, faults), [], line), True
        elif level == 1 and not network.name:
            network = Block(heading, {}, [], line)
        elif level > 1 and function:
            if problem := _unfit_name(function[1], lines):
                faults.append(Fault(line, function[1][:40], problem, "rename the block"))
            blocks.append(Block(function[1], _parameters(function[2], line, faults), [], line))
            lines.setdefault(function[1], line)
    return network, blocks, faults


def _unfit_name(name: str, lines: dict[str, int]) -> str:
    plain = name.lower().replace("-", " ")
    if plain in VOCABULARY or plain in SYNONYMS or plain == "input":
        return "an operator has this name"
    return f"the block of line {lines[name]} has this name" if name in lines else ""


def _parameters(text: str, line: int, faults: list[Fault]) -> dict[str, str | None]:
    """Parameters with their defaults, None for those that a caller must give."""
    parameters: dict[str, str | None] = {}
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if len(pieces) > MOST_PARAMETERS:
        faults.append(Fault(line, "", f"{len(pieces):,} parameters", f"at most {MOST_PARAMETERS} are read"))
        return {}
    for piece in pieces:
        entry = _PARAMETER.fullmatch(piece)
        name = title(entry[1]) if entry else ""
        if not entry or "__" in name:
            faults.append(Fault(line, "", f"`{piece[:40]}` is no parameter", "write name or name=default"))
        elif name in parameters or name in _TAKEN or _INPUT.fullmatch(name) or iskeyword(name):
            hint = "rename it; columns, claims, i, in and words of expressions have a meaning of their own"
            faults.append(Fault(line, "", f"a parameter cannot be named `{name[:40]}` here", hint))
        elif "{" in piece:
            faults.append(
                Fault(line, "", f"`{piece[:40]}`: a default cannot be an expression", "write a number or a word")
            )
        else:
            default = entry[2] if "=" in piece else None
            parameters[name] = "" if default in ("-", "–") else default
    return parameters
