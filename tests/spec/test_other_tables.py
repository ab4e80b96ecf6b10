"""Tables of the known dialects that no paper of the list prints are read, and convert to the same network."""

import pytest

import cnnscope
from cnnscope.spec.page_text import page_text
from cnnscope.spec.program import Program
from tests.spec.other_tables import ASSUMED, OTHER_TABLES, OTHERS, Other
from tests.spec.reading import error, read, report, table

BESIDE_ATTENTION = next(other for other in OTHER_TABLES if other.file == "beside_attention.md")


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


@pytest.mark.parametrize("model, assume, params", ASSUMED)
def test_what_a_table_leaves_open_can_be_told(model, assume, params):
    assert cnnscope.load(str(OTHERS / model), assume=assume).analyze().params == params


RELATIVE = (
    "layer name | output size | 34-layer | 101-layer",
    "conv1 | 112x112 | 7x7, 64, stride 2 | 7x7, 64, stride 2",
    "conv2_x | 56x56 | 3x3 max pool, stride 2; [3x3, 64; 3x3, 64] x3 | x3",
)


@pytest.mark.parametrize(
    "rows, message",
    [
        (
            ("conv3_x | 28x28 | [3x3, 128; 3x3, 128] x4 | x4",),
            "net.md:1: 101-layer: its cells such as x4 stand for the stacks on their left, which makes 16 layers\n"
            "  the column that they repeat may be missing: write the stacks out",
        ),
        (
            ("conv3_x | 28x28 | x4 | x4",),
            "net.md:5: conv3_x 101-layer: `x4` repeats nothing\n"
            "  write the stack that it stands for: [3x3, 64; 3x3, 64] x4",
        ),
    ],
    ids=["the column that x4 repeats is gone", "x4 repeats no stack of its own row"],
)
def test_a_count_alone_hides_no_removed_column(rows, message):
    assert error(table(*RELATIVE, *rows)) == message


def test_a_column_of_another_kind_is_left_out_aloud():
    reports = {name: cnnscope.Network(made).analyze() for name, made in networks(BESIDE_ATTENTION).items()}
    left_out = [a.text for report in reports.values() for a in report.assumptions if a.what == "left out"]
    assert left_out == ["left out Swin-T: line 4: `1x1, 96x3`: `96x3` is not understood"] * 2


INVERTED = ("Input | Operator | t | c | n | s", "32^2x3 | conv2d | - | 16 | 1 | 2")
FILTERS = ("Type / Stride | Filter Shape | Input Size", "Conv / s2 | 3x3x3x32 | 64x64x3")


@pytest.mark.parametrize(
    "rows, message",
    [
        (
            (*INVERTED, "16^2x16 | MBConv3 3x3 | 6 | 24 | 1 | 1"),
            "net.md:4: MBConv3 3x3: `MBConv3 3x3` expands by 3, the column t by 6\n  make them agree",
        ),
        (
            ("Input | Operator | k | t | c | n | s", "32^2x16 | MBConv6 5x5 | 3 | 6 | 24 | 1 | 1"),
            "net.md:3: MBConv6 5x5: `MBConv6 5x5` has another window than the column k, 3\n  make them agree",
        ),
        (
            ("output map size | 8x8 | 4x4", "# layers | 3n | 3n", "# filters | 16 | 32"),
            "net.md:1: `3n` layers are no blocks of two\n  write 2n, or 1+2n where a convolution comes first",
        ),
    ],
    ids=["a factor printed twice", "a window printed twice", "stages of three layers"],
)
def test_cells_that_contradict_one_another_are_an_error(rows, message):
    assert error(table(*rows)) == message


@pytest.mark.parametrize(
    "rows, told",
    [
        ((*INVERTED, "16^2x16 | bottleneck | 6 | 24 | 1 | 2", "8^2x32 | avgpool | - | - | 1 | -"), "8x8x32: False"),
        ((*FILTERS, "Conv dw / s1 | 3x3x64 dw | 32x32x32"), "filter shape 3x3x64 dw: contradiction"),
    ],
    ids=["the next input's maps", "a filter of other maps"],
)
def test_maps_that_the_next_row_contradicts_are_told(rows, told):
    result = report(table(*rows))
    found = [f"{claim.claimed}: {claim.holds}" for claim in result.claims]
    found += [f"{a.what} {a.value}: {a.ground}" for a in result.assumptions]
    assert told in found
