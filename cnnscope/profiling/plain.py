"""Profiles as plain data, and back: what their JSON holds."""

from collections.abc import Mapping
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import cnnscope
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.errors import UsageError
from cnnscope.graph import INPUT
from cnnscope.profiling.protocol import STOPS
from cnnscope.profiling.record import Latency, LayerWork, Memory, Profile
from cnnscope.runtimes import Kernel, Settings
from cnnscope.shapes import Shape
from cnnscope.units import DTYPE_BYTES

SCHEMA_VERSION = 1
KIND = "profile"
_LARGEST = 1e30
"""No figure of a network or a machine comes near."""


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
        "layers": _layers(profile),
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
        "interrupted": profile.interrupted,
    }


def _ceilings(found: Ceilings) -> dict[str, Any]:
    return {**found._asdict(), "compute": found.compute, "source": found.source, "ridge_point": found.ridge_point}


def _layers(profile: Profile) -> list[dict[str, Any]]:
    """Every layer with the seconds of the kernels that count with it; None where there is no such kernel."""
    seconds: dict[str | None, float] = {}
    for kernel in profile.kernels:
        home = profile.home_of(kernel)
        seconds[home] = seconds.get(home, 0.0) + kernel.seconds
    return [
        {
            **layer._asdict(),
            "output_shape": list(layer.output_shape),
            "inputs": list(layer.inputs),
            "seconds": seconds.get(layer.name),
        }
        for layer in profile.layers
    ]


def from_record(record: Any) -> Profile:
    """A profile from its plain data; UsageError where it is none, damaged, or of a version that is not known."""
    if not isinstance(record, dict) or record.get("kind") != KIND:
        raise UsageError("this is no profile of cnnscope", "write one with `cnnscope profile MODEL -o FILE.json`")
    version = record.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise UsageError(
            f"a profile of schema version {str(version)[:40]}; {SCHEMA_VERSION} can be read",
            "use the cnnscope that wrote it",
        )
    try:
        profile = _profile(record)
        _require_sense(profile)
    except KeyError as error:
        raise UsageError(f"the profile is damaged: it has no {error}", "measure again") from None
    except (TypeError, ValueError) as error:
        raise UsageError(f"the profile is damaged: {error}", "measure again") from None
    return profile


def _profile(record: Mapping[str, Any]) -> Profile:
    attribution = _typed("attribution", record["attribution"], dict)
    return Profile(
        network=_typed("network", record["network"], str),
        source=_typed("source", record["source"], str),
        input_shape=_typed("input_shape", record["input_shape"], Shape),
        settings=_fields("settings", record["settings"], Settings),
        latency=_fields("latency", record["latency"], Latency),
        layers=_list("layers", record["layers"], LayerWork),
        kernels=_list("kernels", record["kernels"], Kernel),
        removed=_typed("removed", record["removed"], tuple[str, ...]),
        method=_typed("method", attribution["method"], str),
        kernel_runs=_typed("runs", attribution["runs"], int),
        profiled_seconds=_typed("profiled_seconds", attribution["profiled_seconds"], float | None),
        memory=_fields("memory", record["memory"], Memory),
        ceilings=None if record["ceilings"] is None else _fields("ceilings", record["ceilings"], Ceilings),
        environment=_environment(_typed("environment", record["environment"], dict)),
        facts=_typed("facts", record["facts"], dict),
        notes=_typed("notes", record["notes"], tuple[str, ...]),
        interrupted=_typed("interrupted", record["interrupted"], bool),
    )


def _require_sense(profile: Profile) -> None:
    """ValueError where the parts do not belong together, or hold what cannot have been measured."""
    known = {layer.name for layer in profile.layers}
    named = {name for kernel in profile.kernels for name in kernel.layers} | {*profile.removed}
    read = {name for layer in profile.layers for name in layer.inputs}
    if strangers := (named - known) | (read - known - {INPUT}):
        raise ValueError(f"there is no layer `{min(strangers)[:40]}`")
    if not profile.latency.samples or min(profile.latency.samples) <= 0:
        raise ValueError("its samples are no times")
    if profile.latency.stop not in STOPS:
        raise ValueError(f"no series stops by `{profile.latency.stop[:40]}`")
    if profile.settings.dtype not in DTYPE_BYTES:
        raise ValueError(f"dtype `{profile.settings.dtype[:40]}` is not known")
    if any(kernel.seconds < 0 for kernel in profile.kernels):
        raise ValueError("a kernel took less than no time")
    if profile.ceilings and min(profile.ceilings.compute, profile.ceilings.copy) <= 0:
        raise ValueError("its ceilings are no rates")


def _environment(found: dict[str, Any]) -> dict[str, Any]:
    """Where it was measured: what is shown of it must be there."""
    if not found:
        return found
    _typed("fingerprint", found["fingerprint"], str)
    for version in _typed("packages", found["packages"], dict).values():
        _typed("packages", version, str)
    cpu = _typed("cpu", found["cpu"], dict)
    for name, kind in (("model", str), ("governor", str | None), ("virtual", bool)):
        _typed(name, cpu[name], kind)
    for gpu in _typed("gpus", found["gpus"], list):
        _typed("gpus", _typed("gpus", gpu, dict)["name"], str)
    return found


def _list(name: str, found: Any, kind: Any) -> tuple[Any, ...]:
    return tuple(_fields(name, entry, kind) for entry in _typed(name, found, list))


def _fields(name: str, found: Any, kind: Any) -> Any:
    """A record of this kind from what a file holds of it."""
    held = _typed(name, found, dict)
    return kind(**{field: _typed(field, held[field], hint) for field, hint in get_type_hints(kind).items()})


def _typed(name: str, value: Any, kind: Any) -> Any:
    """The value as this type, lists as tuples; TypeError where it is of another one, or a number without end."""
    origin, choices = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(value, list):
        return tuple(_typed(name, entry, choices[0]) for entry in value)
    if origin in (Mapping, dict) and isinstance(value, dict):
        return {_typed(name, key, choices[0]): _typed(name, entry, choices[1]) for key, entry in value.items()}
    if origin is UnionType:
        return None if value is None else _typed(name, value, choices[0])
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is kind and (kind not in (int, float) or abs(value) < _LARGEST):
        return value
    raise TypeError(f"`{name}` cannot be {str(value)[:40]}")
