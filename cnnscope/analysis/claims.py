"""Judges the figures that a page prints, on the page's own terms: its input, one image, float32.

A figure that our own definition does not reproduce may follow a named convention in common use (weights without
biases, two operations per multiply-accumulate, K = 1024); then it holds, and says so.
"""

import re
from collections.abc import Callable, Iterator

from cnnscope.analysis.columns import Judging, settle
from cnnscope.analysis.conventions import Figure, conventions, off_by, slips
from cnnscope.analysis.report import JudgedClaim, LayerReport, Report, depth
from cnnscope.graph import INPUT, SIZES, Claim, Graph
from cnnscope.ops.op import Cost
from cnnscope.shapes import elements
from cnnscope.units import Printed, parse_printed, parse_size

Layers = tuple[LayerReport, ...]

_NUMBER = re.compile(r"\d[\d,]{0,30}")
_OTHER_SIZE = "another size than the computed one"


def judge(graph: Graph, report: Report) -> tuple[JudgedClaim, ...]:
    """Every claim of the graph against the report, which must be at the page's own input, batch 1 and float32.

    What nothing that the table leaves open could reproduce stands behind them, as figures that do not hold.
    """
    judging = Judging(lambda claim: _readings(claim, report), lambda claim, name: _judge(claim, report, without=name))
    judged = settle(graph.claims, [_judge(claim, report) for claim in graph.claims], judging)
    return (*judged, *_contradictions(graph, report, judged))


def _contradictions(graph: Graph, report: Report, judged: tuple[JudgedClaim, ...]) -> Iterator[JudgedClaim]:
    """One for each printed figure, on the last row that it is about, unless a false claim says it already."""
    told = {(claim.layer, "size") for claim in judged if claim.metric in SIZES and not claim.holds}
    for assumption in graph.assumptions:
        metric, printed, line = assumption.refuted
        row = assumption.rows[-1] if assumption.rows else ""
        layers = [layer for layer in report.layers if not row or f"{layer.row}.".startswith(f"{row}.")]
        if not metric or not layers or (row, metric) in told:
            continue
        told.add((row, metric))
        taken = assumption.value if metric == assumption.what else ""
        beside = [text for text in (taken, *assumption.others) if text not in ("", printed)]
        space = layers[-1].output_shape[2:]
        computed = "x".join(map(str, space)) if metric == "size" and space else next(iter(beside), None)
        number = int(computed.replace(",", "")) if computed and _NUMBER.fullmatch(computed) else computed
        yield JudgedClaim(line or layers[0].line, row, metric, printed, number, False, assumption.why)


def _judge(claim: Claim, report: Report, without: str = "") -> JudgedClaim:
    layers = _layers(claim, report)
    computed: int | str
    if claim.metric in SIZES:
        computed, holds, why = _size(claim, layers, report)
    else:
        computed, holds, why = _count(claim, layers, report, without)
    if claim.known_false:
        # What only some convention reproduces is still not what the page's own definition gives.
        holds = holds and not why
        why = f"the page calls it false, but it holds: {claim.known_false}" if holds else claim.known_false
    return JudgedClaim(claim.line, claim.layer, claim.metric, claim.printed, computed, holds, why, claim.known_false)


def _layers(claim: Claim, report: Report) -> Layers:
    if claim.layer == INPUT:
        return (_input(report),)
    return report.layers[claim.first : claim.last] if claim.layer else report.layers


def _readings(claim: Claim, report: Report) -> list[Figure]:
    """What every convention would print."""
    layers, printed = _layers(claim, report), parse_printed(claim.printed)
    return [*conventions(claim, printed, layers, report, _value(claim, printed, layers, report))]


def _input(report: Report) -> LayerReport:
    """The input as if it were a layer: it stores its values and has no weights."""
    size = elements(report.input_shape) * report.itemsize
    return report.layers[0]._replace(
        output_shape=report.input_shape, params=0, buffers=0, cost=Cost(), output_bytes=size, bytes_read=0, type="input"
    )


def _size(claim: Claim, layers: Layers, report: Report) -> tuple[str, bool, str]:
    if claim.metric == "receptive_field":
        field = layers[-1].receptive_field if claim.layer else report.receptive_field
        if field is None or field.size is None:
            return "whole input", False, "every output sees the whole input"
        seen = field.size
        computed = f"{seen[0]}x{seen[1]}" if seen[0] != seen[1] else str(seen[0])
        claimed = parse_size(claim.printed)
        holds = claimed in ((min(seen),), seen) if len(set(seen)) > 1 else set(claimed) == {seen[0]}
        return computed, holds, "" if holds else _OTHER_SIZE
    _, channels, *space = layers[-1].output_shape
    claimed = parse_size(claim.printed)
    spatial = tuple(space)
    accepted: set[tuple[int, ...]]
    if len(spatial) == 2:
        # Papers print height x width x maps, frameworks maps x height x width.
        accepted = {(*spatial, channels), (channels, *spatial)}
        # A global pool's maps of one value are printed as features too.
        accepted |= {(channels,)} if spatial == (1, 1) and claim.metric == "output" else set()
    else:
        accepted = {(channels, *spatial)} if spatial else {(channels,), (1, 1, channels), (channels, 1, 1)}
    if claim.metric == "size" and space:
        accepted.add(spatial)
        if len(set(spatial)) == 1:
            accepted.add(spatial[:1])
    computed = "x".join(
        map(str, spatial if len(claimed) < 3 and space and accepted.isdisjoint({(channels,)}) else (*spatial, channels))
    )
    holds = claimed in accepted
    return computed, holds, "" if holds else _OTHER_SIZE


def _count(claim: Claim, layers: Layers, report: Report, without: str) -> tuple[int, bool, str]:
    printed = parse_printed(claim.printed)
    computed = _value(claim, printed, layers, report)
    if printed.holds(computed):
        return computed, True, ""
    for value, convention in conventions(claim, printed, layers, report, computed):
        if printed.holds(value) and not (without and without in convention):
            return computed, True, f"by convention: {convention}"
    if not computed:
        return computed, False, "the computed figure is zero"
    return computed, False, "; ".join((off_by(printed, computed), *slips(claim, printed, layers, computed)))


_SUMS: dict[str, Callable[[LayerReport], int]] = {
    "params": lambda layer: layer.params,
    "buffers": lambda layer: layer.buffers,
    "macs": lambda layer: layer.macs,
    "flops": lambda layer: layer.cost.flops,
    "output_bytes": lambda layer: layer.output_bytes,
    "activation_bytes": lambda layer: layer.output_bytes,
    "bytes_read": lambda layer: layer.bytes_read,
    "bytes_written": lambda layer: layer.bytes_written,
}


def _value(claim: Claim, printed: Printed, layers: Layers, report: Report) -> int:
    """Our own figure for this metric and these layers."""
    metric = claim.metric
    if metric in _SUMS:
        return sum(map(_SUMS[metric], layers))
    if metric == "weight_bytes":
        return (sum(layer.params + layer.buffers for layer in layers)) * report.itemsize
    if metric == "memory":
        stored = sum(layer.output_bytes for layer in layers)
        return stored if printed.in_bytes else stored // report.itemsize
    if metric == "output_elements":
        return elements(layers[-1].output_shape)
    if metric == "depth":
        return depth(layers)
    whole: int = getattr(report, metric)
    return whole
