"""The verdicts of static budgets on planted reports, and what no verdict may ever do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnscope
from cnnscope.analysis.report import Report
from cnnscope.budgets.baseline import NoBaseline
from cnnscope.budgets.case import Case
from cnnscope.budgets.config import Check, Written
from cnnscope.budgets.entries import entry
from cnnscope.budgets.grammar import budget
from cnnscope.budgets.judge import judge
from cnnscope.budgets.verdicts import STATUSES, Verdict, Verdicts
from cnnscope.errors import UsageError
from tests.budgets.conftest import MACS, PAGE, PARAMS
from tests.spec.reading import report

NET = report(PAGE)


def partial(found: Report) -> Report:
    return replace(
        found, missing=("the maps of conv3 (line 9); a column `maps` tells them", "the stride of conv3 (line 9)")
    )


def checked(*texts, level="fail", path="cnnscope.toml"):
    return Check("edge", ("net.md",), tuple(Written(budget(text)._replace(level=level)) for text in texts), path=path)


def verdict(text, *, base=None, report=NET, others=(), level="fail", path="cnnscope.toml"):
    check = checked(text, *others, level=level, path=path)
    return judge(Case(check, "net", report, base), check.budgets[0])


def of_base(*texts, page=PAGE, **changes):
    """The baseline's entry for these budgets and another page."""
    return entry(report(page), checked(*texts), None)._replace(**changes)


WIDER = PAGE.replace("| conv2 | conv | 8 |", "| conv2 | conv | 16 |")
NARROWER = PAGE.replace("| conv2 | conv | 8 |", "| conv2 | conv | 4 |")


@pytest.mark.parametrize(
    "text, status",
    [
        pytest.param(f"params <= {PARAMS}", "thin", id="exactly at the limit holds, with nothing to spare"),
        pytest.param(f"params < {PARAMS}", "fail", id="below is below"),
        pytest.param(f"params <= {PARAMS - 1}", "fail", id="one too many"),
        pytest.param(f"params == {PARAMS}", "pass", id="equal"),
        pytest.param(f"params == {PARAMS + 1}", "fail", id="not equal"),
        pytest.param(f"params >= {PARAMS + 1}", "fail", id="too few"),
        pytest.param("params > 1K", "pass", id="enough"),
        pytest.param("params <= 5578", "pass", id="2.008 % left"),
        pytest.param("params <= 5577", "thin", id="1.99 % left"),
        pytest.param("buffers <= 0", "pass", id="a limit of zero has no headroom"),
        pytest.param("params@conv* <= 336", "thin", id="40 + 296 in both convolutions"),
        pytest.param("params@conv* <= 335", "fail", id="and not one less"),
        pytest.param("params@conv1 == 40", "pass", id="a row by name"),
        pytest.param("macs == 25856", "pass", id="2,304 + 18,432 + 5,120"),
        pytest.param("receptive_field == 5", "pass", id="two 3x3 convolutions see 5"),
        pytest.param("receptive_field@conv1 == 3", "pass", id="one sees 3"),
        pytest.param("depth == 3", "pass", id="depth"),
        pytest.param("flops.adds@fc == 10", "pass", id="ten biases"),
        pytest.param("peak_activation_bytes <= 3 kB", "fail", id="4 and 8 maps of 64 floats: 3,072"),
        pytest.param("peak_activation_bytes <= 3 KiB", "thin", id="which is 3 KiB"),
        pytest.param("claims == hold", "pass", id="claims"),
    ],
)
def test_absolute_limits_are_decided_exactly(text, status):
    assert verdict(text).status == status


@pytest.mark.parametrize(
    "text, status",
    [
        pytest.param("params <= 5K", "fail", id="broken already, more would break it further"),
        pytest.param("params <= 10K", "undecided", id="what is missing may break it"),
        pytest.param("params >= 5K", "pass", id="held already"),
        pytest.param("params >= 10K", "undecided", id="what is missing may hold it"),
        pytest.param(f"params == {PARAMS}", "undecided", id="what is missing may be nothing"),
        pytest.param("params == 5K", "fail", id="above it already"),
        pytest.param("receptive_field >= 5", "undecided", id="a view does not add up"),
        pytest.param("peak_activation_bytes <= 1 B", "undecided", id="nor does a peak"),
    ],
)
def test_a_partial_total_is_a_lower_bound(text, status):
    found = verdict(text, report=partial(NET))
    assert (found.status, found.at_least) == (status, True)
    if status == "undecided":
        assert (found.why, found.hint) == (
            "the total is a lower bound: the page leaves out the maps of conv3 (line 9) and 1 more",
            "a column `maps` tells them",
        )


def test_what_a_page_leaves_out_bounds_no_ratio():
    found = verdict("intensity <= 100", report=partial(NET))
    assert (found.status, found.value, found.at_least) == ("undecided", None, False)


def test_a_lower_bound_is_never_new_since_it_is_never_recorded():
    assert verdict("macs <= base", others=["params >= 1K"]).status == "new"
    assert verdict("macs <= base", others=["params >= 1K"], report=partial(NET)).status == "undecided"


def test_claims_of_a_page_that_leaves_something_out_are_not_all_told():
    found = verdict("claims == hold", report=partial(NET))
    told = "3 printed figures hold, others cannot be told: the page leaves out the maps of conv3 (line 9) and 1 more"
    assert (found.status, found.why) == ("undecided", told)
    wrong = partial(report(PAGE.replace("| 296 |", "| 300 |")))
    assert verdict("claims == hold", report=wrong).status == "fail"


@pytest.mark.parametrize(
    "text, page, status",
    [
        pytest.param("macs <= base", PAGE, "pass", id="unchanged"),
        pytest.param("macs == base", PAGE, "pass", id="exactly as before"),
        pytest.param("macs <= base", WIDER, "pass", id="less than before"),
        pytest.param("macs == base", WIDER, "fail", id="not as before"),
        pytest.param("macs <= base + 1%", NARROWER, "fail", id="more than before"),
        pytest.param("macs <= base + 300%", NARROWER, "pass", id="more, and allowed"),
        pytest.param("macs <= base + 100K", NARROWER, "pass", id="an amount more, and allowed"),
        pytest.param("macs < base", PAGE, "fail", id="must shrink"),
    ],
)
def test_limits_beside_the_baseline(text, page, status):
    assert verdict(text, base=of_base(text, page=page)).status == status


def test_a_base_that_cannot_be_had_is_undecided_whatever_else_holds():
    gone = NoBaseline("there is no baseline b.json")
    assert verdict("macs <= base", base=gone, others=["params <= 6K"]).status == "undecided"


def test_a_new_network_is_new_where_an_absolute_limit_guards_it():
    assert verdict("macs <= base", others=["params <= 6K"]).status == "new"
    alone = verdict("macs <= base")
    assert (alone.status, alone.why) == (
        "undecided",
        "the baseline does not know it yet, and the check has no absolute limit",
    )


@pytest.mark.parametrize(
    "others, level, path, why",
    [
        pytest.param(
            ["claims == hold"], "fail", "cnnscope.toml", "the check has no absolute limit", id="claims limit no cost"
        ),
        pytest.param(
            ["params <= 6K"], "warn", "cnnscope.toml", "the check has no absolute limit", id="a warning stops nothing"
        ),
        pytest.param(
            ["params <= 6K"], "fail", "", "has no figure of it under a check `edge`", id="no file would ever record it"
        ),
    ],
)
def test_a_new_network_that_nothing_guards_is_undecided(others, level, path, why):
    found = verdict("macs <= base", others=others, level=level, path=path)
    assert (found.status, why in found.why) == ("undecided", True), found.why


@pytest.mark.parametrize(
    "text, changes, why",
    [
        ("macs <= base", {"input_shape": (8, 1, 8, 8)}, "its input is 8x1x8x8, not 1x1x8x8"),
        ("weight_bytes <= base", {"dtype": "int8"}, "its dtype is int8, not float32"),
        ("training_bytes <= base", {"optimizer": "adam"}, "its optimizer is adam, not momentum"),
    ],
)
def test_other_settings_do_not_compare(text, changes, why):
    found = verdict(text, base=of_base(text, **changes))
    assert (found.status, found.why) == ("undecided", f"the baseline is incomparable: {why}")


def test_counts_compare_at_any_dtype():
    assert verdict("macs <= base", base=of_base("macs <= base", dtype="int8")).status == "pass"


@pytest.mark.parametrize(
    "page, why",
    [
        (WIDER, "inherited: the baseline broke it already, with 10,882; this change does not worsen it"),
        (NARROWER, "the baseline broke it already, with 2,758; this change worsens it"),
    ],
)
def test_what_the_base_broke_already_is_said(page, why):
    found = verdict("params <= 1K", base=of_base("params <= 1K", page=page))
    assert (found.status, found.why) == ("fail", why)


def test_what_the_base_held_is_said():
    found = verdict("params <= 5K", base=of_base("params <= 5K", page=NARROWER))
    assert (found.status, found.why) == ("fail", "the baseline held it with 2,758")


def test_a_count_that_changed_without_the_layers_is_said():
    kept = of_base("macs <= base")
    found = verdict("macs <= base", base=kept._replace(figures={"macs": MACS - 1}))
    assert found.why == "the layers are those of the baseline: the counting changed, not the network"


def test_the_edited_row_is_blamed_before_the_rows_that_only_moved():
    found = verdict("params <= base", base=of_base("params <= base", page=NARROWER))
    assert [(one.row, one.line, one.base, one.value, one.edited) for one in found.blamed] == [
        ("conv2", 8, 148, 296, True),
        ("fc", 9, 2570, 5130, False),
    ]
    assert found.spec == ("net.md", 8)


def test_rows_that_came_and_went_are_named():
    other = PAGE.replace("| conv2 |", "| other |")
    found = verdict("params < base", base=of_base("params < base", page=other))
    assert [(one.row, one.remark) for one in found.blamed] == [("conv2", "new"), ("other", "gone")]


def test_without_a_baseline_the_biggest_rows_are_named():
    assert [one.row for one in verdict("params <= 5K").blamed] == ["fc", "conv2", "conv1"]
    assert [one.row for one in verdict("params@conv* <= 5").blamed] == ["conv2", "conv1"]


def test_the_peak_names_its_layer_and_what_is_alive():
    found = verdict("peak_activation_bytes <= 1 kB")
    assert [(one.row, one.value, one.remark) for one in found.blamed] == [
        ("conv2", 2048, "runs at the peak"),
        ("conv1", 1024, "alive"),
    ]


def test_a_false_claim_is_blamed_on_its_line():
    found = verdict("claims == hold", report=report(PAGE.replace("| 296 |", "| 300 |")))
    assert (found.status, found.why, found.spec.line) == ("fail", "1 of 3 printed figures do not hold", 8)


def test_a_broken_warning_warns():
    assert verdict("params <= 5K", level="warn").status == "warn"
    assert verdict("macs <= base", level="warn").status == "undecided"


statuses = st.lists(st.sampled_from(STATUSES), max_size=6)


@given(statuses, st.booleans())
def test_the_exit_code_follows_from_the_verdicts(found, exit_zero):
    run = Verdicts(tuple(Verdict("c", "n", "b", "m", status) for status in found), exit_zero=exit_zero)
    decided = set(found) & {"pass", "thin", "warn", "fail"}
    if "fail" in found and not exit_zero:
        assert (run.status, run.exit_code) == ("fail", 1)
    elif "undecided" in found or not decided:
        assert run.exit_code == 3
    else:
        assert run.exit_code == 0
    if run.exit_code == 0:
        assert "undecided" not in found
        assert decided


@given(
    st.sampled_from(
        ["params", "macs", "flops", "weight_bytes", "peak_activation_bytes", "depth", "receptive_field", "params@conv*"]
    ),
    st.sampled_from(["<=", "<", ">=", ">", "=="]),
    st.integers(1, 2 * MACS),
    st.booleans(),
    st.sampled_from(["absolute", "base", "no entry", "no file"]),
)
def test_never_green_when_undecided(metric, op, number, is_partial, base):
    """Green means: the value is known, the limit is known, and the comparison holds."""
    unit = " B" if metric.endswith("bytes") else ""
    text = f"{metric} {op} {number}{unit}" if base == "absolute" else f"{metric} {op} base"
    kept = {"base": of_base(text), "no file": NoBaseline("gone")}.get(base)
    found = verdict(text, base=kept, report=partial(NET) if is_partial else NET)
    run = Verdicts((found,))
    if run.exit_code == 0:
        assert found.value is not None
        assert found.limit is not None
        assert eval(f"{found.value} {op} {found.limit.numerator} / {found.limit.denominator}")
        assert not is_partial or op in (">=", ">")
        assert base in ("absolute", "base")
    if base in ("no entry", "no file"):
        assert run.exit_code == 3


def test_verdicts_print_themselves_as_the_command_does(folder, run):
    given = ["params <= 6K", "macs <= 20K"]
    found = cnnscope.check("net.md", given)
    code, out, _ = run("check", "net.md", "--budget", given[0], "--budget", given[1])
    assert (found.exit_code, f"{found}") == (code, out) == (1, found.render("terminal"))
    assert found == cnnscope.check("net.md", *given)
    assert found.to_json() == run("check", "net.md", "--budget", given[0], "--budget", given[1], "--format", "json")[1]
    with pytest.raises(UsageError) as error:
        found.render("pdf")
    assert str(error.value) == "no output format pdf\n  known are csv, html, json, latex, markdown, terminal"
