"""Rows timed as networks of their own."""

from itertools import count

from cnnscope.profiling import alone
from cnnscope.profiling.alone import row_times
from cnnscope.runtimes import Settings
from tests.profiling.networks import SMALL, network


def test_every_row_is_timed_and_names_all_of_its_layers():
    times = row_times(SMALL["residual"], Settings(), seconds=0, stop=lambda: False)
    rows: dict[str, list[str]] = {}
    for node in SMALL["residual"].nodes:
        rows.setdefault(node.row, []).append(node.name)
    assert {kernel.name: [*kernel.layers] for kernel in times.kernels} == rows
    assert all(kernel.seconds >= 0 for kernel in times.kernels)
    assert (times.whole, times.nodes) == (None, None)


def test_rows_that_are_alike_are_measured_once_and_an_empty_network_s_time_is_taken_off(monkeypatch):
    measured = []
    medians = count(1)

    def median(graph, row, settings, seconds):
        measured.append(row[0].node.row)
        return float(next(medians))

    monkeypatch.setattr(alone, "_median", median)
    graph = network(
        "layer | type | maps | kernel | padding",
        "a | conv relu | 16 | 3 | 1",
        "b | conv relu | 16 | 3 | 1",
        "c | conv | 16 | 3 | 1",
    )
    times = row_times(graph, Settings(), seconds=0, stop=lambda: False)
    assert (measured[0], measured[1] in "ab", measured[2:]) == ("nothing", True, ["c"])
    assert [kernel.seconds for kernel in times.kernels] == [1, 1, 2]


def test_an_interrupt_keeps_the_rows_that_were_measured():
    asked = iter([False, True])
    times = row_times(SMALL["chain"], Settings(), seconds=0, stop=lambda: next(asked))
    assert [kernel.name for kernel in times.kernels] == ["a"]
