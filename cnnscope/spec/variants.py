"""The table of variants: every row is a call of the page's network."""

from collections.abc import Mapping

from cnnscope.errors import CellError, Fault
from cnnscope.graph import METRICS
from cnnscope.spec.columns import nearest, title
from cnnscope.spec.faults import MOST_FAULTS
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Program, Variant
from cnnscope.spec.tables.document import Table, TableRow
from cnnscope.spec.zoo import normal

MODEL = "model"
VARIANT_COLUMNS = (MODEL, "input", "source", "notes")
MOST_VARIANTS = 1_000


def read_variants(program: Program, table: Table, footnotes: Mapping[str, str]) -> list[Fault]:
    """Add the table's variants to the program; returns what is wrong with them."""
    header = [title(cell) for cell in table.header]
    faults = _header_faults(program, table.line, header)
    if MODEL not in header:
        return [*faults, Fault(table.line, "", f"the variants have no column `{MODEL}`", "it names each variant")]
    if len(table.rows) > MOST_VARIANTS:
        return [*faults, Fault(table.line, "", f"more than {MOST_VARIANTS:,} variants", "part the page")]
    lines: dict[str, int] = {}
    for row in table.rows:
        if len(faults) > MOST_FAULTS:
            break
        try:
            variant = _variant(header, row, footnotes)
            key = normal(variant.name)
            if other := lines.get(key):
                raise CellError(f"the variant of line {other} has this name", "rename one; - and _ are the same")
            lines[key] = variant.line
        except CellError as error:
            faults.append(Fault(row.line, row.cells[header.index(MODEL)][:40], error.message, error.hint))
        else:
            program.variants[variant.name] = variant
    return faults


def _header_faults(program: Program, line: int, header: list[str]) -> list[Fault]:
    parameters = program.network.parameters
    known = f"known are {', '.join([*VARIANT_COLUMNS, *parameters])} and claims: params, macs ..."
    faults = []
    for column in header:
        if column and column not in (*VARIANT_COLUMNS, *parameters, *METRICS):
            near = nearest(column, (*VARIANT_COLUMNS, *parameters, *METRICS))
            hint = f'did you mean "{near}"?' if near else known
            faults.append(Fault(line, "", f"unknown column `{column[:40]}`", hint))
        elif column and header.count(column) > 1:
            faults.append(Fault(line, "", f"two columns `{column[:40]}`", "keep one"))
    return faults


def _variant(header: list[str], row: TableRow, footnotes: Mapping[str, str]) -> Variant:
    cells = {column: cell for column, cell in zip(header, row.cells, strict=True) if cell}
    variant = Variant(cells.pop(MODEL, ""), row.line, {}, cells.pop("input", ""), cells.pop("source", ""))
    if not variant.name:
        raise CellError("a variant without a name", f"fill the column `{MODEL}`")
    cells.pop("notes", "")
    for metric in METRICS:
        if metric in cells:
            try:
                variant.figures += tuple(figures(row.line, metric, cells.pop(metric), footnotes))
            except CellError as error:
                raise CellError(f"{metric}: {error.message}", error.hint) from None
    variant.arguments = cells
    return variant
