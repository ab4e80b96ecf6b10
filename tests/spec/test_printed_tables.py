"""Every printed table is read as it stands, gives its published figures, and says the same when it is converted."""

import time

import pytest

import cnnscope
from cnnscope.spec import zoo
from cnnscope.spec.page_text import page_text
from cnnscope.spec.program import Program
from tests.spec.printed_tables import FILES, PUBLISHED, Published, printed
from tests.spec.reading import read


def network(published: Published) -> Program:
    program = read(printed(published.file), published.file)
    return program.columns[published.column] if published.column else program


def facts(program: Program) -> list[tuple[object, ...]]:
    report = cnnscope.Network(program).analyze()
    return [(layer.name, layer.type, layer.output_shape, layer.params, layer.macs) for layer in report.layers]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: f"{row.file} {row.column}".strip())
def test_a_printed_table_gives_its_published_figures(published):
    report = cnnscope.Network(network(published)).analyze()
    assert (report.params, report.macs) == (published.params, published.macs)
    assert report.assumptions, "a printed table leaves something unsaid"


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: f"{row.file} {row.column}".strip())
def test_a_converted_table_is_the_same_network(published):
    program = network(published)
    page = read(page_text(program), "net.md")
    assert facts(page) == facts(program)
    before, after = (cnnscope.Network(each).analyze().claims for each in (program, page))
    assert [(c.layer, c.metric, c.claimed, c.holds) for c in after] == [
        (c.layer, c.metric, c.claimed, c.holds) for c in before
    ]
    assert page.assumptions == ()


@pytest.mark.parametrize("file", FILES)
def test_a_printed_table_is_read_within_20_ms(file):
    text = printed(file)
    read(text, file)

    def seconds() -> float:
        start = time.process_time()
        zoo.read_page(file, text)
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.02
