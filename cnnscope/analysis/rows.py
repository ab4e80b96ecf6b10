"""Layers folded under the rows of the table, or under their stages: what tables print."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from cnnscope.analysis.receptive_field import ReceptiveField
from cnnscope.analysis.report import JudgedClaim, LayerReport, Report
from cnnscope.shapes import Shape
from cnnscope.units import Bytes, Count


class RowReport(NamedTuple):
    """Neighbouring layers under one path: sums of their figures, the shape and the view of the last one."""

    name: str
    type: str
    window: str
    output_shape: Shape
    params: Count
    buffers: Count
    macs: Count
    flops: Count
    output_bytes: Bytes
    bytes_read: Bytes
    bytes_written: Bytes
    receptive_field: ReceptiveField
    notes: tuple[str, ...]
    claims: tuple[JudgedClaim, ...]
    line: int
    layers: tuple[LayerReport, ...]


def rows(report: Report, depth: int | None = None) -> list[RowReport]:
    """The report's rows in running order, folded to `depth` names of their path ("conv2.1.b" has three)."""

    def path(layer: LayerReport) -> str:
        return fold(layer.row, depth)

    claims: dict[str, list[JudgedClaim]] = {}
    for claim in report.claims:
        name = fold(claim.layer, depth)
        claims.setdefault(name, []).append(claim)
    folded = [(name, tuple(layers)) for name, layers in groupby(report.layers, path)]
    places = _places([name for name, _ in folded], claims)
    return [_row(name, layers, places.get(index, ())) for index, (name, layers) in enumerate(folded)]


def fold(path: str, depth: int | None) -> str:
    """The first `depth` names of a path, all of it where depth is None: fold("conv2.1.b", 1) is "conv2"."""
    return path if depth is None else ".".join(path.split(".")[:depth])


def _places(names: list[str], claims: dict[str, list[JudgedClaim]]) -> dict[int, tuple[JudgedClaim, ...]]:
    """Which row shows which claims: the last row of their own path, or of the path below it."""
    places: dict[int, tuple[JudgedClaim, ...]] = {}
    last = {}
    for index, name in enumerate(names):
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            last[".".join(parts[:end])] = index
    for layer, judged in claims.items():
        if layer in last:
            places[last[layer]] = (*places.get(last[layer], ()), *judged)
    return places


def _row(name: str, layers: tuple[LayerReport, ...], claims: Iterable[JudgedClaim]) -> RowReport:
    single = len({layer.row for layer in layers}) == 1
    return RowReport(
        name,
        " ".join(layer.type for layer in layers) if single else f"{len({layer.row for layer in layers})} rows",
        next((text for layer in layers if (text := _window(layer))), "") if single else "",
        layers[-1].output_shape,
        sum(layer.params for layer in layers),
        sum(layer.buffers for layer in layers),
        sum(layer.macs for layer in layers),
        sum(layer.cost.flops for layer in layers),
        sum(layer.output_bytes for layer in layers),
        sum(layer.bytes_read for layer in layers),
        sum(layer.bytes_written for layer in layers),
        layers[-1].receptive_field,
        tuple(dict.fromkeys(note for layer in layers for note in layer.notes)),
        tuple(claims),
        layers[0].line,
        layers,
    )


def _window(layer: LayerReport) -> str:
    """Kernel and stride as tables write them: 3x3, 7x7/2, 1x7."""
    kernel = getattr(layer.layer.node.op, "kernel", None)
    if not kernel:
        return ""
    stride = getattr(layer.layer.node.op, "stride", None) or (kernel if "pool" in layer.type else (1, 1))
    step = "" if set(stride) == {1} else f"/{stride[0]}" if stride[0] == stride[1] else f"/{stride[0]}x{stride[1]}"
    return f"{kernel[0]}x{kernel[1]}{step}"
