"""Every check can fail: a wrong answer is planted, and the message names layer, figure, engines and their values."""

import json
import re

import pytest

import cnnscope
from cnnscope.analysis import memory
from cnnscope.graph import place
from cnnscope.ops import BatchNorm, Call, Conv, Dropout, Relu, Weight
from cnnscope.verification import by_torch, compare
from tests.pages import page

ROWS = """| layer | type | maps | kernel | activation | params |
|-|-|-|-|-|-|
| a | conv bn | 2 | 3 | relu | 22 |
| d | dropout | | | | |
| b | conv | 3 | 1 | | 9 |
"""
WIDE = "| layer | type | maps | kernel |\n|-|-|-|-|\n| a | conv | 8 | 1 |\n| d | dropout | | |\n| b | conv | 1 | 1 |\n"


@pytest.fixture
def crosses(run, tmp_path):
    """The exit code and the lines of disagreement that `cnnscope verify` prints for a page, figures of rounding as #."""
    place.cache_clear()

    def verified(rows=ROWS, *options):
        (tmp_path / "net.md").write_text(page(rows, input="1x6x6"))
        code, out, _ = run("verify", "net.md", *options)
        record = json.loads(run("verify", "net.md", "--format", "json", *options)[1])
        lines = [line for line in out.splitlines() if line.startswith(("net.md:", "✗"))]
        assert len(record["disagreements"]) == len(lines)
        assert record["holds"] == (code == 0) == (not lines)
        return code, [re.sub(r"\d\.\de[-+]\d\d", "#", line) for line in lines]

    yield verified
    place.cache_clear()


def plant(monkeypatch, kind, question, change):
    """This operator's answer, changed."""
    right = getattr(kind, question)
    monkeypatch.setattr(kind, question, lambda self, *inputs: change(right(self, *inputs)))


def other_arguments(**arguments):
    return lambda spelling: (spelling[0]._replace(arguments={**spelling[0].arguments, **arguments}),)


def test_the_page_itself_agrees(crosses):
    assert crosses() == (0, [])
    assert crosses(WIDE) == (0, [])


@pytest.mark.parametrize(
    "kind, question, change, lines",
    [
        pytest.param(
            Relu,
            "output",
            lambda shape: (*shape[:3], shape[3] + 1),
            [
                "net.md:7: ✗ a.relu: shape: cnnscope 1x2x4x5, onnx 1x2x4x4, onnxruntime 1x2x4x4, torch 1x2x4x4",
                "net.md:8: ✗ d: shape: cnnscope 1x2x4x5, onnx 1x2x4x4, onnxruntime 1x2x4x4, torch 1x2x4x4",
                "net.md:9: ✗ b: shape: cnnscope 1x3x4x5, onnx 1x3x4x4, onnxruntime 1x3x4x4, torch 1x3x4x4",
                "✗ network: peak: cnnscope 400, torch 320",
                "✗ network: peak in place: cnnscope 400, torch 320",
            ],
            id="a shape",
        ),
        pytest.param(
            Conv,
            "weights",
            lambda found: found | ({"bias": Weight((4,))} if "bias" in found else {}),
            [
                "net.md:9: ✗ b: params: cnnscope 10, torch 9",
                "net.md:9: ✗ b: stored: cnnscope 10, onnx 10, torch 9",
                "net.md:9: ✗ b: claimed params: page 9, cnnscope 10",
            ],
            id="a bias of another size",
        ),
        pytest.param(
            BatchNorm,
            "torch",
            other_arguments(num_features=3),
            [
                "net.md:7: ✗ a.bn: params: cnnscope 4, torch 6",
                "net.md:7: ✗ a.bn: buffers: cnnscope 4, torch 6",
                "net.md:7: ✗ a.bn: stored: cnnscope 8, onnx 8, torch 12",
            ],
            id="params and buffers of another number of maps",
        ),
        pytest.param(
            Conv,
            "onnx",
            lambda spelling: (spelling[0]._replace(inputs=spelling[0].inputs[:2]),),
            ["net.md:9: ✗ b: stored: cnnscope 9, onnx 6, torch 9"],
            id="a bias that ONNX does not read",
        ),
        pytest.param(
            Conv,
            "cost",
            lambda cost: cost._replace(macs=cost.macs + 1),
            [
                "net.md:7: ✗ a: macs: cnnscope 289, torch 288",
                "net.md:9: ✗ b: macs: cnnscope 97, torch 96",
                "✗ network: macs: cnnscope 386, torch 384",
            ],
            id="one multiply-accumulate more",
        ),
        pytest.param(
            Relu,
            "onnx",
            lambda _: (Call("Abs"),),
            [
                "net.md:7: ✗ a.relu: values alone: onnxruntime and torch are # apart, more than #",
                "net.md:7: ✗ a.relu: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:8: ✗ d: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:9: ✗ b: values end to end: onnxruntime and torch are # apart, more than #",
            ],
            id="another function in ONNX: one layer is wrong alone, all behind it end to end",
        ),
        pytest.param(
            Relu,
            "torch",
            lambda _: (Call("nn.Sigmoid"),),
            [
                "net.md:7: ✗ a.relu: values alone: onnxruntime and torch are # apart, more than #",
                "net.md:7: ✗ a.relu: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:8: ✗ d: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:9: ✗ b: values end to end: onnxruntime and torch are # apart, more than #",
            ],
            id="another function in torch",
        ),
        pytest.param(
            BatchNorm,
            "torch",
            other_arguments(eps=0.01),
            [
                "net.md:7: ✗ a.bn: values alone: onnxruntime and torch are # apart, more than #",
                "net.md:7: ✗ a.bn: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:7: ✗ a.relu: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:8: ✗ d: values end to end: onnxruntime and torch are # apart, more than #",
                "net.md:9: ✗ b: values end to end: onnxruntime and torch are # apart, more than #",
            ],
            id="an epsilon of 0.01 in a batch norm",
        ),
        pytest.param(
            Relu,
            "onnx",
            lambda _: (Call("Log"),),
            [
                "net.md:7: ✗ a.relu: values alone: onnxruntime and torch are nan apart, more than #",
                "net.md:7: ✗ a.relu: values end to end: onnxruntime and torch are nan apart, more than #",
                "net.md:8: ✗ d: values end to end: onnxruntime and torch are nan apart, more than #",
                "net.md:9: ✗ b: values end to end: onnxruntime and torch are nan apart, more than #",
            ],
            id="values that are no numbers",
        ),
        pytest.param(
            Relu,
            "torch",
            lambda _: (Call("nn.Flatten"),),
            [
                "net.md:9: ✗ b: spelling: cnnscope takes it, torch refuses it: Expected 3D (unbatched) or 4D (batched) "
                "input to conv2d, but got input of size: [1, 32]"
            ],
            id="a spelling that torch cannot run",
        ),
        pytest.param(
            Conv,
            "onnx",
            lambda spelling: (spelling[0]._replace(inputs=("in", "weight", "weight", "weight")),),
            [
                "net.md:7: ✗ a: spelling: cnnscope takes it, onnx refuses it: [ShapeInferenceError] (op_type:Conv, node "
                "name: a): Node with schema(::Conv:11) has input size 4 not in range [min=2, max=3]."
            ],
            id="a spelling that onnx cannot infer",
        ),
    ],
)
def test_a_wrong_answer_of_an_operator_is_named(kind, question, change, lines, crosses, monkeypatch):
    plant(monkeypatch, kind, question, change)
    assert crosses() == (1, lines)


def test_counts_alone_find_it_too(crosses, monkeypatch):
    plant(monkeypatch, Conv, "cost", lambda cost: cost._replace(macs=cost.macs + 1))
    code, lines = crosses(ROWS, "--counts-only")
    assert code == 1
    assert lines[0] == "net.md:7: ✗ a: macs: cnnscope 289, torch 288"


@pytest.mark.parametrize("options", [(), ("--counts-only",)])
def test_a_view_that_is_counted_twice(options, crosses, monkeypatch):
    monkeypatch.setattr(Dropout, "idle", False)
    # a and d of 8 maps of 6x6 beside each other, where torch has one memory for both: 36 + 288 values at most.
    assert crosses(WIDE, *options) == (1, ["✗ network: peak: cnnscope 2,304, torch 1,296"])


def test_a_memory_that_is_reused_although_it_is_the_caller_s(crosses, monkeypatch):
    def careless(spent, newest, alive, size):
        return next((memory for memory in spent if alive[newest[memory]] == size), None)

    monkeypatch.setattr(memory, "_reusable", careless)
    rows = "| layer | type |\n|-|-|\n| r | relu |\n"
    assert crosses(rows) == (1, ["✗ network: peak in place: cnnscope 144, torch 288"])


def test_a_tensor_that_is_let_go_too_early(crosses, monkeypatch):
    right = memory._memories
    monkeypatch.setattr(
        memory, "_memories", lambda graph, layers: (right(graph, layers)[0], {"in": 0, "a": 1, "b": 2, "c": 2})
    )
    rows = "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 4 | 1 | |\n| b | conv | 4 | 1 | |\n| c | conv | 1 | 1 | |\n| s | add | | | a, b |\n"
    # in 36 values, a, b and s 144, c 36: torch holds a, b, c and s at the end, of which s may lie in a.
    assert crosses(rows) == (
        1,
        [
            "✗ network: peak: cnnscope 1,152, torch 1,872",
            "✗ network: peak in place: cnnscope 1,152, torch 1,296",
        ],
    )


def test_another_weight_in_one_runtime(crosses, monkeypatch):
    right = compare.twin

    def other(graph, layers, weights):
        network = right(graph, layers, weights)
        dict(network.named_parameters())["b.bias"].data[0] += 0.1
        return network

    monkeypatch.setattr(compare, "twin", other)
    assert crosses() == (
        1,
        [
            "net.md:9: ✗ b: values alone: onnxruntime and torch are # apart, more than #",
            "net.md:9: ✗ b: values end to end: onnxruntime and torch are # apart, more than #",
        ],
    )


def test_another_input_in_one_runtime_shows_end_to_end_only(crosses, monkeypatch):
    right = compare._Passes.__init__

    def other(self, x):
        right(self, x)
        self.own["in"] = self.own["in"] * 1.01

    monkeypatch.setattr(compare._Passes, "__init__", other)
    code, lines = crosses()
    assert code == 1
    assert lines == [
        f"net.md:{line}: ✗ {name}: values end to end: onnxruntime and torch are # apart, more than #"
        for line, name in ((7, "a"), (7, "a.bn"), (7, "a.relu"), (8, "d"), (9, "b"))
    ]


def test_behind_a_layer_whose_errors_cannot_be_bounded_nothing_is_told_end_to_end(monkeypatch):
    """A saturated softmax shows no growth, although its input may be anything."""
    monkeypatch.setattr(compare, "SHAKES", 0.03)
    found = cnnscope.verify("lenet5")
    told = [layer.name for layer in found.layers if layer.end_to_end]
    assert told == [layer.name for layer in found.layers][: len(told)]
    assert 0 < len(told) < len(found.layers)


def test_a_network_that_ends_in_other_values_where_memory_is_reused(crosses, monkeypatch):
    monkeypatch.setattr(by_torch._Memories, "written_over", lambda self, made, *_: made.mul_(2))
    code, lines = crosses()
    assert code == 1
    assert "✗ network: values in place: torch ends in other values where layers write over their inputs" in lines


def test_a_claim_that_does_not_hold(crosses):
    assert crosses(ROWS.replace("22", "23")) == (1, ["net.md:7: ✗ a: claimed params: page 23, cnnscope 22"])


def test_a_known_false_claim_passes_while_it_is_false(crosses):
    note = "\n[^a]: false: the page counts something else\n"
    assert crosses(ROWS.replace("22", "30[^a]") + note) == (0, [])
    # It holds by accident: the page's explanation is wrong.
    assert crosses(ROWS.replace("22", "22[^a]") + note) == (1, ["net.md:7: ✗ a: claimed params: page 22, cnnscope 22"])
