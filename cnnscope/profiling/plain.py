"""Profiles as plain data, and back: what their JSON holds."""

from collections.abc import Mapping
from typing import Any

import cnnscope
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.errors import UsageError
from cnnscope.profiling.record import Latency, LayerWork, Memory, Profile
from cnnscope.runtimes import Kernel, Settings

SCHEMA_VERSION = 1
KIND = "profile"


def to_record(profile: Profile) -> dict[str, Any]:
    """Plain data in the published order of names (docs/profile.schema.json); seconds and bytes throughout."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "cnnscope": cnnscope.__version__,
        "network": profile.network,
        "source": profile.source,
        "input_shape": list(profile.input_shape),
        "dtype": profile.settings.dtype,
        "settings": profile.settings._asdict(),
        "latency": {
            **profile.summary._asdict(),
            "verdict": "stable" if profile.summary.stable else "unstable",
            **profile.latency._asdict(),
            "samples": list(profile.latency.samples),
        },
        "throughput": profile.throughput,
        "flops_per_second": profile.flops_per_second,
        "share_of_peak": profile.share_of_peak,
        "layers": [_layer(profile, layer) for layer in profile.layers],
        "kernels": [{**kernel._asdict(), "layers": list(kernel.layers)} for kernel in profile.kernels],
        "removed": list(profile.removed),
        "attribution": {
            "method": profile.method,
            "runs": profile.kernel_runs,
            "profiled_seconds": profile.profiled_seconds,
            "overhead": profile.overhead,
            "kernel_seconds": profile.kernel_seconds,
            "unattributed_seconds": profile.unattributed,
            "between_kernels_seconds": profile.between_kernels if profile.kernels else None,
        },
        "memory": profile.memory._asdict(),
        "ceilings": _ceilings(profile.ceilings) if profile.ceilings else None,
        "environment": dict(profile.environment),
        "facts": dict(profile.facts),
        "notes": list(profile.notes),
    }


def _ceilings(found: Ceilings) -> dict[str, Any]:
    return {**found._asdict(), "compute": found.compute, "source": found.source, "ridge_point": found.ridge_point}


def _layer(profile: Profile, layer: LayerWork) -> dict[str, Any]:
    own = [kernel for kernel in profile.kernels if profile.home_of(kernel) == layer.name]
    seconds = sum(kernel.seconds for kernel in own) if own else None
    return {
        **layer._asdict(),
        "output_shape": list(layer.output_shape),
        "inputs": list(layer.inputs),
        "seconds": seconds,
    }


def from_record(record: Mapping[str, Any]) -> Profile:
    """A profile from its plain data; UsageError where it is none, or of a version that is not known."""
    if record.get("kind") != KIND:
        raise UsageError("this is no profile of cnnscope", "write one with `cnnscope profile MODEL -o FILE.json`")
    if record.get("schema_version") != SCHEMA_VERSION:
        raise UsageError(
            f"a profile of schema version {record.get('schema_version')}; {SCHEMA_VERSION} can be read",
            "use the cnnscope that wrote it",
        )
    try:
        return _profile(record)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the profile is damaged: {type(error).__name__} {error}", "measure again") from None


def _profile(record: Mapping[str, Any]) -> Profile:
    attribution = record["attribution"]
    return Profile(
        network=record["network"],
        source=record["source"],
        input_shape=tuple(record["input_shape"]),
        settings=_fields(Settings, record["settings"]),
        latency=_fields(Latency, record["latency"]),
        layers=tuple(_fields(LayerWork, layer) for layer in record["layers"]),
        kernels=tuple(_fields(Kernel, kernel) for kernel in record["kernels"]),
        removed=tuple(record["removed"]),
        method=attribution["method"],
        kernel_runs=attribution["runs"],
        profiled_seconds=attribution["profiled_seconds"],
        memory=_fields(Memory, record["memory"]),
        ceilings=_fields(Ceilings, record["ceilings"]) if record["ceilings"] else None,
        environment=record["environment"],
        facts=record["facts"],
        notes=tuple(record["notes"]),
    )


def _fields(kind: Any, found: Mapping[str, Any]) -> Any:
    """A record of this kind from what a file holds of it; lists become tuples."""
    return kind(**{name: _plain(found[name]) for name in kind._fields})


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
