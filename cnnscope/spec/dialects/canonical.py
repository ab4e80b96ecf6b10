"""cnnscope's own layer-table language: a table is a function, a row is a call, a column is an argument."""

import re

from cnnscope.errors import CellError, Fault, SpecError
from cnnscope.graph import METRICS
from cnnscope.spec.columns import TYPE, suggestion, title
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Block, Figure, Program, Variant
from cnnscope.spec.rows import Rows
from cnnscope.spec.tables.document import Document, Table

EXPECTS = "a column `type` with operators such as conv, max pool, fully connected; or front matter with `input:`"

FRONT_MATTER = ("name", "input", "source", "year")
"""Front-matter keys; every metric is one too, as a claim about the whole network."""
VARIANT_COLUMNS = ("model", "input", "source", "notes")

_FUNCTION = re.compile(r"([A-Za-z][\w-]*)\(([^()]*)\)")
_PARAMETER = re.compile(r"([A-Za-z_]\w*)\s*(?:=\s*(\S[^,]*?))?")


def claims(document: Document) -> bool:
    return document.has_front or any(_is_layers(table) for table in document.tables)


def read(document: Document) -> Program:
    """Read a whole page; SpecError lists everything that is wrong with it."""
    return _Page(document).program()


def _is_layers(table: Table) -> bool:
    return TYPE in map(title, table.header)


class _Page:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = list(document.faults)
        self.blocks: dict[str, Block] = {}

    def program(self) -> Program:
        network, tables, variants = self._sort()
        reader = Rows(
            {name for block in (network, *self.blocks.values()) for name in block.parameters}, set(self.blocks)
        )
        for block, table in tables:
            block.rows = reader.read(table, self.document.footnotes, inside_block=block is not network)
        self.faults += reader.faults
        program = Program(self.document.path, self._name(network), network, self.blocks)
        program.input, program.input_figures = reader.input, reader.input_figures
        self._front_matter(program)
        for table in variants:
            self._variants(program, table)
        if self.faults:
            raise SpecError(self.document.path, self.faults)
        return program

    def _sort(self) -> tuple[Block, list[tuple[Block, Table]], list[Table]]:
        """Which table is the network, a block, the variants, or prose."""
        network = Block("", {}, [])
        for line, level, heading in self.document.headings:
            if function := _FUNCTION.fullmatch(heading):
                block = Block(function[1], self._parameters(function[2], line), [], line)
                if level == 1:
                    network = block
                elif block.name in self.blocks:
                    self.faults.append(Fault(line, block.name, "two blocks have this name", "rename one"))
                else:
                    self.blocks[block.name] = block
            elif level == 1 and not network.name:
                network = Block(heading, {}, [], line)
        tables: list[tuple[Block, Table]] = []
        variants: list[Table] = []
        for table in self.document.tables:
            block = next((b for b in (network, *self.blocks.values()) if b.line == table.heading_line and b.line), None)
            if title(table.heading) == "variants":
                variants.append(table)
            elif _is_layers(table):
                owner = block or network
                if any(owner is other for other, _ in tables):
                    where = f"block {owner.name}" if owner in self.blocks.values() else "network"
                    self.faults.append(
                        Fault(
                            table.line,
                            "",
                            f"a second layer table for the {where}",
                            "give it a heading of its own, `## name(...)`",
                        )
                    )
                else:
                    tables.append((owner, table))
            elif block and block is not network:
                self.faults.append(
                    Fault(table.line, block.name, "this table has no `type` column", "a block's table needs one")
                )
        for block in (network, *self.blocks.values()):
            if not any(block is owner for owner, _ in tables):
                what = f"block {block.name}" if block is not network else "page"
                self.faults.append(
                    Fault(block.line, "", f"the {what} has no table of layers", "a table of layers has a `type` column")
                )
        return network, tables, variants

    def _parameters(self, text: str, line: int) -> dict[str, str | None]:
        parameters: dict[str, str | None] = {}
        for piece in filter(None, (part.strip() for part in text.split(","))):
            entry = _PARAMETER.fullmatch(piece)
            name = title(entry[1]) if entry else piece
            if not entry or name in parameters or name in ("in", "i", *METRICS):
                self.faults.append(
                    Fault(
                        line,
                        "",
                        f"`{piece[:40]}` cannot be a parameter",
                        "write name or name=default, each once; in, i and claims are taken",
                    )
                )
            else:
                default = entry[2]
                parameters[name] = "" if default in ("-", "–") else default
        return parameters

    def _name(self, network: Block) -> str:
        given = self.document.front.get("name", (0, ""))[1]
        return given or network.name or self.document.path.rpartition("/")[2].rpartition(".")[0] or "network"

    def _front_matter(self, program: Program) -> None:
        found: list[Figure] = []
        for key, (line, value) in self.document.front.items():
            if key in METRICS:
                found += self._figures(line, key, value)
            elif key not in FRONT_MATTER:
                hint = suggestion(key, [*FRONT_MATTER, *METRICS])
                self.faults.append(Fault(line, "", f"unknown front-matter key `{key}`", hint))
            elif key == "input":
                if program.input[0] and program.input[1] != value:
                    self.faults.append(
                        Fault(
                            line,
                            "",
                            f"input {value}, but the table's input row says {program.input[1]}",
                            "keep one of them",
                        )
                    )
                program.input = (line, value)
            elif key in ("source", "year"):
                setattr(program, key, value)
        program.figures = tuple(found)

    def _figures(self, line: int, metric: str, cell: str) -> list[Figure]:
        try:
            return figures(line, metric, cell, self.document.footnotes)
        except CellError as error:
            self.faults.append(Fault(line, "", f"{metric}: {error.message}", error.hint))
            return []

    def _variants(self, program: Program, table: Table) -> None:
        header = [title(cell) for cell in table.header]
        known = [*VARIANT_COLUMNS, *program.network.parameters, *METRICS]
        for column in header:
            if column not in known:
                self.faults.append(Fault(table.line, "", f"unknown column `{column}`", suggestion(column, known)))
        if "model" not in header:
            self.faults.append(Fault(table.line, "", "the variants have no column `model`", "it names each variant"))
            return
        for line, cells in table.rows:
            filled = {column: cell for column, cell in zip(header, cells, strict=True) if cell and column in known}
            name = filled.pop("model", "")
            if not name or name in program.variants:
                self.faults.append(Fault(line, name, "a variant needs a name of its own", "fill the column `model`"))
                continue
            claimed = tuple(
                figure
                for metric in METRICS
                if metric in filled
                for figure in self._figures(line, metric, filled.pop(metric))
            )
            variant = Variant(name, line, {}, filled.pop("input", ""), filled.pop("source", ""), claimed)
            filled.pop("notes", "")
            variant.arguments = filled
            program.variants[name] = variant
