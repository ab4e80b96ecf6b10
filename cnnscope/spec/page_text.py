"""A document as a Markdown page in the layer-table language: what `convert` writes."""

from collections.abc import Iterator, Sequence

from cnnscope.graph import Assumption
from cnnscope.spec.program import Program
from cnnscope.spec.tables.document import Document, Table


def page_text(program: Program) -> str:
    """The page of a printed table, its assumptions as prose; it reads as the same network."""
    page = program.page
    assert page
    return "\n".join([*_front(program, page), *_opening(program, page), *_tables(page)]) + "\n"


def _front(program: Program, page: Document) -> Iterator[str]:
    yield "---"
    yield f"name: {program.name}"
    in_table = any(cell.lower() == "input" for table in page.tables for row in table.rows for cell in row.cells)
    if program.input[1] and not in_table:
        yield f"input: {program.input[1]}"
    metrics: dict[str, list[str]] = {}
    for figure in program.figures:
        shown = f"{figure.printed} (false: {figure.known_false})" if figure.known_false else figure.printed
        metrics.setdefault(figure.metric, []).append(shown)
    for metric, figures in metrics.items():
        yield f"{metric}: {'; '.join(figures)}"
    yield "---"


def _opening(program: Program, page: Document) -> Iterator[str]:
    yield f"# {page.headings[0][2] if page.headings else program.name}"
    yield ""
    yield f"Read from the table of `{page.path.rpartition('/')[2]}`. Its printed figures are claims, to be checked."
    if program.assumptions:
        yield "The table leaves these things unsaid:"
        yield ""
        yield from (f"- {_sentence(assumption)}" for assumption in program.assumptions)
    yield ""


def _sentence(assumption: Assumption) -> str:
    others = f" (or {', '.join(assumption.others)})" if assumption.others else ""
    text = f"{assumption.text}{others}"
    # A pipe in prose could be taken for a table.
    return text.replace("|", "/")


def _tables(page: Document) -> Iterator[str]:
    for index, table in enumerate(page.tables):
        if index and table.heading:
            yield f"## {table.heading}"
            yield ""
        yield from _pipes(table)
        yield ""
    yield from (f"[^{name}]: {text}" for name, text in page.footnotes.items())


def _pipes(table: Table) -> Iterator[str]:
    rows = [[_cell(cell) for cell in row.cells] for row in table.rows]
    titles = [_cell(title) for title in table.header]
    widths = [max(1, len(title), *(len(row[index]) for row in rows)) for index, title in enumerate(titles)]
    yield _line(titles, widths)
    yield f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    yield from (_line(row, widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
