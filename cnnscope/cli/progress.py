"""What a long command is doing, on stderr: a line that renews itself on a terminal, a line per phase elsewhere."""

import sys
from typing import Any, Protocol, Self

from cnnscope.cli.streams import say
from cnnscope.units import short_seconds

_CLEAR = "\r\x1b[K"


class News(Protocol):
    """What is being done, how often it was done, the median so far and the most time left, in seconds."""

    @property
    def phase(self) -> str: ...
    @property
    def runs(self) -> int: ...
    @property
    def median(self) -> float | None: ...
    @property
    def left(self) -> float | None: ...


class Line:
    """The progress of one piece of work; the line is gone when the work is done."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.phase = ""
        self.on_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        if self.on_terminal:
            print(_CLEAR, end="", file=sys.stderr, flush=True)

    def show(self, news: News) -> None:
        if self.on_terminal:
            print(f"{_CLEAR}{self._text(news)[: _columns() - 1]}", end="", file=sys.stderr, flush=True)
        elif news.phase != self.phase:
            say(f"{self.what}: {news.phase}")
        self.phase = news.phase

    def _text(self, news: News) -> str:
        parts = [f"{self.what}: {news.phase}"]
        if news.runs:
            parts.append(f"{news.runs} runs")
        if news.median is not None:
            parts.append(f"median {short_seconds(news.median)}")
        if news.left is not None:
            parts.append(f"at most {max(news.left, 0):.0f} s left")
        return "".join(sign if sign.isprintable() else "?" for sign in ", ".join(parts))


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns
