"""Kernel times from ONNX Runtime's own profiler, in a session of its own: profiling costs microseconds a kernel."""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnnscope.export import onnx_in_memory
from cnnscope.export.onnx_model import library as onnx_library
from cnnscope.graph import Graph, walk
from cnnscope.runtimes import Kernel, KernelTimes, OptimisedNode, Settings
from cnnscope.runtimes.onnxruntime.session import Session

METHOD = "ONNX Runtime's profiler, in a session of its own"
WARM_UP, FEWEST = 3, 10
MOST_EVENTS = 30_000
"""A longer profile takes longer to read than its runs took."""

_SUFFIX = "_kernel_time"


def kernel_times(graph: Graph, settings: Settings, *, seconds: float, stop: Callable[[], bool]) -> KernelTimes:
    """Mean time of every kernel on the CPU over about so many seconds, and the graph that ran in place of ours."""
    layers = tuple(walk(graph, batch=settings.batch))
    network = onnx_in_memory(graph, layers, dtype=settings.dtype, seed=settings.seed)
    with tempfile.TemporaryDirectory(prefix="cnnscope-") as folder:
        optimised = Path(folder, "optimised.onnx")
        # Only the names of the optimised graph are wanted; its weights may take gigabytes, and go nowhere.
        with suppress(OSError):
            Path(folder, "weights").symlink_to(os.devnull)
        session = Session(
            network,
            settings,
            enable_profiling=True,
            profile_file_prefix=str(Path(folder, "profile")),
            optimized_model_filepath=str(optimised),
            entries={
                "session.optimized_model_external_initializers_file_name": "weights",
                "session.optimized_model_external_initializers_min_size_in_bytes": "64",
            },
        )
        runs = _run_for(session, seconds, most=max(MOST_EVENTS // len(layers), FEWEST), stop=stop)
        events = json.loads(Path(session.session.end_profiling()).read_bytes())
        nodes = _nodes(optimised)
    whole, kernels = mean_times(events)
    return KernelTimes(METHOD, runs, whole, kernels, named(nodes, kernels))


def _run_for(session: Session, seconds: float, *, most: int, stop: Callable[[], bool]) -> int:
    """Run for so long, at least 10 times unless stopped; the runs that count."""
    for _ in range(WARM_UP):
        session.run()
    end, runs = time.perf_counter() + seconds, 0
    while not runs or (not stop() and (runs < FEWEST or (time.perf_counter() < end and runs < most))):
        session.run()
        runs += 1
    return runs


def _nodes(path: Path) -> tuple[OptimisedNode, ...]:
    graph = onnx_library().load(path, load_external_data=False).graph
    return tuple(OptimisedNode(n.name, n.op_type, tuple(n.input), tuple(n.output)) for n in graph.node)


def mean_times(events: Sequence[Mapping[str, Any]]) -> tuple[float, tuple[Kernel, ...]]:
    """Mean seconds of a whole run and of its kernels, in running order, the runs of the warm-up left out.

    `events` are a profile's, in microseconds: one `model_run` for every run, and one event for every kernel in it.
    """
    starts = sorted(event["ts"] for event in events if event["name"] == "model_run")
    counted = starts[WARM_UP:]
    whole = sum(event["dur"] for event in events if event["name"] == "model_run" and event["ts"] >= counted[0])
    spent: Counter[str] = Counter()
    types: dict[str, str] = {}
    for event in events:
        if event["cat"] == "Node" and event["name"].endswith(_SUFFIX) and event["ts"] >= counted[0]:
            name = event["name"].removesuffix(_SUFFIX)
            spent[name] += event["dur"]
            types[name] = event["args"]["op_name"]
    scale = 1e-6 / len(counted)
    return whole * scale, tuple(Kernel(name, types[name], total * scale) for name, total in spent.items())


def named(nodes: tuple[OptimisedNode, ...], kernels: tuple[Kernel, ...]) -> tuple[OptimisedNode, ...]:
    """The nodes, those of inlined functions under the names that the profiler gives them: a type and a number."""
    known = {node.name for node in nodes}
    unknown = [kernel for kernel in kernels if kernel.name not in known]
    found = []
    for node in nodes:
        kernel = next((kernel for kernel in unknown if kernel.type == node.type), None) if not node.name else None
        if kernel:
            unknown.remove(kernel)
        found.append(node._replace(name=kernel.name) if kernel else node)
    return tuple(found)
