"""The Python interface: load a network, analyze it."""

import glob
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from cnnscope import render
from cnnscope.analysis import claims, report
from cnnscope.analysis.memory import OPTIMIZER_COPIES, Optimizer
from cnnscope.analysis.report import Report
from cnnscope.errors import CellError, MissingExtraError, SpecError, UnknownModelError, UsageError
from cnnscope.graph import Graph
from cnnscope.shapes import Shape
from cnnscope.spec import files, zoo
from cnnscope.spec.build import build
from cnnscope.spec.program import Program, input_shape
from cnnscope.spec.zoo import normal
from cnnscope.units import DTYPE_BYTES

Dtype = Literal["float32", "float16", "bfloat16", "int8"]


class Network:
    """A network of a page, ready to be analyzed at any input size, batch and dtype."""

    def __init__(self, program: Program, variant: str = "") -> None:
        self.program = program
        self.variant = variant
        self.name = variant or program.name

    def __repr__(self) -> str:
        return f"<cnnscope network {self.name}>"

    @cached_property
    def graph(self) -> Graph:
        """The network at its page's own input; SpecError where the page cannot be built or states no input."""
        return build(self.program, self.variant)

    def at(self, shape: Shape) -> Graph:
        """The network for an input of this shape, (C, H, W) or (F,)."""
        if self._states_input and shape[:1] == self.graph.input_shape[:1] and not self.program.reads_size:
            return self.graph.resized(shape)
        return build(self.program, self.variant, shape=shape)

    def shaped(self, given: Shape | str | None) -> Graph:
        """The network for an input written as for `analyze`, or at its page's own where none is given."""
        shape = _shape(given)
        own = shape is None or (self._states_input and shape == self.graph.input_shape)
        if own or shape is None:
            return self.graph
        try:
            return self.at(shape)
        except SpecError:
            maps = self.graph.input_shape if self._states_input and len(shape) == 1 else ()
            if len(maps) != 3:
                raise
            hint = f"write {maps[0]}x{shape[0]}x{shape[0]}"
            raise UsageError(f"input `{shape[0]}` is one number, and {self.name} reads maps", hint) from None

    def analyze(
        self,
        *,
        input: Shape | str | None = None,
        batch: int = 1,
        dtype: Dtype = "float32",
        optimizer: Optimizer = "momentum",
        in_place: bool = True,
    ) -> Report:
        """Every figure of the network, and its page's claims judged on the page's own terms.

        `input` is one sample's shape, (3, 224, 224) or "3x224x224"; the page's own where left out. Raises SpecError
        when the page or the input shape does not fit, UsageError for an unknown dtype, batch or optimizer.
        """
        _check(batch, dtype, optimizer)
        graph = self.shaped(input)
        result = report.analyze(graph, batch=batch, dtype=dtype, optimizer=optimizer, in_place=in_place)
        # A report on the page's own terms judges its claims too; any other needs a second one.
        terms = batch == 1 and dtype == "float32" and optimizer == "momentum" and in_place
        if terms and (not self._states_input or graph is self.graph):
            judged = claims.judge(graph, result)
        else:
            judged = self._judged if self._states_input else claims.judge(graph, report.analyze(graph))
        return replace(result, claims=judged, renderers=_RENDERERS)

    @cached_property
    def _states_input(self) -> bool:
        variant = self.program.variants.get(self.variant)
        return bool(self.program.input[1] or (variant and variant.input))

    @cached_property
    def _judged(self) -> tuple[report.JudgedClaim, ...]:
        """The page's claims, at its own input, one image and float32."""
        return (
            claims.judge(self.graph, report.analyze(self.graph)) if self.graph.claims or self.graph.assumptions else ()
        )


def load(model: str, *, assume: Mapping[str, str] | None = None) -> Network:
    """A network by zoo name ("vgg16"), spec file ("net.md", "resnet.md:resnet50") or "-" for standard input.

    `assume` says what a printed table leaves out: {"padding": "same"}, or {"C3.padding": "valid"} for one row.
    UnknownModelError for a name nobody knows, UsageError where a page holds several networks (see load_all), SpecError
    for a page that cannot be read.
    """
    networks = load_all(model, assume=assume)
    if len(networks) > 1:
        names = ", ".join(network.name for network in networks)
        raise UsageError(
            f"{model} holds {len(networks)} networks: {names}", f"name one, such as {model}:{networks[0].name}"
        )
    return networks[0]


def load_all(model: str, *, assume: Mapping[str, str] | None = None) -> list[Network]:
    """Every network that `model` names: a page or a pattern means all its variants, page.md:variant one of them."""
    path, variant = zoo.split_variant(model)
    if glob.has_magic(path) and not Path(path).exists():
        paths = sorted(glob.glob(path))  # noqa: PTH207 - the pattern is the user's, absolute or not
        if not paths:
            raise UsageError(f"{path}: no file matches this pattern", "check the folder and the quotes")
        return [
            network
            for found in paths
            for network in load_all(f"{found}:{variant}" if variant else found, assume=assume)
        ]
    if not zoo.is_page(path):
        entry = zoo.find(model)
        program = zoo.read_file(str(entry.path), assume)
        # Messages name the page as the README links it, wherever the package is installed.
        program.path = f"{entry.path.parent.name}/{entry.path.name}"
        return _networks(program, entry.variant)
    if path == files.STDIN and not sys.stdin:
        raise UsageError("standard input is closed", "name a file")
    if path == files.STDIN:
        text = files.decode(path, sys.stdin.buffer.read(files.LARGEST_FILE + 1))
        return _networks(zoo.read_page(path, text, assume), variant)
    return _networks(zoo.read_file(path, assume), variant)


def networks() -> list[str]:
    """The names of all networks in the zoo, in page order."""
    return [name for name, _ in zoo.index().values()]


def _networks(program: Program, variant: str) -> list[Network]:
    if program.columns:
        return _columns(program, variant)
    if not variant:
        return [Network(program, name) for name in program.variants] or [Network(program)]
    if near := [name for name in program.variants if normal(name) == normal(variant)]:
        return [Network(program, variant if variant in near else near[0])]
    if not program.variants and normal(program.name) == normal(variant):
        return [Network(program)]
    known = ", ".join(program.variants or [program.name])
    raise UnknownModelError(f"{program.path} has no variant `{variant}`", f"it has {known}")


def _columns(program: Program, variant: str) -> list[Network]:
    """The networks of a table that prints one per column, or the one that `variant` names."""
    if not variant:
        return [Network(column) for column in program.columns.values()]
    if named := [column for name, column in program.columns.items() if normal(name) == normal(variant)]:
        return [Network(named[0])]
    raise UnknownModelError(f"{program.path} has no column `{variant}`", f"it has {', '.join(program.columns)}")


def _shape(given: Shape | str | None) -> Shape | None:
    if given is None:
        return None
    text = "x".join(map(str, given)) if isinstance(given, tuple | list) else str(given)
    try:
        return input_shape(text)
    except CellError as error:
        raise UsageError(error.message, error.hint) from None


def _check(batch: int, dtype: str, optimizer: str) -> None:
    if int(batch) != batch or not 1 <= batch <= 2**31 - 1:
        raise UsageError(f"batch {batch}", "write a whole number from 1 to 2^31 - 1")
    if dtype not in DTYPE_BYTES:
        raise UsageError(f"dtype `{dtype}` is not known", f"known are {', '.join(DTYPE_BYTES)}")
    if optimizer not in OPTIMIZER_COPIES:
        raise UsageError(f"optimizer `{optimizer}` is not known", f"known are {', '.join(OPTIMIZER_COPIES)}")


def _pandas(result: Report) -> Any:
    try:
        import pandas
    except ImportError:
        raise MissingExtraError("pandas is not installed", "pip install 'cnnscope[pandas]'") from None
    from cnnscope.render.records import layer_record

    return pandas.DataFrame([layer_record(layer) for layer in result.layers])


_RENDERERS: dict[str, Callable[[Report], Any]] = {**render.renderers("analysis"), "pandas": _pandas}
