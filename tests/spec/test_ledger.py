"""D3, the ledger of VGG-16: both slides read whole, and every figure on them is judged."""

import re

import pytest

from tests.published_claims import VGG16_LEDGER
from tests.spec.reading import DATA, error, report, shapes

LEDGER, MATH = "vgg16_ledger.txt", "vgg16_ledger_math.txt"


def slide(name: str) -> str:
    return (DATA / name).read_text("utf-8")


@pytest.mark.parametrize("name", [LEDGER, MATH])
@pytest.mark.parametrize("path", ["vgg.txt", "-"])
def test_the_ledger_reads_whole(name, path):
    result = report(slide(name), path)
    # Simonyan & Zisserman 2015, configuration D.
    assert (result.params, result.macs) == (138_357_544, 15_470_264_320)
    assert result.input_shape == (1, 3, 224, 224)
    assert result.depth == 16
    outputs = [layer.output_shape[1:] for layer in result.layers if layer.name == layer.row]
    assert outputs == [row.output for row in VGG16_LEDGER[1:]]


def test_the_ledger_s_title_names_the_network():
    assert report(slide(LEDGER), "a.txt").network == "VGG16"
    assert report(slide(MATH), "a.txt").network == "a"


def printed(line: str) -> list[str]:
    """The figures of one line as a reader finds them: 224*224*64 and 3.2M, (3*3*3)*64 and 1,728."""
    if "TOTAL" in line:
        return re.findall(r"24M|~= 96MB|138M", line)
    return [
        part.strip(" $")
        for cell in re.split(r"memory:|params:", line.replace("\t", " "))[1:]
        for part in cell.split("=")
    ]


@pytest.mark.parametrize("name, count", [(LEDGER, 82), (MATH, 79)])
def test_every_figure_of_the_ledger_is_judged(name, count):
    #  22 rows: 19 memories of two figures and 3 of one, 6 weights of one figure and 16 of two; 3 totals on one slide.
    claims = report(slide(name), "vgg.txt").claims
    assert len(claims) == count
    for number, line in enumerate(slide(name).splitlines(), start=1):
        found = [claim.claimed for claim in claims if claim.line == number]
        assert sorted(found) == sorted(printed(line)), line


def test_two_figures_of_the_ledger_are_false_and_its_weights_hold_by_convention():
    claims = report(slide(LEDGER), "vgg.txt").claims
    false = [(claim.line, claim.metric, claim.claimed, claim.computed) for claim in claims if not claim.holds]
    # 15,087,080 values without the input are 60,348,320 bytes.
    assert false == [(24, "memory", "24M", 15_087_080), (24, "memory", "~= 96MB", 60_348_320)]
    conventional = [claim for claim in claims if claim.why.startswith("by convention: ")]
    assert len(conventional) == 32
    # The products and figures of 13 convolutions and 3 fully connected layers leave out the biases.
    assert {claim.metric for claim in conventional} == {"params"}
    assert all(claim.holds and not claim.why for claim in claims if claim not in conventional and claim.line != 24)


def test_the_math_slide_has_no_false_figure():
    assert all(claim.holds for claim in report(slide(MATH), "vgg.txt").claims)


CS231N = """\
INPUT: [224x224x3]        memory:  224*224*3=150K   weights: 0
CONV3-64: [224x224x64]  memory:  224*224*64=3.2M   weights: (3*3*3)*64 = 1,728
POOL2: [112x112x64]  memory:  112*112*64=800K   weights: 0
FC: [1x1x4096]  memory:  4096  weights: 112*112*64*4096 = 3,288,334,336

TOTAL memory: 4.0M * 4 bytes ~= 16MB / image (only forward! ~*2 for bwd)
TOTAL params: 3.29B parameters
"""


def test_the_notes_of_cs231n_write_their_ledger_with_outputs():
    result = report(CS231N, "-")
    assert shapes(result) == {
        "conv1": (64, 224, 224),
        "conv1.relu": (64, 224, 224),
        "max_pool1": (64, 112, 112),
        "fully_connected1": (4096,),
    }
    # 3,211,264 + 802,816 + 4,096 values; 1,728 + 64 and 3,288,334,336 + 4,096 params.
    assert [claim.claimed for claim in result.claims if claim.metric == "output"] == [
        "224x224x64",
        "112x112x64",
        "1x1x4096",
    ]
    assert all(claim.holds for claim in result.claims)


@pytest.mark.parametrize(
    "line, message",
    [
        (
            "5x5 pooled, 3 memory: 3*3*3 params: 0",
            "`5x5 pooled, 3` is no layer of a ledger\n  known are Input, 3x3 conv, 64, CONV3-64, Pool, FC 4096",
        ),
        (
            "3x3 conv, 64",
            "`3x3 conv, 64` is no line of a ledger\n  expected lines such as `3x3 conv, 64  memory: 224*224*64=3.2M params: (3*3*3)*64 = 1,728`",
        ),
        (
            "batch norm",
            "`batch norm` is no line of a ledger\n  expected lines such as `3x3 conv, 64  memory: 224*224*64=3.2M params: (3*3*3)*64 = 1,728`",
        ),
        (
            "FC 10 memory: ten params: 0",
            "memory: `ten` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB",
        ),
        ("FC memory: 10 params: 0", "fully connected needs maps\n  fill the column maps"),
        ("TOTAL memory: lots", "a total without a figure\n  write `TOTAL memory: 24M` or `TOTAL params: 138M`"),
        ("x" * 1_001, "a line of 1,001 characters\n  at most 1,000 are read"),
    ],
)
def test_a_line_that_is_none_of_a_ledger_is_named(line, message):
    text = "Input memory: 8*8*1 params: 0\n3x3 conv, 2 memory: 8*8*2 params: 0\n" + line + "\n"
    assert error(text, "-") == f"stdin:3: {message}"


def test_the_input_of_a_ledger_needs_three_sides():
    text = "Input memory: 150K params: 0\n3x3 conv, 2 memory: 8*8*2 params: 0\nPool memory: 32 params: 0\n"
    assert error(text, "-") == (
        "stdin:1: `150K` is not height*width*channels\n  the input's memory says its shape: 224*224*3"
    )
