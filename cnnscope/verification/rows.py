"""Verified layers folded under the rows of the table, or under their stages: what tables print."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from cnnscope.analysis.rows import fold
from cnnscope.shapes import Shape
from cnnscope.units import Count
from cnnscope.verification.record import OURS, Deviation, LayerVerification, Verification


class VerifiedRow(NamedTuple):
    """Neighbouring layers under one path: sums of our figures, the deviations nearest to their bounds.

    `wrong` are the figures on which engines disagree.
    """

    name: str
    type: str
    output_shape: Shape
    params: Count
    buffers: Count
    macs: Count
    alone: Deviation | None
    end_to_end: Deviation | None
    wrong: tuple[str, ...]


def rows(verification: Verification, depth: int | None = None) -> list[VerifiedRow]:
    """The network's rows in running order, folded to `depth` names of their path."""

    def path(layer: LayerVerification) -> str:
        return fold(layer.row, depth)

    wrong: dict[str, list[str]] = {}
    for found in verification.disagreements:
        wrong.setdefault(found.layer, []).append(found.metric.replace("_", " "))
    return [_row(name, tuple(layers), wrong) for name, layers in groupby(verification.layers, path)]


def _row(name: str, layers: tuple[LayerVerification, ...], wrong: dict[str, list[str]]) -> VerifiedRow:
    inside = {layer.row for layer in layers}
    found = [metric for layer in layers for metric in wrong.get(layer.name, ())]
    return VerifiedRow(
        name,
        " ".join(layer.type for layer in layers) if len(inside) == 1 else f"{len(inside)} rows",
        layers[-1].shape[OURS],
        sum(layer.params[OURS] for layer in layers),
        sum(layer.buffers[OURS] for layer in layers),
        sum(layer.macs[OURS] for layer in layers),
        worst(layer.alone for layer in layers),
        worst(layer.end_to_end for layer in layers),
        tuple(dict.fromkeys(found)),
    )


def worst(deviations: Iterable[Deviation | None]) -> Deviation | None:
    """The one that comes nearest to its bound, or goes farthest beyond it."""
    known = [deviation for deviation in deviations if deviation]
    return max(known, key=lambda deviation: deviation.share) if known else None
