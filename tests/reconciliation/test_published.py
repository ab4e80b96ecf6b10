"""Other tools' figures come out of ours: to the last digit where a tool was run, as printed where it was published."""

import csv
from collections import defaultdict

import pytest

import cnnscope
from cnnscope.reconciliation.tools import all_tools
from tests.reconciliation import page
from tests.reconciliation.published import CELLS, DATA, REASONS, agrees, judged, reconciled, rows


def returned() -> dict[str, dict[tuple[str, str], int]]:
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    with (DATA / "figures_of_tools.csv").open(encoding="utf-8") as file:
        for entry in csv.DictReader(file):
            found[entry["network"]][entry["tool"], entry["figure"]] = int(entry["value"])
    return found


RETURNED = returned()


@pytest.mark.parametrize("network", RETURNED)
def test_what_tools_returned_comes_out_to_the_last_digit(network):
    ours = {(one.tool, one.quantity): one.theirs for one in reconciled(network, "").figures}
    assert {name: ours[name] for name in RETURNED[network]} == RETURNED[network]


def test_published_rows_come_out_under_their_source_s_convention():
    missed = [(row.tool, row.name) for row, bad in judged() if bad]
    assert len(judged()) >= 500
    assert len(missed) <= 0.05 * len(judged())
    assert set(missed) == set(REASONS), "every miss has its reason, and no reason is left over"


def test_every_source_is_a_tool_whose_figures_are_compared():
    assert {row.tool for row in rows()} == set(CELLS)
    assert set(CELLS) <= {tool.name for tool in all_tools()}


def test_every_name_of_a_source_is_in_its_rows_and_means_a_network_or_none():
    with (DATA / "names_of_sources.csv").open(encoding="utf-8") as file:
        mapped = {(entry["tool"], entry["name"]): entry["network"] for entry in csv.DictReader(file)}
    assert mapped.keys() <= {(row.tool, row.name) for row in rows()}
    assert set(mapped.values()) <= {"", *cnnscope.networks()}


def test_the_page_of_misses_is_up_to_date():
    assert page.PAGE.read_text("utf-8") == page.text(), "run `make docs`"


@pytest.mark.parametrize(
    "printed, computed, cut, holds",
    [
        ("25557032", 25_557_032, False, True),
        ("25557032", 25_557_033, False, False),
        ("24895000", 24_894_848, False, True),
        ("4.12G", 4_124_999_999, False, True),
        ("4.12G", 4_125_000_001, False, False),
        ("153M", 153_941_888, True, True),
        ("153M", 154_000_000, True, False),
        ("<25M", 23_834_568, False, True),
        ("233 MB", 232.6 * 2**20, False, True),
    ],
)
def test_printed_figures_are_held_to_their_digits(printed, computed, cut, holds):
    assert agrees(printed, computed, cut) == holds
