"""Every kernel on the layers that it ran: rewritten graphs by hand, and what ONNX Runtime really makes of networks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnnscope
from cnnscope.graph import Graph, walk
from cnnscope.profiling.attribution import attribute
from cnnscope.runtimes import GRAPH_OPTS, Kernel, OptimisedNode, Settings
from tests.profiling.networks import SMALL, attributed, faults, graphs, network


def node(name: str, kind: str, inputs: str, outputs: str) -> OptimisedNode:
    return OptimisedNode(name, kind, tuple(inputs.split()), tuple(outputs.split()))


def joined(graph: Graph, *nodes: OptimisedNode) -> tuple[dict[str, tuple[str, ...]], dict[str, str], tuple[str, ...]]:
    """Layers by kernel, lines by kernel, removed layers."""
    found = attribute(tuple(walk(graph)), [Kernel(each.name, each.type, 1.0) for each in nodes], nodes)
    lines = {kernel.name: kernel.line for kernel in found.kernels if kernel.line}
    return {kernel.name: kernel.layers for kernel in found.kernels}, lines, found.removed


BLOCK = network(
    "layer | type | maps | kernel | padding | from",
    "a | conv bn relu | 16 | 3 | 1 |",
    "b | conv bn | 16 | 3 | 1 |",
    "out | add relu | | | | a, b",
)
HEAD = network(
    "layer | type | maps | kernel", "c | conv relu | 16 | 3", "drop | dropout | |", "fc | fully connected | 4 |"
)


def test_graphs_as_they_were_are_joined_by_their_names():
    layers, lines, removed = joined(
        HEAD,
        node("c", "Conv", "in c.weight c.bias", "c"),
        node("c.relu", "Relu", "c", "c.relu"),
        node("drop", "Identity", "c.relu", "drop"),
        node("fc/rows", "Flatten", "drop", "fc/rows"),
        node("fc", "Gemm", "fc/rows fc.weight fc.bias", "fc"),
    )
    assert layers == {"c": ("c",), "c.relu": ("c.relu",), "drop": ("drop",), "fc/rows": ("fc",), "fc": ("fc",)}
    assert (lines, removed) == ({}, ())


def test_a_batch_norm_folded_into_its_convolution_ran_there():
    layers, _, removed = joined(
        BLOCK,
        node("a", "Conv", "in w b", "a.bn"),
        node("a.relu", "Relu", "a.bn", "a.relu"),
        node("b", "Conv", "a.relu w b", "b.bn"),
        node("out", "Add", "a.relu b.bn", "out"),
        node("out.relu", "Relu", "out", "out.relu"),
    )
    assert layers["a"] == ("a", "a.bn")
    assert layers["b"] == ("b", "b.bn")
    assert (layers["out"], layers["out.relu"], removed) == (("out",), ("out.relu",), ())


def test_a_fused_activation_ran_in_the_kernel_that_makes_its_tensor():
    layers, _, removed = joined(
        HEAD, node("c", "FusedConv", "in w b", "c.relu"), node("fused fc", "FusedGemm", "c.relu w b", "fc")
    )
    assert layers == {"c": ("c", "c.relu"), "fused fc": ("fc",)}
    assert removed == ("drop",)


def test_a_removed_dropout_is_nobody_s():
    layers, _, removed = joined(
        HEAD,
        node("c", "Conv", "in w b", "c"),
        node("c.relu", "Relu", "c", "c.relu"),
        node("fc/rows", "Flatten", "c.relu", "fc/rows"),
        node("fc", "Gemm", "fc/rows w b", "fc"),
    )
    assert (layers["fc/rows"], layers["fc"], removed) == (("fc",), ("fc",), ("drop",))


def test_a_removed_dropout_at_the_end_leaves_its_name_to_the_tensor_before_it():
    graph = network("layer | type", "act | relu", "drop | dropout")
    layers, _, removed = joined(graph, node("act", "Relu", "in", "drop"))
    assert (layers, removed) == ({"act": ("act",)}, ("drop",))


def test_what_a_removed_copy_at_the_end_would_have_copied_ran_although_it_was_inlined():
    graph = network("layer | type", "act | prelu", "drop | dropout")
    nodes = (node("Mul_1", "Mul", "slope in", "x"), node("Where_2", "Where", "l x in", "drop"))
    layers, _, removed = joined(graph, *nodes)
    assert (layers, removed) == ({"Mul_1": ("act",), "Where_2": ("act",)}, ("drop",))


def test_blocked_layouts_swallow_adds_and_activations_in_the_last_kernel_that_they_need():
    """NCHWc names tensors reorder_token_N and nodes after their first operator; a fourth input is a swallowed Add."""
    layers, lines, removed = joined(
        BLOCK,
        node("a.bn_nchwc", "Conv", "in w b", "reorder_token_0"),
        node("b.bn_nchwc", "Conv", "reorder_token_0 w b reorder_token_0", "reorder_token_1"),
        node("ReorderOutput", "ReorderOutput", "reorder_token_1", "out.relu"),
    )
    assert layers["a.bn_nchwc"] == ("a", "a.bn", "a.relu")
    assert layers["b.bn_nchwc"] == ("b", "b.bn", "out", "out.relu")
    assert layers["ReorderOutput"] == ("out.relu",)
    assert (lines, removed) == ({"ReorderOutput": "layout"}, ())


def test_the_later_of_two_convolutions_swallows_the_add_behind_both():
    graph = network(
        "layer | type | maps | kernel | from",
        "left | conv | 16 | 1 | in",
        "right | conv | 16 | 1 | in",
        "out | add relu | | | left, right",
    )
    nodes = [
        node("left_nchwc", "Conv", "in w b", "reorder_token_0"),
        node("right_nchwc", "Conv", "in w b reorder_token_0", "reorder_token_1"),
        node("ReorderOutput", "ReorderOutput", "reorder_token_1", "out.relu"),
    ]
    layers, _, _ = joined(graph, *nodes)
    assert (layers["left_nchwc"], layers["right_nchwc"]) == (("left",), ("right", "out", "out.relu"))
    nodes = [
        node("right_nchwc", "Conv", "in w b", "reorder_token_0"),
        node("left_nchwc", "Conv", "in w b reorder_token_0", "reorder_token_1"),
        nodes[2],
    ]
    layers, _, _ = joined(graph, *nodes)
    assert (layers["left_nchwc"], layers["right_nchwc"]) == (("left", "out", "out.relu"), ("right",))


def test_changes_of_layout_and_type_count_with_the_layer_that_asked_for_them():
    layers, lines, _ = joined(
        HEAD,
        node("InsertedPrecisionFreeCast_in", "Cast", "in", "InsertedPrecisionFreeCast_in"),
        node("ReorderInput", "ReorderInput", "InsertedPrecisionFreeCast_in", "reorder"),
        node("InsertedPrecisionFreeCast_c_nchwc", "Conv", "reorder w b", "reorder_token_0"),
        node("ReorderOutput", "ReorderOutput", "reorder_token_0", "InsertedPrecisionFreeCast_c.relu"),
        node("fc/rows", "Flatten", "InsertedPrecisionFreeCast_c.relu", "InsertedPrecisionFreeCast_fc/rows"),
        node("fc", "Gemm", "InsertedPrecisionFreeCast_fc/rows w b", "InsertedPrecisionFreeCast_fc"),
        node("InsertedPrecisionFreeCast_fc", "Cast", "InsertedPrecisionFreeCast_fc", "fc"),
    )
    assert lines == {
        "InsertedPrecisionFreeCast_in": "casts",
        "ReorderInput": "layout",
        "ReorderOutput": "layout",
        "InsertedPrecisionFreeCast_fc": "casts",
    }
    assert layers["InsertedPrecisionFreeCast_in"] == layers["ReorderInput"] == ("c",)
    assert layers["InsertedPrecisionFreeCast_c_nchwc"] == ("c", "c.relu")
    assert layers["ReorderOutput"] == ("fc",)
    # Nobody reads the last one: it counts with what it reads.
    assert layers["InsertedPrecisionFreeCast_fc"] == ("fc",)


def test_the_last_of_several_changes_behind_each_other_counts_with_the_layer_before_them():
    graph = network("layer | type | maps | kernel", "c | conv | 16 | 3")
    layers, _, _ = joined(
        graph,
        node("InsertedPrecisionFreeCast_c_nchwc", "Conv", "in w b", "reorder_token_0"),
        node("ReorderOutput", "ReorderOutput", "reorder_token_0", "InsertedPrecisionFreeCast_c"),
        node("InsertedPrecisionFreeCast_c", "Cast", "InsertedPrecisionFreeCast_c", "c"),
    )
    assert {*layers.values()} == {("c",)}


def test_an_inlined_function_is_its_layer_s_also_among_blocked_layouts():
    """HardSwish has no kernel of its own: HardSigmoid and Mul run in its place, under generated names."""
    graph = network("layer | type | maps | kernel", "a | conv hard-swish | 16 | 3", "b | conv hard-swish | 16 | 3")
    layers, _, removed = joined(
        graph,
        node("a_nchwc", "Conv", "in w b", "reorder_token_0"),
        node("HardSigmoid_1", "HardSigmoid", "reorder_token_0", "reorder_token_1"),
        node("Mul_2", "Mul", "reorder_token_0 reorder_token_1", "reorder_token_2"),
        node("b_nchwc", "Conv", "reorder_token_2 w b", "reorder_token_3"),
        node("ReorderOutput", "ReorderOutput", "reorder_token_3", "b"),
        node("HardSigmoid_3", "HardSigmoid", "b", "_inlfunc_HardSwish_HS_X"),
        node("Mul_4", "Mul", "b _inlfunc_HardSwish_HS_X", "b.hard_swish"),
    )
    (after_a, after_b) = (name for name in (layer.node.name for layer in walk(graph)) if name not in ("a", "b"))
    assert (layers["a_nchwc"], layers["b_nchwc"]) == (("a",), ("b",))
    assert layers["HardSigmoid_1"] == layers["Mul_2"] == (after_a,)
    assert layers["HardSigmoid_3"] == layers["Mul_4"] == (after_b,)
    assert removed == ()


def test_equal_operators_on_one_tensor_that_were_merged_are_all_shown():
    graph = network(
        "layer | type | kernel | stride | from",
        "left | max pool | 2 | 2 | in",
        "right | max pool | 2 | 2 | in",
        "out | add | | | left, right",
    )
    layers, _, removed = joined(
        graph, node("right", "MaxPool", "in", "right"), node("out", "Add", "right right", "out")
    )
    assert (layers, removed) == ({"right": ("left", "right"), "out": ("out",)}, ())


def test_a_node_that_nothing_explains_has_a_line_of_its_own():
    layers, lines, removed = joined(HEAD, node("mystery", "Magic", "nowhere", "nothing"))
    assert (layers, lines) == ({"mystery": ()}, {"mystery": "other"})
    assert removed == ("c", "c.relu", "drop", "fc")


def test_kernels_that_name_their_layers_are_left_as_they_are():
    kernels = [Kernel("c", "Conv2d", 1.0, ("c",))]
    assert attribute(tuple(walk(HEAD)), kernels, None) == (tuple(kernels), ())


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("graph_opt", GRAPH_OPTS)
@pytest.mark.parametrize("name", SMALL)
def test_what_onnxruntime_makes_of_a_network_is_joined_to_the_layers_that_ran(name, graph_opt, dtype):
    layers, times, found = attributed(SMALL[name], Settings(graph_opt=graph_opt, dtype=dtype))
    assert not [*faults(layers, times, found)]
    kinds = {layer.node.name: type(layer.node.op).__name__ for layer in layers}
    assert {kinds[layer] for layer in found.removed} <= {"Dropout", "Identity"}
    if graph_opt == "disable":
        assert not found.removed


@pytest.mark.parametrize("graph_opt, dtype", [*((level, "float32") for level in GRAPH_OPTS), ("all", "float16")])
@pytest.mark.parametrize("name", ["lenet5", "resnet20-cifar", "resnet18", "googlenet", "squeezenet1_0"])
def test_all_kernel_time_of_known_networks_is_on_their_layers(name, graph_opt, dtype):
    layers, times, found = attributed(cnnscope.load(name).graph, Settings(graph_opt=graph_opt, dtype=dtype))
    assert not [*faults(layers, times, found)]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(graphs(), st.sampled_from(GRAPH_OPTS), st.sampled_from(["float32", "float16"]))
def test_nothing_is_unexplained_in_networks_that_nobody_listed(graph, graph_opt, dtype):
    assert not [*faults(*attributed(graph, Settings(graph_opt=graph_opt, dtype=dtype)))]


def test_the_judge_sees_a_kernel_on_a_layer_that_it_did_not_run():
    layers, times, found = attributed(SMALL["residual"], Settings(graph_opt="basic"))
    shifted = [kernel.layers for kernel in found.kernels[1:]] + [found.kernels[0].layers]
    wrong = [kernel._replace(layers=ran) for kernel, ran in zip(found.kernels, shifted, strict=True)]
    assert [*faults(layers, times, found._replace(kernels=tuple(wrong)))]
