"""Reads a baseline, mistrusting every byte: one half written, badly merged or of another time decides nothing."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from cnnscope.budgets.baseline import (
    CONVENTION,
    KIND,
    SCHEMA_VERSION,
    Baseline,
    MeasuredFigure,
    NetworkEntry,
    NoBaseline,
    RowEntry,
)
from cnnscope.budgets.metrics import Value
from cnnscope.budgets.settings import RunSettings
from cnnscope.errors import UsageError

LARGEST_FILE = 64 << 20
MOST_DIGITS = 40
_FRACTION = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}/[1-9][0-9]{{0,{MOST_DIGITS - 1}}}")
_REWRITE = "restore it from version control, or write it anew with `cnnscope baseline update`"


class _CorruptError(Exception):
    """The bare fact; read_text adds the file."""


def read(path: Path, shown: str) -> Baseline | NoBaseline:
    """The baseline of this file, or why there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return NoBaseline(f"there is no baseline {shown}")
    except OSError as error:
        return NoBaseline(f"the baseline {shown} cannot be read: {error.strerror}", "check the path and its mode")
    if len(data) > LARGEST_FILE:
        return NoBaseline(f"the baseline {shown} has more than {LARGEST_FILE:,} bytes", _REWRITE)
    try:
        return read_text(data.decode("utf-8"), shown)
    except UnicodeDecodeError:
        return NoBaseline(f"the baseline {shown} is corrupt: not UTF-8 text", _REWRITE)


def read_text(text: str, shown: str) -> Baseline | NoBaseline:
    """The baseline in this text, or why there is none."""
    try:
        record = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole)
        return _baseline(record, shown)
    except json.JSONDecodeError as error:
        return NoBaseline(f"the baseline {shown} is corrupt: line {error.lineno}: {error.msg}", _REWRITE)
    except RecursionError:
        return NoBaseline(f"the baseline {shown} is corrupt: nested too deeply", _REWRITE)
    except (_CorruptError, ValueError) as error:
        return NoBaseline(f"the baseline {shown} is corrupt: {error}", _REWRITE)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder of this file against other writers of baselines; a writer that dies lets go of it."""
    import os

    try:
        import fcntl
    except ImportError:  # Windows has no such lock; the file is still replaced as a whole.
        yield
        return
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        raise UsageError(f"{path.parent} cannot be locked: {error.strerror}", "check the folder's mode") from None
    try:
        yield
    finally:
        os.close(folder)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _CorruptError(f"two entries {next(name for name in names if names.count(name) > 1)[:60]!r}")
    return found


def _no_constant(name: str) -> float:
    raise _CorruptError(f"{name} is no figure")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _CorruptError(f"a figure of {len(digits):,} digits")
    return int(digits)


def _baseline(record: Any, shown: str) -> Baseline | NoBaseline:
    record = _object(record, "the file")
    if record.get("kind") != KIND:
        raise _CorruptError(f'it has no "kind": "{KIND}"')
    version, convention = record.get("schema_version"), record.get("convention")
    if type(version) is not int or version != SCHEMA_VERSION:
        return NoBaseline(
            f"the baseline {shown} is incomparable: it has schema_version {version!r:.20}, "
            f"this cnnscope reads {SCHEMA_VERSION}",
            "use the cnnscope that wrote it, or `cnnscope baseline update`",
        )
    if type(convention) is not int or convention != CONVENTION:
        return NoBaseline(
            f"the baseline {shown} is incomparable: it counts by convention {convention!r:.20}, "
            f"this cnnscope by {CONVENTION}",
            "`cnnscope baseline update` counts anew",
        )
    _keys(record, {"kind", "schema_version", "convention", "cnnscope", "checks"}, "the file")
    checks = {
        check: {
            network: _network(_object(entry, network), f"{check}, {network}")
            for network, entry in _object(networks, check).items()
        }
        for check, networks in _object(record.get("checks"), "checks").items()
    }
    return Baseline(checks, shown, CONVENTION, str(record.get("cnnscope", "")))


def _network(record: Mapping[str, Any], where: str) -> NetworkEntry:
    _keys(record, {"spec", "input_shape", "dtype", "optimizer", "figures", "rows"}, where)
    shape = record.get("input_shape")
    if not isinstance(shape, list) or not shape or not all(type(size) is int and size > 0 for size in shape):
        raise _CorruptError(f"{where}: input_shape is no shape")
    for key in ("spec", "dtype", "optimizer"):
        if not isinstance(record.get(key), str):
            raise _CorruptError(f"{where}: {key} is missing")
    figures = {
        name: _figure(value, f"{where}, {name}") for name, value in _object(record.get("figures"), where).items()
    }
    rows = {name: _row(value, f"{where}, {name}") for name, value in _object(record.get("rows"), where).items()}
    return NetworkEntry(record["spec"], tuple(shape), record["dtype"], record["optimizer"], figures, rows)


def _row(record: Any, where: str) -> RowEntry:
    record = dict(_object(record, where))
    operators = record.pop("is", None)
    if not isinstance(operators, str) or not all(type(value) is int and value >= 0 for value in record.values()):
        raise _CorruptError(f"{where}: no row")
    return RowEntry(operators, record)


def _figure(value: Any, where: str) -> Value | MeasuredFigure:
    if isinstance(value, dict):
        return _measured(value, where)
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    raise _CorruptError(f"{where}: {value!r:.40} is no figure")


def _measured(record: Mapping[str, Any], where: str) -> MeasuredFigure:
    _keys(record, set(MeasuredFigure._fields), where)
    settings = _object(record.get("settings"), where)
    _keys(settings, set(RunSettings._fields), where)
    times = [record.get(key) for key in ("value", "median")]
    times += [record.get(key) for key in ("low", "high") if record.get(key) is not None]
    if not all(map(_is_time, times)):
        raise _CorruptError(f"{where}: no measured figure")
    n, fingerprint = record.get("n"), record.get("fingerprint")
    if type(n) is not int or n < 1 or not isinstance(fingerprint, str) or not fingerprint:
        raise _CorruptError(f"{where}: n and fingerprint are missing")
    kept = {key: value for key, value in record.items() if key != "settings"}
    return MeasuredFigure(**{"low": None, "high": None, **kept}, settings=RunSettings(**settings))


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value > 0  # type: ignore[arg-type, operator]


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _CorruptError(f"{what}: an object is missing")
    return value


def _keys(record: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(record.keys() - known):
        raise _CorruptError(f"{where}: unknown key {unknown[0][:40]!r}")
