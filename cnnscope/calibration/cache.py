"""Where ceilings are kept: one JSON file for a machine's fingerprint, an entry for a device, dtype and threads.

A file that cannot be read, or is not ours, is as good as none: what it should hold is measured again.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope.errors import CnnscopeError
from cnnscope.files import complete
from cnnscope.machine import cache

SCHEMA_VERSION = 1
"""Also another way of measuring is another version."""
KIND = "ceilings"

_LARGEST = 1 << 20
_TEXTS = ("device", "dtype", "remark", "fingerprint", "loop")
_KEY = ("device", "dtype", "threads")


class Kept(NamedTuple):
    """The entries of a file, and a sentence on why there are none; "" where the file is fine or not there."""

    entries: list[dict[str, Any]]
    fault: str = ""


def path(fingerprint: str) -> Path:
    return cache.directory() / f"ceilings-{fingerprint}.json"


def read(fingerprint: str) -> Kept:
    """What is kept for this machine."""
    file = path(fingerprint)
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError
        record = json.loads(file.read_bytes())
        if record["kind"] != KIND or record["schema_version"] != SCHEMA_VERSION:
            return Kept([], f"{file} is of another version of cnnscope: its ceilings are measured anew")
        if any(entry["fingerprint"] != fingerprint for entry in (record, *record["entries"])):
            return Kept([], f"{file} is of another machine: its ceilings are measured anew")
        if not isinstance(record["entries"], list) or not all(map(_is_sound, record["entries"])):
            raise ValueError
    except FileNotFoundError:
        return Kept([])
    except OSError as error:
        return Kept([], f"{file} cannot be read: {error.strerror}: its ceilings are measured anew")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Kept([], f"{file} is damaged: its ceilings are measured anew")
    return Kept(record["entries"])


def keep(fingerprint: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Add entries to those of the file, in place of older ones; a sentence on why that failed, or ""."""
    file, kept = path(fingerprint), {_key(entry): entry for entry in (*read(fingerprint).entries, *entries)}
    record = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "fingerprint": fingerprint,
        "entries": [dict(kept[key]) for key in sorted(kept)],
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with complete(file) as out:
            out.write(json.dumps(record, indent=1).encode())
    except OSError as error:
        return f"the ceilings are not kept: {file.parent} cannot be made: {error.strerror}"
    except CnnscopeError as error:
        return f"the ceilings are not kept: {error.message}"
    return ""


def _key(entry: Mapping[str, Any]) -> tuple[str, str, int]:
    device, dtype, threads = (entry[name] for name in _KEY)
    return device, dtype, threads


def _is_sound(entry: Mapping[str, Any]) -> bool:
    """Does an entry hold what Ceilings holds, and are its rates rates?"""
    return (
        set(entry) == {*_TEXTS, "threads", "fma", "matrix_product", "copy", "spread"}
        and all(isinstance(entry[name], str) for name in _TEXTS)
        and type(entry["threads"]) is int
        and all(map(_is_rate, (entry["matrix_product"], entry["copy"])))
        and (entry["fma"] is None or _is_rate(entry["fma"]))
        and all(type(share) is float for share in entry["spread"].values())
    )


def _is_rate(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value > 0  # type: ignore[arg-type, operator]
