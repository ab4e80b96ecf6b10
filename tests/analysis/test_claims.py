"""Which printed figures hold, and what is said about those that do not."""

import pytest

from cnnscope.analysis.columns import kind
from tests.pages import analyzed

#          conv 3x3, 2 -> 4 maps on 8x8: 72 weights, 4 biases, 256 outputs, 4,608 MACs
TABLE = "| layer | type | maps | kernel | padding | {metric} |\n|-|-|-|-|-|-|\n| a | conv | 4 | 3 | 1 | {printed} |\n"


def claim(metric, printed, notes=""):
    (judged,) = analyzed(TABLE.format(metric=metric, printed=printed) + notes, input="2x8x8").claims
    return judged


@pytest.mark.parametrize(
    "metric, printed",
    [
        ("params", "76"),
        ("size", "8x8"),
        ("size", "8"),
        ("output", "8x8x4"),
        ("output", "4×8×8"),
        ("macs", "4,608"),
        ("macs", "4.61K"),
        ("macs", "5K"),
        ("macs", "4.6x10^3"),
        ("macs", "≈ 4,500"),
        ("macs", "~4.8K"),
        ("memory", "256"),
        ("memory", "8*8*4"),
        ("memory", "1,024 B"),
        ("memory", "1.0 KB"),
        ("memory", "1 KiB"),
        ("output_elements", "256"),
        ("flops", "9,472"),
        ("buffers", "0"),
        ("depth", "1"),
        ("receptive_field", "3"),
        ("receptive_field", "3x3"),
    ],
)
def test_a_true_figure_holds_without_a_word(metric, printed):
    judged = claim(metric, printed)
    assert (judged.holds, judged.why) == (True, "")


@pytest.mark.parametrize(
    "metric, printed, computed, why",
    [
        ("params", "77", 76, "the page's figure is 1.3 % too large"),
        ("params", "1K", 76, "the page's figure is 1215.8 % too large"),
        ("macs", "4.7K", 4_608, "the page's figure is 2.0 % too large"),
        ("size", "8x7", "8x8", "another size than the computed one"),
        ("output", "8x8x5", "8x8x4", "another size than the computed one"),
        ("memory", "2 KB", 1_024, "the page's figure is 95.3 % too large"),
        ("receptive_field", "5", "3", "another size than the computed one"),
    ],
)
def test_a_false_figure_shows_ours_and_how_far_off_it_is(metric, printed, computed, why):
    judged = claim(metric, printed)
    assert (judged.holds, judged.computed, judged.why) == (False, computed, why)


@pytest.mark.parametrize(
    "metric, printed, why",
    [
        ("params", "72", "by convention: the table leaves out 4 biases"),
        ("macs", "9,216", "by convention: counts two operations for each multiply-accumulate"),
        ("macs", "4,864", "by convention: counts the additions of biases as well"),
        ("flops", "4,608", "by convention: FLOPs are multiply-accumulates here"),
        ("flops", "9,216", "by convention: FLOPs are two for each multiply-accumulate, nothing else counted"),
    ],
)
def test_a_figure_of_a_known_convention_holds_and_says_so(metric, printed, why):
    judged = claim(metric, printed)
    assert (judged.holds, judged.why) == (True, why)


def test_a_known_false_figure_passes_while_it_is_false():
    judged = claim("params", "99[^a]", "\n[^a]: false: a slip of the pen\n")
    assert (judged.holds, judged.as_expected) == (False, True)
    assert judged.why == "a slip of the pen"


def test_a_known_false_figure_that_holds_is_a_fault_of_the_page():
    judged = claim("params", "76 (false: it cannot be)")
    assert (judged.holds, judged.as_expected) == (True, False)
    assert judged.why == "the page calls it false, but it holds: it cannot be"


def test_the_whole_network_s_figures_stand_in_the_front_matter():
    report = analyzed(
        TABLE.format(metric="notes", printed=""), input="2x8x8", front="params: 76\nmemory: 384\nmacs: 4.6K\n"
    )
    assert [(c.layer, c.metric, c.holds) for c in report.claims] == [
        ("", "params", True),
        ("", "memory", True),
        ("", "macs", True),
    ]
    assert report.claims[1].why == "by convention: counts the input as well"


def test_claims_are_judged_on_the_page_s_own_terms():
    table = TABLE.format(metric="size", printed="8x8")
    report = analyzed(table, input="2x8x8", front="memory: 1,024 B\n")
    other = analyzed(table, input="2x8x8", front="memory: 1,024 B\n", batch=4, dtype="float16")
    assert other.claims == report.claims
    assert all(judged.holds for judged in other.claims)


def test_a_repeated_row_adds_its_calls_up():
    table = "| layer | type | maps | kernel | repeat | params | size |\n|-|-|-|-|-|-|-|\n| a | conv | 2 | 1 | 3 | 18 | 8x8 |\n"
    assert [judged.holds for judged in analyzed(table, input="2x8x8").claims] == [True, True]


#         conv 3x3: 2 -> 4 maps 72 + 4, 4 -> 8 maps 288 + 8, 8 -> 16 maps 1,152 + 16
ROWS = "| layer | type | maps | kernel | params |\n|-|-|-|-|-|\n| a | conv | 4 | 3 | {} |\n| b | conv | 8 | 3 | {} |\n| c | conv | 16 | 3 | {} |\n"
#         fully connected: 9,216 x 4,096 + 4,096 = 37,752,832, 4,096 x 4,096 + 4,096 = 16,781,312, 4,097,000; in units of
#         1,048,576 they are 36.00, 16.00 and 3.91
FULL = "| layer | type | maps | params |\n|-|-|-|-|\n| a | fully connected | 4096 | {} |\n| b | fully connected | 4096 | {} |\n| c | fully connected | 1000 | {} |\n"
COLUMNS = [
    pytest.param(
        ROWS, "2x8x8", ("72", "288", "3*3*8*16 = 1,512"),
        ["the page's figure is 31.2 % too large; as the other rows count it is 1,152: the table leaves out 16 biases;"
         " two digits of 1,152 changed places; the product printed beside it is 1,152"],
        id="a figure beside others without biases is compared without biases",
    ),
    pytest.param(
        ROWS, "2x8x8", ("76", "288", "1,512"), ["the page's figure is 29.5 % too large"],
        id="a column of two conventions has none of its own",
    ),
    pytest.param(
        ROWS, "2x8x8", ("72", "3*3*4*8 = 298", "1,152"),
        ["the page's figure is 3.5 % too large; as the other rows count it is 288: the table leaves out 8 biases;"
         " the product printed beside it is 288"],
        id="a product's result that is not the product's",
    ),
    pytest.param(
        FULL, "9216", ("37.8M", "16M", "4.1M"),
        ["the page's figure is 4.7 % too small; cut off rather than rounded; K = 1024 would give it, but not 37.8M in line 7"],
        id="M is a million in a column where two of three figures need that",
    ),
    pytest.param(FULL, "9216", ("36.0M", "16.0M", "3.9M"), [], id="M is 1024 x 1024 in all three figures"),
]  # fmt: skip


@pytest.mark.parametrize("table, input, printed, false", COLUMNS)
def test_a_column_s_figures_are_held_to_one_another(table, input, printed, false):
    claims = analyzed(table.format(*printed), input=input).claims
    assert [judged.why for judged in claims if not judged.holds] == false


@pytest.mark.parametrize(
    "why, name",
    [
        ("by convention: the table leaves out 4,096 biases", "the table leaves out biases"),
        ("by convention: K = 1024", "K = 1024"),
        ("by convention: K = 1024, and the table leaves out 64 biases", "K = 1024, and the table leaves out biases"),
        (
            "by convention: the table leaves out 64 biases and 128 params of batch norm",
            "the table leaves out biases and params of batch norm",
        ),
    ],
)
def test_a_convention_is_one_whatever_its_row_leaves_out(why, name):
    assert kind(why) == name
