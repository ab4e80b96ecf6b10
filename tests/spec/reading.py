"""Small pages in, facts or error texts out."""

import sys
from pathlib import Path

import pytest

import cnnscope
from cnnscope.analysis.report import Report
from cnnscope.cli import main
from cnnscope.spec import zoo
from cnnscope.spec.program import Program

DATA = Path(__file__).parents[1] / "data"


def table(header: str, *rows: str) -> str:
    """A Markdown table of lines such as "layer | type"."""
    dashes = "|".join("-" for _ in header.split("|"))
    return "".join(f"| {line} |\n" for line in (header, dashes, *rows))


def page(header: str, *rows: str, input: str = "1x8x8", front: str = "") -> str:
    """A page whose table has its header on line 4 and its first row on line 6, where `front` is empty."""
    return f"---\ninput: {input}\n{front}---\n{table(header, *rows)}"


def read(text: str, path: str = "net.md") -> Program:
    return zoo.read_page(path, text)


def report(text: str, path: str = "net.md", variant: str = "", **options) -> Report:
    return cnnscope.Network(read(text, path), variant).analyze(**options)


def analyzed(header: str, *rows: str, input: str = "1x8x8", front: str = "") -> Report:
    return report(page(header, *rows, input=input, front=front))


def shapes(result: Report) -> dict[str, tuple[int, ...]]:
    """The output of every layer without the batch axis."""
    return {layer.name: layer.output_shape[1:] for layer in result.layers}


def error(text: str, path: str = "net.md") -> str:
    """The text of the error that reading or analyzing this page raises."""
    with pytest.raises(cnnscope.CnnscopeError) as caught:
        analyze_all(text, path)
    return str(caught.value)


def analyze_all(text: str, path: str = "net.md") -> list[Report]:
    """Every network of a page."""
    program = read(text, path)
    return [cnnscope.Network(program, name).analyze() for name in program.variants or [""]]


def command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `cnnscope WORDS...`, run in this process."""
    monkeypatch.setattr(sys, "argv", ["cnnscope", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    shown = capsys.readouterr()
    return int(stop.value.code or 0), shown.out, shown.err
