"""GitHub's workflow commands: an annotation on the row that broke a budget, or on the budget itself.

GitHub shows 10 annotations of a kind per step and drops the rest without a word, so the rest are counted here.
"""

from collections.abc import Iterator

from cnnscope.budgets.verdicts import Verdict, Verdicts
from cnnscope.render.ci import from_root
from cnnscope.render.verdict_text import closing, sentence

SUFFIXES = (".github",)

MOST_OF_A_KIND = 10
_KINDS = {"fail": "error", "undecided": "error", "warn": "warning", "thin": "notice", "skipped": "notice"}


def render(verdicts: Verdicts) -> str:
    return "".join(f"{line}\n" for line in _lines(verdicts))


def _lines(verdicts: Verdicts) -> Iterator[str]:
    used: dict[str, int] = {}
    left_out = 0
    for verdict in verdicts.worst_first:
        kind = _KINDS.get(verdict.status)
        if kind is None:
            continue
        used[kind] = used.get(kind, 0) + 1
        # The last place of a kind is kept for the sentence that counts the rest.
        if used[kind] < MOST_OF_A_KIND:
            yield _command(kind, verdict)
        else:
            left_out += 1
    if left_out:
        told = f"{left_out} more are in the log and the job summary; {closing(verdicts)}"
        yield f"::error title=cnnscope::{_data(told)}"


def _command(kind: str, verdict: Verdict) -> str:
    place = verdict.place
    file = [f"file={_property(from_root(place.path))}", f"line={max(place.line, 1)}"] if place.path else []
    title = f"cnnscope: {verdict.check}" if verdict.check else "cnnscope"
    told = ". ".join(filter(None, (sentence(verdict), verdict.message)))
    return f"::{kind} {','.join([*file, f'title={_property(title)}'])}::{_data(told)}"


def _data(text: str) -> str:
    safe = "".join(sign if sign.isprintable() or sign in "\r\n" else "?" for sign in text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
