"""LaTeX: a booktabs tabular to paste into a paper."""

from collections.abc import Iterable, Sequence
from typing import Any

from cnnscope.render.sheet import Page, Sheet, View, printable

SUFFIXES = (".tex",)

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "✗": r"$\times$",
    "✓": r"$\surd$",
    "≠": r"$\neq$",
    "[": "{[}",
    "]": "{]}",
    "<": r"$<$",
    ">": r"$>$",
}


def render(page: Page, results: Sequence[Any], view: View) -> str:
    return "\n".join(_table(page.sheet(result, view)) for result in results)


def _table(sheet: Sheet[Any]) -> str:
    if sheet.worked:
        from cnnscope.render.equations import latex

        return latex(sheet, escape)
    alignment = "".join("r" if column.is_number else "l" for column in sheet.columns)
    total = (sheet.totals.get(column.name, "") for column in sheet.columns)
    comments = [
        *(f"{what}: {text}" for what, text in sheet.summary),
        *(remark.in_its_file for remark in sheet.remarks),
        *filter(None, [sheet.left_out()]),
    ]
    lines = [
        *([_comment(sheet.headline)] if sheet.headline else []),
        "% needs \\usepackage{booktabs}",
        f"\\begin{{tabular}}{{{alignment}}}",
        "\\toprule",
        _line(column.title for column in sheet.columns),
        "\\midrule",
        *(_line(column.text(row) for column in sheet.columns) for row in sheet.rows),
        *(["\\midrule", _line(total)] if sheet.totals else []),
        "\\bottomrule",
        "\\end{tabular}",
        *map(_comment, comments),
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return f"% {printable(text)}"


def _line(cells: Iterable[str]) -> str:
    return " & ".join(escape(cell) for cell in cells) + r" \\"


def escape(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in printable(text))
