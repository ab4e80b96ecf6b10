"""A calibration: what this machine reached at most, and from which intensity on it is bound by arithmetic."""

from typing import Any

import cnnscope
from cnnscope.calibration.calibrate import Calibration
from cnnscope.calibration.ceilings import Ceilings
from cnnscope.calibration.ping_pong import mode_of
from cnnscope.render.sheet import SCHEMA_VERSION, Column, Remark, Sheet, Value, View, arrange, number, words

KIND = "calibration"

_MODES = {"shared": "share a last-level cache just now", "apart": "do NOT share a last-level cache just now"}


def _giga(value: Value) -> str:
    return f"{value / 1e9:,.1f}" if isinstance(value, (int, float)) else "-"


def _threads(found: Ceilings) -> int | None:
    return found.threads if found.device == "cpu" else None


def _spread(found: Ceilings) -> str:
    return " / ".join(f"{found.spread[name]:.0%}" if name in found.spread else "-" for name in _FIGURES)


_FIGURES = ("fma", "matrix_product", "copy")
COLUMNS: tuple[Column[Ceilings], ...] = (
    words("device", "device", lambda found: found.device),
    words("dtype", "dtype", lambda found: found.dtype),
    number("threads", "threads", _threads),
    number("fma", "FMA GFLOP/s", lambda found: found.fma, 0, _giga),
    number("matrix_product", "product GFLOP/s", lambda found: found.matrix_product, 0, _giga),
    number("copy", "copy GB/s", lambda found: found.copy, 0, _giga),
    number("ridge_point", "ridge FLOP/byte", lambda found: found.ridge_point, 2, lambda value: f"{value:.1f}"),
    words("spread", "spread", _spread, 3),
    words("source", "roof", lambda found: found.source),
    words("remark", "remark", lambda found: found.remark),
)
_DEFAULT = ("device", "dtype", "threads", *_FIGURES, "ridge_point", "spread")


def sheet(calibration: Calibration, view: View) -> Sheet[Ceilings]:
    return arrange(COLUMNS, calibration.ceilings, view, default=_DEFAULT)._replace(
        headline=f"the best of several trials on {calibration.machine}",
        summary=_summary(calibration),
        remarks=[Remark(f"≠ {_where(found)}: {found.remark}") for found in calibration.ceilings if found.remark],
        legend=("spread: by how much the median trial fell short of the best, for FMA / product / copy",),
    )


def record(calibration: Calibration) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "cnnscope": cnnscope.__version__,
        "machine": calibration.machine,
        "fingerprint": calibration.fingerprint,
        "ceilings": [
            {
                **found._asdict(),
                "threads": _threads(found),
                "compute": found.compute,
                "source": found.source,
                "ridge_point": found.ridge_point,
            }
            for found in calibration.ceilings
        ],
        "round_trip_seconds": calibration.round_trip,
        "cache_mode": mode_of(calibration.round_trip),
        "kept_in": None if calibration.fault else calibration.path,
    }


def _summary(calibration: Calibration) -> list[tuple[str, str]]:
    lines = [("roof", source) for source in dict.fromkeys(found.source for found in calibration.ceilings)]
    if calibration.round_trip is not None:
        mode = _MODES.get(str(mode_of(calibration.round_trip)), "may share a last-level cache or not")
        lines.append(("CPUs", f"{mode}: {calibration.round_trip * 1e9:.0f} ns to another CPU and back"))
    kept = f"NOT kept: {calibration.fault.partition(': ')[2]}" if calibration.fault else calibration.path
    return [*lines, ("kept in", kept), ("fingerprint", calibration.fingerprint)]


def _where(found: Ceilings) -> str:
    threads = f", {found.threads} thread{'' if found.threads == 1 else 's'}" if found.device == "cpu" else ""
    return f"{found.dtype} on {found.device}{threads}"
