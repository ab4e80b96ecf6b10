"""cnnscope profile: how long a network takes, and which layers take it."""

import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from cnnscope.cli import options
from cnnscope.cli.progress import Line
from cnnscope.errors import UsageError
from cnnscope.files import complete, require_place
from cnnscope.machine.cpu import usable_cores

if TYPE_CHECKING:
    from cnnscope.graph import Graph
    from cnnscope.profiling.protocol import Limits
    from cnnscope.profiling.record import Profile
    from cnnscope.runtimes import Settings


def run(
    models: Annotated[list[str], options.models_argument()],
    device: Annotated[str, Option(help="cpu | cuda | cuda:1")] = "cpu",
    runtime: Annotated[str, Option(help="onnxruntime | torch")] = "onnxruntime",
    assume: options.Assume = None,
    input_shape: options.InputShape = None,
    batch: Annotated[str, Option(help="Images per pass; several as 1,8,32.")] = "1",
    threads: Annotated[str, Option(help="CPU threads, or auto: as many as this process may use.")] = "1",
    dtype: Annotated[str, Option(help="float32 | float16")] = "float32",
    graph_opt: Annotated[str, Option(help="How far ONNX Runtime rewrites: all | extended | basic | disable.")] = "all",
    kernels: Annotated[
        str, Option(help="How layers are timed: auto | runtime | alone (rows as networks of their own) | none.")
    ] = "auto",
    min_time: Annotated[float, Option(help="Seconds of sampling at least.")] = 3.0,
    max_time: Annotated[float, Option(help="Seconds of sampling at most.")] = 30.0,
    seed: Annotated[int, Option(help="Of weights and input.")] = 0,
    tf32: Annotated[bool, Option("--tf32", help="On CUDA: allow TF32 in place of float32.")] = False,
    cuda_graph: Annotated[bool, Option("--cuda-graph", help="On CUDA: record the launches once.")] = False,
    allow_fallback: Annotated[
        bool, Option("--allow-fallback", help="On CUDA: let nodes that it lacks run on the CPU.")
    ] = False,
    ceilings: Annotated[
        bool, Option("--ceilings/--no-ceilings", help="Compare with what this machine does at most.")
    ] = True,
    force: Annotated[bool, Option("--force", help="Run even if the memory may not suffice.")] = False,
    format_name: options.FormatName = None,
    output: Annotated[
        list[Path] | None,
        Option(
            "-o", "--output", help="Write here; the ending chooses the format, .json can be shown again. Repeatable."
        ),
    ] = None,
    trace: Annotated[Path | None, Option(help="Write kernels and rows as a Chrome trace.")] = None,
    columns: options.Columns = None,
    sort: options.Sort = None,
    top: options.Top = None,
    depth: options.Depth = None,
    color: options.Color = "auto",
) -> None:
    """Latency with its confidence interval, and the time of every layer beside the work that it does."""
    from cnnscope.api import load_all
    from cnnscope.profiling.profile import check, require_fit
    from cnnscope.profiling.protocol import Limits
    from cnnscope.render.pages import profile as page
    from cnnscope.runtimes import Settings

    view = options.view(page, columns=columns, sort=sort, top=top, depth=depth, color=color)
    options.known_format(format_name)
    options.writable(output or [], format_name)
    if trace:
        require_place(trace)
        if trace in (output or []):
            raise UsageError(f"{trace} cannot be both the profile and its trace", "name two files")
    settings = Settings(
        runtime=runtime,
        device=device,
        threads=_threads(threads),
        graph_opt=graph_opt,
        dtype=dtype,
        seed=seed,
        tf32=tf32,
        cuda_graph=cuda_graph,
        allow_fallback=allow_fallback,
    )
    wanted = [settings._replace(batch=count) for count in _batches(batch)]
    limits = Limits(min_time, max_time)
    for one in wanted:
        check(one, limits, kernels)
    given = options.assumptions(assume)
    graphs = [network.shaped(input_shape) for model in models for network in load_all(model, assume=given)]
    for graph, one in product(graphs, wanted):
        require_fit(graph, one, force=force)
    profiles: list[Profile] = []
    try:
        for graph, one in product(graphs, wanted):
            profiles.append(_measured(graph, one, limits, kernels=kernels, ceilings=ceilings, force=force))
            if profiles[-1].interrupted:
                raise KeyboardInterrupt
    finally:
        # What was measured before an error or Ctrl-C took its time: it is kept.
        if profiles:
            if trace:
                _write_trace(trace, profiles)
            options.deliver(page, profiles, view, format_name=format_name, outputs=output or [])


def _measured(
    graph: "Graph", settings: "Settings", limits: "Limits", *, kernels: str, ceilings: bool, force: bool
) -> "Profile":
    from cnnscope.profiling.profile import profile

    with Line(f"{graph.name}, batch {settings.batch}") as line:
        return profile(graph, settings, limits, kernels=kernels, ceilings=ceilings, force=force, progress=line.show)


def _write_trace(path: Path, profiles: "list[Profile]") -> None:
    from cnnscope.profiling.trace import chrome_trace

    with complete(path) as file:
        file.write(json.dumps(chrome_trace(profiles)).encode())


def _batches(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 11 for part in parts):
        raise UsageError(f"batch `{text[:40]}`", "write numbers of images, at least 1, separated by commas")
    return [int(part) for part in parts]


def _threads(text: str) -> int:
    if text == "auto":
        return usable_cores()
    if not text.isdecimal() or len(text) > 10:
        raise UsageError(f"threads `{text[:40]}`", "write a number of threads, at least 1, or auto")
    return int(text)
