"""What cells of hyper-parameters may hold, and the shapes that follow from them by hand."""

from fractions import Fraction

import pytest

from cnnscope.errors import CellError
from cnnscope.spec import values
from cnnscope.spec.values import parameter
from tests.spec.reading import analyzed, error, page, shapes


@pytest.mark.parametrize(
    "columns, cells, output",
    [
        #     on a map of 8x10; (n + 2p - k) / s + 1 along each axis, rounded down
        ("kernel", "3", (1, 6, 8)),
        ("kernel", "3x5", (1, 6, 6)),
        ("kernel", "3×5", (1, 6, 6)),
        ("kernel", "3 X 5", (1, 6, 6)),
        ("kernel", "3*5", (1, 6, 6)),
        ("kernel", r"$3 \times 5$", (1, 6, 6)),
        ("kernel", "`3x5`", (1, 6, 6)),
        ("kernel", "**3x5**", (1, 6, 6)),
        ("kernel", "<b>3x5</b>", (1, 6, 6)),
        ("kernel", "3&times;5", (1, 6, 6)),
        ("kernel | stride", "3 | 2", (1, 3, 4)),
        ("kernel | stride", "3 | 1x2", (1, 6, 4)),
        ("kernel | stride", "3 | -", (1, 6, 8)),
        ("kernel | stride", "3 | –", (1, 6, 8)),
        ("kernel | stride", "3 | ", (1, 6, 8)),
        ("kernel | padding", "3 | 1", (1, 8, 10)),
        ("kernel | padding", "3 | 1x0", (1, 8, 8)),
        ("kernel | padding", "3 | 0,1,0,1", (1, 6, 10)),
        ("kernel | padding", "3 | 2, 0, 1, 0", (1, 9, 8)),
        ("kernel | padding", "3 | valid", (1, 6, 8)),
        ("kernel | padding", "3 | VALID", (1, 6, 8)),
        ("kernel | padding | stride", "3 | same | 3", (1, 3, 4)),
        ("kernel | padding | stride", "2 | Same | 1", (1, 8, 10)),
        ("kernel | dilation", "3 | 2", (1, 4, 6)),
        ("kernel | dilation", "3 | 1x3", (1, 6, 4)),
    ],
)
def test_a_convolution_s_cells_give_its_output(columns, cells, output):
    result = analyzed(f"layer | type | maps | {columns}", f"a | conv | 1 | {cells}", input="1x8x10")
    assert shapes(result) == {"a": output}


@pytest.mark.parametrize(
    "columns, cells, params",
    [
        #     3x3 on 4 maps, 8 maps out: 288 weights and 8 biases
        ("bias", "", 296),
        ("bias", "yes", 296),
        ("bias", "No", 288),
        ("groups", "2", 152),
        ("groups", "4", 80),
    ],
)
def test_bias_and_groups_count(columns, cells, params):
    row = f"a | conv | 8 | 3 | {cells}"
    assert analyzed(f"layer | type | maps | kernel | {columns}", row, input="4x8x8").params == params


def test_a_bias_before_a_batch_norm_of_the_same_row_is_left_out_unless_asked_for():
    header = "layer | type | maps | kernel | bias"
    # 288 weights; the norm has two params and two buffers for each of 8 maps.
    assert analyzed(header, "a | conv bn | 8 | 3 |", input="4x8x8").params == 288 + 16
    assert analyzed(header, "a | conv bn | 8 | 3 | yes", input="4x8x8").params == 288 + 8 + 16
    assert analyzed(header, "a | bn conv | 8 | 3 |", input="4x8x8").params == 8 + 288 + 8


def test_commas_group_thousands():
    assert shapes(analyzed("layer | type | maps", "a | fully connected | 1,024")) == {"a": (1024,)}


def test_a_pool_steps_by_its_kernel_unless_told_otherwise():
    result = analyzed(
        "layer | type | kernel | stride | rounding",
        "a | max pool | 3 | | ",
        "b | max pool | 2 | 1 | ",
        "c | avg pool | 2 | 2 | ceil",
        input="1x12x12",
    )
    assert shapes(result) == {"a": (1, 4, 4), "b": (1, 3, 3), "c": (1, 2, 2)}


@pytest.mark.parametrize(
    "text, value",
    [
        ("3", 3),
        ("1,000", 1000),
        ("-1", -1),
        ("0.75", Fraction(3, 4)),
        ("1.0", 1),
        ("1e-2", Fraction(1, 100)),
        ("3/4", Fraction(3, 4)),
        pytest.param("2/4", "2/4", id="2/4 may name the second of four parts"),
        ("1/0", "1/0"),
        ("1/00", "1/00"),
        ("yes", True),
        ("NO", False),
        ("bottleneck", "bottleneck"),
        ("3x3", "3x3"),
        ("1" * 31, "1" * 31),
    ],
)
def test_a_parameter_holds(text, value):
    assert parameter(text) == value
    assert type(parameter(text)) is type(value)


@pytest.mark.parametrize(
    "reader, text, message, hint",
    [
        (values.whole, "", "`` is not a whole number", "write a whole number of at least 1"),
        (values.whole, "3.5", "`3.5` is not a whole number", "write a whole number of at least 1"),
        (values.whole, "-1", "`-1` is too small", "it must be at least 1"),
        (values.whole, "1,00", "`1,00` is not a whole number", "write a whole number of at least 1"),
        (values.whole, "٣", "`٣` is not a whole number", "write a whole number of at least 1"),
        (values.whole, "0", "`0` is too small", "it must be at least 1"),
        (values.whole, "2147483648", "`2147483648` is too large", "at most 2^31 - 1 is read"),
        (values.whole, "9" * 50, f"`{'9' * 37}...` is not a whole number", "write a whole number of at least 1"),
        (values.pair, "1x2x3", "`1x2x3` has 3 numbers", "write 3 or 3x5 (height x width)"),
        (values.pair, "3x", "`3x` lacks a number", "write 3 or 3x5 (height x width)"),
        (values.sides, "1,2,3", "`1,2,3` has 3 sides", "write four: top, left, bottom, right"),
        (
            values.padding,
            "full",
            "`full` is no padding",
            "write same, valid, 1, 1x2 or four sides: top, left, bottom, right",
        ),
        (values.padding, "valdi", "`valdi` is no padding", "did you mean valid?"),
        (values.padding, "-1", "`-1` is too small", "it must be at least 0"),
        (values.sides, "1,,1,1", "`1,,1,1` has 3 sides", "write four: top, left, bottom, right"),
        (values.yes_no, "maybe", "`maybe` is neither yes nor no", "write yes or no"),
        (values.number, "1/0", "`1/0` divides by zero", "write 2, 0.75, 1e-4 or 3/4"),
        (values.number, "1e999", "`1e999` is not a number", "write 2, 0.75, 1e-4 or 3/4"),
        (values.number, "nan", "`nan` is not a number", "write 2, 0.75, 1e-4 or 3/4"),
        (values.share, "1.5", "`1.5` is not a share", "write a number from 0 to 1"),
        (values.share, "200%", "`200%` is not a share", "write a number from 0 to 1"),
        (values.channel_range, "32", "`32` is not a range", "write first:past-the-last, such as 0:32 or 32:"),
        (values.part, "1", "`1` is not a part", "write 1/2 for the first of two halves"),
        (values.comma_pair, "1,2,3", "`1,2,3` has 3 numbers", "write one number, or two: before,after"),
        (values.word(("floor", "ceil")), "round", "`round` is not known here", "write floor or ceil"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(reader, text, message, hint):
    with pytest.raises(CellError) as caught:
        reader(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    "reader, text, value",
    [
        (values.share, "50%", Fraction(1, 2)),
        (values.share, "1", 1),
        (values.number, "3/4", Fraction(3, 4)),
        (values.number, ".5", Fraction(1, 2)),
        (values.links, "0,1 1,2", ((0, 1), (1, 2))),
        (values.channel_range, "0:32", (0, 32)),
        (values.channel_range, "32:", (32, None)),
        (values.channel_range, ":32", (0, 32)),
        (values.part, "1/2", (1, 2)),
        (values.comma_pair, "8", (8, 8)),
        (values.comma_pair, "0,8", (0, 8)),
        (values.extra_pair, "0x1", (0, 1)),
    ],
)
def test_a_cell_of_its_own_syntax_holds(reader, text, value):
    assert reader(text) == value


def test_the_error_of_a_cell_names_file_line_row_and_column():
    assert error(page("layer | type | maps | kernel", "a | conv | 1 | 3", "b | conv | 2 | 3,3")) == (
        "net.md:7: b: kernel: `3,3` is not a whole number\n  write a whole number of at least 1"
    )
