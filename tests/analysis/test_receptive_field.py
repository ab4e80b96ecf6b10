"""Receptive fields derived by hand; published ones are checked over the zoo."""

from fractions import Fraction

import pytest

from tests.pages import analyzed

TABLE = "| layer | type | maps | kernel | stride | padding | dilation | from | scale | target | mode |\n|-|-|-|-|-|-|-|-|-|-|-|\n"


def row(layer, type, maps="", kernel="", stride="", padding="", dilation="", source="", scale="", target="", mode=""):
    return f"| {layer} | {type} | {maps} | {kernel} | {stride} | {padding} | {dilation} | {source} | {scale} | {target} | {mode} |\n"


def field(*rows, input="3x64x64"):
    return analyzed(TABLE + "".join(rows), input=input).layers[-1].receptive_field


CONV3 = row("a", "conv", 4, 3)


@pytest.mark.parametrize(
    "rows, size, stride, padding",
    [
        pytest.param(
            [CONV3, row("b", "conv", 4, 3), row("c", "conv", 4, 3)], 7, 1, 0, id="three 3x3 see as much as one 7x7"
        ),
        pytest.param(
            [row("a", "conv", 4, 7, 2, 3), row("b", "max pool", "", 3, 2, 1)], 11, 4, 5, id="a residual network's stem"
        ),
        pytest.param(
            [row("a", "conv", 4, 3, "", 2, 2), row("b", "conv", 4, 3, "", 4, 4)], 13, 1, 6, id="dilations 2 and 4"
        ),
        pytest.param([row("a", "conv", 4, 3, 2, "same")], 3, 2, 0, id="TensorFlow pads an even size at the end only"),
        pytest.param(
            [row("a", "max pool", "", 2), row("b", "upsample", "", "", "", "", "", "", 2)],
            2,
            1,
            Fraction(1, 2),
            id="upsampling undoes the stride of a pool, half a pixel off",
        ),
        pytest.param(
            [row("a", "pad", "", "", "", "2"), CONV3.replace("| a ", "| b ")], 3, 1, 2, id="a pad row moves the view"
        ),
        pytest.param(
            [row("a", "adaptive avg pool", target="8x8")], 8, 8, 0, id="an adaptive pool that divides is a plain pool"
        ),
    ],
)
def test_a_chain_composes(rows, size, stride, padding):
    seen = field(*rows)
    assert seen.status == "exact"
    for axis in (seen.vertical, seen.horizontal):
        assert (axis.size, axis.stride, axis.padding) == (size, stride, padding)


def test_axes_are_kept_apart():
    seen = field(row("a", "conv", 4, "1x7", "1x2", "0x3"))
    assert (seen.vertical, seen.horizontal) == ((1, 1, 0), (7, 2, 3))


def test_a_merge_sees_the_union_of_its_branches():
    seen = field(row("a", "conv", 4, 5, "", 2), row("b", "conv", 4, 1, source="in"), row("c", "add", source="a, b"))
    assert (seen.vertical, seen.status) == ((5, 1, 2), "exact")


def test_branches_with_other_centres_are_marked():
    seen = field(
        row("a", "conv", 4, 3, "", "0,0,2,2"), row("b", "conv", 4, 1, source="in"), row("c", "concat", source="a, b")
    )
    assert (seen.vertical, seen.status) == ((3, 1, 0), "misaligned")


def test_a_gate_of_one_pixel_does_not_widen_the_view():
    seen = field(CONV3, row("g", "global avg pool"), row("m", "multiply", source="a, g"))
    assert (seen.vertical, seen.status) == ((3, 1, 0), "exact")


@pytest.mark.parametrize(
    "last",
    [
        row("z", "global avg pool"),
        row("z", "fully connected", 10),
        row("z", "layer norm"),
    ],
)
def test_global_and_fully_connected_layers_see_everything(last):
    seen = field(CONV3, last)
    expected = "exact" if "layer norm" in last else "whole input"
    assert seen.status == expected


def test_a_transposed_convolution_moves_by_a_fraction():
    seen = field(row("a", "transposed conv", 4, 4, 2, 1))
    # An output of a 4x4 kernel with stride 2 meets two input pixels each way.
    assert (seen.vertical.size, seen.vertical.stride) == (2, Fraction(1, 2))


def test_the_network_s_own_figure_is_that_of_its_last_spatial_layer():
    report = analyzed(TABLE + CONV3 + row("p", "global avg pool") + row("f", "fully connected", 10), input="3x64x64")
    assert report.receptive_field == report.layers[0].receptive_field


def test_a_network_of_neurons_has_none():
    assert analyzed(TABLE + row("f", "fully connected", 10), input="8").receptive_field is None


def test_a_view_wider_than_any_input_is_the_whole_input():
    rows = [row(f"c{index}", "conv", 1, 1, 2**31 - 1) for index in range(40)]
    assert field(*rows, input="1x8x8").status == "whole input"
