"""What a page gives to a format: columns, rows and the words around them; and how a view chooses among them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from cnnscope.errors import UsageError
from cnnscope.units import exact

if TYPE_CHECKING:
    from cnnscope.render.equations import WorkedSection

SCHEMA_VERSION = 1
"""Of JSON and CSV."""

Value = int | float | str | None
Row = TypeVar("Row")


class View(NamedTuple):
    """How results are shown. `width` is that of a terminal, None for natural width; `plain` allows ASCII only."""

    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None
    depth: int | None = None
    width: int | None = None
    colour: bool = False
    plain: bool = False


class Column(NamedTuple, Generic[Row]):
    """One column: its name in options and machine formats, its title, and what it holds.

    `value` is exact and for machines, None where it is unknown; `text` is for people.
    """

    name: str
    title: str
    value: Callable[[Row], Value]
    text: Callable[[Row], str]
    drop: int = 0
    """Of the columns that do not fit a terminal, that of the highest `drop` goes first; 0 never goes."""
    wrap: int = 0
    """Of the columns whose text may go on in the next line, that of the highest `wrap` narrows first; 0 never does."""
    order: Callable[[Row], float] | None = None
    """What --sort compares, where it is not the value."""
    is_number: bool = False
    sparse: bool = False
    """Shown by default only where a row fills it."""
    narrowest: int = 24
    """How narrow a column that wraps gets before others are dropped."""


class Remark(NamedTuple):
    """A sentence below a table, with the line of the file that it is about, if any. ✗, ?, ≠ or ✓ may come first."""

    text: str
    path: str = ""
    line: int = 0

    @property
    def in_its_file(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text

    @property
    def anywhere(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else self.text


class Sheet(NamedTuple, Generic[Row]):
    """One table and the words around it. Text is as it was found: every format makes it safe in its own way."""

    columns: tuple[Column[Row], ...]
    rows: Sequence[Row]
    hidden: int = 0
    """Rows that --top leaves out."""
    summed: Sequence[Row] = ()
    """Rows that a remark sums up for people; CSV holds them behind the others."""
    network: str = ""
    """The network that the table is about, the first column of CSV; "" for a table of several."""
    headline: str = ""
    totals: Mapping[str, str] = MappingProxyType({})
    """The last row, by column name; there is none where this is empty."""
    summary: Sequence[tuple[str, str]] = ()
    """Lines below the table: what, and its figure and definition. The word NOT marks bad news."""
    remarks: Sequence[Remark] = ()
    """Lines below the summary."""
    instead: Mapping[str, Sequence[Remark]] = MappingProxyType({})
    """Remarks for a terminal that is too narrow for the column of this name."""
    legend: Sequence[str] = ()
    """What signs in the table mean, on a terminal."""
    tally: str = ""
    """How many rows there are, on a terminal: "50 networks"."""
    worked: "Sequence[WorkedSection]" = ()
    """The rows as equations: a terminal, Markdown and LaTeX show these instead of the table."""

    def left_out(self, option: str = "") -> str:
        """A sentence on the rows that are hidden, "" where none are; `option` names what hides them."""
        if not self.hidden:
            return ""
        return f"{self.hidden} more rows are not shown{option}" + ("; the total counts them" if self.totals else "")


class Page(Protocol):
    """A module of `pages/`: everything about the output of one kind of result.

    JSON has one line per key and per entry of a list of objects; a page may set JSON_INDENT instead.
    """

    @property
    def COLUMNS(self) -> tuple[Column[Any], ...]:
        """Every column; CSV shows them all."""

    def sheet(self, result: Any, view: View, /) -> Sheet[Any]:
        """The table that a view selects; UsageError for a column that does not exist."""

    def record(self, result: Any, /) -> dict[str, Any]:
        """The JSON object, in the published order of names; it does not depend on the view."""


def words(
    name: str,
    title: str,
    value: Callable[[Row], str],
    drop: int = 0,
    *,
    wrap: int = 0,
    sparse: bool = False,
    narrowest: int = 24,
) -> Column[Row]:
    """A column of text."""
    return Column(name, title, value, value, drop, wrap, sparse=sparse, narrowest=narrowest)


def figure(value: Value) -> str:
    """Integers exactly, fractions with four significant digits, nothing for what is unknown."""
    if value is None or isinstance(value, str):
        return value or ""
    return exact(value) if isinstance(value, int) else f"{value:,.4g}"


def number(
    name: str,
    title: str,
    value: Callable[[Row], int | float | None],
    drop: int = 0,
    show: Callable[[Value], str] = figure,
    *,
    sparse: bool = False,
) -> Column[Row]:
    """A column of numbers, aligned at the right and sorted largest first."""
    return Column(name, title, value, lambda row: show(value(row)), drop, is_number=True, sparse=sparse)


def arrange(
    columns: tuple[Column[Row], ...], rows: Sequence[Row], view: View, *, default: Sequence[str] = ()
) -> Sheet[Row]:
    """The rows and columns that a view selects, `default` or else all columns where it names none.

    UsageError for a column that does not exist. A page adds its words with `_replace`.
    """
    names = view.columns or default or [column.name for column in columns]
    chosen = [_column(columns, name) for name in names]
    shown = _sorted(rows, _column(columns, view.sort)) if view.sort else rows
    shown = shown if view.top is None else shown[: view.top]
    if not view.columns:
        chosen = [column for column in chosen if not column.sparse or any(column.text(row) for row in shown)]
    return Sheet(tuple(chosen), shown, len(rows) - len(shown))


def check(page: Page, view: View) -> None:
    """UsageError for a column that does not exist; formats that show every column check the names as well."""
    for name in filter(None, (*view.columns, view.sort)):
        _column(page.COLUMNS, name)


def printable(text: str, *, newline: str = "; ") -> str:
    """Text without control characters, which could move a cursor; `newline` stands for our own line breaks."""
    return "".join(sign if sign.isprintable() else newline if sign == "\n" else "?" for sign in text)


def _sorted(rows: Sequence[Row], column: Column[Row]) -> list[Row]:
    """Numbers and sizes largest first, words by the alphabet, the unknown last."""
    key: Callable[[Row], Any] = column.order or column.value
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=column.is_number or column.order is not None) + unknown


def _column(columns: tuple[Column[Row], ...], name: str) -> Column[Row]:
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    known = {column.name: column for column in columns}
    if wanted not in known:
        from difflib import get_close_matches

        near = get_close_matches(wanted, known, n=1)
        raise UsageError(
            f"no column `{name[:40]}`", f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        )
    return known[wanted]
