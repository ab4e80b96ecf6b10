"""Whatever stands in {...}: what it is worth, and what is not of the grammar."""

from fractions import Fraction

import pytest

from cnnscope.errors import CellError
from cnnscope.spec.expressions import HELP, names_in, parse

NAMES = {
    "n": 3,
    "width": 64,
    "alpha": Fraction(3, 4),
    "block": "basic",
    "wide": True,
    "in.maps": 256,
    "in.height": 7,
    "in2.maps": 32,
}


@pytest.mark.parametrize(
    "text, value",
    [
        ("1 + 2 * 3", 7),
        ("(1+2)*3", 9),
        ("n - 5", -2),
        ("-(-n)", 3),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 4", 3),
        ("7 / 2", Fraction(7, 2)),
        ("width / 2", 32),
        ("alpha * width", 48),
        ("in.maps // 2", 128),
        ("in2.maps + in.height", 39),
        ("4*width if in.maps != 4*width else 0", 0),
        ("1 < n < 3", False),
        ("1 < n <= 3", True),
        ("n == 3 and width >= 64", True),
        ("n > 3 or wide", True),
        ("not wide", False),
        ("block", "basic"),
        ("wide", True),
        ("min(n, 2, 5)", 2),
        ("max(n, 2)", 3),
        ("ceil(7 / 2)", 4),
        ("floor(-7 / 2)", -4),
        pytest.param("round_to(alpha * 16, 8)", 16, id="12 lies halfway between 8 and 16, and goes up"),
        pytest.param("round_to(18, 8)", 24, id="16 would be less than 90 % of 18"),
        pytest.param("round_to(3, 8)", 8, id="never less than the divisor"),
    ],
)
def test_an_expression_is_worth(text, value):
    found = parse(text)(NAMES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "n +",
        "2 ** 3",
        "1 << 30",
        "n & 1",
        "~n",
        "+n",
        "n is 3",
        "n in n",
        "n = 3",
        "(n := 3)",
        "n, 2",
        "[n]",
        "n[0]",
        "{n}",
        "'a'",
        "f'{n}'",
        "True",
        "None",
        "1.5",
        "1e3",
        "0x10",
        "1_000",
        "1if n else 2",
        "lambda: 1",
        "(yield)",
        "n for n in n",
        "open(n)",
        "abs(n)",
        "min()",
        "min(n)",
        "min(*n)",
        "min(n, 2, key=n)",
        "round_to(n)",
        "min",
        "n()",
        "min(n, 2)()",
        "in",
        "in.depth",
        "in1.maps",
        "in.maps.real",
        "n.real",
        "(1).real",
        "n__m",
        "__import__('os')",
        "\uff4e",
        "п",
        "n\x00",
        "(" * 150,
        "not " * 49,
    ],
)
def test_what_is_not_of_the_grammar_is_refused(text):
    with pytest.raises(CellError) as error:
        parse(text)(NAMES)
    if text == "min":
        assert error.value.message == "{min}: no such parameter"
    else:
        assert (error.value.message, error.value.hint) == (f"{{{text}}} is not an expression", HELP)


@pytest.mark.parametrize(
    "text, message, hint",
    [
        ("1 / (n - 3)", "{1 / (n - 3)} divides by zero", "guard it: {a if b != 0 else c}"),
        ("7 // 0", "{7 // 0} divides by zero", "guard it: {a if b != 0 else c}"),
        ("7 % 0", "{7 % 0} divides by zero", "guard it: {a if b != 0 else c}"),
        ("round_to(n, 0)", "{round_to(n, 0)} divides by zero", "guard it: {a if b != 0 else c}"),
        ("block + 1", "{block + 1} computes with a word", "arithmetic needs numbers on both sides"),
        ("block == 1", "{block == 1} computes with a word", "arithmetic needs numbers on both sides"),
        ("1 if block else 2", "{1 if block else 2} computes with a word", "arithmetic needs numbers on both sides"),
        ("not block", "{not block} computes with a word", "arithmetic needs numbers on both sides"),
        ("9999999999 * 9999999999", "{9999999999 * 9999999999} is larger than 2^63", "use smaller numbers"),
        ("m", "{m}: no such parameter", "known here: alpha, block, in.height, in.maps, in2.maps, n, wide, width"),
        (
            "in.width",
            "{in.width}: no such parameter",
            "known here: alpha, block, in.height, in.maps, in2.maps, n, wide, width",
        ),
        ("1+" * 100 + "1", "an expression of 201 characters", "at most 200 are read"),
        ("1" * 1_000_000, "an expression of 1,000,000 characters", "at most 200 are read"),
    ],
)
def test_an_expression_that_has_no_value_says_why(text, message, hint):
    with pytest.raises(CellError) as error:
        parse(text)(NAMES)
    assert (error.value.message, error.value.hint) == (message, hint)


def test_a_long_sum_of_powers_of_the_largest_number_is_refused_at_once():
    with pytest.raises(CellError, match="larger than"):
        parse("*".join(["n"] * 100))({"n": 2**63})


def test_names_in_are_the_parameters_that_an_expression_reads():
    assert names_in("min(width, i) + in.maps") == {"width", "i"}
    assert names_in("2 **") == set()
    assert names_in("a" * 201) == set()
