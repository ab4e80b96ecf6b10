"""Asks every engine that is installed. What none answers is listed, never taken for agreement."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.errors import MissingExtraError, RefusedError
from cnnscope.graph import INPUT, Graph, Layer
from cnnscope.machine.cpu import usable_cores
from cnnscope.runtimes import Settings
from cnnscope.shapes import Shape
from cnnscope.verification.record import ENGINES, ONNX, RUNTIME, TORCH, NotAsked

if TYPE_CHECKING:
    from cnnscope.verification.by_onnx import Written
    from cnnscope.verification.by_torch import Held, Ran
    from cnnscope.verification.compare import Compared

Progress = Callable[[str], None]

_SUBJECTS = {
    ONNX: ("shapes and stored elements by onnx", "pip install 'cnnscope[cpu]'"),
    RUNTIME: ("shapes and values by onnxruntime", "pip install 'cnnscope[cpu]'"),
    TORCH: ("shapes, params, buffers, MACs, memory and values by torch", "pip install 'cnnscope[torch]'"),
}


class Answers(NamedTuple):
    """What the engines said; None or empty where one was not asked.

    `held` is what torch's modules hold for every layer, `held_by_all` what the whole twin holds. `in_place` is torch's
    run in which element-wise layers write over their inputs, `same_in_place` whether it ends in the same values, None
    where there are none. `refused` are layers that an engine cannot take.
    """

    written: "Written | None" = None
    held: "Mapping[str, Held]" = MappingProxyType({})
    held_by_all: "Held | None" = None
    flops: Mapping[str, int] = MappingProxyType({})
    ran: "Ran | None" = None
    in_place: "Ran | None" = None
    same_in_place: bool | None = None
    run_shapes: Mapping[str, Shape] = MappingProxyType({})
    compared: "Mapping[str, Compared]" = MappingProxyType({})
    refused: tuple[RefusedError, ...] = ()


def engines(*, counts_only: bool) -> tuple[tuple[str, ...], list[NotAsked]]:
    """The engines to ask, and those left out with the reason; MissingExtraError where none is installed."""
    here = [engine for engine in ENGINES if _is_installed(engine)]
    if not here:
        raise MissingExtraError(
            "none of onnx, onnxruntime and torch is installed, so there is nobody to ask",
            "pip install 'cnnscope[cpu,torch]'",
        )
    asked, left_out = [], []
    for engine in ENGINES:
        what, remedy = _SUBJECTS[engine]
        if engine not in here:
            left_out.append(NotAsked(what, f"{engine} is not installed", remedy))
        elif engine == RUNTIME and ONNX not in here:
            left_out.append(NotAsked(what, "onnx, which writes the network for it, is not installed", remedy))
        elif engine == RUNTIME and counts_only:
            left_out.append(NotAsked(what, "only counts were asked for"))
        else:
            asked.append(engine)
    return tuple(asked), left_out


def _is_installed(engine: str) -> bool:
    try:
        importlib.import_module(engine)
    except ImportError:
        return False
    return True


def counts(graph: Graph, report: Report, asked: Sequence[str], *, progress: Progress) -> Answers:
    """What onnx and torch say without computing anything."""
    layers, answers = _layers(report), Answers()
    try:
        if ONNX in asked:
            from cnnscope.verification import by_onnx

            progress("shapes by onnx")
            answers = answers._replace(written=by_onnx.ask(graph, layers, dtype=report.dtype))
    except RefusedError as error:
        answers = answers._replace(refused=(error,))
    try:
        if TORCH in asked:
            from cnnscope.verification import by_torch

            progress("counts by torch")
            twin = by_torch.without_values(graph, layers, dtype=report.dtype)
            held = {layer.node.name: by_torch.held(layer) for layer in layers}
            answers = answers._replace(held=held, held_by_all=by_torch.held_by(twin))
            answers = answers._replace(flops=by_torch.flops(twin, layers, dtype=report.dtype))
            start = by_torch.start_without_values(report.input_shape, dtype=report.dtype)
            answers = answers._replace(ran=by_torch.run(twin, layers, start))
            answers = answers._replace(in_place=by_torch.run(twin, layers, start, in_place=True))
    except RefusedError as error:
        answers = answers._replace(refused=(*answers.refused, error))
    return answers


def values(
    graph: Graph, report: Report, asked: Sequence[str], answers: Answers, *, seed: int, progress: Progress
) -> Answers:
    """What ONNX Runtime and torch compute, added to the answers; RunError where one of them cannot."""
    from cnnscope.verification import by_runtime

    layers = _layers(report)
    progress("values by ONNX Runtime")
    settings = Settings(dtype=report.dtype, seed=seed, graph_opt="disable", threads=usable_cores())
    computed = by_runtime.ask(graph, layers, settings)
    answers = answers._replace(run_shapes={name: array.shape for name, array in computed.tensors.items()})
    if TORCH not in asked:
        return answers
    import torch

    from cnnscope.verification import by_torch, compare

    progress("values by torch")
    twin = compare.twin(graph, layers, computed.weights)
    # torch computes in float32; where the network does not, its memory was measured without values.
    if report.dtype == "float32":

        def start() -> torch.Tensor:
            return torch.from_numpy(computed.tensors[INPUT].copy())

        runs = [by_torch.run(twin, layers, start, in_place=in_place) for in_place in (False, True)]
        answers = answers._replace(ran=runs[0], in_place=runs[1], same_in_place=by_torch.same(*runs))
    return answers._replace(compared=compare.compare(twin, layers, computed.tensors))


def _layers(report: Report) -> tuple[Layer, ...]:
    return tuple(entry.layer for entry in report.layers)


def unanswered(report: Report, answers: Answers) -> Iterator[NotAsked]:
    """Figures that an engine cannot give although it was asked."""
    if answers.flops:
        for entry in report.layers:
            if not entry.layer.node.op.counted_by_torch:
                yield NotAsked(f"MACs of {entry.name}", f"torch has no operator for {entry.type}")
    if wild := [name for name, compared in answers.compared.items() if not compared.alone]:
        yield NotAsked(f"values alone of {_listed(wild)}", f"they or their inputs are not finite in {report.dtype}")
    if vague := [name for name, compared in answers.compared.items() if not compared.end_to_end]:
        why = f"in {report.dtype} they are not finite, or the bound is as large as they are"
        yield NotAsked(f"values end to end of {_listed(vague)}", why)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
