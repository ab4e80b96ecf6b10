"""Figures as pages print them, and as cnnscope prints them."""

from fractions import Fraction

import pytest

from cnnscope.errors import CellError
from cnnscope.units import Printed, exact, parse_printed, parse_size, short, short_bytes, short_rate, short_seconds

M = 10**6


@pytest.mark.parametrize(
    "text, value, step",
    [
        ("138,357,544", 138_357_544, 0),
        ("138357544", 138_357_544, 0),
        ("0", 0, 0),
        ("3.2M", 3.2 * M, 0.1 * M),
        ("3.20M", 3.2 * M, 0.01 * M),
        pytest.param("150K", 150_000, 10_000, id="trailing zeros are not significant"),
        ("100M", 100 * M, 100 * M),
        ("24 M", 24 * M, M),
        ("60 million", 60 * M, 10 * M),
        ("1.4 thousand", 1_400, 100),
        ("4.09 GFLOPs", 4_090 * M, 10 * M),
        ("300 MMACs", 300 * M, 100 * M),
        ("1.8x10^9", 1_800 * M, 100 * M),
        ("1.8 × 10**9", 1_800 * M, 100 * M),
        ("2·10^3", 2_000, 1_000),
        ("9.9B", 9_900 * M, 100 * M),
        ("0.5", Fraction(1, 2), Fraction(1, 10)),
        ("(3*3*3)*64", 1_728, 0),
        ("224*224*64", 3_211_264, 0),
        ("224 × 224 × 64", 3_211_264, 0),
        ("1,000*2", 2_000, 0),
    ],
)
def test_a_printed_count_has_a_value_and_the_worth_of_its_last_digit(text, value, step):
    printed = parse_printed(text)
    assert printed == Printed(
        Fraction(value).limit_denominator(10), Fraction(step).limit_denominator(10), about=False, in_bytes=False
    )


@pytest.mark.parametrize(
    "text, value",
    [
        ("96MB", 96 * M),
        ("60.95 MB", 60_950_000),
        ("12.25 MiB", 12_845_056),
        ("1 KiB", 1_024),
        ("2 GB", 2_000 * M),
        ("60950432 B", 60_950_432),
    ],
)
def test_a_figure_may_be_in_bytes(text, value):
    assert (parse_printed(text).value, parse_printed(text).in_bytes) == (value, True)


@pytest.mark.parametrize("text", ["≈ 60M", "~60M", "~= 60M", "ca. 60M", "About 60M"])
def test_about_widens_to_five_percent(text):
    printed = parse_printed(text)
    assert printed.about
    # 60M has one significant digit, which is wider than 5 %.
    assert [printed.holds(count * M) for count in (54, 55, 65, 66)] == [False, True, True, False]
    printed = parse_printed(text.replace("60M", "60.00M"))
    assert [printed.holds(count * M) for count in (56, 57, 63, 64)] == [False, True, True, False]


@pytest.mark.parametrize(
    "text, holds, fails",
    [
        ("3.2M", [3_150_000, 3_249_999, 3_250_000], [3_149_999, 3_250_001]),
        ("150K", [150_528, 145_000, 155_000], [144_999, 155_001]),
        ("1,728", [1_728], [1_727, 1_792]),
        ("4.00", [Fraction(4), Fraction(4_005, 1_000)], [Fraction(4_006, 1_000)]),
    ],
)
def test_a_figure_holds_for_what_rounds_to_it(text, holds, fails):
    printed = parse_printed(text)
    assert all(printed.holds(count) for count in holds)
    assert not any(printed.holds(count) for count in fails)


NO_NUMBER = "a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"
NO_UNIT = "known are K, M, G, B, T and B, KB, MB, GB, KiB, MiB, GiB"


@pytest.mark.parametrize(
    "text, message, hint",
    [
        ("", "`` is not a number", NO_NUMBER),
        ("many", "`many` is not a number", NO_NUMBER),
        ("-5", "`-5` is not a number", NO_NUMBER),
        ("1,2", "`1,2` is not a number", NO_NUMBER),
        ("1.000.000", "`1.000.000` is not a number", NO_NUMBER),
        ("1.2.3M", "`1.2.3M` is not a number", NO_NUMBER),
        ("≈", "`≈` is not a number", NO_NUMBER),
        ("***", "`***` is not a number", NO_NUMBER),
        ("3*", "`3*` is not a number", NO_NUMBER),
        ("((3*3)*64", "`((3*3)*64` is not a number", NO_NUMBER),
        ("1,2*3", "`1,2*3` is not a number", NO_NUMBER),
        ("10^9", "`10^9` is not a number", NO_NUMBER),
        ("9" * 101, f"`{'9' * 40}` is not a number", NO_NUMBER),
        ("3 furlongs", "`3 furlongs` has an unknown unit", NO_UNIT),
    ],
)
def test_what_is_no_figure_says_so(text, message, hint):
    with pytest.raises(CellError) as error:
        parse_printed(text)
    assert (error.value.message, error.value.hint) == (message, hint)


@pytest.mark.parametrize(
    "text, size",
    [("56x56", (56, 56)), ("112 × 112 × 64", (112, 112, 64)), ("7*7", (7, 7)), ("1,000", (1000,)), ("5X5", (5, 5))],
)
def test_a_size_has_up_to_three_sides(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "x", "5x", "1x2x3x4", "5.5x5", "-1x2", "9" * 11])
def test_what_is_no_size_says_so(text):
    with pytest.raises(CellError) as error:
        parse_size(text)
    assert (error.value.message, error.value.hint) == (
        f"`{text}` is not a size",
        "write 56x56, 112x112x64 or one number",
    )


@pytest.mark.parametrize(
    "count, text",
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.00 K"),
        (60_856, "60.86 K"),
        (99_990, "99.99 K"),
        (714_188_480, "714.2 M"),
        (15_470_264_320, "15.47 G"),
        pytest.param(999_949, "999.9 K", id="still rounds down"),
        pytest.param(999_950, "1.00 M", id="1000.0 K is written 1.00 M"),
        (999_999_999_999, "1.00 T"),
        (5 * 10**15, "5000.0 T"),
    ],
)
def test_a_short_count_keeps_three_digits_or_more(count, text):
    assert short(count) == text


def test_bytes_are_decimal():
    assert [short_bytes(count) for count in (840, 25_700, 553_430_176)] == ["840 B", "25.70 KB", "553.4 MB"]


def test_exact_counts_are_grouped():
    assert exact(138_357_544) == "138,357,544"
    assert exact(Fraction(5, 2)) == "2.5"


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0, "0.000 us"),
        (2.5e-8, "0.025 us"),
        (25e-6, "25.00 us"),
        (999.4e-6, "999.4 us"),
        pytest.param(999.96e-6, "1.000 ms", id="no 1000.0 of the smaller unit"),
        (1.2344e-3, "1.234 ms"),
        (16.07e-3, "16.07 ms"),
        (0.99996, "1.000 s"),
        (61.5, "61.50 s"),
        (3600, "3600.0 s"),
        pytest.param(-38.1e-6, "-38.10 us", id="what timing took away"),
    ],
)
def test_times_have_the_unit_that_people_read(seconds, text):
    assert short_seconds(seconds) == text


@pytest.mark.parametrize(
    "rate, text",
    [
        (225.34e9, "225.3 GFLOP/s"),
        (27e9, "27.00 GFLOP/s"),
        (12.34, "12.3 FLOP/s"),
        (999.96, "1000.0 FLOP/s"),
        (0, "0.0 FLOP/s"),
    ],
)
def test_rates_have_a_unit_by_the_second(rate, text):
    assert short_rate(rate, "FLOP") == text
