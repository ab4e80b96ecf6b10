"""make gpu-check: everything of cnnscope that needs a GPU, as a table of what was checked.

Needs torch with CUDA, onnxruntime-gpu and onnx in the Python that runs it. Exit code 1 where a check failed, 3 where there
is no GPU and so nothing was checked.
"""

import os
import sys
import traceback
from collections.abc import Callable

import cnnscope
from cnnscope.calibration.ceilings import measure
from cnnscope.doctor import providers
from cnnscope.errors import CnnscopeError
from cnnscope.graph import Graph, Node
from cnnscope.machine.gpu import gpus
from cnnscope.profiling.record import Profile
from cnnscope.runtimes import Settings, module

LIMITS = cnnscope.Limits(0.5, 5.0)
NETWORKS = ("lenet5-slide", "alexnet", "vgg16", "googlenet", "resnet50", "squeezenet1_1", "nin")
FLOAT32, TF32, FLOAT16 = 1e-4, 1e-2, 3e-2
"""Largest differences to the CPU, over the largest value, that rounding explains."""

Check = Callable[[], str]
CHECKS: list[tuple[str, Check]] = []


def check(name: str) -> Callable[[Check], Check]:
    def add(function: Check) -> Check:
        CHECKS.append((name, function))
        return function

    return add


def main() -> int:
    found = gpus()
    if not found.found:
        print(f"no GPU: {found.fault or 'nvidia-smi is not installed'}; nothing was checked")
        return 3
    print(", ".join(f"{gpu.name}, driver {gpu.driver}" for gpu in found.found))
    failed = 0
    for name, function in CHECKS:
        try:
            mark, detail = "ok", function()
        except Exception as error:
            mark, detail, failed = "FAILED", f"{type(error).__name__}: {error}", failed + 1
            if os.environ.get("VERBOSE"):
                traceback.print_exc()
        print(f"{mark:6}  {name:52}  {detail}", flush=True)
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} hold")
    return 1 if failed else 0


@check("doctor: CUDA loads in ONNX Runtime")
def _() -> str:
    finding = providers.cuda()
    assert finding.status == "ok", f"{finding.found}; {finding.remedy}"
    return finding.found


def difference(name: str, given: Settings) -> float:
    """Largest difference of the outputs to those of ONNX Runtime on the CPU, over their largest value.

    A softmax at the end is left out: on random weights it says 0 and 1 whatever comes before.
    """
    whole = cnnscope.load(name).graph
    graph = replace_nodes(whole, whole.nodes[:-1]) if whole.nodes[-1].op.type == "softmax" else whole
    ours = module(given.runtime).prepare(graph, given).outputs()
    theirs = module("onnxruntime").prepare(graph, Settings(threads=4)).outputs()
    return max(
        float(abs(mine.astype("float32") - other).max() / abs(other).max())
        for mine, other in zip(ours, theirs, strict=True)
    )


def replace_nodes(graph: Graph, nodes: tuple[Node, ...]) -> Graph:
    return Graph(graph.name, graph.input_shape, nodes, graph.path, graph.source)


def within(bound: float, given: Settings) -> str:
    found = {name: difference(name, given) for name in NETWORKS}
    worst = max(found, key=found.__getitem__)
    assert found[worst] <= bound, f"{worst} differs by {found[worst]:.2g}, more than {bound:g}"
    return f"{len(found)} networks, worst {worst} {found[worst]:.1e}, bound {bound:g}"


for _runtime in ("onnxruntime", "torch"):
    for _what, _bound, _more in (
        ("float32", FLOAT32, {}),
        ("TF32", TF32, {"tf32": True}),
        ("float16", FLOAT16, {"dtype": "float16"}),
    ):
        _given = Settings(runtime=_runtime, device="cuda", **_more)
        check(f"{_runtime}, {_what}: numbers as on the CPU")(lambda b=_bound, g=_given: within(b, g))


@check("ONNX Runtime: no node on the CPU")
def _() -> str:
    for name in NETWORKS:
        facts = module("onnxruntime").prepare(cnnscope.load(name).graph, Settings(device="cuda")).facts
        assert facts["providers"][0] == "CUDAExecutionProvider", facts
        assert not facts["on_cpu"], f"{name}: {facts['on_cpu']}"
    return f"{len(NETWORKS)} networks"


def shown(profile: Profile) -> str:
    assert profile.summary.n >= 10
    parts = [f"median {profile.median * 1e3:.3f} ms, n {profile.summary.n}, {profile.throughput:,.0f} images/s"]
    if profile.kernels:
        assert not profile.unattributed
        parts.append(f"layers add up to {profile.kernel_seconds / profile.median:.1%}")
    if profile.share_of_peak is not None:
        assert profile.share_of_peak <= 1.05, f"{profile.share_of_peak:.0%} of the roof"
        parts.append(f"{profile.share_of_peak:.0%} of the roof")
    return "; ".join(parts)


for _name, _given in (
    ("onnxruntime, every row alone", Settings(device="cuda")),
    ("onnxruntime, batch 32", Settings(device="cuda", batch=32)),
    ("onnxruntime, batch 32, TF32", Settings(device="cuda", batch=32, tf32=True)),
    ("onnxruntime, batch 32, float16", Settings(device="cuda", batch=32, dtype="float16")),
    ("onnxruntime, CUDA graph", Settings(device="cuda", cuda_graph=True)),
    ("torch, CUDA events", Settings(runtime="torch", device="cuda")),
    ("torch, batch 32", Settings(runtime="torch", device="cuda", batch=32)),
    ("torch, CUDA graph", Settings(runtime="torch", device="cuda", cuda_graph=True)),
):
    check(f"profile resnet50: {_name}")(lambda given=_given: shown(cnnscope.profile("resnet50", given, LIMITS)))


@check("ceilings in float32, TF32 and float16")
def _() -> str:
    found = {dtype: measure("cuda", dtype, 1) for dtype in ("float32", "tf32", "float16")}
    rates = ", ".join(f"{dtype} {roof.compute / 1e12:.1f} TFLOP/s" for dtype, roof in found.items())
    return f"{rates}, copy {found['float32'].copy / 1e9:.0f} GB/s"


def refused(given: Settings) -> str:
    try:
        cnnscope.profile("resnet50", given, LIMITS)
    except CnnscopeError as error:
        return error.message
    raise AssertionError("it was not refused")


check("a batch that does not fit is refused with figures")(lambda: refused(Settings(device="cuda", batch=200_000)))
check("a GPU that is not there is refused: onnxruntime")(lambda: refused(Settings(device="cuda:99")))
check("a GPU that is not there is refused: torch")(lambda: refused(Settings(runtime="torch", device="cuda:99")))

if __name__ == "__main__":
    sys.exit(main())
