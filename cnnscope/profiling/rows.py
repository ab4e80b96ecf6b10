"""A profile by rows of the table: measured time beside the work that the analysis says was to be done."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from cnnscope.analysis.roofline import roof
from cnnscope.analysis.rows import fold
from cnnscope.graph import INPUT
from cnnscope.profiling.record import LayerWork, Profile
from cnnscope.runtimes import Kernel
from cnnscope.shapes import Shape, elements
from cnnscope.units import DTYPE_BYTES, Bytes, Count

BETWEEN, SLOWED, NOWHERE = "(between kernels)", "(slower while timed)", "(no layer)"
"""Lines for time that belongs to no layer: the runtime's own, what timing added, kernels of unknown origin."""
CACHE = "cache"
"""What binds a time that memory alone would not allow."""
ABOVE = 1.05
"""A time shorter than its roof allows, by more than the ceilings' own spread."""


class TimedRow(NamedTuple):
    """A row of the table, or a line of time that belongs to none. Figures that do not exist are None.

    `macs` are the row's own. Rates and `bytes_moved` are of all layers that the row's kernels ran, each tensor that
    stays inside them left out. `share` is of the latency, or of all kernel time where the profiler cost too much.
    """

    name: str
    type: str
    output_shape: Shape | None
    macs: Count | None
    bytes_moved: Bytes | None
    intensity: float | None
    seconds: float | None
    share: float | None
    flops_per_second: float | None
    of_roof: float | None
    bound: str
    kernels: str


def rows(profile: Profile, depth: int | None = None) -> list[TimedRow]:
    """Rows in running order, folded to `depth` names of their path; then the lines of time that belongs to none."""

    def path(layer: LayerWork) -> str:
        return fold(layer.row, depth)

    own: dict[str | None, list[Kernel]] = {}
    for kernel in profile.kernels:
        own.setdefault(profile.home_of(kernel), []).append(kernel)
    row_of = {layer.name: path(layer) for layer in profile.layers}
    ran_in = {name: profile.home_of(kernel) for kernel in profile.kernels for name in kernel.layers}
    found = []
    for name, group in groupby(profile.layers, path):
        layers = tuple(group)
        kernels = [kernel for layer in layers for kernel in own.get(layer.name, ())]
        elsewhere = [row_of[home] for layer in layers if (home := ran_in.get(layer.name)) and row_of[home] != name]
        found.append(_row(profile, name, layers, kernels, row_of, elsewhere))
    return [*found, *_lines(profile)]


def _row(
    profile: Profile,
    name: str,
    layers: tuple[LayerWork, ...],
    kernels: list[Kernel],
    row_of: dict[str, str],
    elsewhere: list[str],
) -> TimedRow:
    single = len({layer.row for layer in layers}) == 1
    kind = " ".join(layer.type for layer in layers) if single else f"{len({layer.row for layer in layers})} rows"
    macs = sum(layer.macs for layer in layers)
    row = TimedRow(name, kind, layers[-1].output_shape, macs, None, None, None, None, None, None, "", "")
    if not kernels:
        removed = {layer.name for layer in layers} <= {*profile.removed}
        where = f"in {', '.join(dict.fromkeys(elsewhere))}" if elsewhere else "removed" if removed else ""
        return row._replace(kernels=where)
    ran = {layer for kernel in kernels if not kernel.line for layer in kernel.layers}
    work = [layer for layer in profile.layers if layer.name in ran]
    seconds = sum(kernel.seconds for kernel in kernels)
    moved, flops = bytes_moved(profile, ran), sum(2 * layer.macs or layer.flops for layer in work)
    others = list(dict.fromkeys(row_of[layer.name] for layer in work if row_of[layer.name] != name))
    text = " + ".join(dict.fromkeys(kernel.type for kernel in kernels))
    of_roof, bound = _under_roof(profile, work, moved, seconds)
    return row._replace(
        bytes_moved=moved,
        intensity=flops / moved if moved else None,
        seconds=seconds,
        share=profile.share(seconds),
        flops_per_second=flops / seconds if seconds else None,
        kernels=f"{text} with {', '.join(others)}" if others else text,
        of_roof=of_roof,
        bound=bound,
    )


def _under_roof(profile: Profile, work: list[LayerWork], moved: Bytes, seconds: float) -> tuple[float | None, str]:
    if not profile.ceilings or not seconds:
        return None, ""
    needed = sum(2 * layer.padding_free_macs or layer.flops for layer in work)
    least = roof(needed, moved, flops_per_second=profile.ceilings.compute, bytes_per_second=profile.ceilings.copy)
    share = least.seconds / seconds
    # What lies in a cache moves faster than the memory's ceiling; nothing computes faster than the processor.
    above = {"compute": "compute, ABOVE its roof", "memory": CACHE}
    return share, above[least.bound] if share > ABOVE else least.bound


def bytes_moved(profile: Profile, ran: set[str]) -> Bytes:
    """Bytes that layers run as one must move: weights, tensors from outside once, and tensors that others need."""
    sizes = {layer.name: layer.output_bytes for layer in profile.layers}
    sizes[INPUT] = elements(profile.input_shape) * DTYPE_BYTES[profile.settings.dtype]
    read = {name for layer in profile.layers if layer.name in ran for name in layer.inputs} - ran
    inside = {name for layer in profile.layers for name in layer.inputs} - _read_by(profile, ran)
    written = {name for name in ran if name not in inside}
    weights = sum(layer.weight_bytes for layer in profile.layers if layer.name in ran)
    return weights + sum(sizes[name] for name in (*read, *written))


def _read_by(profile: Profile, ran: set[str]) -> set[str]:
    """Tensors that layers other than these read."""
    return {name for layer in profile.layers if layer.name not in ran for name in layer.inputs}


def _lines(profile: Profile) -> Iterator[TimedRow]:
    if not profile.kernels:
        return
    lines = {NOWHERE: profile.unattributed}
    if profile.times_hold:
        lines[BETWEEN if profile.between_kernels > 0 else SLOWED] = profile.between_kernels
    for name, seconds in lines.items():
        if seconds:
            yield TimedRow(name, "", None, None, None, None, seconds, profile.share(seconds), None, None, "", "")
