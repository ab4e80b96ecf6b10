"""What a budget says, and that it is read back as it is printed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnscope.budgets.grammar import OPERATORS, Budget, Relative, budget
from cnnscope.budgets.metrics import MEASURED, METRICS, STATIC
from cnnscope.budgets.units import UNITS, quantity, spoken
from cnnscope.errors import CellError


@pytest.mark.parametrize(
    "text, figure, op, value",
    [
        pytest.param("params <= 5M", "params", "<=", 5_000_000, id="SI counts"),
        pytest.param("params<=5M", "params", "<=", 5_000_000, id="no spaces"),
        pytest.param("  params  <=  5M  ", "params", "<=", 5_000_000, id="many spaces"),
        pytest.param("params <= 1.5M", "params", "<=", 1_500_000, id="decimals"),
        pytest.param("params < 840", "params", "<", 840, id="no unit"),
        pytest.param("macs >= 2K", "macs", ">=", 2_000, id="thousands"),
        pytest.param("macs > 2G", "macs", ">", 2 * 10**9, id="billions"),
        pytest.param("peak_activation_bytes <= 8 MB", "peak_activation_bytes", "<=", 8_000_000, id="MB is 10^6"),
        pytest.param("peak_activation_bytes <= 8MiB", "peak_activation_bytes", "<=", 8 * 2**20, id="MiB is 2^20"),
        pytest.param("weight_bytes <= 3 kB", "weight_bytes", "<=", 3_000, id="kB is 10^3"),
        pytest.param("weight_bytes == 246784 B", "weight_bytes", "==", 246_784, id="bytes"),
        pytest.param("latency.p90 <= 120 ms", "latency.p90", "<=", Fraction(120, 1000), id="milliseconds"),
        pytest.param("latency.min <= 80us", "latency.min", "<=", Fraction(80, 10**6), id="microseconds"),
        pytest.param("throughput >= 8.5", "throughput", ">=", Fraction(17, 2), id="images per second"),
        pytest.param("receptive_field >= 224", "receptive_field", ">=", 224, id="pixels"),
        pytest.param("params@head.* <= 1.5M", "params@head.*", "<=", 1_500_000, id="layers"),
        pytest.param("params@3x3 reduce <= 9K", "params@3x3 reduce", "<=", 9_000, id="a layer with a space"),
        pytest.param("flops.adds <= 0", "flops.adds", "<=", 0, id="one kind of arithmetic, and a limit of zero"),
    ],
)
def test_a_budget_is_read_exactly(text, figure, op, value):
    found = budget(text)
    assert (found.figure, found.op, found.limit.value) == (figure, op, value)


@pytest.mark.parametrize(
    "text, of_1000",
    [
        pytest.param("macs <= base", 1000, id="no more than before"),
        pytest.param("macs <= base + 1%", 1010, id="a percentage"),
        pytest.param("macs <= base+2.5 %", 1025, id="decimals of a percentage"),
        pytest.param("macs >= base - 5%", 950, id="less"),
        pytest.param("macs <= base + 1.5K", 2500, id="an amount"),
        pytest.param("macs <= base - 100%", 0, id="all of it"),
        pytest.param("macs <= base + 0%", 1000, id="nothing"),
    ],
)
def test_a_limit_beside_the_baseline(text, of_1000):
    found = budget(text)
    assert isinstance(found.limit, Relative)
    assert found.limit.limit(Fraction(1000)) == of_1000


def test_claims_hold_or_do_not():
    assert str(budget("claims==hold")) == "claims == hold"


digits = st.one_of(
    st.integers(0, 10**9).map(str),
    st.tuples(st.integers(0, 10**6), st.text("0123456789", min_size=1, max_size=6)).map(
        lambda part: f"{part[0]}.{part[1]}"
    ),
)
patterns = st.text("abcxyz0123456789._*?[]- ", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def budgets(draw):
    """The text of any budget that means something."""
    metric = draw(st.sampled_from(sorted(METRICS.values())))
    if metric.kind == "claims":
        return "claims == hold"
    at = f"@{draw(patterns)}" if metric.part and draw(st.booleans()) else ""
    number = (
        f"{draw(digits)}{draw(st.sampled_from(['', ' ']))}{draw(st.sampled_from(sorted(UNITS[metric.kind])))}".strip()
    )
    relative = (not metric.measured or metric.has_interval) and draw(st.booleans())
    # No network breaks `>= 0`, so that is no budget.
    zero = not relative and not Fraction(number.rstrip("BKMGikusm "))
    known = [op for op in OPERATORS if not (op == ">=" and zero) and not (op == "==" and metric.measured)]
    op = draw(st.sampled_from(known))
    if not relative:
        return f"{metric.name}{at} {op} {number}"
    if op == "==" or draw(st.booleans()):
        return f"{metric.name}{at} {op} base"
    step = draw(st.sampled_from([number, f"{draw(st.integers(0, 100))}.{draw(st.integers(0, 9))}%"]))
    sign = "+" if step.startswith("100.") else draw(st.sampled_from("+-"))
    return f"{metric.name}{at} {op} base {sign} {step}"


@given(budgets())
def test_what_is_printed_is_read_back(text):
    found = budget(text)
    assert budget(str(found)) == found
    assert str(budget(str(found))) == str(found)


@given(st.text(max_size=40))
def test_any_other_text_is_an_error_with_a_remedy(text):
    try:
        found: Budget | CellError = budget(text)
    except CellError as error:
        found = error
    assert isinstance(found, Budget) or (found.message and found.hint)


@given(st.sampled_from(list(UNITS)), st.text(max_size=12))
def test_a_limit_is_a_finite_number_of_its_unit_or_an_error(kind, text):
    try:
        found = quantity(text, kind)
    except CellError:
        return
    assert found.value >= 0
    assert found.unit in UNITS[kind]


def test_static_and_measured_metrics_are_told_apart():
    assert not any(metric.measured for metric in STATIC)
    assert all(metric.measured for metric in MEASURED)


@pytest.mark.parametrize(
    "value, kind, text",
    [
        (3_504_872, "count", "3,504,872"),
        (Fraction(303_782_014_72, 100), "count", "303,782,014.7"),
        (25_690_112, "bytes", "25.69 MB"),
        (840, "bytes", "840 B"),
        (0, "bytes", "0 B"),
        (0.0124, "seconds", "12.4 ms"),
        (1.5, "seconds", "1.5 s"),
        (0.00008, "seconds", "80 us"),
        (Fraction(435, 2), "number", "217.5"),
        (float("nan"), "number", "nan"),
        (float("inf"), "seconds", "inf"),
    ],
)
def test_values_in_words(value, kind, text):
    assert spoken(value, kind) == text
