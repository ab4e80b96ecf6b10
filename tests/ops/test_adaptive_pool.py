"""Global and adaptive pools."""

import pytest

from cnnscope.ops import AdaptiveAvgPool


@pytest.mark.parametrize("size, target", [(7, 3), (12, 8), (5, 9), (8, 8), (13, 1)])
def test_regions_are_counted_as_they_are_listed(size: int, target: int) -> None:
    op, shape = AdaptiveAvgPool(target=(target, 1)), (1, 1, size, 1)
    lengths = [stop - start for start, stop in op.regions(shape)[0]]
    window = AdaptiveAvgPool(target=(target, 2)).window((1, 1, size, 2))
    assert isinstance(window, tuple)
    assert window[0].kernel == max(lengths)
    assert op.cost(shape).adds == sum(lengths) - target


def test_two_thousand_million_regions_are_not_listed() -> None:
    assert AdaptiveAvgPool(target=(2**31 - 1, 1)).cost((1, 1, 8, 1)).divides == 2**31 - 1
