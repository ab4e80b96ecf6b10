"""Rows that are called several times, perhaps, or with other inputs than the row above."""

import pytest

from tests.spec.reading import analyzed, error, page, report, shapes, table


def inputs(result):
    return {layer.name: layer.inputs for layer in result.layers}


def test_repeat_calls_a_row_in_a_chain_and_numbers_from_one():
    result = analyzed(
        "layer | type | maps | kernel | repeat", "a | conv | 4 | 3 | 3", "b | relu | | | 1", input="1x9x9"
    )
    assert shapes(result) == {"a.1": (4, 7, 7), "a.2": (4, 5, 5), "a.3": (4, 3, 3), "b.1": (4, 3, 3)}
    assert inputs(result)["a.2"] == ("a.1",)
    assert inputs(result)["b.1"] == ("a.3",)
    # 9 + 1 weights and biases per map from one map, 36 + 1 from four.
    assert [layer.params for layer in result.layers] == [40, 148, 148, 0]


def test_a_stride_belongs_to_the_first_call():
    result = analyzed("layer | type | maps | kernel | stride | repeat", "a | conv | 1 | 1 | 2 | 3", input="1x16x16")
    assert [shape[1] for shape in shapes(result).values()] == [8, 8, 8]


def test_a_stride_that_uses_i_is_computed_for_every_call():
    row = "a | conv | 1 | 1 | {2 if i == 1 else 1} | 3"
    result = analyzed("layer | type | maps | kernel | stride | repeat", row, input="1x16x16")
    assert [shape[1] for shape in shapes(result).values()] == [16, 8, 8]


def test_i_counts_from_zero_and_n_is_the_count():
    result = analyzed("layer | type | maps | kernel | repeat", "a | conv | {10*n + i} | 1 | 3")
    assert [shape[0] for shape in shapes(result).values()] == [30, 31, 32]


def test_a_block_s_own_parameter_wins_over_the_counter():
    text = "---\ninput: 1x8x8\n---\n# net(n=7)\n" + table(
        "layer | type | maps | kernel | repeat", "a | conv | {n} | 1 | 2"
    )
    assert shapes(report(text)) == {"a.1": (7, 8, 8), "a.2": (7, 8, 8)}


def test_repeat_may_be_an_expression():
    text = "---\ninput: 1x8x8\n---\n# net(n=3, half=0.5)\n" + table(
        "layer | type | repeat", "a | relu | {n - 1}", "b | relu | {4 * half}"
    )
    assert [*shapes(report(text))] == ["a.1", "a.2", "b.1", "b.2"]


def test_from_feeds_the_first_call_of_a_repeat_alone():
    result = analyzed("layer | type | from | repeat", "a | relu | |", "b | tanh | in | 2", "c | add | a, b |")
    assert inputs(result) == {"a": ("in",), "b.1": ("in",), "b.2": ("b.1",), "c": ("a", "b.2")}


def test_a_repeated_row_of_two_inputs_keeps_the_second():
    result = analyzed("layer | type | from | repeat", "a | relu | |", "b | add | a, in | 3")
    assert inputs(result) == {"a": ("in",), "b.1": ("a", "in"), "b.2": ("b.1", "in"), "b.3": ("b.2", "in")}


def test_a_row_reads_the_row_above_unless_from_says_otherwise():
    result = analyzed("layer | type | from", "a | relu |", "b | tanh |", "c | sigmoid | a", "d | concat | in, b, c")
    assert inputs(result) == {"a": ("in",), "b": ("a",), "c": ("a",), "d": ("in", "b", "c")}
    assert shapes(result)["d"] == (3, 8, 8)


def test_the_input_row_s_name_may_be_read():
    text = table(
        "layer | type | maps | size | from", "data | input | 2 | 8x8 |", "a | relu | | | data", "b | add | | | data, a"
    )
    assert inputs(report(text)) == {"a": ("in",), "b": ("in", "a")}


@pytest.mark.parametrize(
    "when, runs",
    [
        ("", True),
        ("{in.maps == 1}", True),
        ("{in.maps > 1}", False),
        ("{in.height < in.width}", False),
        ("yes", True),
        ("no", False),
        ("{1}", True),
        ("0", False),
    ],
)
def test_when_leaves_a_row_out(when, runs):
    result = analyzed("layer | type | when", "a | relu |", f"b | tanh | {when}", "c | sigmoid |")
    assert [*shapes(result)] == (["a", "b", "c"] if runs else ["a", "c"])
    assert inputs(result)["c"] == (("b",) if runs else ("a",))


def test_a_row_that_is_left_out_passes_its_first_input_through():
    result = analyzed("layer | type | from | when", "a | relu | |", "b | add | in, a | no", "c | tanh | b |")
    assert inputs(result)["c"] == ("in",)


def test_a_row_that_is_left_out_is_not_computed():
    result = analyzed("layer | type | maps | kernel | when", "a | conv | 1 | 99 | no", "b | relu | | |")
    assert [*shapes(result)] == ["b"]


def test_names_that_are_missing_are_made_up_and_avoid_those_given():
    result = analyzed(
        "layer | type | maps | kernel",
        " | conv | 2 | 1",
        "conv2 | conv bn | 2 | 1",
        " | conv | 2 | 1",
        " | max pool | | 2",
        " | conv bn | 2 | 1",
    )
    assert [*shapes(result)] == ["conv1", "conv2", "conv2.bn", "conv3", "max_pool1", "conv_bn1", "conv_bn1.bn"]


@pytest.mark.parametrize(
    "rows, text",
    [
        (["a | relu | b |", "b | relu | |"], "net.md:6: a: from `b`: that row comes later\n  a row reads rows above it: move one"),
        (["a | relu | a |"], "net.md:6: a: from `a`: that row comes later\n  a row reads rows above it: move one"),
        (["stem | relu | |", "b | relu | stme |"], 'net.md:7: b: from `stme`: no such row above\n  did you mean "stem"?'),
        (["a | relu | in2 |"], 'net.md:6: a: from `in2`: no such row above\n  did you mean "in"?'),
        (["a | add | in, |"], "net.md:6: a: from ``: no such row above\n  known are in"),
        (["a | relu | |", "a | tanh | |"], "net.md:7: a: this name is taken by line 6\n  rename one"),
        (["in | relu | |"], "net.md:6: in: this name means an input\n  rename the row"),
        (["in3 | relu | |"], "net.md:6: in3: this name means an input\n  rename the row"),
        (["a,b | relu | |"], "net.md:6: a,b: a name cannot hold a comma\n  the column `from` lists names with commas between"),
        ([f"{'a' * 101} | relu | |"], f"net.md:6: {'a' * 40}: a name of 101 characters\n  at most 100 are read"),
        (["a | add | |"], "net.md:6: a: add takes at least 2 inputs, got 1\n  name them in the `from` column, separated by commas"),
        (["a | relu | in, in |"], "net.md:6: a: relu takes 1 input, got 2\n  name them in the `from` column, separated by commas"),
        (["a | relu | | 0"], "net.md:6: a: repeat: `0` is not a whole number of at least 1\n  leave a row out with `when`"),
        (["a | relu | | -2"], "net.md:6: a: repeat: `-2` is not a whole number of at least 1\n  leave a row out with `when`"),
        (["a | relu | | {1/2}"], "net.md:6: a: repeat: `1/2` is not a whole number of at least 1\n  leave a row out with `when`"),
        (["a | relu | | many"], "net.md:6: a: repeat: `many` is not a whole number of at least 1\n  leave a row out with `when`"),
        (["a | relu | | 1000000000"], "net.md:6: a: repeat: 1,000,000,000 is more than 200,000 layers\n  repeat less"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_called_says_why(rows, text, refused):
    refused(page("layer | type | from | repeat", *rows), text)


def test_when_must_be_a_condition():
    assert error(page("layer | type | when", "a | relu | perhaps")) == (
        "net.md:6: a: when: `perhaps` is neither true nor false\n  write a condition such as {stride != 1}"
    )


def test_a_network_needs_a_layer(refused):
    refused(
        page("layer | type | when", "a | relu | no"),
        "net.md: every row is left out: no layer is left\n  check the column `when`",
    )


def test_names_of_rows_are_checked_below_an_empty_row_too():
    assert error(page("layer | type", "a | relu", " | ", "a | relu")) == (
        "net.md:8: a: this name is taken by line 6\n  rename one"
    )


def test_the_input_s_name_is_taken():
    text = table("layer | type | maps | size", "data | input | 2 | 8x8", "data | relu | |")
    assert error(text) == "net.md:4: data: this name is taken by the input\n  rename one"
