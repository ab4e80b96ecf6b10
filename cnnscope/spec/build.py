"""Program -> Graph: call the network block, expand every call, place every operator.

Shapes are known while rows are called, because expressions may ask for in.maps. A row that fails is reported and
everything that reads it is passed over, so one run finds as many errors as can be found.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cnnscope.errors import CellError, CnnscopeError, Fault, ShapeError, SpecError
from cnnscope.graph import INPUT, Claim, Graph, Node, place
from cnnscope.shapes import Shape
from cnnscope.spec.columns import chain, operators, suffixes
from cnnscope.spec.expressions import Value, input_name
from cnnscope.spec.faults import MOST_FAULTS, refusal
from cnnscope.spec.parting import parting
from cnnscope.spec.program import Block, Figure, Program, Row, Template, Variant, input_shape, names
from cnnscope.spec.row_names import LONGEST_NAME
from cnnscope.spec.values import parameter

MOST_LAYERS = 200_000
DEEPEST = 32

Names = dict[str, Value]


class Tensor(NamedTuple):
    name: str
    shape: Shape


def build(program: Program, variant: str = "", *, shape: Shape | None = None) -> Graph:
    """The graph of a page's network or of one of its variants, for its own input shape or for another one.

    SpecError lists every row that cannot be built.
    """
    chosen = program.variants[variant] if variant else None
    line, text = (chosen.line, chosen.input) if chosen and chosen.input else program.input
    try:
        if shape is None and not text:
            raise CellError(
                "the page does not say its input", "write `input: 3x224x224` in the front matter, or use --input"
            )
        shape = shape or input_shape(text)
    except CellError as error:
        raise SpecError(program.path, [Fault(line, "", error.message, error.hint)]) from None
    builder = _Builder(program)
    builder.network(chosen, shape)
    figures = chosen.figures if chosen else program.figures
    about = [(INPUT, figure) for figure in program.input_figures] + [("", figure) for figure in figures]
    claims = (*builder.claims, *(Claim(f.line, layer, f.metric, f.printed, f.known_false) for layer, f in about))
    return Graph(
        variant or program.name,
        shape,
        tuple(builder.nodes),
        program.path,
        (chosen.source if chosen else "") or program.source,
        claims,
        program.assumptions,
        program.missing,
    )


class _Builder:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes: list[Node] = []
        self.claims: list[Claim] = []
        self.faults: list[Fault] = []
        self._input: Shape = ()
        self._calls: list[str] = []
        self._caller = 0
        """The line that calls an imported block, for whose rows it stands: they are on another page."""
        self._page = ""
        self._work = 0

    def network(self, variant: Variant | None, shape: Shape) -> None:
        block = self.program.network
        arguments = {name: parameter(value) for name, value in variant.arguments.items()} if variant else {}
        try:
            bound = names(block.parameters, arguments)
        except CellError as error:
            line, name = (variant.line, variant.name) if variant else (block.line, block.name)
            hint = error.hint if variant else f"add a table `## variants`, or defaults: # {block.name[:40]}(name=value)"
            raise SpecError(self.program.path, [Fault(line, name[:40], error.message, hint)]) from None
        self._input = (1, *shape)
        self._run(block, bound, [Tensor(INPUT, (1, *shape))], "")
        if not self.nodes and not self.faults:
            self.faults.append(
                Fault(block.line, "", "every row is left out: no layer is left", "check the column `when`")
            )
        if self.faults:
            raise refusal(self.program.path, self.faults)

    def _run(self, block: Block, bound: Names, inputs: list[Tensor], prefix: str) -> Tensor | None:
        """Call a block: its output tensor, or None where its last row failed."""
        scope: dict[str, Tensor | None] = {INPUT: inputs[0]}
        scope |= {f"{INPUT}{index}": tensor for index, tensor in enumerate(inputs[1:], start=2)}
        bound |= _sizes(inputs)
        previous: Tensor | None = inputs[0]
        for row in block.rows:
            read = [scope.get(name) for name in row.source] if row.source else [previous]
            known = [tensor for tensor in read if tensor is not None]
            previous = None
            if len(known) == len(read):
                previous = self._try(row, bound, known, prefix)
            else:
                self._missing(row, scope)
            scope[row.name] = previous
        return previous

    def _missing(self, row: Row, scope: Mapping[str, Tensor | None]) -> None:
        """A row that cannot be called: what it reads failed, which is reported already, or was not handed in."""
        for name in row.source:
            if name not in scope:
                problem = f"from `{name[:40]}`: the block is called with fewer inputs"
                self._fault(row, row.name, CellError(problem, "name more in the caller's `from`"))

    def _try(self, row: Row, bound: Names, inputs: list[Tensor], prefix: str) -> Tensor | None:
        path = f"{prefix}{row.name}"
        first = len(self.nodes)
        try:
            output = self._row(row, bound, inputs, path)
        except CnnscopeError as error:
            if isinstance(error, SpecError):
                raise
            self._fault(row, path, error)
            return None
        for figure in row.figures:
            self._claim(figure, path, first)
        return output

    def _fault(self, row: Row, path: str, error: CnnscopeError) -> None:
        shown = path if len(path) <= LONGEST_NAME else f"...{path[-LONGEST_NAME:]}"
        place = f" ({self._page}:{row.line})" if self._caller else ""
        self.faults.append(Fault(self._caller or row.line, shown, f"{error.message}{place}", error.hint))
        if len(self.faults) > MOST_FAULTS:
            raise refusal(self.program.path, self.faults)

    def _claim(self, figure: Figure, path: str, first: int) -> None:
        if len(self.nodes) > first:
            line = self._caller or figure.line
            self.claims.append(
                Claim(line, path, figure.metric, figure.printed, figure.known_false, first, len(self.nodes))
            )

    def _row(self, row: Row, bound: Names, inputs: list[Tensor], path: str) -> Tensor | None:
        self._spend(row, path)
        if row.when and not _truth(row.when, bound):
            return inputs[0]
        if not row.repeat:
            return self._call(row, bound, inputs, path)
        count = _count(row.repeat, bound)
        output: Tensor | None = inputs[0]
        for index in range(count):
            self._spend(row, path)
            # A block's own parameters win over the counters of `repeat`.
            counted = {"i": index, "n": count} | bound
            output = self._call(row, counted, inputs, f"{path}.{index + 1}", further=index > 0)
            if output is None:
                return None
            inputs = [output, *inputs[1:]]
        return output

    def _spend(self, row: Row, path: str) -> None:
        """Count this call against the limit; long cells and paths count more, since they cost more."""
        self._work += row.work + len(path) // 100
        if self._work > MOST_LAYERS or len(self.nodes) > MOST_LAYERS:
            hint = "repeat less; long expressions, lists and nested names count as several layers"
            fault = Fault(row.line, row.name, f"expands to more than {MOST_LAYERS:,} layers", hint)
            raise refusal(self.program.path, [*self.faults, fault])

    def _call(self, row: Row, bound: Names, inputs: list[Tensor], path: str, *, further: bool = False) -> Tensor | None:
        """Run the row once; `further` for all but the first call of a repeat, whose stride is 1 unless it uses i."""
        kind = row.type(bound)
        cells = row.cells
        if further and "stride" in cells and "i" not in cells["stride"].reads:
            cells = {column: cell for column, cell in cells.items() if column != "stride"}
            cells["stride"] = _ONE
        activation = row.activation(bound) if row.activation else ""
        if block := self.program.blocks.get(kind):
            arguments = {column: cell.value(bound) for column, cell in cells.items()}
            output = self._block(block, arguments, inputs, path, row.line)
            if output is None or not activation:
                return output
            return self._operators(row, path, operators(chain(activation), ()), [output], after=True)
        if not kind:
            raise CellError("the type is empty", "an expression in the type column gave nothing")
        texts = tuple((column, text) for column, cell in cells.items() if (text := cell(bound)))
        kinds = chain(kind) + chain(activation) if activation else chain(kind)
        if further and not any("stride" in operator.fields for operator in kinds):
            texts = tuple((column, text) for column, text in texts if column != "stride")
        return self._operators(row, path, operators(kinds, texts), inputs)

    def _block(
        self, block: Block, arguments: Mapping[str, Value], inputs: list[Tensor], path: str, line: int
    ) -> Tensor | None:
        if block.name in self._calls:
            raise CellError(
                f"block {block.name} calls itself: {' -> '.join([*self._calls, block.name])}",
                "blocks cannot be recursive",
            )
        if len(self._calls) >= DEEPEST:
            raise CellError(f"blocks are nested deeper than {DEEPEST}", "flatten some of them")
        if unknown := [column for column in arguments if column not in block.parameters]:
            raise CellError(
                f"block {block.name} has no parameter {unknown[0]}",
                f"empty the cell, or declare it: ## {block.name}({', '.join([*block.parameters, unknown[0]])})",
            )
        bound = names(block.parameters, {name: value for name, value in arguments.items() if value != ""})
        before = self._caller, self._page
        self._caller, self._page = (self._caller or line, block.path) if block.path else (0, "")
        self._calls.append(block.name)
        try:
            return self._run(block, bound, inputs, f"{path}.")
        finally:
            self._calls.pop()
            self._caller, self._page = before

    def _operators(self, row: Row, path: str, ops: tuple, inputs: list[Tensor], *, after: bool = False) -> Tensor:  # type: ignore[type-arg]
        tensors = inputs
        for op, suffix in zip(ops, suffixes(ops), strict=True):
            shapes = tuple([tensor.shape for tensor in tensors])
            name = f"{path}{suffix or f'.{op.type}'}" if after else f"{path}{suffix}"
            read = tuple([tensor.name for tensor in tensors])
            try:
                output = Tensor(name, place(op, shapes).output)
            except ShapeError as error:
                where = parting(self.nodes, self._input, read)
                raise ShapeError(f"{error.message}{where}", error.hint) from None
            self.nodes.append(Node(name, op, read, path, self._caller or row.line))
            tensors = [output]
        return tensors[0]


_ONE = Template("1")


def _sizes(inputs: list[Tensor]) -> Names:
    """in.maps, in.height, in.width, in2.maps ... of a block's inputs."""
    sizes: Names = {}
    for index, (_, shape) in enumerate(inputs, start=1):
        tensor = INPUT if index == 1 else f"{INPUT}{index}"
        sizes[input_name(tensor, "maps")] = shape[2] if len(shape) == 3 else shape[1]
        if len(shape) == 4:
            sizes[input_name(tensor, "height")], sizes[input_name(tensor, "width")] = shape[2], shape[3]
    return sizes


def _truth(when: Template, bound: Names) -> bool:
    value = when.value(bound)
    if isinstance(value, str):
        raise CellError(f"when: `{value[:40]}` is neither true nor false", "write a condition such as {stride != 1}")
    return bool(value)


def _count(repeat: Template, bound: Names) -> int:
    value = repeat.value(bound)
    if not isinstance(value, int) or value < 1:
        raise CellError(
            f"repeat: `{str(value)[:40]}` is not a whole number of at least 1", "leave a row out with `when`"
        )
    if value > MOST_LAYERS:
        raise CellError(f"repeat: {value:,} is more than {MOST_LAYERS:,} layers", "repeat less")
    return value
