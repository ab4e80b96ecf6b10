"""What darknet prints when it loads a network."""

import pytest

from tests.spec.reading import error, report

LISTING = """layer     filters    size              input                output
    0 conv     32  3 x 3 / 1   256 x 256 x   3   ->   256 x 256 x  32  0.113 BFLOPs
    1 max          2 x 2 / 2   256 x 256 x  32   ->   128 x 128 x  32
    2 conv     64  3 x 3 / 2   128 x 128 x  32   ->    64 x  64 x  64  0.604 BFLOPs
    3 conv     32  1 x 1 / 1    64 x  64 x  64   ->    64 x  64 x  32  0.067 BFLOPs
    4 conv     64  3 x 3 / 1    64 x  64 x  32   ->    64 x  64 x  64  0.604 BFLOPs
    5 res    2                  64 x  64 x  64   ->    64 x  64 x  64
    6 upsample            2x    64 x  64 x  64   ->   128 x 128 x  64
    7 route  6 1
    8 conv     21  1 x 1 / 1   128 x 128 x  96   ->   128 x 128 x  21  0.067 BFLOPs
    9 yolo
Loading weights from net.weights...Done!
"""


def test_a_listing_is_read_with_its_shortcuts_and_routes():
    result = report(LISTING, "net.txt")
    # Batch norms behind all but the last, which has a bias.
    assert result.params == (864 + 64) + (18_432 + 128) + (2_048 + 64) + (18_432 + 128) + (2_016 + 21)
    assert result.macs == 256 * 256 * 864 + 64 * 64 * (18_432 + 2_048 + 18_432) + 128 * 128 * 2_016
    assert all(claim.holds for claim in result.claims)
    assert [each for each in result.assumptions if each.ground == "contradiction"] == []


@pytest.mark.parametrize(
    "before, after, message",
    [
        pytest.param(
            "    3 conv     32",
            "    9 conv     32",
            "net.txt:5: conv: layer 9 behind layer 2\n  paste the whole listing",
            id="a layer is missing",
        ),
        pytest.param(
            "64 x  64 x  32   ->    64 x  64 x  64",
            "64 x  64 x  48   ->    64 x  64 x  64",
            "net.txt:6: conv: reads 64x64x48, the row above makes 64x64x32\n  check the rows",
            id="a row that does not read what the row above makes",
        ),
        pytest.param(
            "    8 conv     21",
            "    8 conv     22",
            "net.txt:10: conv: 22 filters make 21 maps\n  check the row",
            id="filters that are not the maps",
        ),
        pytest.param(
            "route  6 1",
            "route  6 1/2",
            "net.txt:9: route: `6 1/2` is no route that is read\n  write route 85 61",
            id="a route of halves",
        ),
    ],
)
def test_a_listing_that_lost_something_is_refused(before, after, message):
    assert before in LISTING
    assert error(LISTING.replace(before, after), "net.txt") == message
