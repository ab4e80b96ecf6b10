"""Verifications as plain data in the published order of names (docs/verification.schema.json)."""

from typing import Any

import cnnscope
from cnnscope.render.records import claim_record
from cnnscope.render.sheet import SCHEMA_VERSION
from cnnscope.verification.record import Counts, Deviation, Disagreement, LayerVerification, Shapes, Verification


def verification_record(verification: Verification) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "cnnscope": cnnscope.__version__,
        "network": verification.network,
        "source": verification.source,
        "input_shape": list(verification.input_shape),
        "dtype": verification.dtype,
        "seed": verification.seed,
        "holds": verification.holds,
        "asked": list(verification.asked),
        "totals": {metric: _plain(figures) for metric, figures in verification.totals.items()}
        | {"same_in_place": verification.same_in_place},
        "layers": [_layer(layer) for layer in verification.layers],
        "claims": [claim_record(claim) for claim in verification.claims],
        "disagreements": [_disagreement(found) for found in verification.disagreements],
        "not_asked": [entry._asdict() for entry in verification.not_asked],
    }


def _layer(layer: LayerVerification) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "row": layer.row,
        "shape": _plain(layer.shape),
        "params": _plain(layer.params),
        "buffers": _plain(layer.buffers),
        "stored": _plain(layer.stored),
        "macs": _plain(layer.macs),
        "alone": _deviation(layer.alone),
        "end_to_end": _deviation(layer.end_to_end),
    }


def _plain(figures: Counts | Shapes) -> dict[str, Any]:
    return {engine: list(value) if isinstance(value, tuple) else value for engine, value in figures.items()}


def _deviation(deviation: Deviation | None) -> dict[str, Any] | None:
    """An error that is not finite is null: JSON has no word for it."""
    if not deviation:
        return None
    error = deviation.error if deviation.error < float("inf") else None
    return {"error": error, "bound": deviation.bound, "holds": deviation.holds}


def _disagreement(found: Disagreement) -> dict[str, Any]:
    return {"layer": found.layer or None, "line": found.line, "metric": found.metric, "values": dict(found.values)}
