"""Tables of the known dialects that no paper of the list prints are read, and convert to the same network."""

import pytest

import cnnscope
from cnnscope.spec.page_text import page_text
from cnnscope.spec.program import Program
from tests.spec.other_tables import OTHER_TABLES, OTHERS, Other
from tests.spec.reading import error, read, table


def networks(other: Other) -> dict[str, Program]:
    program = read((OTHERS / other.file).read_text("utf-8"), other.file)
    return program.columns or {"": program}


@pytest.mark.parametrize("other", OTHER_TABLES, ids=lambda other: other.file)
def test_a_table_in_other_words_is_the_same_network(other):
    reports = {name: cnnscope.Network(program).analyze() for name, program in networks(other).items()}
    assert {name: (report.params, report.macs) for name, report in reports.items()} == other.networks
    grounds = {assumption.ground for report in reports.values() for assumption in report.assumptions}
    assert "contradiction" not in grounds


@pytest.mark.parametrize("other", OTHER_TABLES, ids=lambda other: other.file)
def test_it_converts_to_a_page_of_the_same_network(other):
    pages = {name: read(page_text(program)) for name, program in networks(other).items()}
    reports = {name: cnnscope.Network(page).analyze() for name, page in pages.items()}
    assert {name: (report.params, report.macs) for name, report in reports.items()} == other.networks


def test_a_printed_row_with_too_many_cells_is_refused():
    text = table(
        "Input | Operator | t | c | n | s",
        "32^2x3 | conv2d | - | 8 | 1 | 2",
        "16^2x8 | bottleneck | 6 | 16 | 1 | 2 | 9",
    )
    assert error(text) == (
        "net.md:4: 16^2x8: 7 cells under 6 columns\n  a | inside a cell is written \\|; a comma inside a CSV cell needs quotes"
    )
