"""Small pages for tests."""

import cnnscope
from cnnscope.analysis.report import Report
from cnnscope.spec import zoo


def page(table: str, *, input: str = "1x4x4", front: str = "") -> str:
    """A page with one table of layers."""
    return f"---\nname: net\ninput: {input}\n{front}---\n{table}"


def analyzed(table: str, *, input: str = "1x4x4", front: str = "", **options) -> Report:
    return cnnscope.Network(zoo.read_page("net.md", page(table, input=input, front=front))).analyze(**options)


def one_of_every_page() -> list[str]:
    """The first network of every page of the zoo; `verify` counts all the others in the tests of its own."""
    first: dict[object, str] = {}
    for name, entry in zoo.index().values():
        first.setdefault(entry.path, name)
    return list(first.values())
