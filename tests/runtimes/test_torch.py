"""torch as a runtime: modules timed in their place, its words in ours, a machine without a GPU."""

import numpy
import pytest
import torch

from cnnscope.errors import RunError, UsageError
from cnnscope.export import onnx_in_memory
from cnnscope.graph import walk
from cnnscope.runtimes import Settings, module, names, random_input
from cnnscope.runtimes import torch as runtime
from cnnscope.runtimes.onnxruntime import Session
from tests.profiling.networks import SMALL


def test_the_folder_is_the_registry():
    assert names() == ("onnxruntime", "torch")
    with pytest.raises(UsageError, match="runtime `jax` is not known"):
        module("jax")


def test_the_input_is_random_and_the_same_for_every_runtime():
    values = random_input((2, 3, 4, 4), Settings(seed=7))
    assert numpy.array_equal(values, random_input((2, 3, 4, 4), Settings(seed=7)))
    assert not numpy.array_equal(values, random_input((2, 3, 4, 4), Settings(seed=8)))
    assert values.all()
    assert random_input((1, 2), Settings(dtype="float16")).dtype == numpy.float16


@pytest.mark.parametrize("name", SMALL)
def test_both_runtimes_compute_the_same(name):
    settings = Settings(batch=2)
    ours = runtime.prepare(SMALL[name], settings).outputs()
    theirs = Session(onnx_in_memory(SMALL[name], tuple(walk(SMALL[name], batch=2))), settings).outputs()
    for one, other in zip(ours, theirs, strict=True):
        assert one == pytest.approx(other, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("name", SMALL)
def test_every_layer_is_a_kernel_in_running_order(name):
    times = runtime.kernel_times(SMALL[name], Settings(runtime="torch"), seconds=0, stop=lambda: False)
    assert [kernel.layers for kernel in times.kernels] == [(node.name,) for node in SMALL[name].nodes]
    assert times.runs == runtime.FEWEST
    assert 0 < sum(kernel.seconds for kernel in times.kernels) <= times.whole


def test_an_interrupt_ends_after_one_run():
    times = runtime.kernel_times(SMALL["chain"], Settings(runtime="torch"), seconds=60, stop=lambda: True)
    assert times.runs == 1


@pytest.mark.parametrize(
    "text, message",
    [
        ("CUDA out of memory. Tried to allocate", "not enough memory on cpu: CUDA out of memory. Tried to allocate"),
        (
            "[enforce fail] can't allocate memory: you\n tried",
            "not enough memory on cpu: [enforce fail] can't allocate memory: you tried",
        ),
        ("\"conv\" not implemented for 'Half'", "torch failed: \"conv\" not implemented for 'Half'"),
    ],
)
def test_what_it_says_is_said_in_our_words(text, message):
    prepared = runtime.prepare(SMALL["chain"], Settings(runtime="torch"))
    with pytest.raises(RunError) as caught, prepared.guard():
        raise RuntimeError(text)
    assert caught.value.message == message


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match="finds no GPU"):
        runtime.require(Settings(runtime="torch", device="cuda"))
