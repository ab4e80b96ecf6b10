"""What is measured in processes of their own, run here for an instant."""

import json
from types import SimpleNamespace

import pytest

from cnnscope.calibration import machine_code, probes
from cnnscope.errors import MissingExtraError
from cnnscope.machine import cpu, memory
from cnnscope.machine.memory import Available

MIB = 2**20


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(probes, "SECONDS", 0.01)
    monkeypatch.setattr(probes, "TRIALS", (0.001,))
    monkeypatch.setattr(probes, "MATRIX_SIZES", (16, 32))
    # Threads of this process would stay on one CPU each.
    monkeypatch.setattr(cpu, "own", lambda: (None,))


@pytest.mark.parametrize(
    "probe, arguments",
    [
        ("copy", ["cpu", 1]),
        ("copy", ["cpu", 3]),
        ("matrix_product", ["cpu", "float32", 1]),
        ("matrix_product", ["cpu", "float16", 2]),
        pytest.param("fma", ["256 bits", 2], marks=pytest.mark.skipif("256 bits" not in machine_code.loops("float32"), reason="machine code")),
    ],
)  # fmt: skip
def test_a_probe_gives_a_rate_as_plain_data(probe, arguments, monkeypatch):
    if probe == "matrix_product":
        pytest.importorskip("onnxruntime")
    monkeypatch.setattr(probes, "array_bytes", lambda: MIB)
    answer = json.loads(json.dumps(probes.answer(probe, json.dumps(arguments))))
    best, spread, trials = answer["found"]
    assert best > 0
    assert 0 <= spread <= 1
    assert trials >= 5


def test_threads_copy_every_value_once(monkeypatch):
    numpy = pytest.importorskip("numpy")
    made = []
    monkeypatch.setattr(probes, "array_bytes", lambda: 1000 * 8)
    monkeypatch.setattr(numpy, "zeros", lambda count: made.append(numpy.full(count, 7.0)) or made[0])
    probes.copy("cpu", 3)
    assert (made[0] == 1).all()
    assert len(made[0]) == 1000


def test_a_fault_of_the_user_s_is_plain_data(monkeypatch):
    def missing(*_):
        raise MissingExtraError("torch is not installed", "pip install 'cnnscope[torch]'")

    monkeypatch.setitem(probes.PROBES, "copy", missing)
    error = ["MissingExtraError", "torch is not installed", "pip install 'cnnscope[torch]'"]
    assert probes.answer("copy", '["cuda", 1]') == {"error": error}


@pytest.mark.parametrize(
    "caches, free, array",
    [
        pytest.param(32 * MIB, 24 * 1024 * MIB, 128 * MIB, id="four times the caches"),
        pytest.param(2 * MIB, 24 * 1024 * MIB, 128 * MIB, id="small caches: no less than 128 MiB"),
        pytest.param(None, 24 * 1024 * MIB, 128 * MIB, id="caches that the kernel does not list"),
        pytest.param(1024 * MIB, 64 * 1024 * MIB, 1024 * MIB, id="enormous caches: no more than 1 GiB"),
        pytest.param(32 * MIB, 512 * MIB, 64 * MIB, id="little memory: an eighth of what is free"),
        pytest.param(32 * MIB, 0, MIB, id="no memory"),
    ],
)
def test_arrays_are_larger_than_caches_and_smaller_than_memory(caches, free, array, monkeypatch):
    monkeypatch.setattr(cpu, "last_level_cache_bytes", lambda: caches)
    monkeypatch.setattr(memory, "available", lambda: Available(free, "planted"))
    assert probes.array_bytes() == array


@pytest.mark.parametrize("threads, sizes", [(1, [16, 32]), (4, [16, 32]), (5, [16, 32, 64])])
def test_many_threads_get_larger_matrices(threads, sizes, monkeypatch):
    pytest.importorskip("onnxruntime")
    from cnnscope.runtimes import onnxruntime

    seen = []

    def prepare(graph, settings):
        seen.append((settings.batch, *graph.input_shape, settings.threads))
        return SimpleNamespace(run=lambda: None, close=lambda: None)

    monkeypatch.setattr(onnxruntime, "prepare", prepare)
    monkeypatch.setattr(probes, "LARGE_SIZES", (64,))
    probes.matrix_product("cpu", "float32", threads)
    assert seen == [(size, size, threads) for size in sizes]


def test_cuda_is_torch_s_and_refused_where_there_is_no_gpu(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    built = f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA"
    message = f"torch {torch.__version__} is built for {built} and finds no GPU"
    for probe, arguments in (("matrix_product", '["cuda", "float16", 1]'), ("copy", '["cuda", 1]')):
        kind, said, _ = probes.answer(probe, arguments)["error"]
        assert (kind, said) == ("UsageError", message)


@pytest.mark.parametrize("dtype, allowed", [("float32", False), ("tf32", True), ("float16", False)])
def test_on_cuda_the_product_is_torch_s_with_tf32_as_asked(dtype, allowed, monkeypatch):
    """Proves the code, not CUDA: the CPU stands in for the GPU."""
    torch = pytest.importorskip("torch")
    from cnnscope.calibration import cuda

    waits = []
    monkeypatch.setattr(cuda, "require", lambda settings: None)
    monkeypatch.setattr(cuda, "SECONDS", 0.01)
    monkeypatch.setattr(cuda, "MATRIX_SIZES", (16, 32))
    monkeypatch.setattr(torch.cuda, "synchronize", waits.append)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1 << 20, 1 << 21))
    monkeypatch.setattr(torch.backends.cuda, "matmul", SimpleNamespace(allow_tf32=not allowed))
    product, copied = cuda.matrix_product("cpu", dtype), cuda.copy("cpu")
    assert torch.backends.cuda.matmul.allow_tf32 is allowed
    assert product.best > 0
    assert copied.best > 0
    # Every run waits for the device: one that does not count, and at least five that do, for two sizes and the copy.
    assert set(waits) == {"cpu"}
    assert len(waits) >= 18
