"""Rows of sums at the end of a table are claims of the whole network."""

import pytest

from tests.spec.reading import error, report, table

HEADER = "Layer | Type | Filters | Kernel | Stride | Output | Parameters | FLOPs"
ROWS = (
    "input | image | | | | 32x32x3 | |",
    "c1 | Convolution | 32 | 3x3 | 1 | 32x32x32 | 896 | 884,736",
    "p1 | MaxPooling | | 2x2 | 2 | 16x16x32 | 0 |",
    "fc | Dense | 10 | | | 10 | 81,930 | 81,920",
)
ALIGNED = """\
Layer    Type      Kernel  Stride  Filters  Output     Params
Input    Input     -       -       3        32x32      0
C1       Conv      3x3     1       32       32x32      896
P1       MaxPool   2x2     2       32       16x16      0
FC       Dense     -       -       10       10         81,930
"""
# (3*3*3 + 1)*32 = 896 and (16*16*32 + 1)*10 = 81,930 params; 3*3*3*32*32*32 + 16*16*32*10 = 966,656 multiply-accumulates.
PARAMS = 82_826

TABLES = [
    (table(HEADER, *ROWS, "Total | | | | | | 82,826 | 966,656"), "net.md", [(7, "params", True), (7, "flops", True)]),
    (table(HEADER, *ROWS, "**Total** | | | | | | 82.8K |"), "net.md", [(7, "params", True)]),
    (table(HEADER, *ROWS, "Total params | | | | | | 82,628 |"), "net.md", [(7, "params", False)]),
    (ALIGNED + "Total                                                  82,826\n", "net.txt", [(6, "params", True)]),
    (ALIGNED + "Total params: 82,826\n", "net.txt", [(6, "params", True)]),
    (ALIGNED + "Total parameters: 82,628\n", "net.txt", [(6, "params", False)]),
]


@pytest.mark.parametrize(
    "text, name, claims",
    TABLES,
    ids=[
        "sums under their titles",
        "a bold word and a rounded sum",
        "a sum with two digits swapped",
        "an aligned row",
        "a row in words",
        "a false row in words",
    ],
)
def test_a_row_of_sums_is_a_claim_of_the_network(text, name, claims):
    result = report(text, name)
    assert result.params == PARAMS
    assert [(c.line, c.metric, c.holds) for c in result.claims if not c.layer] == claims


@pytest.mark.parametrize(
    "row",
    ["Total | | 42 | | | | 82,826 |", "Total | | | | | | many |"],
    ids=["with maps of its own", "without a figure"],
)
def test_a_row_of_more_than_sums_is_none(row):
    assert error(table(HEADER, *ROWS, row)) == (
        "net.md:7: Total: has no type\n  write Convolution, Max pooling, Fully connected, Input ..., or leave the row out"
    )
