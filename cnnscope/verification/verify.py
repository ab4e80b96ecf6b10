"""Verifies a report: every figure of it beside the answers of the engines that are installed."""

from collections.abc import Callable
from typing import Any

from cnnscope.analysis.memory import peak_activation
from cnnscope.analysis.report import LayerReport, Report
from cnnscope.errors import RunError, UsageError
from cnnscope.graph import Graph
from cnnscope.runtimes import DTYPES
from cnnscope.verification import ask
from cnnscope.verification.ask import Answers, Progress
from cnnscope.verification.need import require_memory
from cnnscope.verification.record import ONNX, OURS, RUNTIME, TORCH, Counts, LayerVerification, NotAsked, Verification


def verify(
    graph: Graph,
    report: Report,
    *,
    seed: int = 0,
    counts_only: bool = False,
    force: bool = False,
    progress: Progress = lambda phase: None,
) -> Verification:
    """Check a report of this graph, its claims judged, against the engines that are installed.

    With `counts_only` nothing is computed. MissingExtraError where no engine is installed, UsageError for an unknown
    dtype, RunError where an engine fails and, unless `force`, where memory would not suffice.
    """
    if report.dtype not in DTYPES:
        raise UsageError(f"dtype `{report.dtype}` cannot be verified", f"known are {', '.join(DTYPES)}")
    asked, left_out = ask.engines(counts_only=counts_only)
    if RUNTIME in asked and not force:
        require_memory(report)
    answers = ask.counts(graph, report, asked, progress=progress)
    if RUNTIME in asked and not answers.refused:
        try:
            answers = ask.values(graph, report, asked, answers, seed=seed, progress=progress)
        except RunError as error:
            # Figures that differ are the likelier reason, and say more.
            left_out.append(NotAsked("values", error.message))
            if (found := _side_by_side(graph, report, answers, asked, left_out, seed)).holds:
                raise
            return found
    return _side_by_side(graph, report, answers, asked, left_out, seed)


def _side_by_side(
    graph: Graph, report: Report, answers: Answers, asked: tuple[str, ...], left_out: list[NotAsked], seed: int
) -> Verification:
    return Verification(
        network=report.network,
        source=report.source,
        path=report.path,
        input_shape=report.input_shape,
        dtype=report.dtype,
        seed=seed,
        asked=asked,
        layers=tuple(_layer(entry, answers) for entry in report.layers),
        totals=_totals(graph, report, answers),
        same_in_place=answers.same_in_place,
        refused=answers.refused,
        claims=report.claims,
        not_asked=(*left_out, *ask.unanswered(report, answers)),
    )


def _layer(entry: LayerReport, answers: Answers) -> LayerVerification:
    name, compared = entry.name, answers.compared.get(entry.name)
    counted = answers.flops if entry.layer.node.op.counted_by_torch else None
    return LayerVerification(
        name,
        entry.type,
        entry.row,
        entry.line,
        shape=_beside(
            entry.output_shape,
            (ONNX, answers.written, lambda written: written.shapes.get(name, ())),
            (RUNTIME, answers.run_shapes, lambda shapes: tuple(shapes.get(name, ()))),
            (TORCH, answers.ran, lambda ran: ran.shapes[name]),
        ),
        params=_beside(entry.params, (TORCH, answers.held, lambda held: held[name].params)),
        buffers=_beside(entry.buffers, (TORCH, answers.held, lambda held: held[name].buffers)),
        stored=_beside(
            entry.params + entry.buffers,
            (ONNX, answers.written, lambda written: written.stored.get(name, 0)),
            (TORCH, answers.held, lambda held: sum(held[name])),
        ),
        macs=_beside(entry.macs, (TORCH, counted, lambda flops: _macs(flops[name]))),
        alone=compared.alone if compared else None,
        end_to_end=compared.end_to_end if compared else None,
    )


def _totals(graph: Graph, report: Report, answers: Answers) -> dict[str, Counts]:
    """The network's figures; torch's MACs only where it counts all of them."""
    layers = [entry.layer for entry in report.layers]
    counted = answers.flops if all(layer.node.op.counted_by_torch for layer in layers) else None
    computed, reused = (
        peak_activation(graph, layers, report.itemsize, in_place=reuse).bytes for reuse in (False, True)
    )
    return {
        "params": _beside(report.params, (TORCH, answers.held_by_all, lambda held: held.params)),
        "buffers": _beside(report.buffers, (TORCH, answers.held_by_all, lambda held: held.buffers)),
        "stored": _beside(
            report.params + report.buffers,
            (ONNX, answers.written, lambda written: written.all_stored),
            (TORCH, answers.held_by_all, lambda held: sum(held)),
        ),
        "macs": _beside(report.macs, (TORCH, counted, lambda flops: _macs(sum(flops.values())))),
        "peak": _beside(computed, (TORCH, answers.ran, lambda ran: ran.peak)),
        "peak_in_place": _beside(reused, (TORCH, answers.in_place, lambda ran: ran.peak)),
    }


def _beside(ours: Any, *others: tuple[str, Any, Callable[[Any], Any]]) -> dict[str, Any]:
    """Our figure and those of the engines that answered."""
    return {OURS: ours} | {engine: figure(answer) for engine, answer, figure in others if answer}


def _macs(flops: int) -> int:
    """Every formula of torch's counter has two operations for each multiply-accumulate."""
    return flops // 2
