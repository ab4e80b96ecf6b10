"""Every row as a network of its own: the honest way to a row's time where a runtime's profiler times only launches.

A row runs alone, on inputs that lie in the caches, so nothing of its neighbours is fused with it; what an empty network
takes is taken off. Rows that are alike are measured once.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from cnnscope.export import onnx_in_memory
from cnnscope.graph import INPUT, Graph, Layer, Node, walk
from cnnscope.ops import Identity
from cnnscope.runtimes import Kernel, KernelTimes, Settings
from cnnscope.runtimes.onnxruntime import Session

METHOD = "every row alone, as a network of its own with its input in place; an empty network's time taken off"
WARM_UP, FEWEST = 3, 10


def row_times(graph: Graph, settings: Settings, *, seconds: float, stop: Callable[[], bool]) -> KernelTimes:
    """Median time of every row, over about so many seconds in all, less that of an empty network."""
    rows = list(_rows(tuple(walk(graph, batch=settings.batch))))
    different = {_likeness(row): row for row in rows}
    share = seconds / len(different)
    nothing = _median(graph, _empty(settings.batch), settings, share)
    known: dict[object, float] = {}
    for likeness, row in different.items():
        if stop():
            break
        known[likeness] = max(_median(graph, row, settings, share) - nothing, 0.0)
    kernels = tuple(
        Kernel(row[0].node.row, "row", known[likeness], tuple(layer.node.name for layer in row))
        for row in rows
        if (likeness := _likeness(row)) in known
    )
    return KernelTimes(METHOD, FEWEST, None, kernels)


def _rows(layers: Sequence[Layer]) -> Iterator[tuple[Layer, ...]]:
    for _, row in groupby(layers, lambda layer: layer.node.row):
        yield tuple(row)


def _likeness(row: tuple[Layer, ...]) -> object:
    """What decides a row's time: its operators, shapes and wiring, whatever the names."""
    numbers = {layer.node.name: index for index, layer in enumerate(row)}
    return tuple(
        (layer.node.op, layer.inputs, tuple(numbers.get(name, -1) for name in layer.node.inputs)) for layer in row
    )


def _empty(batch: int) -> tuple[Layer, ...]:
    return tuple(walk(Graph("empty", (1,), (Node("nothing", Identity(), (INPUT,), "nothing", 0),)), batch=batch))


def _median(graph: Graph, row: tuple[Layer, ...], settings: Settings, seconds: float) -> float:
    session = Session(onnx_in_memory(graph, row, dtype=settings.dtype, seed=settings.seed), settings)
    with session.guard():
        for _ in range(WARM_UP):
            session.run()
        samples: list[float] = []
        end = time.perf_counter() + seconds
        while len(samples) < FEWEST or time.perf_counter() < end:
            start = time.perf_counter()
            session.run()
            samples.append(time.perf_counter() - start)
    session.close()
    return statistics.median(samples)
