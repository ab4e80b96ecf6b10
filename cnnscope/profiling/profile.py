"""Measure a network: check the request, let a fresh process time it, and join what it says to the analysis."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from cnnscope import machine, runtimes
from cnnscope.analysis.report import LayerReport, Report, analyze
from cnnscope.analysis.roofline import padding_free_macs
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.calibration.ceilings import ceilings as measured_ceilings
from cnnscope.calibration.ping_pong import cache_mode
from cnnscope.errors import CnnscopeError, UsageError
from cnnscope.graph import Graph
from cnnscope.machine.cpu import usable_cores
from cnnscope.profiling import memory
from cnnscope.profiling.attribution import attribute
from cnnscope.profiling.launch import in_fresh_process
from cnnscope.profiling.notes import notes_on
from cnnscope.profiling.protocol import Limits, Progress
from cnnscope.profiling.record import Latency, LayerWork, Memory, Profile
from cnnscope.profiling.worker import ALONE, KERNEL_METHODS, RUNTIME, Request
from cnnscope.runtimes import Kernel, OptimisedNode, Settings
from cnnscope.shapes import LARGEST_DIMENSION
from cnnscope.units import Bytes

AUTO = "auto"
_DEVICE = re.compile(r"(\w+)(?::[0-9]{1,3})?")
_MOST_THREADS, _LARGEST_SEED = 1024, 2**63 - 1


def profile(
    graph: Graph,
    settings: Settings = Settings(),  # noqa: B008 - immutable
    limits: Limits = Limits(),  # noqa: B008 - immutable
    *,
    kernels: str = AUTO,
    ceilings: bool = True,
    force: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Profile:
    """Latency of a network in a process of its own, and the time of every layer.

    `kernels` says how layers are timed: "runtime" by the runtime in its place, "alone" as networks of their own, "none"
    not at all; "auto" is "runtime" except on CUDA under ONNX Runtime, whose profiler times only launches there.
    UsageError for settings that cannot be or need more memory than is free, which `force` overrides; RunError where the
    network cannot be run; KeyboardInterrupt where it was interrupted before there was a sample.
    """
    check(settings, limits, kernels)
    report = require_fit(graph, settings, force=force)
    need, free = memory.predicted(report, settings), memory.free(settings)
    if kernels == AUTO:
        kernels = ALONE if settings.is_cuda and settings.runtime == "onnxruntime" else RUNTIME
    environment = machine.environment()
    several = settings.threads > 1 and not settings.is_cuda
    modes = [cache_mode()] if several else []
    result = in_fresh_process(Request(graph, settings, limits, kernels), progress)
    modes += [cache_mode()] if several else []
    held = Memory(need.device or need.host, free, None if settings.is_cuda else result["held_bytes"])
    notes = list(notes_on(settings, result, modes))
    roofs = _ceilings(settings, progress, notes.append) if ceilings and not result["interrupted"] else None
    measured = _joined(graph, report, settings, result, environment | {"fingerprint": machine.fingerprint(environment)})
    return replace(measured, memory=held, ceilings=roofs, notes=tuple(notes))


def _ceilings(
    settings: Settings, progress: Callable[[Progress], None], warn: Callable[[str], object]
) -> Ceilings | None:
    """This machine's ceilings; without them, and a sentence that says why, where they cannot be measured."""
    dtype = "tf32" if settings.tf32 else settings.dtype
    try:
        return measured_ceilings(
            settings.device,
            dtype,
            min(settings.threads, usable_cores()),
            progress=lambda what: progress(Progress(f"measuring this machine's ceilings, {what}")),
            warn=warn,
        )
    except CnnscopeError as error:
        warn(f"this machine's ceilings are unknown: {error.message}")
        return None


def check(settings: Settings, limits: Limits, kernels: str = AUTO) -> None:
    """UsageError for settings that cannot be, with the nearest that can."""
    _one_of("runtime", settings.runtime, runtimes.names())
    device = _DEVICE.fullmatch(settings.device)
    if not device or device[1] not in ("cpu", "cuda") or settings.device.startswith("cpu:"):
        raise _unknown("device", settings.device, ("cpu", "cuda", "cuda:1"))
    _one_of("dtype", settings.dtype, runtimes.DTYPES)
    _one_of("graph-opt", settings.graph_opt, runtimes.GRAPH_OPTS)
    _one_of("kernels", kernels, (AUTO, *KERNEL_METHODS))
    for name, number, least, most in (
        ("threads", settings.threads, 1, _MOST_THREADS),
        ("batch", settings.batch, 1, LARGEST_DIMENSION),
        ("seed", settings.seed, 0, _LARGEST_SEED),
    ):
        if not least <= number <= most:
            raise UsageError(f"{name} {number}", f"write a whole number from {least} to {most}")
    if settings.runtime == "torch" and (settings.graph_opt != "all" or kernels == ALONE):
        raise UsageError(
            "torch runs layers as they are", "leave --graph-opt and --kernels alone out, or use onnxruntime"
        )
    if not settings.is_cuda and (settings.cuda_graph or settings.tf32):
        raise UsageError(f"CUDA graphs and TF32 are nothing for {settings.device}", "add --device cuda")
    if not 0 < limits.min_time <= limits.max_time < float("inf"):
        raise UsageError(
            f"a time from {limits.min_time:g} s to {limits.max_time:g} s", "0 < --min-time <= --max-time, in seconds"
        )


def require_fit(graph: Graph, settings: Settings, *, force: bool = False) -> Report:
    """The analysis; SpecError where the input does not fit the network, UsageError where the memory is too small."""
    report = analyze(graph, batch=settings.batch, dtype=settings.dtype)
    if not force:
        memory.require(report, settings)
    return report


def _one_of(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise _unknown(what, given, known)


def _unknown(what: str, given: str, known: Sequence[str]) -> UsageError:
    near = get_close_matches(given, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return UsageError(f"{what} `{given[:40]}` is not known", f"{hint}known are {', '.join(known)}")


def _joined(
    graph: Graph,
    report: Report,
    settings: Settings,
    result: dict[str, Any],
    environment: dict[str, Any],
) -> Profile:
    """All but the ceilings, the memory and the notes."""
    series, times = dict(result["series"]), result["times"] or {}
    kernels = [Kernel(*kernel)._replace(layers=tuple(kernel[3])) for kernel in times.get("kernels", [])]
    nodes = times.get("nodes")
    made = [OptimisedNode(name, kind, tuple(read), tuple(out)) for name, kind, read, out in nodes] if nodes else None
    joined = attribute([layer.layer for layer in report.layers], kernels, made)
    series["samples"] = tuple(series["samples"])
    return Profile(
        network=graph.name,
        source=graph.source,
        input_shape=report.input_shape,
        settings=settings,
        latency=Latency(**series, creation_seconds=result["creation_seconds"]),
        layers=tuple(_work(layer, report.itemsize) for layer in report.layers),
        kernels=joined.kernels,
        removed=joined.removed if kernels else (),
        method=times.get("method", ""),
        kernel_runs=times.get("runs", 0),
        profiled_seconds=times.get("whole"),
        memory=Memory(0, 0, None),
        ceilings=None,
        environment=environment,
        facts=result["facts"],
        interrupted=result["interrupted"],
    )


def _work(layer: LayerReport, itemsize: Bytes) -> LayerWork:
    return LayerWork(
        layer.name,
        layer.type,
        layer.row,
        layer.output_shape,
        layer.macs,
        padding_free_macs(layer.layer),
        layer.cost.flops,
        layer.inputs,
        (layer.params + layer.buffers) * itemsize,
        layer.bytes_written,
    )
