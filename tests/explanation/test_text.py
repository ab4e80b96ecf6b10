"""What a teacher would write: the arithmetic of papers and lectures, word for word."""

import re

import pytest

import cnnscope
from cnnscope.errors import UsageError
from cnnscope.render import View, text
from cnnscope.spec import zoo
from tests.pages import page

param = pytest.param


def explained(table, layer, *, input="1x4x4", **options):
    network = cnnscope.Network(zoo.read_page("net.md", page(table, input=input)))
    return cnnscope.explain(network, layer, **options)


def lines(explanation, view=None):
    """Every line as {what: text}; the first of a name counts."""
    shown = text("explanation", [explanation], "terminal", view or View()).splitlines()
    found = (re.fullmatch(r"  (\S.*?)  +(\S.*)", line) for line in shown)
    known = {}
    for match in filter(None, found):
        known.setdefault(match[1], match[2])
    return known


# Figures: AlexNet, VGG and LeNet-5 as in the papers and the slides that tests/published.py cites; all others by hand.
PUBLISHED = [
    param("specs/lenet.md:lenet5", "C1", {
        "height and width": "(32 - 5 + 2·0) / 1 + 1 = 28",
        "params": "(5·5·1 + 1)·6 = 156",
        "macs": "28·28·6 · 5·5·1 = 117,600",
        "receptive_field": "1 + (5 - 1)·1 = 5, stride 1·1 = 1",
    }, id="LeNet-5 C1: 156 params (LeCun et al. 1998, II.B)"),
    param("specs/lenet.md:lenet5", "C3", {
        "params": "(5·5·3 + 1)·6 + (5·5·4 + 1)·9 + (5·5·6 + 1)·1 = 1,516",
        "macs": "10·10 · 5·5 · 60 = 150,000",
        "receptive_field": "6 + (5 - 1)·2 = 14, stride 2·1 = 2",
    }, id="LeNet-5 C3: 60 links, 1,516 params (table I)"),
    param("specs/lenet.md:lenet5", "S2", {
        "height and width": "(28 - 2 + 2·0) / 2 + 1 = 14",
        "params": "2·6 = 12",
        "adds": "14·14·6 · (2·2 - 1) = 3,528",
    }, id="LeNet-5 S2: one coefficient and one bias per map, 12 params"),
    param("alexnet", "conv1", {
        "height and width": "(227 - 11 + 2·0) / 4 + 1 = 55",
        "params": "(11·11·3 + 1)·96 = 34,944",
        "macs": "55·55·96 · 11·11·3 = 105,415,200",
        "adds": "55·55·96 = 290,400",
        "flops": "2·105,415,200 + 290,400 = 211,120,800",
        "output_bytes": "55·55·96 · 4 bytes = 1,161,600",
        "receptive_field": "1 + (11 - 1)·1 = 11, stride 1·4 = 4",
    }, id="AlexNet conv1: (227 - 11) / 4 + 1 = 55 (CSC 578; Varlı)"),
    param("alexnet", "conv2", {
        "params": "(5·5·(96 / 2) + 1)·256 = 307,456",
        "macs": "27·27·256 · 5·5·(96 / 2) = 223,948,800",
        "receptive_field": "19 + (5 - 1)·8 = 51, stride 8·1 = 8",
    }, id="AlexNet conv2 in two groups"),
    param("alexnet", "fc6", {
        "params": "(6·6·256 + 1)·4,096 = 37,752,832",
        "macs": "4,096 · 6·6·256 = 37,748,736",
        "receptive_field": "whole input  (every output sees all of it)",
    }, id="AlexNet fc6"),
    param("tests/data/alexnet_slide.txt", "C3", {
        "padding": "(27 / 1 - 1)·1 + 5 - 27 = 4, before 4 / 2 = 2, after 4 - 2 = 2",
        "height and width": "(27 - 5 + 2·2) / 1 + 1 = 27",
        "params": "(5·5·96 + 1)·256 = 614,656",
    }, id="AlexNet C3 with same padding"),
    param("vgg16", "conv1_2", {
        "height and width": "(224 - 3 + 2·1) / 1 + 1 = 224",
        "params": "(3·3·64 + 1)·64 = 36,928",
        "macs": "224·224·64 · 3·3·64 = 1,849,688,064",
        "receptive_field": "3 + (3 - 1)·1 = 5, stride 1·1 = 1",
    }, id="VGG conv1_2"),
    param("resnet50", "conv1", {
        "height and width": "⌊(224 - 7 + 2·3) / 2⌋ + 1 = 112",
        "params": "7·7·3·64 = 9,408",
        "buffers": "2·64 = 128",
    }, id="ResNet conv1: no bias, rounded down, and its batch norm"),
    param("resnet50", "conv2.1.out", {
        "adds": "56·56·256 = 802,816",
        "receptive_field": "19, stride 4  (the widest of 19, 11)",
    }, id="ResNet conv2.1.out: the branch sees all that the shortcut sees"),
]  # fmt: skip


@pytest.mark.parametrize("model, layer, expected", PUBLISHED)
def test_a_published_layer_is_explained_as_lectures_write_it(model, layer, expected):
    known = lines(cnnscope.explain(model, layer))
    assert {what: known.get(what) for what in expected} == expected


BY_HAND = [
    param("| pool | max pool | | 3 | 2 | | | | | ceil |", "64x112x112", {
        "height and width": "⌈(112 - 3 + 2·0) / 2⌉ + 1 = 56",
        "compares": "56·56·64 · (3·3 - 1) = 1,605,632",
    }, id="GoogLeNet's pool rounds up: 54.5 + 1"),
    param("| conv | conv | 8 | 3 | 1 | 2 | 2 | | | |", "4x33x33", {
        "height and width": "(33 - ((3 - 1)·2 + 1) + 2·2) / 1 + 1 = 33",
        "params": "(3·3·4 + 1)·8 = 296",
        "receptive_field": "1 + (3 - 1)·2·1 = 5, stride 1·1 = 1",
    }, id="dilation 2 spreads the kernel"),
    param("| conv | conv | 8 | 3 | 2 | 1,1,2,2 | | | | |", "3x7x9", {
        "height": "⌊(7 - 3 + 1 + 2) / 2⌋ + 1 = 4",
        "width": "⌊(9 - 3 + 1 + 2) / 2⌋ + 1 = 5",
    }, id="four sides, and axes that differ"),
    param("| conv | depthwise conv | | 3 | 1 | 1 | | | | |", "32x8x8", {
        "params": "(3·3 + 1)·32 = 320",
        "macs": "8·8·32 · 3·3 = 18,432",
    }, id="depthwise: one input map each"),
    param("| up | transposed conv | 32 | 2 | 2 | | | | | |", "64x28x28", {
        "height and width": "(28 - 1)·2 + 2 + 0 - 2·0 = 56",
        "params": "(2·2·64 + 1)·32 = 8,224",
        "macs": "28·28·64 · 2·2·32 = 6,422,528",
    }, id="transposed: every input value meets every kernel value"),
    param("| t | tokens |\n| att | attention | | | | | | | 4 | |", "16x2x4", {
        "params": "4 · 16·(16 + 1) = 1,088",
        "macs": "4 · 8·16·16 + 2 · 8·8·16 = 10,240",
    }, id="attention: 4·T·D² + 2·T²·D"),
    param("| norm | bn |", "64x4x4", {
        "params": "2·64 = 128",
        "buffers": "2·64 = 128",
        "multiply-adds": "4·4·64 = 1,024",
        "flops": "2·1,024 = 2,048",
    }, id="batch norm: gamma and beta, mean and variance"),
]  # fmt: skip
HEAD = "| layer | type | maps | kernel | stride | padding | dilation | groups | heads | rounding |\n|-|-|-|-|-|-|-|-|-|-|\n"


def test_branches_of_which_none_sees_all_are_joined():
    # A 3x1 and a 1x3 window see 3 rows and 1 column, 1 row and 3 columns; shifted by its padding, a 2x2 window 1 more.
    table = "| layer | type | maps | kernel | padding | from |\n|-|-|-|-|-|-|\n| a | conv | 1 | 2 | 1,1,0,0 | in |\n| b | conv | 1 | 2 | 0,0,1,1 | in |\n| s | add | | | | a, b |\n"
    known = lines(explained(table, "s", input="1x8x8"))
    assert known["receptive_field"] == "2 - 0 + 1 = 3, stride 1  (the union of 2, 2; the branches are not aligned)"


def test_of_many_layers_those_without_a_figure_are_left_out():
    shown = cnnscope.explain("resnet50", "conv2.*.a", metric="macs")
    assert [section.title.split(" · ")[0] for section in shown.sections] == ["conv2.1.a", "conv2.2.a", "conv2.3.a"]
    (none,) = cnnscope.explain("resnet50", "conv1.relu", metric="params").sections
    assert none.lines[0].equations[0].value == 0


def test_a_type_means_all_its_layers():
    titles = [section.title for section in cnnscope.explain("vgg16", "max pool", metric="output").sections]
    assert [title.split(" · ")[0] for title in titles] == ["pool1", "pool2", "pool3", "pool4", "pool5"]


def test_what_is_assumed_of_a_printed_table_stands_with_its_layers():
    shown = {
        section.title.split(" · ")[0]: section.remark
        for section in cnnscope.explain("tests/data/lenet5_slide.txt", "*").sections
    }
    assert (
        shown["C3"]
        == "assumed: bias yes, textbooks count them; assumed: padding valid, solves 28x28, 14x14, 10x10, 5x5, 1x1"
    )
    assert shown["C3.tanh"] == ""


def test_a_table_that_leaves_parts_out_says_so_with_every_total():
    shown = cnnscope.explain("tests/data/papers/inception_v3.md")
    assert all(
        "only of what the table prints, which leaves out the filter banks of 3 modules (line 10)" in section.remark
        for section in shown.sections
    )
    with pytest.raises(UsageError, match="inception_v3 is not whole: the filter banks of 3 modules"):
        cnnscope.reconcile("tests/data/papers/inception_v3.md")


@pytest.mark.parametrize("row, input, expected", BY_HAND)
def test_an_operator_is_explained_by_hand_numbers(row, input, expected):
    layer = re.findall(r"^\| (\w+)", row, re.MULTILINE)[-1]
    rows = "\n".join(line + " |" * (11 - line.count("|")) for line in row.splitlines())
    known = lines(explained(HEAD + rows + "\n", layer, input=input))
    assert {what: known.get(what) for what in expected} == expected


def test_the_peak_says_what_is_alive_and_why():
    assert lines(cnnscope.explain("vgg16", metric="peak")) == {
        "conv1_1.relu": "224·224·64 · 4 bytes = 12,845,056  (read by conv1_2 now)",
        "conv1_2": "224·224·64 · 4 bytes = 12,845,056  (is being written)",
        "peak_activation_bytes": "12,845,056 + 12,845,056 = 25,690,112  (element-wise layers reuse their input)",
    }


def test_a_shortcut_is_alive_until_it_is_added():
    known = lines(cnnscope.explain("resnet50", metric="peak", input="3x160x160"))
    assert known["pool1"] == "40·40·64 · 4 bytes = 409,600  (read by conv2.1.skip now)"
    assert known["conv2.1.c.bn"] == "40·40·256 · 4 bytes = 1,638,400  (read by conv2.1.out later)"
    assert known["conv2.1.skip"] == "40·40·256 · 4 bytes = 1,638,400  (is being written)"
    assert known["peak_activation_bytes"].startswith("409,600 + 1,638,400 + 1,638,400 = 3,686,400")


def test_training_memory_term_by_term():
    known = lines(cnnscope.explain("vgg16", metric="training_bytes"))
    assert known["weights"] == "138,357,544·4 bytes = 553,430,176  (params and buffers)"
    assert known["momentum"] == "138,357,544·4 bytes = 553,430,176  (1 value per param)"
    assert known["conv1_1.relu kept"] == "224·224·64 · 4 bytes = 12,845,056  (17.5 %)"
    assert known["training_bytes"].startswith("3·138,357,544·4 + ")


def test_a_total_is_the_sum_of_its_largest_rows():
    assert lines(cnnscope.explain("vgg16", metric="params")) == {
        "fc6": "(7·7·512 + 1)·4,096 = 102,764,544  (74.3 %)",
        "fc7": "(4,096 + 1)·4,096 = 16,781,312  (12.1 %)",
        "fc8": "(4,096 + 1)·1,000 = 4,097,000  (3.0 %)",
        "conv4_2": "(3·3·512 + 1)·512 = 2,359,808  (1.7 %)",
        "conv4_3": "(3·3·512 + 1)·512 = 2,359,808  (1.7 %)",
        "11 more": "9,995,072  (7.2 %)",
        "params": "102,764,544 + 16,781,312 + 4,097,000 + 2,359,808 + 2,359,808 + 9,995,072 = 138,357,544",
    }


def test_the_receptive_field_step_by_step():
    assert list(lines(cnnscope.explain("specs/lenet.md:lenet5", metric="receptive field")).items()) == [
        ("C1", "1 + (5 - 1)·1 = 5, stride 1·1 = 1"),
        ("S2", "5 + (2 - 1)·1 = 6, stride 1·2 = 2"),
        ("C3", "6 + (5 - 1)·2 = 14, stride 2·1 = 2"),
        ("S4", "14 + (2 - 1)·2 = 16, stride 2·2 = 4"),
        ("C5", "16 + (5 - 1)·4 = 32, stride 4·1 = 4"),
    ]


@pytest.mark.parametrize(
    "wanted, titles",
    [
        ("conv1", ["conv1", "conv1.bn", "conv1.relu"]),
        ("conv1.bn", ["conv1.bn"]),
        ("conv2.1.out", ["conv2.1.out", "conv2.1.out.relu"]),
        ("conv?", ["conv1", "conv1.bn", "conv1.relu"]),
        ("CONV1", ["conv1", "conv1.bn", "conv1.relu"]),
        ("fc", ["fc"]),
    ],
)
def test_a_name_means_a_row_a_layer_or_a_pattern(wanted, titles):
    found = [section.title.split(" · ")[0] for section in cnnscope.explain("resnet50", wanted).sections]
    assert found[: len(titles)] == titles
    assert wanted == "fc" or len(found) == len(titles)


def test_a_block_means_all_of_its_rows_as_a_pattern_does():
    block = cnnscope.explain("resnet50", "conv2.1").sections
    assert block == cnnscope.explain("resnet50", "conv2.1.*").sections
    assert {section.title.split(" · ")[0] for section in block} >= {"conv2.1.a", "conv2.1.b.bn", "conv2.1.out.relu"}


ERRORS = [
    param(("alexnet", "con"), {}, "alexnet has no layer `con`\n  did you mean conv1 or conv1.relu or conv2? Or 'con*' for all of them.", id="the start of several names"),
    param(("alexnet", "pol1"), {}, "alexnet has no layer `pol1`\n  did you mean pool1 or pool5 or pool2?", id="a slip"),
    param(("mlp-3-4-2", "zzz"), {}, "mlp-3-4-2 has no layer `zzz`\n  known are hidden, output; or types: fully connected", id="nothing near"),
    param(("alexnet", "conv1"), {"metric": "parms"}, "no metric `parms`\n  did you mean params?", id="a metric with a slip"),
    param((), {"metric": "mcas"}, "no metric `mcas`\n  did you mean macs?", id="a definition with a slip"),
    param(("alexnet", "conv1"), {"metric": "depth"}, "depth is a figure of the whole network\n  leave the layer out, or ask for output, output_elements, params, buffers, weight_bytes, macs, flops, output_bytes, bytes_read, bytes_written, intensity, training_bytes, receptive_field", id="a metric of no layer"),
    param((None, "conv1"), {}, "layer `conv1` of no network\n  name the network before it", id="a layer without a network"),
]  # fmt: skip


@pytest.mark.parametrize("words, options, message", ERRORS)
def test_an_unknown_name_is_answered_with_the_nearest(words, options, message):
    with pytest.raises(UsageError) as error:
        cnnscope.explain(*words, **options)
    assert str(error.value) == message
