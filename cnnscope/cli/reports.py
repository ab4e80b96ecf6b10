"""Where verdicts go: the terminal, files, and GitHub's annotations and job summary.

A report that cannot be written is an error of its own (exit 4), whatever the verdict: a pipeline that reads the report
would see nothing wrong.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cnnscope import render
from cnnscope.cli import options
from cnnscope.cli.streams import put, say
from cnnscope.errors import CnnscopeError, UsageError
from cnnscope.files import complete
from cnnscope.render import View, ci, formats

if TYPE_CHECKING:
    from cnnscope.budgets.verdicts import Verdicts

UNWRITTEN = 4
LARGEST_SUMMARY = 900_000
"""Bytes: over 1 MiB GitHub drops the whole job summary without failing."""
_PLACED = re.compile(r"([^:\n,]+):([0-9]+): ")
_COMMAND = re.compile(r"^(\s*)(::|##\[)", re.MULTILINE)


class Target(NamedTuple):
    """A format and its file; None is stdout."""

    format_name: str
    path: Path | None


def targets(format_name: str | None, outputs: Sequence[str]) -> list[Target]:
    """What to write where: "out.json", "gitlab:out.json", "junit:-"; `format_name` is for stdout.

    UsageError for a format that does not exist, and where two reports would be one.
    """
    found = [_target(output) for output in outputs]
    if format_name is not None:
        options.one_of((*formats.names(), *ci.names()))(format_name)
        found.insert(0, Target(format_name, None))
    places = [target.path.absolute() if target.path else None for target in found]
    if places.count(None) > 1:
        raise UsageError("two reports for stdout", "give one of them a file: -o junit:report.xml")
    if len(set(places)) < len(places):
        raise UsageError("two reports for one file", "give each a file of its own")
    return found


def report(verdicts: "Verdicts", wanted: Sequence[Target], view: View, *, in_actions: bool) -> int:
    """Write everything that is wanted, the terminal's text unless stdout is taken; the exit code of the command."""
    unwritten = [_written(target, verdicts) for target in wanted if target.path]
    name = next((target.format_name for target in wanted if target.path is None), options.TERMINAL)
    text = _text(name, verdicts, view if name == options.TERMINAL else View())
    unwritten.append(_put(_harmless(text) if in_actions and name == options.TERMINAL else text))
    if in_actions:
        unwritten += _to_github(verdicts, name)
    faults = [fault for fault in unwritten if fault]
    for fault in faults:
        say(f"error: {fault}")
    return UNWRITTEN if faults else verdicts.exit_code


def _target(output: str) -> Target:
    name, colon, path = output.partition(":")
    known = (*formats.names(), *ci.names())
    if colon and (name in known or "/" not in name):
        options.one_of(known)(name)
    else:
        name, path = "", output
    if not path:
        raise UsageError(f"-o {output}: no file", "write -o report.json, or -o json:- for stdout")
    if not name:
        name = ci.by_name(Path(path)) or formats.by_suffix(Path(path).suffix) or ""
    if not name:
        raise UsageError(f"{path}: no format has this ending", f"write FORMAT:{path}, one of {', '.join(known)}")
    return Target(name, None if path == "-" else Path(path))


def _text(name: str, verdicts: "Verdicts", view: View) -> str:
    return ci.text(name, verdicts) if name in ci.names() else render.text("verdicts", [verdicts], name, view)


def _written(target: Target, verdicts: "Verdicts") -> str:
    """Write a file; what went wrong, or ""."""
    assert target.path is not None
    try:
        with complete(target.path) as file:
            file.write(_text(target.format_name, verdicts, View()).encode("utf-8", "replace"))
    except CnnscopeError as error:
        return str(error)
    return ""


def annotate(error: CnnscopeError) -> None:
    """An error of the configuration on its own line, in the log of a job."""
    found = _PLACED.match(error.message)
    place = f"file={ci.from_root(found[1])},line={found[2]}," if found else ""
    told = "%0A".join(" ".join(line.split()).replace("%", "%25") for line in str(error).splitlines())
    say(f"::error {place}title=cnnscope::{told}")


def _put(text: str) -> str:
    """Write to stdout; what went wrong, or "". A reader that went away has seen enough, and changes no verdict."""
    try:
        put(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except CnnscopeError as error:
        return str(error)
    return ""


def _to_github(verdicts: "Verdicts", on_stdout: str) -> Iterator[str]:
    """Annotations into the log, the table into the job summary; neither needs a token.

    Annotations go where they disturb no other format, and nowhere twice.
    """
    commands = ci.text("github", verdicts)
    if on_stdout == options.TERMINAL:
        yield _put(commands)
    elif on_stdout != "github" and commands:
        say(commands.rstrip("\n"))
    if not (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(verdicts))
    except OSError as error:
        yield f"{path} cannot be written: {error.strerror}"


def summary(verdicts: "Verdicts") -> str:
    """The verdicts as Markdown; where they are too many, the worst that fit and a line that counts the rest."""
    from cnnscope.render.verdict_text import closing

    shown = replace(verdicts, verdicts=verdicts.worst_first)
    text = _text("markdown", shown, View())
    kept = len(shown.verdicts)
    while len(text.encode()) > LARGEST_SUMMARY and kept:
        kept //= 2
        part = replace(shown, verdicts=shown.verdicts[:kept])
        left = len(shown.verdicts) - kept
        text = _text("markdown", part, View()) + f"\n{left:,} more are in the log. All of them: {closing(verdicts)}\n"
    return text


def _harmless(text: str) -> str:
    """The log of a job is read for commands: no line of a name or a page may begin one."""
    return _COMMAND.sub(lambda found: f"{found[1]}{found[2][0]} {found[2][1:]}", text)
