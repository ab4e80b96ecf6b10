"""Worked equations in the formats that can show them; each takes care of what is dangerous in it."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnscope.explanation.term import Leaf
from cnnscope.render.formula import LATEX, PLAIN, TEXT, Notation, formula, number
from cnnscope.render.sheet import Sheet, View, printable

_INDENT = "  "
_WIDEST = 34
"""A name longer than this stands on a line of its own."""

Line = list[tuple[str, str]]


class Worked(NamedTuple):
    """One line of an explanation: what it is, its equations as (name, arithmetic, result), and a remark.

    The arithmetic is a term of `explanation/`, None where there is none; `render/formula.py` writes it.
    """

    what: str
    equations: Sequence[tuple[str, Any, int | str]]
    remark: str = ""


class WorkedSection(NamedTuple):
    """Lines under a title."""

    title: str
    lines: Sequence[Worked]
    remark: str = ""


def equations(line: Worked, notation: Notation) -> list[str]:
    """Each as text: 11 + (5 - 1)·8 = 43."""
    texts = []
    for name, term, result in line.equations:
        shown = number(result, notation) if isinstance(result, int) else printable(result)
        arithmetic = "" if term is None or isinstance(term, Leaf) else printable(formula(term, notation))
        text = f"{arithmetic} = {shown}" if arithmetic else shown
        texts.append(f"{printable(name)} {text}" if name else text)
    return texts


def terminal(sheet: Sheet[Any], view: View) -> Iterator[Line]:
    """Names at the left, equations aligned behind them; a narrow terminal breaks them between factors."""
    notation = PLAIN if view.plain else TEXT
    yield from _wrapped(sheet.headline, "bold", view.width)
    names = [len(printable(line.what)) for section in sheet.worked for line in section.lines]
    width = min(max(names, default=0), _WIDEST, (view.width or 200) // 3)
    for section in sheet.worked:
        yield [("", "")]
        yield from _wrapped(section.title, "bold", view.width)
        yield from _wrapped(_signs(section.remark, notation), "", view.width, _INDENT) if section.remark else ()
        for line in section.lines:
            yield from _line(line, notation, width, view.width)


def _line(line: Worked, notation: Notation, width: int, screen: int | None) -> Iterator[Line]:
    what, text = printable(line.what), ", ".join(equations(line, notation))
    remark = _signs(printable(line.remark), notation)
    shown = f"{text}  ({remark})" if text and remark else text or remark
    room = max(screen - width - 2 * len(_INDENT), 16) if screen else None
    pieces = textwrap.wrap(shown, room, break_long_words=False) if room else [shown]
    if len(what) > width:
        yield [(f"{_INDENT}{what}", "")]
        what = ""
    for index, piece in enumerate(pieces or [""]):
        yield [(f"{_INDENT}{what if index == 0 else '':<{width}}{_INDENT}", ""), (piece, "")]


def _signs(text: str, notation: Notation) -> str:
    """Words with the notation's sign of multiplication; a dash, as elsewhere in ASCII, would be a minus here."""
    return text.replace("·", notation.times)


def _wrapped(text: str, style: str, width: int | None, indent: str = "") -> Iterator[Line]:
    shown = printable(text)
    lines = textwrap.wrap(shown, max(width - len(indent), 16)) if width else [shown]
    yield from ([(indent + line, style)] for line in lines)


def markdown(sheet: Sheet[Any], escape: Callable[[str], str]) -> str:
    """A heading per section and a list of equations under it."""
    lines = [f"## {escape(sheet.headline)}", ""]
    for section in sheet.worked:
        lines += [f"### {escape(section.title)}", ""]
        lines += [f"{escape(section.remark)}.", ""] if section.remark else []
        for line in section.lines:
            text = ", ".join(map(escape, equations(line, TEXT)))
            remark = f" ({escape(line.remark)})" if line.remark and text else escape(line.remark)
            lines.append(f"- **{escape(line.what)}**: {text}{remark}")
        lines.append("")
    return "\n".join(lines)


def latex(sheet: Sheet[Any], escape: Callable[[str], str]) -> str:
    """Aligned equations, a block per section; definitions as paragraphs."""
    lines = [f"% {printable(sheet.headline)}", "% needs \\usepackage{amsmath}"]
    for section in sheet.worked:
        remark = f" ({escape(section.remark)})" if section.remark else ""
        lines += ["", rf"\paragraph{{{escape(section.title)}}}{remark}"]
        rows = [row for line in section.lines if line.equations for row in _rows(line, escape)]
        prose = [line for line in section.lines if not line.equations]
        lines += [rf"\textit{{{escape(line.what)}}}: {escape(line.remark)}\par" for line in prose]
        if rows:
            lines += [r"\begin{align*}", *(row + r" \\" for row in rows[:-1]), rows[-1], r"\end{align*}"]
    return "\n".join(lines) + "\n"


def _rows(line: Worked, escape: Callable[[str], str]) -> Iterator[str]:
    """What it is, the arithmetic, and its result behind the sign at which all are aligned."""
    for index, (name, term, result) in enumerate(line.equations):
        what = escape(name or line.what)
        value = number(result, LATEX) if isinstance(result, int) else rf"\text{{{escape(result)}}}"
        text = value if term is None or isinstance(term, Leaf) else f"{formula(term, LATEX)} = {value}"
        remark = rf" \qquad \text{{({escape(line.remark)})}}" if line.remark and index == 0 else ""
        yield rf"\text{{{what}}} &= {text}{remark}"
