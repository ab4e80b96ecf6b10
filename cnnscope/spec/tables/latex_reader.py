r"""The cells of LaTeX tables: tabular and array, with \multicolumn and \multirow, whose text stands in every cell
that they cover.
"""

import re

from cnnscope.spec.tables.document import MOST_COLUMNS, MOST_ROWS, Document, Table, header_row, split_lines, table_row

_BEGIN = re.compile(r"\\begin\{(tabular[x*]?|tabulary|longtable|array)\}")
_INNER = re.compile(
    r"\\begin\{(array|tabular|[bpB]?matrix|aligned|gathered)\}(?:\[[^\]]*\])?(?:\{[^{}]*\})?((?:(?!\\begin).)*?)"
    r"\\end\{(?:array|tabular|[bpB]?matrix|aligned|gathered)\}",
    re.DOTALL,
)
_ROW_END = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\tabularnewline\b")
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|hrule|addlinespace|noalign\{[^{}]*\}|cmidrule(?:\([^)]*\))?\{[^{}]*\}|cline\{[^{}]*\}|Xhline\{[^{}]*\})(?:\[[^\]]*\])?"
)
_COMMENT = re.compile(r"(?<!\\)%.*")
_WRAPPED = re.compile(
    r"\\(?:text(?:bf|it|rm|tt|sf|sc)?|mathrm|mathbf|emph|underline|small|scriptsize|footnotesize|makecell|thead|shortstack|tabincell\{[^{}]*\}|bf|rm)(?:\[[^\]]*\])?\{([^{}]*)\}"
)
_STACKED = re.compile(r"\\stackanchor\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_MULTICOLUMN = re.compile(r"\\multicolumn\s*\{(\d+)\}\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\{(.*)\}\s*$", re.DOTALL)
_MULTIROW = re.compile(
    r"\\multirow\s*(?:\[[^\]]*\])?\s*\{(\d+)\}\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}\s*\{(.*)\}\s*$", re.DOTALL
)
_PART_OF_ROW = re.compile(r"\\multirow\s*(?:\[[^\]]*\])?\s*\{\d+\}\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}\s*\{([^{}]*)\}")
_CELL_END = re.compile(r"(?<!\\)&")
_WORDS = (
    (re.compile(r"\\left\s*\\?([\[({.|])|\\right\s*\\?([\])}.|])"), lambda m: (m[1] or m[2]).strip(".|")),
    (
        re.compile(r"\\[,;:! ]|~|\\quad|\\qquad|\\centering|\\displaystyle|\\small|\\scriptsize|\\footnotesize"),
        lambda m: " ",
    ),
    (re.compile(r"\\(?:checkmark|surd|ding\{51\})"), lambda m: "✓"),
    (re.compile(r"\\times(?![A-Za-z])"), lambda m: "×"),
    (re.compile(r"\\([#%&_$])"), lambda m: m[1]),
    (re.compile(r"\\(?:dagger|ddagger|ast)\b|\$?\^\{?\\(?:dagger|ddagger|ast)\}?\$?"), lambda m: ""),
    (re.compile(r"\^\{(\d+)\}"), lambda m: f"^{m[1]}"),
)


def read(text: str) -> Document:
    document = Document(lines=split_lines(text))
    body, start = _body("\n".join(_COMMENT.sub("", line) for line in document.lines))
    first_line = text[:start].count("\n") + 1
    for _ in range(4):
        body = _INNER.sub(lambda inner: _in_one(inner[1], inner[2], inner[0].count("\n")), body)
    body = _without_inner_ends(body)
    rows = _rows(body, first_line)
    if not rows:
        return document
    width = max(len(cells) for _, cells in rows)
    titles = rows[0][1] + [""] * (width - len(rows[0][1]))
    header = header_row(document, rows[0][0], titles)
    table = Table(rows[0][0], header, [])
    for line, cells in rows[1 : MOST_ROWS + 2]:
        if row := table_row(document, header, line, cells):
            table.rows.append(row)
    document.tables.append(table)
    return document


def _body(text: str) -> tuple[str, int]:
    """The outermost tabular's inside, or the whole text where only its rows were copied; and where it starts."""
    begin = _BEGIN.search(text)
    if not begin:
        return text, 0
    start = begin.end()
    # The alignment: {l|c|c}, and a width before it in tabularx.
    while start < len(text) and text[start] in "[{ \n":
        if text[start] in " \n":
            start += 1
            continue
        start = _closing(text, start) + 1
    end = text.rfind(f"\\end{{{begin[1]}}}")
    return text[start : end if end > start else len(text)], start


def _closing(text: str, start: int) -> int:
    """The index of the bracket that closes the one at `start`."""
    pairs, depth = {"{": "}", "[": "]"}[text[start]], 0
    for index in range(start, len(text)):
        depth += (text[index] == text[start]) - (text[index] == pairs)
        if depth == 0:
            return index
    return len(text) - 1


def _in_one(kind: str, inside: str, breaks: int) -> str:
    """The rows of an array inside a cell as one, parted by semicolons; line breaks are kept for the count."""
    rows = [row.strip() for row in _ROW_END.split(inside) if row.strip()]
    text = "; ".join(" ".join(row.split()) for row in rows).replace("&", " ")
    return (f"[{text}]" if kind in ("bmatrix", "pmatrix", "Bmatrix") else text) + "\n" * breaks


def _without_inner_ends(body: str) -> str:
    r"""Ends of lines inside braces, as in \makecell{a \\ b}, part the lines of one cell, not rows."""
    made, depth, index = [], 0, 0
    while index < len(body):
        end = _ROW_END.match(body, index) if depth > 0 and body[index] == "\\" else None
        if end:
            made.append(";" + "\n" * end[0].count("\n"))
            index = end.end()
            continue
        if body[index] == "\\":
            made.append(body[index : index + 2])
            index += 2
            continue
        depth += (body[index] == "{") - (body[index] == "}")
        made.append(body[index])
        index += 1
    return "".join(made) if depth == 0 else body


def _rows(body: str, line: int) -> list[tuple[int, list[str]]]:
    """The rows with their lines, merged cells written out."""
    rows: list[tuple[int, list[str]]] = []
    waiting: dict[int, tuple[int, str]] = {}
    at = 0
    for end in [*_ROW_END.finditer(body), None]:
        text = body[at : end.start() if end else len(body)]
        stripped = _RULES.sub(" ", text)
        lead = len(text) - len(text.lstrip())
        number = line + body[: at + lead].count("\n")
        at = end.end() if end else len(body)
        if not stripped.strip():
            continue
        cells: list[str] = []
        for piece in _CELL_END.split(stripped):
            cells += _cell(piece.strip(), len(cells), waiting)
        rows.append((number, _with_waiting(cells, waiting)))
    return rows


def _cell(piece: str, column: int, waiting: dict[int, tuple[int, str]]) -> list[str]:
    across = 1
    if many := _MULTICOLUMN.match(piece):
        across, piece = min(int(many[1]), MOST_COLUMNS), many[2].strip()
    if down := _MULTIROW.match(piece):
        piece = down[2].strip()
        for index in range(across):
            waiting[column + index] = (int(down[1]), _cleaned(piece))
    return [_cleaned(piece)] * across


def _with_waiting(cells: list[str], waiting: dict[int, tuple[int, str]]) -> list[str]:
    """Empty cells below a \\multirow take its text."""
    for column, (left, text) in [*waiting.items()]:
        if column < len(cells) and not cells[column] and left > 0:
            cells[column] = text
        if left <= 1:
            del waiting[column]
        else:
            waiting[column] = (left - 1, text)
    return cells


def _cleaned(text: str) -> str:
    text = _PART_OF_ROW.sub(r"\1 ", _STACKED.sub(r"\1 \2", text))
    for _ in range(4):
        text = _WRAPPED.sub(r"\1", text)
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    return " ".join(text.replace("$", "").replace("{", "").replace("}", "").split())
