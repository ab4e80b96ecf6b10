"""The budgets that a team wrote down: `[tool.cnnscope]` of pyproject.toml, or cnnscope.toml.

The nearest file wins and nothing is merged. What is not understood is an error with file, line and a suggestion; a file
that asks for nothing is not: it is a check that decides nothing, and red (see verdicts.py).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope.budgets.grammar import Budget
from cnnscope.budgets.settings import RunSettings
from cnnscope.budgets.source import Source
from cnnscope.errors import UsageError

OWN_FILE, SHARED_FILE = "cnnscope.toml", "pyproject.toml"
A_BASELINE = 'baseline = "cnnscope.baseline.json"'
LARGEST_FILE = 1 << 20


class Written(NamedTuple):
    """A budget and where it is written; line 0 for one given on the command line."""

    budget: Budget
    path: str = ""
    line: int = 0


class Check(NamedTuple):
    """Networks and what each of them may cost. `input` and `dtype` are for static figures, `run` for measured ones."""

    name: str
    models: tuple[str, ...]
    budgets: tuple[Written, ...]
    input: str | None = None
    batch: int = 1
    dtype: str = "float32"
    optimizer: str = "momentum"
    run: RunSettings = RunSettings()
    message: str = ""
    path: str = ""
    line: int = 0


class Config(NamedTuple):
    """All checks of a file. `folder` is where relative paths start; `baseline` is a path, "" where none is named.

    `name_baseline` says how to name one where there is none; `skip_other_machines` shows measured figures of another
    machine's baseline as skipped instead of undecided.
    """

    path: str
    folder: Path
    checks: tuple[Check, ...] = ()
    baseline: str = ""
    skip_other_machines: bool = False
    name_baseline: str = f"add {A_BASELINE}"

    @property
    def baseline_path(self) -> Path | None:
        return self.folder / self.baseline if self.baseline else None


def find(start: Path) -> Path | None:
    """The nearest file with our configuration, from this folder upwards; UsageError where one folder has two."""
    for folder in (start, *start.parents):
        own, shared = folder / OWN_FILE, folder / SHARED_FILE
        has_own = _stands(own)
        has_shared = _stands(shared) and _table(shared, _parse(shared)) is not None
        if has_own and has_shared:
            raise UsageError(
                f"{shown(own)} and [tool.cnnscope] of {shown(shared)} stand in one folder", "keep one of them"
            )
        if has_own or has_shared:
            return own if has_own else shared
    return None


def read(path: Path) -> Config:
    """Read a configuration; UsageError with file and line where anything in it is not understood."""
    from cnnscope.budgets.reader import configuration

    data = _parse(path)
    table = _table(path, data)
    name = shown(path)
    if table is None:
        return Config(name, path.parent)
    if not isinstance(table, dict):
        raise UsageError(
            f"{name}: [tool.cnnscope] is not a table", "write [tool.cnnscope], and [[tool.cnnscope.check]]"
        )
    return configuration(table, path.parent, Source(name, _text(path)))


def shown(path: Path) -> str:
    """A path as messages and annotations print it: below the current folder, relative to it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        # Elsewhere, no file's name, or a loop of links.
        return str(path)


def selected(checks: Iterable[Check], wanted: Iterable[str]) -> tuple[Check, ...]:
    """The checks of these names or patterns; all of them where none is given."""
    names = tuple(wanted)
    return tuple(check for check in checks if not names or any(matches(check.name, name) for name in names))


def matches(name: str, pattern: str) -> bool:
    """Is this the name itself, or a pattern of it? A name may hold what means something in a pattern: conv[1]."""
    from fnmatch import fnmatchcase

    return name == pattern or fnmatchcase(name, pattern)


def _stands(path: Path) -> bool:
    """Is there anything of this name, be it a link that leads nowhere? Then no folder further up counts."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "check the folder's mode") from None
    return True


def _table(path: Path, data: Mapping[str, Any]) -> Any:
    """Our own part of a file; None where a shared file has none."""
    if path.name != SHARED_FILE:
        return data
    tool = data.get("tool")
    return tool.get("cnnscope") if isinstance(tool, dict) else None


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{shown(path)}: not TOML: {error}", "mend the file at that place") from None
    except RecursionError:
        raise UsageError(f"{shown(path)}: not TOML: nested too deeply", "write one level of tables") from None
    except ValueError:
        raise UsageError(f"{shown(path)}: a number of thousands of digits", "write one such as 5M") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{shown(path)}: cannot be read: {error.strerror}", "name a configuration file") from None
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{shown(path)} has more than {LARGEST_FILE:,} bytes", "a configuration is a page or two")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{shown(path)}:{line}: not UTF-8 text", "save it as UTF-8") from None
