"""LaTeX: a booktabs tabular to paste into a paper."""

from collections.abc import Iterable, Sequence

from cnnscope.analysis.report import Report
from cnnscope.render.sheet import View, claim_text, headline, open_claims, printable, sheet, summary, totals

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
    "≠": r"$\neq$",
    "[": "{[}",
    "]": "{]}",
    "<": r"$<$",
    ">": r"$>$",
}


def render(reports: Sequence[Report], view: View) -> str:
    return "\n".join(_render(report, view) for report in reports)


def _render(report: Report, view: View) -> str:
    chosen, below = sheet(report, view), totals(report)
    alignment = "".join("r" if column.is_number else "l" for column in chosen.columns)
    lines = [
        f"% {printable(headline(report))}",
        "% needs \\usepackage{booktabs}",
        f"\\begin{{tabular}}{{{alignment}}}",
        "\\toprule",
        _line(column.title for column in chosen.columns),
        "\\midrule",
        *(_line(column.text(row) for column in chosen.columns) for row in chosen.rows),
        "\\midrule",
        _line(below.get(column.name, "") for column in chosen.columns),
        "\\bottomrule",
        "\\end{tabular}",
        *(f"% {what}: {printable(text)}" for what, text in summary(report)),
        *(f"% line {claim.line}: {printable(claim_text(claim))}" for claim in open_claims(report)),
    ]
    if chosen.hidden:
        lines.append(f"% {chosen.hidden} more rows are not shown; the total counts them")
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return " & ".join(escape(cell) for cell in cells) + r" \\"


def escape(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in printable(text))
