"""The rows of a layer table in canonical columns, checked as far as they can be without shapes."""

from collections.abc import Mapping

from cnnscope.errors import CellError, Fault
from cnnscope.graph import INPUT, METRICS
from cnnscope.ops import Op
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
    nearest,
    operators,
    suggestion,
    title,
)
from cnnscope.spec.faults import MOST_FAULTS
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Figure, Row, input_shape, template
from cnnscope.spec.row_names import check_names
from cnnscope.spec.tables.document import MOST_ROWS, Table

_INPUT_ROW = "input"
_INPUT_COLUMNS = {LAYER, TYPE, NOTES, "maps", *METRICS}

Cells = dict[str, str]


class Rows:
    """Reads the tables of one page; `parameters` and `blocks` are all that the page declares.

    Where the syntax has dropped rows (`damaged`), nothing is said of rows that seem to be missing.
    """

    def __init__(self, parameters: set[str], blocks: set[str], *, damaged: bool = False) -> None:
        self.blocks = blocks
        self.damaged = damaged
        self.faults: list[Fault] = []
        self.input: tuple[int, str] = (0, "")
        """Line and text of the input row, where a table has one."""
        self.input_figures: tuple[Figure, ...] = ()
        """Claims of the input row."""
        self._columns = {*PLAIN, *METRICS, *FIELDS, *parameters}
        self._input_name = INPUT
        self._count = 0

    def read(self, table: Table, footnotes: Mapping[str, str], *, inside_block: bool) -> list[Row]:
        """The rows of a table in running order; an input row becomes `input`."""
        if len(self.faults) > MOST_FAULTS:
            return []
        before, self._count = self._count, self._count + len(table.rows)
        if before > MOST_ROWS:
            return []
        if self._count > MOST_ROWS:
            self.faults.append(Fault(table.line, "", f"more than {MOST_ROWS:,} rows", "use `repeat` and blocks"))
            return []
        printed = self._printed(table)
        rows: list[Row] = []
        sound = not self.damaged
        for line, cells in printed:
            if len(self.faults) > MOST_FAULTS:
                return rows
            try:
                if _is_input(cells):
                    self._input_row(line, cells, footnotes, first=not rows and not inside_block)
                else:
                    rows.append(self._row(line, cells, footnotes))
            except CellError as error:
                sound = False
                self.faults.append(Fault(line, cells.get(LAYER, "")[:40], error.message, error.hint))
        if not self.damaged and all(_is_input(cells) for _, cells in printed):
            self.faults.append(Fault(table.line, "", "the table has no layers", "write one row per layer"))
        # A row that could not be read is missing from the names, so these would be found wrong without cause.
        if sound:
            self.faults += check_names(rows, "" if inside_block else self._input_name)
        return rows

    def _printed(self, table: Table) -> list[tuple[int, Cells]]:
        """The filled cells of every row by column, in running order."""
        header = self._header(table)
        printed = []
        for line, cells in table.rows:
            filled = {column: cell for column, cell in zip(header, cells, strict=True) if cell}
            if untitled := filled.pop("", ""):
                self.faults.append(
                    Fault(
                        line, filled.get(LAYER, "")[:40], f"`{untitled[:40]}` stands under no title", "name its column"
                    )
                )
            if filled:
                printed.append((line, filled))
        if len(printed) > 1 and _is_input(printed[-1][1]) and not _is_input(printed[0][1]):
            # Textbooks print the output on top and the input last.
            printed.reverse()
        return printed

    def _header(self, table: Table) -> list[str]:
        header = [title(cell) for cell in table.header]
        for column in header:
            if column and column not in self._columns:
                hint = suggestion(column, sorted(self._columns))
                self.faults.append(Fault(table.line, "", f"unknown column `{column[:40]}`", hint))
            elif column and header.count(column) > 1:
                self.faults.append(Fault(table.line, "", f"two columns `{column[:40]}`", "keep one"))
        return header

    def _input_row(self, line: int, cells: Cells, footnotes: Mapping[str, str], *, first: bool) -> None:
        if not first or self.input[0]:
            raise CellError(
                "an input row that is not the first", "the input is the first row, or `input:` in the front matter"
            )
        if unused := [column for column in cells if column not in _INPUT_COLUMNS]:
            raise CellError(f"an input row has no {unused[0]}", "empty the cell; it has maps and size")
        maps, size = cells.get("maps", ""), cells.get("size", "")
        text = f"{maps.partition('(')[0].strip()}x{size}" if size else maps
        self.input = (line, text)
        self._input_name = cells.get(LAYER, INPUT)
        input_shape(text)
        self.input_figures = _figures(line, {column: cells[column] for column in cells if column != "size"}, footnotes)

    def _row(self, line: int, cells: Cells, footnotes: Mapping[str, str]) -> Row:
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
        return row

    def _check_row(self, row: Row) -> None:
        """Whatever stands in the row without {...} must be right, called or not."""
        if not row.type.constant or row.type.text in self.blocks:
            return
        kinds = self._chain(row.type.text)
        if row.activation:
            if not row.activation.constant:
                return
            kinds += chain(row.activation.text)
        if all(cell.constant for cell in row.cells.values()):
            operators(kinds, tuple((column, cell.text) for column, cell in row.cells.items()))

    def _chain(self, text: str) -> tuple[type[Op], ...]:
        """The row's operators; where there are none of these names, one of the page's blocks may be meant."""
        try:
            return chain(text)
        except CellError as error:
            near = nearest(text, self.blocks)
            raise CellError(error.message, f'did you mean "{near}"?' if near else error.hint) from None


def _figures(line: int, cells: Cells, footnotes: Mapping[str, str]) -> tuple[Figure, ...]:
    """The row's claims."""
    found: list[Figure] = []
    for metric in METRICS:
        if metric in cells:
            try:
                found += figures(line, metric, cells[metric], footnotes)
            except CellError as error:
                raise CellError(f"{metric}: {error.message}", error.hint) from None
    return tuple(found)


def _is_input(cells: Cells) -> bool:
    return cells.get(TYPE, "").lower() == _INPUT_ROW
