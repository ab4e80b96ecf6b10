"""The rows of a layer table in canonical columns, checked as far as they can be without shapes."""

from collections.abc import Mapping

from cnnscope.errors import CellError, Fault
from cnnscope.graph import INPUT, METRICS
from cnnscope.spec.columns import (
    ACTIVATION,
    FIELDS,
    FROM,
    LAYER,
    NOTES,
    PLAIN,
    REPEAT,
    TYPE,
    WHEN,
    chain,
    operators,
    suggestion,
    title,
)
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Figure, Row, input_shape, template
from cnnscope.spec.tables.document import Table

MOST_ROWS = 10_000
_INPUT_ROW = "input"

Cells = dict[str, str]


class Rows:
    """Reads the tables of one page; `parameters` and `blocks` are all that the page declares."""

    def __init__(self, parameters: set[str], blocks: set[str]) -> None:
        self.parameters = parameters
        self.blocks = blocks
        self.faults: list[Fault] = []
        self.input: tuple[int, str] = (0, "")
        """Line and text of the input row, where a table has one."""
        self.input_figures: tuple[Figure, ...] = ()
        """Claims of the input row."""
        self._input_name = INPUT
        self._count = 0

    def read(self, table: Table, footnotes: Mapping[str, str], *, inside_block: bool) -> list[Row]:
        """The rows of a table in running order; an input row becomes `input`."""
        header = self._header(table)
        self._count += len(table.rows)
        if self._count > MOST_ROWS:
            self.faults.append(Fault(table.line, "", f"more than {MOST_ROWS:,} rows", "use `repeat` and blocks"))
            return []
        printed = [
            (line, {column: cell for column, cell in zip(header, cells, strict=True) if cell})
            for line, cells in table.rows
        ]
        if len(printed) > 1 and _is_input(printed[-1][1]) and not _is_input(printed[0][1]):
            # Textbooks print the output on top and the input last.
            printed.reverse()
        taken = {cells[LAYER] for _, cells in printed if LAYER in cells}
        rows: list[Row] = []
        for line, cells in printed:
            try:
                if _is_input(cells):
                    self._input_row(line, cells, footnotes, first=not rows and not inside_block)
                elif cells:
                    rows.append(self._row(line, cells, footnotes, taken))
            except CellError as error:
                self.faults.append(Fault(line, cells.get(LAYER, "")[:40], error.message, error.hint))
        if not rows:
            self.faults.append(Fault(table.line, "", "the table has no layers", "write one row per layer"))
        if len(rows) + bool(self.input[0]) >= len(printed):
            self._check_names(rows, inside_block=inside_block)
        return rows

    def _header(self, table: Table) -> list[str]:
        header = [title(cell) for cell in table.header]
        known = sorted({*PLAIN, *METRICS, *FIELDS, *self.parameters})
        for column in header:
            if column and column not in known:
                hint = suggestion(column, known)
                self.faults.append(Fault(table.line, "", f"unknown column `{column[:40]}`", hint))
            elif column and header.count(column) > 1:
                self.faults.append(Fault(table.line, "", f"two columns `{column}`", "keep one"))
        return header

    def _input_row(self, line: int, cells: Cells, footnotes: Mapping[str, str], *, first: bool) -> None:
        if not first or self.input[0]:
            raise CellError(
                "an input row in the middle of a table", "the input is the first row, or `input:` in the front matter"
            )
        maps, size = cells.get("maps", ""), cells.get("size", "")
        text = f"{maps.partition('(')[0].strip()}x{size}" if size else maps
        self.input = (line, text)
        self._input_name = cells.get(LAYER, INPUT)
        input_shape(text)
        self.input_figures = _figures(line, {**cells, "size": ""}, footnotes)

    def _row(self, line: int, cells: Cells, footnotes: Mapping[str, str], taken: set[str]) -> Row:
        if TYPE not in cells:
            raise CellError("has no type", "fill the column `type`: conv, max pool, fully connected, a block ...")
        row = Row(line, cells.get(LAYER, ""), template(cells[TYPE]))
        row.figures = _figures(line, cells, footnotes)
        for column, cell in cells.items():
            if column in (LAYER, TYPE, NOTES) or column in METRICS:
                continue
            if column == FROM:
                row.source = tuple(name.strip() for name in cell.split(","))
            elif column in (REPEAT, WHEN, ACTIVATION):
                setattr(row, column, template(cell))
            else:
                row.cells[column] = template(cell)
        self._check_row(row)
        row.name = row.name or _made_up(row, taken)
        return row

    def _check_row(self, row: Row) -> None:
        """Whatever stands in the row without {...} must be right, called or not."""
        if row.type.constant and row.type.text in self.blocks:
            return
        if row.type.constant:
            kinds = chain(row.type.text)
            if (activation := row.activation) and activation.constant:
                kinds += chain(activation.text)
            constant = tuple((column, cell.text) for column, cell in row.cells.items() if cell.constant)
            everything_known = len(constant) == len(row.cells) and (not activation or activation.constant)
            if everything_known:
                operators(kinds, constant)

    def _check_names(self, rows: list[Row], *, inside_block: bool) -> None:
        """Names are unique, and a row reads only rows above it; in a block every row is read by another."""
        above, unread = {INPUT}, dict[str, int]()
        previous = INPUT
        for row in rows:
            if row.name in above or row.name.startswith(f"{INPUT}.") or "," in row.name:
                hint = "rename one" if row.name != INPUT else "`in` is the input"
                self.faults.append(
                    Fault(
                        row.line,
                        row.name[:40],
                        "this name is taken" if "," not in row.name else "a name cannot hold a comma",
                        hint,
                    )
                )
            row.source = tuple(INPUT if name == self._input_name and not inside_block else name for name in row.source)
            for name in row.source or (previous,):
                if name not in above and not (inside_block and _further_input(name)):
                    later = any(other.name == name for other in rows)
                    problem = f"from `{name[:40]}`: {'that row comes later' if later else 'no such row above'}"
                    self.faults.append(Fault(row.line, row.name[:40], problem, suggestion(name, [*above])))
                unread.pop(name, None)
            above.add(row.name)
            unread[row.name] = row.line
            previous = row.name
        if inside_block and rows:
            unread.pop(rows[-1].name, None)
            for name, line in unread.items():
                self.faults.append(
                    Fault(
                        line,
                        name[:40],
                        "nothing reads this row",
                        "a block's output is its last row; name this row in some `from`",
                    )
                )


def _figures(line: int, cells: Cells, footnotes: Mapping[str, str]) -> tuple[Figure, ...]:
    """The row's claims."""
    return tuple(
        figure for metric in METRICS if metric in cells for figure in figures(line, metric, cells[metric], footnotes)
    )


def _is_input(cells: Cells) -> bool:
    return cells.get(TYPE, "").lower() == _INPUT_ROW


def _further_input(name: str) -> bool:
    """in2, in3, ...: a block called with several inputs."""
    return name.startswith(INPUT) and name[len(INPUT) :].isdecimal() and len(name) < 6 and int(name[len(INPUT) :]) > 1


def _made_up(row: Row, taken: set[str]) -> str:
    """conv1, conv2, max_pool1 ...: the first free number behind the row's type."""
    stem = "".join(sign if sign.isalnum() else "_" for sign in row.type.text.lower()).strip("_") or "row"
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    taken.add(f"{stem}{number}")
    return f"{stem}{number}"
