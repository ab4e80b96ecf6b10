"""Sessions whose weights are handed over in memory: nothing is written, and no network is too large for a file."""

import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from cnnscope.doctor import providers
from cnnscope.errors import MissingExtraError, RunError, UsageError
from cnnscope.export import InMemory, onnx_in_memory
from cnnscope.graph import Graph, walk
from cnnscope.runtimes import Settings, random_input
from cnnscope.units import short_bytes

DEVICES = ("cpu", "cuda")

_LEVELS = {
    "all": "ORT_ENABLE_ALL",
    "extended": "ORT_ENABLE_EXTENDED",
    "basic": "ORT_ENABLE_BASIC",
    "disable": "ORT_DISABLE_ALL",
}
_CUDA, _CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
_FATAL = 4
"""Messages below this severity are not logged: what matters is raised, and said in our words."""

_LAYER = re.compile(r"(?:node with name|Name:) ?'([^']*)'")
_MISSING = re.compile(r"implementation for (\w+)")
_WANTED = re.compile(r"requested buffer of size (\d+)")


def library() -> Any:
    """The onnxruntime package; MissingExtraError names the extra."""
    try:
        import onnxruntime
    except ImportError:
        raise MissingExtraError("onnxruntime is not installed", "pip install 'cnnscope[cpu]'") from None
    return onnxruntime


def require(settings: Settings) -> None:
    """UsageError where this installation knows no such device, MissingExtraError without onnxruntime."""
    ort = library()
    if settings.is_cuda and _CUDA not in ort.get_available_providers():
        raise UsageError(
            f"onnxruntime {ort.__version__} as installed here has no CUDA provider",
            "pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'cnnscope[gpu]'; `cnnscope doctor` checks it",
        )


def prepare(graph: Graph, settings: Settings) -> "Session":
    """The network with random weights and input; RunError where it cannot be loaded."""
    layers = tuple(walk(graph, batch=settings.batch))
    return Session(onnx_in_memory(graph, layers, dtype=settings.dtype, seed=settings.seed), settings)


class Session:
    """A session with one fixed random input; on CUDA input and outputs stay on the device."""

    def __init__(self, network: InMemory, settings: Settings, **options: Any) -> None:
        self.settings = settings
        start = time.perf_counter()
        self.session = create(network, settings, **options)
        self.creation_seconds = time.perf_counter() - start
        self.feed = {wanted.name: random_input(wanted.shape, settings) for wanted in self.session.get_inputs()}
        self.facts: dict[str, Any] = {"providers": self.session.get_providers()}
        self.binding: Any = None
        if settings.is_cuda:
            self.facts |= {"tf32": settings.tf32, "on_cpu": _on_cpu(self.session)}
            self.binding = self._bind(settings.device_index)

    def _bind(self, index: int) -> Any:
        ort, binding = library(), self.session.io_binding()
        for name, array in self.feed.items():
            on_device = ort.OrtValue.ortvalue_from_numpy(array, "cuda", index)
            start = time.perf_counter()
            on_device.update_inplace(array)
            self.facts["input_copy_seconds"] = time.perf_counter() - start
            binding.bind_ortvalue_input(name, on_device)
        for output in self.session.get_outputs():
            binding.bind_output(output.name, "cuda", index)
        return binding

    def run(self) -> None:
        if self.binding:
            self.session.run_with_iobinding(self.binding)
        else:
            self.session.run(None, self.feed)

    def guard(self) -> AbstractContextManager[None]:
        return in_our_words(self.settings)

    def outputs(self) -> list[Any]:
        with self.guard():
            found: list[Any] = self.session.run(None, self.feed)
        return found

    def close(self) -> None:
        del self.session, self.binding


def create(network: InMemory, settings: Settings, **options: Any) -> Any:
    """A session; `options` are attributes of its SessionOptions, `entries` its configuration. RunError if refused."""
    ort = library()
    asked = ort.SessionOptions()
    asked.intra_op_num_threads, asked.inter_op_num_threads = settings.threads, 1
    asked.graph_optimization_level = getattr(ort.GraphOptimizationLevel, _LEVELS[settings.graph_opt])
    asked.log_severity_level = _FATAL
    for name, value in options.pop("entries", {}).items():
        asked.add_session_config_entry(name, value)
    for name, value in options.items():
        setattr(asked, name, value)
    if network.arrays:
        values = [ort.OrtValue.ortvalue_from_numpy(array) for array in network.arrays.values()]
        asked.add_external_initializers(list(network.arrays), values)
    with in_our_words(settings):
        if not settings.is_cuda:
            return ort.InferenceSession(network.model, asked, providers=[_CPU])
        return _on_cuda(network, asked, settings)


def _on_cuda(network: InMemory, asked: Any, settings: Settings) -> Any:
    """A session on the GPU; one that would run nodes on the CPU is refused unless that was allowed."""
    ort = library()
    if hasattr(ort, "preload_dlls"):
        ort.preload_dlls()
    asked.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    choices = {"device_id": str(settings.device_index), "use_tf32": "1" if settings.tf32 else "0"}
    choices["enable_cuda_graph"] = "1" if settings.cuda_graph else "0"
    session = ort.InferenceSession(network.model, asked, providers=[(_CUDA, choices), _CPU])
    if _CUDA not in session.get_providers():
        finding = providers.cuda()
        raise RunError(f"{settings.device}: {_CUDA} {finding.found}", finding.remedy or "see `cnnscope doctor`")
    if (on_cpu := _on_cpu(session)) and not settings.allow_fallback:
        shown = ", ".join(on_cpu[:5]) + (f" and {len(on_cpu) - 5} more" if len(on_cpu) > 5 else "")
        raise RunError(f"nodes that would run on the CPU, not on {settings.device}: {shown}", "or --allow-fallback")
    return session


def _on_cpu(session: Any) -> list[str]:
    """Nodes that the session has put on the CPU."""
    parts = session.get_provider_graph_assignment_info()
    return [node.name for part in parts if part.ep_name != _CUDA for node in part.get_nodes()]


@contextmanager
def in_our_words(settings: Settings) -> Iterator[None]:
    """Turns the runtime's exceptions into a RunError that names the layer."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith("onnxruntime") and not isinstance(error, MemoryError):
            raise
        raise _translated(str(error), settings) from None


def _translated(text: str, settings: Settings) -> RunError:
    where = _LAYER.search(text)
    # A node is named as its layer, with /part behind it where the layer is spelled as several.
    layer = f"{where[1].partition('/')[0]}: " if where and where[1] else ""
    if missing := _MISSING.search(text):
        return RunError(
            f"{layer}ONNX Runtime has no {missing[1]} for {settings.dtype} on {settings.device}",
            "try another --dtype, --device or --runtime",
        )
    if (wanted := _WANTED.search(text)) or "bad allocation" in text or "out of memory" in text.lower():
        size = f"; it asked for {short_bytes(int(wanted[1]))} more" if wanted else ""
        return RunError(f"{layer}not enough memory on {settings.device}{size}", "use a smaller --batch or --input")
    reason = text.partition(" : ")[2].partition(" : ")[2].partition(" : ")[2] or text
    return RunError(f"{layer}ONNX Runtime failed: {' '.join(reason.split())[:300]}", "try another --graph-opt")
