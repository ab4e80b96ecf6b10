"""Questions in processes of their own: the answer is always there, whatever the process does."""

import sys

import pytest

from cnnscope.doctor.ask import Answer, ask, run

FALLBACK = "Fail: [ONNXRuntimeError] : 1 : FAIL : This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user."
# What onnxruntime-gpu 1.31.1 wrote on a machine without CUDA, shortened.
NO_CUBLAS = """\
\x1b[1;31m2026-11-21 14:58:45.789 [E:onnxruntime:Default, provider_bridge_ort.cc:2458 operator()] [ONNXRuntimeError] : 1 : FAIL : Failed to load library /v/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory
\x1b[m
\x1b[0;93m2026-11-21 14:58:45.789 [W:onnxruntime:Default, onnxruntime_pybind_state.cc:1295 CreateExecutionProviderFactoryInstance] Failed to create CUDAExecutionProvider. Require cuDNN 9.* and CUDA 13.*.\x1b[m
"""
OLD_GLIBC = """\
2026-11-21 [E:onnxruntime:Default] Failed to load library libonnxruntime_providers_cuda.so with error: /lib/libc.so.6: version `GLIBC_2.38' not found
"""
OLD_DRIVER = "RuntimeError: /src/cuda_call.cc:114 CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; hostname=c4 ; expr=cudaSetDevice(info_.device_id);"


def python(code):
    return [sys.executable, "-c", code]


def said(fault, stderr=""):
    """A process that ends well, with a fault in its answer and words on stderr."""
    return python(f"import json, sys; sys.stderr.write({stderr!r}); print(json.dumps({{'fault': {fault!r}}}))")


@pytest.mark.parametrize(
    "command, answer",
    [
        pytest.param(python("print('Please follow the page.'); print('{\"version\": \"1.31.1\"}')"), Answer({"version": "1.31.1"}), id="facts, after a library's own words"),
        pytest.param(said(FALLBACK, NO_CUBLAS), Answer({"fault": FALLBACK}, "libcublasLt.so.13 is missing"), id="a missing library, named in the log"),
        pytest.param(said(FALLBACK, OLD_GLIBC), Answer({"fault": FALLBACK}, "Failed to load library libonnxruntime_providers_cuda.so with error: /lib/libc.so.6: version `GLIBC_2.38' not found"), id="another reason in the log"),
        pytest.param(said(FALLBACK), Answer({"fault": FALLBACK}, FALLBACK.partition("FAIL : ")[2]), id="no reason but the exception"),
        pytest.param(said(OLD_DRIVER), Answer({"fault": OLD_DRIVER}, "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version"), id="an old driver"),
        pytest.param(said("ImportError: libcudart.so.13: cannot open shared object file: No such file or directory"), Answer({"fault": "ImportError: libcudart.so.13: cannot open shared object file: No such file or directory"}, "libcudart.so.13 is missing"), id="a missing library, named in the exception"),
        pytest.param(said("ModuleNotFoundError: No module named 'numpy'"), Answer({"fault": "ModuleNotFoundError: No module named 'numpy'"}, "ModuleNotFoundError: No module named 'numpy'"), id="a missing module"),
        pytest.param(python("import os; os.kill(os.getpid(), 11)"), Answer({}, "the process was ended by SIGSEGV"), id="a crash"),
        pytest.param(python("import os; print('{\"version\": \"1\"}', flush=True); os.kill(os.getpid(), 6)"), Answer({"version": "1"}, "the process was ended by SIGABRT"), id="a crash while it ends"),
        pytest.param(python("import time; time.sleep(60)"), Answer({}, "no answer in 0.5 s"), id="it hangs"),
        pytest.param(python("import sys; sys.exit('Illegal option')"), Answer({}, "Illegal option"), id="no JSON, but a last word"),
        pytest.param(python("print('[1]')"), Answer({}, "[1]"), id="JSON of another kind"),
        pytest.param(python(""), Answer({}, "it ended without a word"), id="nothing at all"),
        pytest.param(["/nowhere/python"], Answer({}, "/nowhere/python cannot be run: No such file or directory"), id="no interpreter"),
    ],
)  # fmt: skip
def test_whatever_happens_there_is_an_answer(command, answer):
    assert run(command, seconds=0.5 if "sleep" in command[-1] else 30) == answer


def test_the_cpu_runs_a_convolution():
    onnxruntime = pytest.importorskip("onnxruntime")
    answer = ask("onnxruntime", "CPUExecutionProvider")
    assert answer == Answer(
        {"version": onnxruntime.__version__, "available": onnxruntime.get_available_providers()}, ""
    )


def test_a_provider_that_is_not_there_is_never_replaced_by_the_cpu():
    onnxruntime = pytest.importorskip("onnxruntime")
    assert "NoSuchExecutionProvider" not in onnxruntime.get_available_providers()
    assert ask("onnxruntime", "NoSuchExecutionProvider").fault


def test_the_model_is_one_convolution():
    onnx = pytest.importorskip("onnx")
    from cnnscope.doctor.ask_onnxruntime import MODEL

    model = onnx.load_from_string(MODEL)
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Conv"]
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)


def test_torch_runs_a_convolution():
    torch = pytest.importorskip("torch")
    answer = ask("torch")
    assert answer.facts["version"] == torch.__version__
    assert answer.facts["cuda"] == torch.version.cuda
