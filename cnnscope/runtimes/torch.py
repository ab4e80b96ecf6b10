"""torch: modules timed one by one, on the CPU by its clock, on CUDA by events."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from cnnscope.errors import MissingExtraError, RunError, UsageError
from cnnscope.export import build_torch
from cnnscope.graph import Graph
from cnnscope.runtimes import Kernel, KernelTimes, Settings, random_input

DEVICES = ("cpu", "cuda")
METHODS = {"cpu": "torch modules, each timed alone in its place", "cuda": "torch modules, between CUDA events"}
WARM_UP, FEWEST = 3, 10


def library() -> Any:
    """The torch package; MissingExtraError names the extra."""
    try:
        import torch
    except ImportError:
        raise MissingExtraError("torch is not installed", "pip install 'cnnscope[torch]'") from None
    return torch


def require(settings: Settings) -> None:
    """UsageError where the device is not there, MissingExtraError without torch."""
    torch = library()
    if settings.is_cuda and not torch.cuda.is_available():
        built = f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA"
        raise UsageError(
            f"torch {torch.__version__} is built for {built} and finds no GPU", "`cnnscope doctor` says what is missing"
        )
    if settings.is_cuda and settings.device_index >= torch.cuda.device_count():
        raise UsageError(f"no {settings.device}", f"this machine has {torch.cuda.device_count()} GPUs, counted from 0")


def prepare(graph: Graph, settings: Settings) -> "Module":
    """The network with random weights and input on the device; RunError where they do not fit."""
    return Module(graph, settings)


class Module:
    """A module in eval mode with one fixed random input, run without gradients."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        torch = self.torch = library()
        self.settings = settings
        torch.set_num_threads(settings.threads)
        if settings.is_cuda:
            # A recorded graph and its memory belong to the current device.
            torch.cuda.set_device(settings.device_index)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = settings.tf32
        start = time.perf_counter()
        dtype = getattr(torch, settings.dtype)
        with self.guard():
            self.module = build_torch(graph, seed=settings.seed).to(settings.device, dtype)
            values = random_input((settings.batch, *graph.input_shape), settings)
            self.input = torch.from_numpy(values).to(settings.device)
        self.creation_seconds = time.perf_counter() - start
        self.facts: dict[str, Any] = {}
        if settings.is_cuda:
            self.facts |= {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
            self.facts |= {"tf32": settings.tf32, "cuda_graph": settings.cuda_graph}
            self.facts["input_copy_seconds"] = self._copied(torch.from_numpy(values))
        self.run: Callable[[], None] = self._replay() if settings.cuda_graph else self._run

    def _run(self) -> None:
        with self.torch.inference_mode():
            self.module(self.input)
        self._wait()

    def _copied(self, values: Any) -> float:
        """Seconds that one input takes to the device."""
        self._wait()
        start = time.perf_counter()
        self.input.copy_(values)
        self._wait()
        return time.perf_counter() - start

    def _replay(self) -> Callable[[], None]:
        """The launches of one pass recorded once: what is left is the GPU's own time."""
        torch = self.torch
        for _ in range(WARM_UP):
            self._run()
        recorded = torch.cuda.CUDAGraph()
        with torch.inference_mode(), torch.cuda.graph(recorded):
            self.module(self.input)

        def replay() -> None:
            recorded.replay()
            self._wait()

        return replay

    def _wait(self) -> None:
        if self.settings.is_cuda:
            self.torch.cuda.synchronize(self.settings.device)

    def outputs(self) -> list[Any]:
        with self.guard(), self.torch.inference_mode():
            found = self.module(self.input)
            tensors = found.values() if isinstance(found, dict) else [found]
            return [tensor.float().cpu().numpy() for tensor in tensors]

    def close(self) -> None:
        del self.module, self.input, self.run

    def guard(self) -> AbstractContextManager[None]:
        return _in_our_words(self.settings)


@contextmanager
def _in_our_words(settings: Settings) -> Iterator[None]:
    """Turns torch's exceptions into a RunError."""
    try:
        yield
    except RuntimeError as error:
        text = " ".join(str(error).split())
        if "out of memory" in text.lower() or "can't allocate memory" in text.lower():
            raise RunError(
                f"not enough memory on {settings.device}: {text[:200]}", "use a smaller --batch or --input"
            ) from None
        raise RunError(f"torch failed: {text[:300]}", "try another --dtype or --runtime") from None


def kernel_times(graph: Graph, settings: Settings, *, seconds: float, stop: Callable[[], bool]) -> KernelTimes:
    """Mean time of every layer's module over about so many seconds, in runs of their own."""
    prepared = Module(graph, settings._replace(cuda_graph=False))
    clock = _Events(prepared.torch, settings.device) if settings.is_cuda else _Clock()
    marks: list[Any] = []
    for module, _, _ in prepared.module.plan:
        module.register_forward_pre_hook(lambda *_: marks.append(clock.mark()))
        module.register_forward_hook(lambda *_: marks.append(clock.mark()))
    names = [name for _, name, _ in prepared.module.plan]
    spent, whole, runs, end = [0.0] * len(names), 0.0, -WARM_UP, time.perf_counter() + seconds
    while runs < 1 or (not stop() and (runs < FEWEST or time.perf_counter() < end)):
        marks.clear()
        begin = clock.mark()
        prepared._run()
        finish = clock.mark()
        runs += 1
        if runs > 0:
            whole += clock.between(begin, finish)
            spent = [sum(pair) for pair in zip(spent, map(clock.between, marks[::2], marks[1::2]), strict=True)]
    types = {name: type(module).__name__ for module, name, _ in prepared.module.plan}
    kernels = tuple(Kernel(name, types[name], s / runs, (name,)) for name, s in zip(names, spent, strict=True))
    return KernelTimes(METHODS["cuda" if settings.is_cuda else "cpu"], runs, whole / runs, kernels)


class _Clock:
    """The CPU's clock: nothing runs behind its back."""

    def mark(self) -> Any:
        return time.perf_counter()

    def between(self, begin: Any, end: Any) -> float:
        """Seconds."""
        return float(end - begin)


class _Events(_Clock):
    """CUDA events: times on the GPU, whenever the CPU launched the work."""

    def __init__(self, torch: Any, device: str) -> None:
        self.torch, self.stream = torch, torch.cuda.current_stream(device)

    def mark(self) -> Any:
        event = self.torch.cuda.Event(enable_timing=True)
        event.record(self.stream)
        return event

    def between(self, begin: Any, end: Any) -> float:
        end.synchronize()
        return float(begin.elapsed_time(end)) / 1e3
