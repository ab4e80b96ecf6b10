"""Rows of a profile, every figure summed by hand."""

import pytest

from cnnscope.profiling.rows import bytes_moved, rows
from cnnscope.runtimes import Kernel, Settings
from tests.profiling.networks import network
from tests.profiling.samples import BLOCK, FUSED, profiled, roofs

MAPS = 16 * 8 * 8 * 4
"""Bytes of a tensor of 16x8x8 float32 values: 4,096."""
CONV = 16 * 16 * 9 * 4
"""Bytes of a 3x3 convolution's kernel; before a batch norm it has no bias."""
BIAS = 16 * 4
NORM = 4 * 16 * 4
"""Bytes of scale, shift, mean and variance."""
MACS = 16 * 16 * 9 * 8 * 8


def by_name(profile, depth=None):
    return {row.name: row for row in rows(profile, depth)}


def test_what_stays_inside_a_fused_block_does_not_move():
    profile = profiled()
    a = {"stage.a", "stage.a.bn", "stage.a.relu"}
    assert bytes_moved(profile, a) == MAPS + (CONV + NORM) + MAPS
    # The second convolution reads the first one's maps and the block's input, and writes their sum once.
    b = {"stage.b", "stage.b.bn", "stage.out", "stage.out.relu"}
    assert bytes_moved(profile, b) == 2 * MAPS + (CONV + NORM) + MAPS
    assert bytes_moved(profile, a | b) == MAPS + 2 * (CONV + NORM) + MAPS
    assert bytes_moved(profile, {"fc"}) == MAPS + (10 * 1024 + 10) * 4 + 10 * 4


def test_batch_and_dtype_scale_what_moves():
    half = profiled(settings=Settings(batch=3, dtype="float16"))
    assert bytes_moved(half, {"stage.a", "stage.a.bn", "stage.a.relu"}) == (2 * 3 * MAPS + CONV + NORM) // 2


def test_a_tensor_that_a_later_layer_reads_moves_although_the_next_one_is_fused():
    graph = network(
        "layer | type | maps | kernel | padding | from",
        "a | conv relu | 16 | 3 | 1 |",
        "b | conv | 16 | 3 | 1 |",
        "out | add | | | | a, b",
    )
    assert bytes_moved(profiled(graph, (), removed=()), {"a", "a.relu"}) == 2 * MAPS + CONV + BIAS
    # Fused with its first reader the maps are written all the same, for the second one.
    assert bytes_moved(profiled(graph, (), removed=()), {"a", "a.relu", "b"}) == MAPS + 2 * (CONV + BIAS) + 2 * MAPS


def test_rows_show_what_their_kernels_ran():
    found = by_name(profiled())
    a, b = found["stage.a"], found["stage.b"]
    assert (a.seconds, a.macs, a.kernels) == (pytest.approx(21e-6), MACS, "ReorderInput + Conv")
    assert a.flops_per_second == pytest.approx((2 * MACS + 2 * 1024 + 1024) / 21e-6)
    assert a.intensity == pytest.approx((2 * MACS + 2 * 1024 + 1024) / (2 * MAPS + CONV + NORM))
    assert (b.seconds, b.kernels) == (25e-6, "Conv with stage.out")
    assert (found["stage.out"].seconds, found["stage.out"].kernels) == (None, "in stage.b")
    assert (found["drop"].seconds, found["drop"].kernels) == (None, "removed")
    assert found["fc"].seconds == pytest.approx(12e-6)


def test_shares_and_lines_add_up_to_the_latency():
    found = by_name(profiled())
    assert found["(no layer)"].seconds == 2e-6
    assert found["(between kernels)"].seconds == pytest.approx(40e-6)
    assert sum(row.seconds or 0 for row in found.values()) == pytest.approx(100e-6)
    assert sum(row.share or 0 for row in found.values()) == pytest.approx(1)


def test_kernels_that_were_slower_while_timed_have_a_negative_line():
    found = by_name(profiled(median=58e-6, profiled_seconds=60e-6))
    assert found["(slower while timed)"].seconds == pytest.approx(-2e-6)
    assert sum(row.share or 0 for row in found.values()) == pytest.approx(1)


@pytest.mark.parametrize("seconds, hold", [(109e-6, True), (111e-6, False), (89e-6, False), (0.0, False), (None, True)])
def test_times_hold_while_the_profiler_costs_a_tenth_at_most(seconds, hold):
    profile = profiled(profiled_seconds=seconds)
    assert profile.times_hold is hold
    found = by_name(profile)
    assert ("(between kernels)" in found) is hold
    assert sum(row.share or 0 for row in found.values()) == pytest.approx(1)


def test_kernels_too_short_for_the_clock_have_no_share():
    kernels = tuple(kernel._replace(seconds=0.0) for kernel in FUSED)
    found = by_name(profiled(kernels=kernels, profiled_seconds=0.0))
    assert {row.share for row in found.values()} == {None}


def test_without_kernel_times_rows_hold_the_analysis_alone():
    found = rows(profiled(kernels=(), removed=(), profiled_seconds=None))
    assert [row.name for row in found] == ["stage.a", "stage.b", "stage.out", "fc", "drop"]
    assert {(row.seconds, row.share, row.kernels) for row in found} == {(None, None, "")}


def test_a_row_that_was_not_timed_is_not_called_removed():
    found = by_name(profiled(kernels=FUSED[:2], removed=()))
    assert found["fc"].kernels == found["drop"].kernels == ""


def test_depth_folds_rows_and_keeps_the_time():
    found = by_name(profiled(), depth=1)
    assert [*found] == ["stage", "fc", "drop", "(no layer)", "(between kernels)"]
    stage = found["stage"]
    assert (stage.type, stage.macs, stage.seconds) == ("3 rows", 2 * MACS, pytest.approx(46e-6))
    assert stage.bytes_moved == MAPS + 2 * (CONV + NORM) + MAPS
    assert stage.kernels == "ReorderInput + Conv"


@pytest.mark.parametrize(
    "compute, copy, bound, of_roof",
    [
        # 'a' has 2 * 147,456 FLOPs less padding (22/24 squared), 3,072 of its norm and ReLU: 250,880; it moves 17,664 bytes in 21 us.
        pytest.param(20e9, 1e12, "compute", 0.597, id="12.5 of 21 us are needed to compute"),
        pytest.param(1e12, 1e9, "memory", 0.841, id="17.7 of 21 us are needed to move"),
        pytest.param(1e12, 0.5e9, "cache", 1.682, id="moved faster than memory can: it lay in a cache"),
        pytest.param(10e9, 1e12, "compute, ABOVE its roof", 1.195, id="computed faster than the ceiling"),
        pytest.param(11.5e9, 1e12, "compute", 1.039, id="within the ceiling's own spread"),
    ],
)
def test_the_bound_is_the_lower_of_the_two_roofs(compute, copy, bound, of_roof):
    found = by_name(profiled(ceilings=roofs(compute, copy)))["stage.a"]
    assert (found.bound, round(found.of_roof, 3)) == (bound, of_roof)


def test_a_row_s_kernels_count_with_the_layer_that_does_most_of_their_work():
    kernels = (Kernel("all", "Conv", 50e-6, ("stage.a.relu", "stage.b", "fc")),)
    found = by_name(profiled(kernels=kernels, removed=()))
    assert found["stage.b"].seconds == 50e-6
    assert found["fc"].kernels == "in stage.b"


def test_the_sample_is_the_block_that_the_sums_are_about():
    assert BLOCK.input_shape == (16, 8, 8)
