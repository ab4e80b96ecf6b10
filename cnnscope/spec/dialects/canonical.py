"""cnnscope's own layer-table language: a table is a function, a row is a call, a column is an argument."""

from collections.abc import Sequence
from pathlib import PurePath

from cnnscope.errors import CellError, Fault
from cnnscope.graph import METRICS
from cnnscope.spec import tables
from cnnscope.spec.columns import TYPE, nearest, title
from cnnscope.spec.faults import MOST_FAULTS, refusal
from cnnscope.spec.figures import figures
from cnnscope.spec.files import text_of
from cnnscope.spec.headings import declared
from cnnscope.spec.program import Block, Figure, Program
from cnnscope.spec.rows import Rows
from cnnscope.spec.shared import BLOCKS, circle, imported, own_blocks
from cnnscope.spec.tables.document import Document, Table
from cnnscope.spec.variants import read_variants

VARIANTS = "variants"
"""The heading over the table of variants."""
EXPECTS = "a column `type` with operators such as conv, max pool, fully connected; or front matter with `input:`"

FRONT_MATTER = ("name", "input", "source", "year", BLOCKS)
"""Front-matter keys; every metric is one too, as a claim about the whole network."""
FRONT_OF_BLOCKS = ("source", "year", BLOCKS)
"""Those of a page of blocks, which is no network."""


def claims(document: Document) -> bool:
    return document.has_front or any(_is_layers(table) for table in document.tables)


def read(document: Document) -> Program:
    """Read a whole page; SpecError lists everything that is wrong with it."""
    return _Page(document).program()


def _shared_page(path: str, shown: str, importers: tuple[str, ...] = ()) -> list[Block]:
    """The blocks of a page of blocks with those that it imports; SpecError when the page is wrong."""
    if path in importers:
        raise circle(path, importers)
    document = tables.read(path, text_of(path), PurePath(path).suffix)
    return _Page(document, (*importers, path)).blocks_alone(shown)


def _is_layers(table: Table) -> bool:
    return TYPE in map(title, table.header)


class _Page:
    def __init__(self, document: Document, importers: tuple[str, ...] = ()) -> None:
        self.document = document
        self.network, self.blocks, faults = declared(document)
        self.shared, unknown = imported(document, lambda path, shown: _shared_page(path, shown, importers))
        self.faults: list[Fault] = [*document.faults, *faults, *unknown, *own_blocks(self.blocks, self.shared)]
        if unknown:
            # Every call of a block that is missing would be a fault too.
            raise refusal(document.path, self.faults)

    def program(self) -> Program:
        tables, variants = self._sort()
        self._expect_tables((self.network, *self.blocks), tables)
        reader = self._read(tables)
        blocks = {block.name: block for block in (*self.shared, *self.blocks)}
        program = Program(self.document.path, self._name(), self.network, blocks)
        program.input, program.input_figures = reader.input, reader.input_figures
        self._front_matter(program, has_variants=bool(variants))
        for table in variants:
            self.faults += read_variants(program, table, self.document.footnotes)
        if self.faults:
            raise refusal(self.document.path, self.faults)
        return program

    def blocks_alone(self, shown: str) -> list[Block]:
        """The blocks of a page that is no network; `shown` is what messages call the page."""
        tables, variants = self._sort()
        self._expect_tables(self.blocks, tables)
        hint = "give it a heading of its own, `## name(...)`"
        strays = [(table, "layer table") for block, table in tables if block is self.network]
        for table, what in (*strays, *((table, "table of variants") for table in variants)):
            self.faults.append(Fault(table.line, "", f"a {what} on a page of blocks", hint))
        self._read([(block, table) for block, table in tables if block is not self.network])
        for key, (line, _) in self.document.front.items():
            if key not in FRONT_OF_BLOCKS:
                known = f"known are {', '.join(FRONT_OF_BLOCKS)}"
                self.faults.append(Fault(line, "", f"a page of blocks has no `{key[:40]}`", known))
        if self.faults:
            raise refusal(self.document.path, self.faults)
        for block in self.blocks:
            block.path = shown
        return [*self.shared, *self.blocks]

    def _read(self, tables: list[tuple[Block, Table]]) -> Rows:
        """Fill the blocks with the rows of their tables."""
        declared = (self.network, *self.blocks, *self.shared)
        parameters = {name for block in declared for name in block.parameters}
        names = {block.name for block in (*self.blocks, *self.shared)}
        reader = Rows(parameters, names, damaged=bool(self.document.faults))
        for block, table in tables:
            block.rows = reader.read(table, self.document.footnotes, inside_block=block is not self.network)
        self.faults += reader.faults
        return reader

    def _sort(self) -> tuple[list[tuple[Block, Table]], list[Table]]:
        """The table of every block, the network's among them, and the tables of variants; all others are prose."""
        blocks = {block.line: block for block in self.blocks}
        found: dict[int, tuple[Block, Table]] = {}
        variants = []
        for table in self.document.tables:
            owner = blocks.get(table.heading_line, self.network)
            if title(table.heading) == VARIANTS:
                variants.append(table)
            elif nearest(title(table.heading), [VARIANTS]) and not _is_layers(table):
                hint = f"write `## {VARIANTS}`, or another heading over a table that is prose"
                self.faults.append(
                    Fault(table.heading_line, "", f"is `{table.heading[:40]}` the table of variants?", hint)
                )
            elif not _is_layers(table):
                if owner is not self.network:
                    hint = "a block's table needs one"
                    self.faults.append(Fault(table.line, owner.name[:40], "this table has no `type` column", hint))
            elif owner.line in found:
                what = "the network" if owner is self.network else f"block {owner.name[:40]}"
                hint = "give it a heading of its own, `## name(...)`"
                self.faults.append(Fault(table.line, "", f"a second layer table for {what}", hint))
            else:
                found[owner.line] = owner, table
        return list(found.values()), variants

    def _expect_tables(self, blocks: Sequence[Block], tables: Sequence[tuple[Block, Table]]) -> None:
        hint = "it has a column `type`, and dashes below its titles"
        owners = {block.line: block for block in self.blocks}
        found = {block.line for block, _ in tables}
        # Where rows lack their line of dashes, that is said already.
        found |= {owners.get(line, self.network).line for line in self.document.bare}
        for block in blocks:
            if block.line not in found:
                what = "page" if block is self.network else f"block {block.name[:40]}"
                self.faults.append(Fault(block.line, "", f"the {what} has no table of layers", self._hint(block, hint)))

    def _hint(self, block: Block, hint: str) -> str:
        path = PurePath(self.document.path)
        if block is self.network and path.parent.name == BLOCKS:
            return f"a page of blocks is imported: `blocks: {path.stem}` in the front matter of a network's page"
        return hint

    def _name(self) -> str:
        given = self.document.front.get("name", (0, ""))[1]
        return given or self.network.name or PurePath(self.document.path).stem or "network"

    def _front_matter(self, program: Program, *, has_variants: bool) -> None:
        for key, (line, value) in self.document.front.items():
            if len(self.faults) > MOST_FAULTS:
                return
            if key in METRICS and has_variants:
                hint = f"put it into the column `{key}` of the variants"
                self.faults.append(Fault(line, "", f"{key}: which of the page's variants has this figure?", hint))
            elif key in METRICS:
                program.figures += self._figures(line, key, value)
            elif key == "input":
                self._input(program, line, value)
            elif key not in FRONT_MATTER:
                near = nearest(key, (*FRONT_MATTER, *METRICS))
                hint = (
                    f'did you mean "{near}"?'
                    if near
                    else f"known are {', '.join(FRONT_MATTER)} and claims: params, macs ..."
                )
                self.faults.append(Fault(line, "", f"unknown front-matter key `{key[:40]}`", hint))
            elif key not in ("name", BLOCKS):
                setattr(program, key, value)

    def _input(self, program: Program, line: int, value: str) -> None:
        in_table = program.input[1]
        if in_table and in_table != value:
            problem = f"input {value[:40]}, but the table's input row says {in_table[:40]}"
            self.faults.append(Fault(line, "", problem, "keep one of them"))
        program.input = (line, value)

    def _figures(self, line: int, metric: str, cell: str) -> tuple[Figure, ...]:
        try:
            return tuple(figures(line, metric, cell, self.document.footnotes))
        except CellError as error:
            self.faults.append(Fault(line, "", f"{metric}: {error.message}", error.hint))
            return ()
