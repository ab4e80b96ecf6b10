"""Figures that a page prints: how they are written, and which of them hold."""

import pytest

from tests.spec.reading import analyzed, error, page, report, table

HEADER = "layer | type | maps | kernel | padding | {}"
ROW = "conv1_1 | conv | 64 | 3 | 1 | {}"


def judged(metric: str, cell: str, below: str = ""):
    """The claims of VGG-16's first layer: 3*3*3*64 = 1,728 weights, 64 biases, 64*224*224 = 3,211,264 outputs."""
    return report(page(HEADER.format(metric), ROW.format(cell), input="3x224x224") + below).claims


@pytest.mark.parametrize(
    "metric, cell, holds",
    [
        ("params", "1,792", True),
        ("params", "1792", True),
        pytest.param("params", "1,791", False, id="a whole number is exact"),
        ("params", "1.8K", True),
        ("params", "1.79 k", True),
        pytest.param("params", "1.80K", False, id="1,792 rounds to 1.79K"),
        pytest.param("params", "2K", True, id="one digit holds from 1,500 to 2,500"),
        ("params", "3K", False),
        pytest.param("params", "≈ 1,870", True, id="about widens to 5 %: 1,776.5 to 1,963.5"),
        ("params", "~= 1,870", True),
        ("params", "about 1,870", True),
        ("params", "~1,890", False),
        ("params", "1.8x10^3", True),
        ("params", "1.8 × 10^3", True),
        ("params", "0.0018M", True),
        ("params", "0.0018 million", True),
        ("macs", "86,704,128", True),
        ("macs", "86.7M", True),
        ("macs", "87 MMACs", True),
        ("macs", "90M", True),
        pytest.param("macs", "100M", True, id="trailing zeros are not significant: 50M to 150M"),
        ("macs", "110M", False),
        ("memory", "3.2M", True),
        ("memory", "224*224*64", True),
        ("memory", "224×224×64", True),
        ("memory", "(224*224)*63", False),
        ("memory", "12.8 MB", True),
        ("memory", "12.25 MiB", True),
        ("memory", "12,845,056 B", True),
        ("memory", "3.2 MB", False),
        ("output_elements", "3,211,264", True),
        ("size", "224x224", True),
        ("size", "224", True),
        ("size", "112x112", False),
        ("output", "224x224x64", True),
        ("output", "64 × 224 × 224", True),
        ("output", "224x224x3", False),
        ("receptive_field", "3", True),
        ("receptive_field", "5", False),
    ],
)
def test_a_figure_holds_where_ours_rounds_to_it(metric, cell, holds):
    (claim,) = judged(metric, cell)
    assert (claim.holds, claim.as_expected, claim.layer, claim.line) == (holds, holds, "conv1_1", 6)
    assert claim.claimed == cell


@pytest.mark.parametrize(
    "metric, cell",
    [
        pytest.param("params", "1,728", id="weights without biases"),
        pytest.param("params", "(3*3*3)*64", id="weights without biases, as a product"),
        pytest.param("params", "1.75K", id="K = 1024: 1,792 / 1,024 = 1.75"),
        pytest.param("params", "1.69K", id="K = 1024 and no biases: 1,728 / 1,024 = 1.6875"),
        pytest.param("memory", "3.06M", id="M = 1024 * 1024: 3,211,264 / 1,048,576 = 3.0625"),
        pytest.param("macs", "173.4M", id="two operations for each multiply-accumulate"),
        pytest.param("flops", "173,408,256", id="FLOPs without the additions of biases"),
    ],
)
def test_a_figure_may_hold_by_a_convention_and_says_so(metric, cell):
    (claim,) = judged(metric, cell)
    assert claim.holds
    assert claim.why.startswith("by convention: ")


@pytest.mark.parametrize(
    "cell, claimed",
    [
        ("1.8K", ["1.8K"]),
        ("1.8K; 1,792", ["1.8K", "1,792"]),
        ("(3*3*3)*64 = 1,728", ["(3*3*3)*64", "1,728"]),
        ("28*64 = 1,792 = 1.8K", ["28*64", "1,792", "1.8K"]),
        ("1,792;", ["1,792"]),
        ("1.8K (rounded; see = below)", ["1.8K"]),
    ],
)
def test_a_cell_may_hold_several_figures(cell, claimed):
    assert [claim.claimed for claim in judged("params", cell)] == claimed


@pytest.mark.parametrize(
    "cell, below, holds, as_expected, reason",
    [
        ("1.9K[^a]", "\n[^a]: false: a slip of the pen", False, True, "a slip of the pen"),
        ("1.9K[^a]", "\n[^a]: FALSE: a slip\n  of the pen", False, True, "a slip of the pen"),
        ("1.9K (false: a slip (of the pen))", "", False, True, "a slip (of the pen)"),
        pytest.param("1.8K[^a]", "\n[^a]: false: a slip", True, False, "a slip", id="false no longer"),
        pytest.param(
            "1.9K[^a]", "\n[^a]: measured by hand", False, False, "", id="a footnote without `false:` excuses nothing"
        ),
        pytest.param("1.8K[^a][^b]", "\n[^a]: one\n[^b]: two", True, True, "", id="footnotes may say anything"),
    ],
)
def test_a_page_may_call_a_figure_false_and_then_it_must_be(cell, below, holds, as_expected, reason):
    (claim,) = judged("params", cell, below)
    assert (claim.holds, claim.as_expected, claim.known_false) == (holds, as_expected, reason)
    assert reason in claim.why


def test_the_mark_belongs_to_one_figure():
    first, second = judged("params", "1.9K (false: a slip); 1.8K")
    assert (first.known_false, second.known_false) == ("a slip", "")


def test_claims_about_the_network_stand_in_the_front_matter():
    result = report(page("type | maps | kernel", "conv | 2 | 1", front="params: 4\nmacs: 129; 128\n"))
    assert [(claim.layer, claim.metric, claim.line, claim.holds) for claim in result.claims] == [
        ("", "params", 3, True),
        ("", "macs", 4, False),
        ("", "macs", 4, True),
    ]


def test_claims_about_a_variant_stand_in_its_row():
    text = (
        "---\ninput: 1x8x8\n---\n# net(maps)\n" + table("type | maps | kernel", "conv | {maps} | 1") + "\n## variants\n"
        + table("model | maps | params", "a | 2 | 4", "b | 3 | 5 (false: 6)")
    )  # fmt: skip
    assert [claim.as_expected for name in ("a", "b") for claim in report(text, variant=name).claims] == [True, True]


def test_claims_of_a_repeated_row_are_about_all_its_calls():
    result = analyzed("layer | type | maps | kernel | repeat | params | size", "a | conv | 1 | 1 | 3 | 6 | 8x8")
    assert [claim.holds for claim in result.claims] == [True, True]


def test_claims_are_judged_at_the_page_s_own_input_batch_and_type():
    text = page(HEADER.format("memory"), ROW.format("12.8 MB"), input="3x224x224")
    result = report(text, input="3x32x32", batch=8, dtype="int8")
    assert [claim.holds for claim in result.claims] == [True]


@pytest.mark.parametrize(
    "metric, cell, message",
    [
        ("params", "many", "params: `many` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"),
        ("params", "1.000.000", "params: `1.000.000` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"),
        ("params", "-5", "params: `-5` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"),
        ("params", "***", "params: `***` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"),
        ("params", "3 furlongs", "params: `3 furlongs` has an unknown unit\n  known are K, M, G, B, T and B, KB, MB, GB, KiB, MiB, GiB"),
        ("params", "(see below)", "params: `(see below)` holds no figure\n  write a number, or leave the cell empty"),
        ("params", ";", "params: `;` holds no figure\n  write a number, or leave the cell empty"),
        ("params", "5[^x]", "params: footnote [^x] is not on the page\n  add a line `[^x]: ...`"),
        ("params", "5 (false:)", "params: `5` is marked false without a reason\n  write `false: why`"),
        ("params", ";".join("1" * 21), "params: 21 figures in one cell\n  at most 20 are read"),
        ("size", "wide", "size: `wide` is not a size\n  write 56x56, 112x112x64 or one number"),
        ("output", "1x2x3x4", "output: `1x2x3x4` is not a size\n  write 56x56, 112x112x64 or one number"),
    ],
)  # fmt: skip
def test_a_claim_that_is_no_figure_says_so(metric, cell, message, refused):
    refused(page(HEADER.format(metric), ROW.format(cell), input="3x224x224"), f"net.md:6: conv1_1: {message}")


def test_a_figure_of_the_whole_network_must_say_which_variant_it_means():
    text = (
        "---\ninput: 1x8x8\nparams: 4\n---\n# net(maps)\n" + table("type | maps | kernel", "conv | {maps} | 1") + "\n## variants\n"
        + table("model | maps", "a | 2", "b | 3")
    )  # fmt: skip
    assert error(text) == (
        "net.md:3: params: which of the page's variants has this figure?\n  put it into the column `params` of the variants"
    )


def test_a_footnote_has_one_meaning(refused):
    text = page(HEADER.format("params"), ROW.format("1.9K[^a]"), input="3x224x224")
    refused(text + "\n[^a]: false: a slip\n[^a]: measured\n", "net.md:9: two footnotes [^a]\n  rename one")
