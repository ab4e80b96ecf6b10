"""Asks every engine that is installed. What none answers is listed, never taken for agreement."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from cnnscope.analysis.report import Report
from cnnscope.errors import MissingExtraError
from cnnscope.graph import Graph, Layer
from cnnscope.machine.cpu import usable_cores
from cnnscope.runtimes import Settings
from cnnscope.shapes import Shape
from cnnscope.verification.record import ENGINES, ONNX, RUNTIME, TORCH, NotAsked

if TYPE_CHECKING:
    from cnnscope.verification.by_onnx import Written
    from cnnscope.verification.by_runtime import Computed
    from cnnscope.verification.by_torch import Held, Ran
    from cnnscope.verification.values import Compared

Progress = Callable[[str], None]

_SUBJECTS = {
    ONNX: ("shapes and stored elements by onnx", "pip install 'cnnscope[cpu]'"),
    RUNTIME: ("shapes and values by onnxruntime", "pip install 'cnnscope[cpu]'"),
    TORCH: ("shapes, params, buffers, MACs, memory and values by torch", "pip install 'cnnscope[torch]'"),
}


class Answers(NamedTuple):
    """What the engines said; None or empty where one was not asked.

    `in_place` is torch's run in which element-wise layers write over their inputs, `same_in_place` whether it ends in
    the same values, None where there are none.
    """

    asked: tuple[str, ...]
    written: "Written | None" = None
    run_shapes: Mapping[str, Shape] = MappingProxyType({})
    held: "tuple[Mapping[str, Held], Held] | None" = None
    ran: "Ran | None" = None
    in_place: "Ran | None" = None
    same_in_place: bool | None = None
    compared: "Mapping[str, Compared]" = MappingProxyType({})


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


def ask(graph: Graph, report: Report, asked: Sequence[str], *, seed: int, progress: Progress) -> Answers:
    """Everything that these engines say of the report's network; RunError where one fails."""
    layers = tuple(entry.layer for entry in report.layers)
    answers = Answers(tuple(asked))
    if ONNX in asked:
        from cnnscope.verification import by_onnx

        progress("shapes by onnx")
        answers = answers._replace(written=by_onnx.ask(graph, layers, dtype=report.dtype))
    computed = None
    if RUNTIME in asked:
        from cnnscope.verification import by_runtime

        progress("values by ONNX Runtime")
        settings = Settings(dtype=report.dtype, seed=seed, graph_opt="disable", threads=usable_cores())
        computed = by_runtime.ask(graph, layers, settings)
        answers = answers._replace(run_shapes={name: array.shape for name, array in computed.tensors.items()})
    return _ask_torch(graph, layers, report, computed, answers, progress) if TORCH in asked else answers


def _ask_torch(
    graph: Graph,
    layers: tuple[Layer, ...],
    report: Report,
    computed: "Computed | None",
    answers: Answers,
    progress: Progress,
) -> Answers:
    import torch

    from cnnscope.verification import by_torch, values

    progress("counts and memory by torch")
    bare = network = by_torch.without_values(graph, layers, dtype=report.dtype)
    start = by_torch.start_without_values(report.input_shape, dtype=report.dtype)
    if computed:
        network = values.twin(graph, layers, computed.weights)
    # In float16 torch computes in float32, so its memory is measured where nothing is computed.
    if real := computed if report.dtype == "float32" else None:
        start = lambda: torch.from_numpy(real.tensors["in"].copy())  # noqa: E731
    runs = [by_torch.run(network if real else bare, layers, start, in_place=reuse) for reuse in (False, True)]
    answers = answers._replace(held=by_torch.held(bare), ran=runs[0], in_place=runs[1])
    if real:
        answers = answers._replace(same_in_place=by_torch.same(*runs))
    if computed:
        progress("values by torch")
        answers = answers._replace(compared=values.compare(network, layers, computed.tensors))
    return answers


def unanswered(report: Report, answers: Answers) -> Iterator[NotAsked]:
    """Figures that an engine cannot give although it was asked."""
    if answers.ran:
        for entry in report.layers:
            if not entry.layer.node.op.counted_by_torch:
                yield NotAsked(f"MACs of {entry.name}", f"torch has no operator for {entry.type}")
    if wild := [name for name, compared in answers.compared.items() if not compared.alone]:
        yield NotAsked(f"values of {_listed(wild)}", f"they are not finite in {report.dtype}")
    vague = [name for name, compared in answers.compared.items() if compared.alone and not compared.end_to_end]
    if vague:
        yield NotAsked(
            f"values end to end of {_listed(vague)}", f"in {report.dtype} the bound is as large as the values"
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
