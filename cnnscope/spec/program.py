"""The canonical form of a page: blocks of rows whose cells are templates. Every dialect yields this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.shapes import Shape
from cnnscope.spec.expressions import Expression, Names, Value, names_in, parse
from cnnscope.spec.tables.document import Document
from cnnscope.spec.values import parameter, whole


class Template:
    """A cell's text with its {...} compiled; `constant` when it has none."""

    __slots__ = ("constant", "parts", "reads", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: tuple[str | Expression, ...] = (text,)
        self.reads: frozenset[str] = frozenset()
        self.constant = "{" not in text and "}" not in text
        if not self.constant:
            self._compile()

    def _compile(self) -> None:
        parts: list[str | Expression] = []
        reads: set[str] = set()
        first, *pieces = self.text.split("{")
        for index, piece in enumerate(pieces):
            inside, brace, after = piece.partition("}")
            if not brace or "}" in after or "}" in first:
                raise CellError(f"`{self.text[:40]}` has braces that do not match", "write {expression}")
            if index == 0 and first:
                parts.append(first)
            parts.append(parse(inside))
            reads |= names_in(inside)
            if after:
                parts.append(after)
        if not pieces:
            raise CellError(f"`{self.text[:40]}` has braces that do not match", "write {expression}")
        self.parts = tuple(parts)
        self.reads = frozenset(reads)

    def __call__(self, names: Names) -> str:
        """The cell's text with every expression replaced by its value."""
        if self.constant:
            return self.text
        return "".join(part if isinstance(part, str) else as_text(part(names)) for part in self.parts).strip()

    def value(self, names: Names) -> Value:
        """The cell's value: that of its only expression, or what its text stands for."""
        if len(self.parts) == 1 and not isinstance(self.parts[0], str):
            return self.parts[0](names)
        return parameter(self(names))


@lru_cache(8192)
def template(text: str) -> Template:
    """A cell's text, compiled once."""
    return Template(text)


def as_text(value: Value) -> str:
    """A value as it would stand in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure of a row or of the whole network: one claim, not yet bound to layers."""

    line: int
    metric: str
    printed: str
    known_false: str = ""


@dataclass(slots=True)
class Row:
    """One call: of operators or of a block. `source` is empty where the row reads the one above."""

    line: int
    name: str
    type: Template
    cells: dict[str, Template] = field(default_factory=dict)
    activation: Template | None = None
    source: tuple[str, ...] = ()
    repeat: Template | None = None
    when: Template | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def work(self) -> int:
        """What one call costs to expand, 1 for a usual row: long expressions, lists and many claims cost more."""
        texts = sum([len(cell.text) for cell in (self.type, *self.cells.values()) if not cell.constant])
        return 1 + texts // 50 + len(self.source) // 3 + len(self.figures) // 5


@dataclass(slots=True)
class Block:
    """A table as a function: parameters with their defaults (None: must be given), and rows."""

    name: str
    parameters: dict[str, str | None]
    rows: list[Row]
    line: int = 0
    path: str = ""
    """The page of blocks that it was imported from; empty where it stands on the network's own page."""


@dataclass(slots=True)
class Variant:
    """One row of the variants table: a call of the network."""

    name: str
    line: int
    arguments: dict[str, str]
    input: str = ""
    source: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(slots=True)
class Program:
    """A page that has been read."""

    path: str
    name: str
    network: Block
    blocks: dict[str, Block] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    input: tuple[int, str] = (0, "")
    """Line and text."""
    input_figures: tuple[Figure, ...] = ()
    """Claims about the input, from its row."""
    source: str = ""
    year: str = ""
    figures: tuple[Figure, ...] = ()
    """Claims about the network as a whole, from the front matter or a total line."""
    assumptions: tuple[Assumption, ...] = ()
    """What a printed table leaves unsaid."""
    missing: tuple[str, ...] = ()
    """What a printed table does not say and nobody can assume: the network ends before it."""
    columns: dict[str, "Program"] = field(default_factory=dict)
    """The networks of a table that prints one per column; there is no other network then."""
    page: Document | None = None
    """A printed table in the layer-table language, as `convert` writes it."""

    @property
    def reads_size(self) -> bool:
        """Could another input size change which layers there are? Then the network must be built again.

        Expressions see sizes as in.height and in.width, and as in.maps behind an operator that turns sizes into maps.
        """
        blocks = (self.network, *self.blocks.values())
        texts = [word for variant in self.variants.values() for word in variant.arguments.values()]
        texts += [default for block in blocks for default in block.parameters.values() if default]
        for row in (row for block in blocks for row in block.rows):
            texts += [
                cell.text for cell in (row.type, row.when, row.repeat, row.activation, *row.cells.values()) if cell
            ]
        whole = "\n".join(texts).lower()
        by_maps = ".maps" in whole and any(word in whole for word in ("flatten", "matrix", "tokens"))
        return ".height" in whole or ".width" in whole or by_maps


def input_shape(text: str) -> Shape:
    """CxHxW, or one number of features; CellError for anything else."""
    parts = [piece.strip() for piece in text.replace("×", "x").replace("X", "x").replace("*", "x").split("x")]
    if len(parts) not in (1, 3) or not all(parts):
        raise CellError(
            f"input `{text[:40]}` is neither CxHxW nor a number of features",
            "write channels x height x width, such as 3x224x224, or one number for a network of neurons",
        )
    try:
        shape = tuple(whole(part) for part in parts)
    except CellError as error:
        raise CellError(f"input `{text[:40]}`: {error.message}", error.hint) from None
    if len(shape) == 3 and shape[0] == shape[1] >= 16 and shape[2] in (1, 3):
        raise CellError(f"input `{text[:40]}`: channels stand first", f"write {shape[2]}x{shape[0]}x{shape[1]}")
    return shape


def names(parameters: Mapping[str, str | None], arguments: Mapping[str, Value]) -> dict[str, Value]:
    """A block's parameters bound to arguments or defaults; CellError names what is missing."""
    bound: dict[str, Value] = {}
    for name, default in parameters.items():
        if name in arguments:
            bound[name] = arguments[name]
        elif default is not None:
            bound[name] = parameter(default)
    if missing := [name for name in parameters if name not in bound]:
        raise CellError(
            f"needs {', '.join(missing)}", f"fill the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        )
    return bound
