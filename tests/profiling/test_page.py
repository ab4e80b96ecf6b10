"""What a profile prints, line by line."""

import pytest

from cnnscope import render
from cnnscope.render import View
from cnnscope.render.pages import profile as page
from cnnscope.runtimes import Settings
from tests.profiling.samples import profiled, roofs


def lines(profile, **view):
    return render.text(page, [profile], "terminal", View(**view)).splitlines()


def line(profile, name):
    return next(text.removeprefix(name).strip() for text in lines(profile) if text.startswith(f"{name}  "))


def test_the_headline_says_what_ran_where():
    assert lines(profiled())[0] == ("net · input 16x8x8 · batch 1 · float32 · onnxruntime on cpu, 1 thread")
    wide = profiled(settings=Settings(threads=2, batch=8, dtype="float16"))
    assert lines(wide)[0] == "net · input 16x8x8 · batch 8 · float16 · onnxruntime on cpu, 2 threads"


@pytest.mark.parametrize(
    "name, text",
    [
        (
            "latency",
            "100.0 us median, 100.0 us to 100.0 us with 95% confidence; min 100.0 us, max 100.0 us; "
            "n = 20, too few for p90 (64), p95 (130), p99 (662)",
        ),
        (
            "verdict",
            "stable: standard deviation 0.0% of the mean, interquartile range 0.0% of the median; "
            "stopped when the median was known to 1%",
        ),
        ("throughput", "10,000.0 images/s"),
        # 2 x (2 x 147,456 + 10,240) in 100 us.
        ("speed", "6.10 GFLOP/s, two for each of 305,152 MACs"),
        ("start", "loaded in 250.0 ms, first run 3.000 ms, 12 runs of warm-up"),
        (
            "layers",
            "96.67% of kernel time is on layers, of it 5.0% layout; 8 of 9 layers ran in 6 kernels, 1 removed; "
            "by a stopwatch; timing kernels changed a run by +5.0%",
        ),
        ("memory", "200.0 MB predicted, 90.00 MB held, 8.00 GB were free"),
        ("machine", "A processor, virtual; onnxruntime 1.31.1; fingerprint 0123456789ab"),
        ("runtime", "providers CPUExecutionProvider"),
    ],
)
def test_every_line_below_the_table(name, text):
    assert line(profiled(), name) == text


def test_times_that_do_not_hold_are_not_printed_but_shares_are():
    text = lines(profiled(profiled_seconds=300e-6))
    row = next(row for row in text if row.startswith("stage.a")).split()
    assert "21.0" not in row
    assert "35.0%" in row
    assert line(profiled(profiled_seconds=300e-6), "layers").endswith(
        "timing kernels changed a run by +200.0%, so only shares are shown (above 10%)"
    )


def test_the_speed_is_compared_with_the_machine_s():
    text = line(profiled(ceilings=roofs(20e9, 1e10)), "speed")
    # Without products with padding: 2 x (2 x 123,904 + 10,240) in 100 us are 5.16 GFLOP/s.
    assert text == (
        "6.10 GFLOP/s, two for each of 305,152 MACs; without products with padding 26% of the "
        "20.00 GFLOP/s that this machine does at most (fused multiply-adds in vectors of 256 bits)"
    )


def test_a_profile_without_layer_times_says_so():
    assert line(profiled(kernels=(), removed=(), profiled_seconds=None), "layers") == "not timed"


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_terminal_of_any_width_keeps_names_times_and_shares(width):
    text = lines(profiled(), width=width)
    assert all(len(row) <= width for row in text)
    first = next(row for row in text if row.startswith("stage.a")).split()
    assert {"21.0", "21.0%"} <= {*first}


def test_notes_come_last():
    assert lines(profiled(notes=("the neighbours are noisy",)))[-1] == "≠ the neighbours are noisy"


def test_rows_above_the_roof_of_memory_are_explained_below_the_table():
    told = "cache: above the roof, since it is memory's copy ceiling: the data of small layers stays in faster caches"
    assert told in lines(profiled(ceilings=roofs(1e12, 0.5e9)))
    assert told not in lines(profiled(ceilings=roofs(1e12, 1e12)))
