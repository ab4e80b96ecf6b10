"""What samples say: ranks against printed tables, percentiles against MLPerf's, and what holds for any samples."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnscope.profiling.statistics import PERCENTILES, fewest_samples, summarize

SIGN_TEST = {6: 0, 9: 1, 12: 2, 15: 3, 17: 4, 20: 5, 23: 6, 25: 7, 28: 8, 30: 9}
"""Critical values of the two-sided 5 % sign test, from this n on: Dixon and Mood, JASA 41 (1946), table 1.

The interval that belongs to the test goes from one rank above the critical value to the same rank from the other end
(MacKinnon, JASA 59 (1964), which tabulates n to 1,000)."""


@pytest.mark.parametrize("n", range(6, 31))
def test_the_median_s_interval_is_that_of_the_sign_test(n):
    rank = SIGN_TEST[max(first for first in SIGN_TEST if first <= n)] + 1
    found = summarize([float(number) for number in range(1, n + 1)])
    assert (found.low, found.high) == (rank, n + 1 - rank)


@pytest.mark.parametrize("n", range(1, 6))
def test_five_samples_or_fewer_reach_no_95_percent_so_all_of_them_are_the_interval(n):
    found = summarize([float(number) for number in range(1, n + 1)])
    assert (found.low, found.high) == (1, n)


@pytest.mark.parametrize("n", [50, 99, 500, 999, 1000, 1001, 1002, 2000, 5001])
def test_the_interval_is_the_narrowest_that_covers_95_percent_beyond_the_exact_sums_too(n):
    found = summarize([float(number) for number in range(1, n + 1)])
    rank = int(found.low)

    def covered(rank):
        return 1 - 2 * Fraction(sum(math.comb(n, below) for below in range(rank)), 2**n)

    assert found.high == n + 1 - rank
    # The normal distribution, beyond a thousand, may be off by one rank to the safe side.
    assert covered(rank) >= 0.95 > covered(rank + (1 if n <= 1000 else 2))


def test_one_sample_is_its_own_summary():
    found = summarize([0.5])
    assert found == (1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0, None, None, None)
    assert found.stable


@pytest.mark.parametrize("percent, n", [(90, 64), (95, 130), (99, 662)])
def test_a_percentile_needs_as_many_samples_as_mlperf_asks_for(percent, n):
    """LoadGen's early stopping, https://github.com/mlcommons/inference/blob/master/loadgen/early_stopping.cc."""
    assert fewest_samples(percent) == n
    rising = [1 + number / 1e4 for number in range(n)]
    assert getattr(summarize(rising[:-1]), f"p{percent}") is None
    value = getattr(summarize(rising), f"p{percent}")
    assert sum(sample <= value for sample in rising) / n >= percent / 100
    assert sum(sample < value for sample in rising) / n < percent / 100


def test_percentiles_and_quartiles_are_nearest_ranks():
    found = summarize([float(number) for number in range(1, 1001)])
    assert [getattr(found, f"p{percent}") for percent in PERCENTILES] == [900, 950, 990]
    assert (found.median, found.iqr, found.min, found.max, found.mean) == (500.5, 500, 1, 1000, 500.5)


@pytest.mark.parametrize(
    "samples, stable",
    [
        pytest.param([1.0] * 20, True, id="all alike"),
        pytest.param([1.0, 1.02] * 20, True, id="standard deviation 1 %"),
        pytest.param([1.0, 1.06] * 20, False, id="standard deviation 3 %"),
        pytest.param([1.0] * 39 + [2.0], False, id="one outlier: a median of 1 and a standard deviation of 15 %"),
    ],
)
def test_a_series_is_stable_by_its_deviation_and_its_quartiles(samples, stable):
    assert summarize(samples).stable is stable


@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=300))
def test_the_interval_holds_the_median_whatever_the_samples(samples):
    found = summarize(samples)
    assert found.min <= found.low <= found.median <= found.high <= found.max
    assert found.iqr >= 0 <= found.cv
    assert found.half_width >= 0
    assert found.n == len(samples)
    known = [value for value in found[-3:] if value is not None]
    assert known == sorted(known)
