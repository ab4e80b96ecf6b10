"""Small pages for tests."""

import cnnscope
from cnnscope.analysis.report import Report
from cnnscope.spec import zoo


def page(table: str, *, input: str = "1x4x4", front: str = "") -> str:
    """A page with one table of layers."""
    return f"---\nname: net\ninput: {input}\n{front}---\n{table}"


def analyzed(table: str, *, input: str = "1x4x4", front: str = "", **options) -> Report:
    return cnnscope.Network(zoo.read_page("net.md", page(table, input=input, front=front))).analyze(**options)
