"""What runs a network. One file per runtime; its name is the value of --runtime and the folder is the registry.

A runtime is a module with DEVICES; require(settings), which raises unless the runtime and its device are there;
prepare(graph, settings) -> Prepared; and kernel_times(graph, settings, seconds=, stop=) -> KernelTimes.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from cnnscope.errors import UsageError

DTYPES = ("float32", "float16")
GRAPH_OPTS = ("all", "extended", "basic", "disable")
"""How far ONNX Runtime rewrites the graph, the farthest first."""


class Settings(NamedTuple):
    """How a network is to run. `device` is cpu, cuda or cuda:1; `threads` work inside one operator."""

    runtime: str = "onnxruntime"
    device: str = "cpu"
    threads: int = 1
    graph_opt: str = "all"
    dtype: str = "float32"
    batch: int = 1
    seed: int = 0
    tf32: bool = False
    allow_fallback: bool = False
    cuda_graph: bool = False

    @property
    def is_cuda(self) -> bool:
        return self.device.startswith("cuda")

    @property
    def device_index(self) -> int:
        return int(self.device.partition(":")[2] or 0)


class Kernel(NamedTuple):
    """A kernel that ran: mean seconds of one run, and the layers that it computed.

    `type` is the runtime's name for what it does. A kernel that belongs to no layer says on which `line` it counts.
    """

    name: str
    type: str
    seconds: float
    layers: tuple[str, ...] = ()
    line: str = ""


class OptimisedNode(NamedTuple):
    """A node of the graph that a runtime made of ours."""

    name: str
    type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class KernelTimes(NamedTuple):
    """Kernels in running order, by a `method` in words, from `runs` runs at least.

    `whole` is a whole run in seconds while kernels were timed, None where they did not run as one network.
    `nodes` is the graph that ran, where the runtime rewrote ours and kernels do not know their layers.
    """

    method: str
    runs: int
    whole: float | None
    kernels: tuple[Kernel, ...]
    nodes: tuple[OptimisedNode, ...] | None = None


class Prepared(Protocol):
    """A network that is loaded, with its input on the device."""

    creation_seconds: float
    facts: Mapping[str, Any]
    """What the reader of a measurement should know of this run, such as provider options."""

    def run(self) -> None:
        """One forward pass, ended when this returns."""

    def guard(self) -> AbstractContextManager[None]:
        """Around run(): turns the runtime's exceptions into a RunError."""

    def outputs(self) -> list[Any]:
        """The outputs of one more pass as NumPy arrays."""

    def close(self) -> None:
        """Free what the runtime holds."""


@lru_cache(1)
def names() -> tuple[str, ...]:
    return tuple(found.name for found in pkgutil.iter_modules(__path__))


def module(name: str) -> ModuleType:
    """The runtime of this name; UsageError for one that is not known."""
    if name not in names():
        raise UsageError(f"runtime `{name}` is not known", f"known are {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def random_input(shape: tuple[int, ...], settings: Settings) -> Any:
    """Standard normal values in the dtype of the settings, the same for every runtime; zeros would run faster."""
    import numpy

    return numpy.random.default_rng(settings.seed).standard_normal(shape, numpy.float32).astype(settings.dtype)
