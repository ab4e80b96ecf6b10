"""Sessions of ONNX Runtime: its words in ours, its profile as kernels, its generated names."""

import onnx
import pytest
from onnx import TensorProto, helper

from cnnscope.errors import RunError
from cnnscope.export import InMemory, onnx_in_memory
from cnnscope.graph import walk
from cnnscope.runtimes import Kernel, OptimisedNode, Settings
from cnnscope.runtimes.onnxruntime.kernels import WARM_UP, mean_times, named
from cnnscope.runtimes.onnxruntime.session import Session, _translated, create
from tests.profiling.networks import SMALL


def one_node(kind: str, element: int, name: str, **arguments) -> InMemory:
    info = [helper.make_tensor_value_info(tensor, element, [1, 4]) for tensor in ("in", "out")]
    graph = helper.make_graph([helper.make_node(kind, ["in"], ["out"], name, **arguments)], "net", info[:1], info[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return InMemory(model.SerializeToString(), {})


def test_an_operator_without_a_kernel_is_named_with_its_layer():
    with pytest.raises(RunError) as caught:
        create(one_node("Sigmoid", TensorProto.BFLOAT16, "conv1/part"), Settings(dtype="float16"))
    assert str(caught.value) == (
        "conv1: ONNX Runtime has no Sigmoid for float16 on cpu\n  try another --dtype, --device or --runtime"
    )


def test_a_network_that_it_refuses_is_refused_in_our_words():
    with pytest.raises(RunError) as caught:
        create(InMemory(b"no model", {}), Settings())
    assert caught.value.message.startswith("ONNX Runtime failed: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint == "try another --graph-opt"


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv node. "
            "Name:'conv4_2' Status Message: bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 9663676416",
            "conv4_2: not enough memory on cpu; it asked for 9.66 GB more",
        ),
        ("std::bad_alloc: bad allocation", "not enough memory on cpu"),
        ("[ONNXRuntimeError] : 1 : FAIL : something odd", "ONNX Runtime failed: something odd"),
        ("plain words", "ONNX Runtime failed: plain words"),
    ],
)
def test_what_it_says_is_said_in_our_words(text, message):
    assert _translated(text, Settings()).message == message


def test_errors_of_ours_are_not_taken_for_its_own():
    session = Session(onnx_in_memory(SMALL["chain"], tuple(walk(SMALL["chain"]))), Settings())
    with pytest.raises(ZeroDivisionError), session.guard():
        raise ZeroDivisionError
    with pytest.raises(RunError, match="not enough memory on cpu"), session.guard():
        raise MemoryError("out of memory")


def test_the_same_seed_gives_the_same_input_and_outputs_whatever_the_threads():
    layers = tuple(walk(SMALL["chain"]))
    outputs = [
        Session(onnx_in_memory(SMALL["chain"], layers, seed=seed), Settings(seed=seed, threads=threads)).outputs()[0]
        for seed, threads in ((1, 1), (1, 2), (2, 1))
    ]
    assert outputs[0] == pytest.approx(outputs[1])
    assert outputs[0] != pytest.approx(outputs[2])


def events(run: int, *kernels: tuple[str, str, int]) -> list[dict]:
    """One run of a profile: it starts at 1000 x run, its kernels one after the other."""
    start = 1000 * run
    whole = {"cat": "Session", "name": "model_run", "ts": start, "dur": 100}
    times = [
        {"cat": "Node", "name": f"{name}_kernel_time", "ts": start + 10 * index, "dur": dur, "args": {"op_name": kind}}
        for index, (name, kind, dur) in enumerate(kernels, start=1)
    ]
    fences = [
        {"cat": "Node", "name": f"{name}_fence_before", "ts": start, "dur": 1, "args": {}} for name, *_ in kernels
    ]
    return [*times, *fences, whole]


def test_mean_times_leave_the_warm_up_out_and_keep_the_running_order():
    warm_up = [event for run in range(WARM_UP) for event in events(run, ("b", "Conv", 99), ("a", "Relu", 99))]
    counted = [event for run in (5, 7) for event in events(run, ("b", "Conv", 10 * run), ("a", "Relu", 1))]
    whole, kernels = mean_times(
        [{"cat": "Session", "name": "session_initialization", "ts": 0, "dur": 5}, *warm_up, *counted]
    )
    assert whole == pytest.approx(100e-6)
    assert kernels == (Kernel("b", "Conv", pytest.approx(60e-6)), Kernel("a", "Relu", pytest.approx(1e-6)))


def test_nodes_without_names_get_those_of_the_profile_by_type_and_order():
    nodes = tuple(
        OptimisedNode(name, kind, (), ()) for name, kind in [("a", "Conv"), ("", "Mul"), ("", "Relu"), ("", "Mul")]
    )
    kernels = tuple(Kernel(name, kind, 0) for name, kind in [("a", "Conv"), ("Mul_4", "Mul"), ("Mul_9", "Mul")])
    assert [node.name for node in named(nodes, kernels)] == ["a", "Mul_4", "", "Mul_9"]


def test_a_part_of_a_network_reads_what_it_does_not_make():
    graph = SMALL["residual"]
    part = [layer for layer in walk(graph) if layer.node.row == "sum"]
    model = onnx.load_from_string(onnx_in_memory(graph, tuple(part)).model)
    assert [read.name for read in model.graph.input] == ["b.bn", "skip.bn"]
    assert [made.name for made in model.graph.output] == [part[-1].node.name]


def test_every_tensor_can_be_an_output():
    graph = SMALL["chain"]
    layers = tuple(walk(graph))
    model = onnx.load_from_string(onnx_in_memory(graph, layers, every_tensor=True).model)
    assert {made.name for made in model.graph.output} == {layer.node.name for layer in layers}
