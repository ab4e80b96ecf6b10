"""Reports as plain data in the published order of names (docs/conventions.md): what JSON and pandas hold."""

from fractions import Fraction
from typing import Any

import cnnscope
from cnnscope.analysis.receptive_field import Length, ReceptiveField
from cnnscope.analysis.report import JudgedClaim, LayerReport, Report
from cnnscope.graph import Assumption
from cnnscope.ops.op import Cost
from cnnscope.render.sheet import SCHEMA_VERSION
from cnnscope.shapes import elements


def report_record(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "cnnscope": cnnscope.__version__,
        "network": report.network,
        "source": report.source,
        "input_shape": list(report.input_shape),
        "dtype": report.dtype,
        "status": report.status,
        "totals": {
            "params": report.params,
            "buffers": report.buffers,
            "macs": report.macs,
            "flops": _flops(report.cost),
            "weight_bytes": report.weight_bytes,
            "activation_bytes": report.activation_bytes,
            "peak_activation_bytes": report.peak_activation_bytes,
            "training_bytes": report.training_bytes,
            "depth": report.depth,
            "receptive_field": _receptive_field(report.receptive_field) if report.receptive_field else None,
        },
        "layers": [layer_record(layer) for layer in report.layers],
        "claims": [claim_record(claim) for claim in report.claims],
        "peak": {
            "layer": report.peak.layer,
            "alive": [{"tensor": tensor, "bytes": size} for tensor, size in report.peak.alive],
            "in_place": report.in_place,
        },
        "training": {"optimizer": report.optimizer, "saved_bytes": report.saved_bytes},
        "assumptions": [assumption_record(assumption) for assumption in report.assumptions],
        "missing": list(report.missing),
    }


def assumption_record(assumption: Assumption) -> dict[str, Any]:
    return {
        "what": assumption.what,
        "value": assumption.value,
        "why": assumption.why,
        "rows": list(assumption.rows),
        "others": list(assumption.others),
        "ground": assumption.ground,
    }


def layer_record(layer: LayerReport) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "inputs": list(layer.inputs),
        "input_shapes": [list(shape) for shape in layer.input_shapes],
        "output_shape": list(layer.output_shape),
        "params": layer.params,
        "buffers": layer.buffers,
        "macs": layer.macs,
        "flops": _flops(layer.cost),
        "output_bytes": layer.output_bytes,
        "bytes_read": layer.bytes_read,
        "bytes_written": layer.bytes_written,
        "intensity": round(layer.intensity, 6),
        "receptive_field": _receptive_field(layer.receptive_field),
        "notes": list(layer.notes),
        "row": layer.row,
        "output_elements": elements(layer.output_shape),
    }


def claim_record(claim: JudgedClaim) -> dict[str, Any]:
    return {
        "line": claim.line,
        "layer": claim.layer or None,
        "metric": claim.metric,
        "claimed": claim.claimed,
        "computed": claim.computed,
        "holds": claim.holds,
        "why": claim.why,
        "known_false": bool(claim.known_false),
    }


def _flops(cost: Cost) -> dict[str, int]:
    """By kind; multiply_adds are pairs of two operations each, `total` is the scalar."""
    return {
        "multiply_adds": cost.multiply_adds,
        "adds": cost.adds,
        "compares": cost.compares,
        "divides": cost.divides,
        "transcendentals": cost.transcendentals,
        "multiplies": cost.multiplies,
        "total": cost.flops,
    }


def _receptive_field(field: ReceptiveField) -> dict[str, Any]:
    if not field.vertical or not field.horizontal:
        return {"status": field.status}
    axes = (field.vertical, field.horizontal)
    return {
        "size": [_plain(axis.size) for axis in axes],
        "stride": [_plain(axis.stride) for axis in axes],
        "padding": [_plain(axis.padding) for axis in axes],
        "status": field.status,
    }


def _plain(length: Length) -> int | float:
    """Whole lengths as integers; an enlarged map's jump of 1/2 as 0.5."""
    whole = Fraction(length)
    return whole.numerator if whole.denominator == 1 else float(whole)
