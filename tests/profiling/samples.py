"""Profiles made by hand, whose figures can be added up on paper."""

from cnnscope.analysis.report import analyze
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.graph import Graph
from cnnscope.profiling.profile import _work
from cnnscope.profiling.protocol import CONVERGED
from cnnscope.profiling.record import Latency, Memory, Profile
from cnnscope.runtimes import Kernel, Settings
from tests.profiling.networks import network

BLOCK = network(
    "layer | type | maps | kernel | padding | from",
    "stage.a | conv bn relu | 16 | 3 | 1 |",
    "stage.b | conv bn | 16 | 3 | 1 |",
    "stage.out | add relu | | | | in, stage.b",
    "fc | fully connected | 10 | | |",
    "drop | dropout | | | |",
)
"""A residual block of 16x8x8 maps and its head."""

FUSED = (
    Kernel("ReorderInput", "ReorderInput", 1e-6, ("stage.a",), "layout"),
    Kernel("a_nchwc", "Conv", 20e-6, ("stage.a", "stage.a.bn", "stage.a.relu")),
    Kernel("b_nchwc", "Conv", 25e-6, ("stage.b", "stage.b.bn", "stage.out", "stage.out.relu")),
    Kernel("ReorderOutput", "ReorderOutput", 2e-6, ("fc",), "layout"),
    Kernel("fc", "Gemm", 10e-6, ("fc",)),
    Kernel("mystery", "Magic", 2e-6, (), "other"),
)
ENVIRONMENT = {
    "packages": {"onnxruntime": "1.31.1"},
    "cpu": {"model": "A processor", "governor": None, "virtual": True},
    "gpus": [],
    "fingerprint": "0123456789ab",
}


def roofs(compute: float, copy: float) -> Ceilings:
    """Ceilings of a machine with these rates."""
    return Ceilings("cpu", "float32", 1, compute, compute / 2, copy, "", "0123456789ab", "256 bits", {"copy": 0.1})


def profiled(
    graph: Graph = BLOCK,
    kernels: tuple[Kernel, ...] = FUSED,
    *,
    median: float = 100e-6,
    profiled_seconds: float | None = 105e-6,
    settings: Settings = Settings(),  # noqa: B008 - immutable
    ceilings: Ceilings | None = None,
    removed: tuple[str, ...] = ("drop",),
    notes: tuple[str, ...] = (),
) -> Profile:
    """A profile of kernels that took so long."""
    report = analyze(graph, batch=settings.batch, dtype=settings.dtype)
    return Profile(
        network=graph.name,
        source=graph.source,
        input_shape=report.input_shape,
        settings=settings,
        latency=Latency((median,) * 20, 1, CONVERGED, 12, 0, 3e-3, 0.25),
        layers=tuple(_work(layer, report.itemsize) for layer in report.layers),
        kernels=kernels,
        removed=removed,
        method="a stopwatch",
        kernel_runs=10,
        profiled_seconds=profiled_seconds,
        memory=Memory(200_000_000, 8_000_000_000, 90_000_000),
        ceilings=ceilings,
        environment=ENVIRONMENT,
        facts={"providers": ["CPUExecutionProvider"]},
        notes=notes,
    )
