"""The record of a profile: what was measured, where and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from cnnscope.calibration.ceilings import Ceilings
from cnnscope.profiling.statistics import Summary, summarize
from cnnscope.rendered import Rendered
from cnnscope.runtimes import Kernel, Settings
from cnnscope.shapes import Shape
from cnnscope.units import Bytes, Count

MOST_OVERHEAD = 0.10
"""A profiler that costs more than this share of the latency measures shares, not times."""


class Latency(NamedTuple):
    """Seconds of one run, every sample in the order measured; see profiling.protocol.Series."""

    samples: tuple[float, ...]
    inner: int
    stop: str
    warm_up_runs: int
    discarded: int
    first_run: float
    creation_seconds: float


class LayerWork(NamedTuple):
    """A layer and what the analysis says that it must do, whole batch."""

    name: str
    type: str
    row: str
    output_shape: Shape
    macs: Count
    padding_free_macs: Count
    flops: Count
    inputs: tuple[str, ...]
    weight_bytes: Bytes
    output_bytes: Bytes


class Memory(NamedTuple):
    """Bytes: what the run was predicted to need, what was free before it, and the most that the process held."""

    predicted: Bytes
    available: Bytes
    measured: Bytes | None


@dataclass(frozen=True)
class Profile(Rendered):
    """One network, measured under one configuration."""

    network: str
    source: str
    input_shape: Shape
    settings: Settings
    latency: Latency
    layers: tuple[LayerWork, ...]
    kernels: tuple[Kernel, ...]
    """In running order; empty where only the whole network was timed."""
    removed: tuple[str, ...]
    """Layers that ran nowhere, such as dropout."""
    method: str
    """How the kernels were timed."""
    kernel_runs: int
    profiled_seconds: float | None
    """A whole run while kernels were timed; None where they did not run as one network."""
    memory: Memory
    ceilings: Ceilings | None
    environment: Mapping[str, Any]
    facts: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    """Did someone end the measurement before it had all that it was asked for?"""

    @cached_property
    def summary(self) -> Summary:
        return summarize(self.latency.samples)

    @property
    def median(self) -> float:
        """Seconds of one run."""
        return self.summary.median

    @property
    def throughput(self) -> float:
        """Images per second."""
        return self.settings.batch / self.median

    @property
    def macs(self) -> Count:
        return sum(layer.macs for layer in self.layers)

    @property
    def padding_free_macs(self) -> Count:
        return sum(layer.padding_free_macs for layer in self.layers)

    @property
    def flops_per_second(self) -> float:
        """Two for each multiply-accumulate, those with zero padding included."""
        return 2 * self.macs / self.median

    @property
    def share_of_peak(self) -> float | None:
        """Of the machine's measured compute roof, by the multiply-accumulates that padding does not make needless."""
        return 2 * self.padding_free_macs / self.median / self.ceilings.compute if self.ceilings else None

    @property
    def kernel_seconds(self) -> float:
        return sum(kernel.seconds for kernel in self.kernels)

    @property
    def overhead(self) -> float | None:
        """How much longer a run took while kernels were timed, as a share of the latency."""
        return None if self.profiled_seconds is None else self.profiled_seconds / self.median - 1

    @property
    def times_hold(self) -> bool:
        """Was the overhead small enough for kernel times to be times of the undisturbed run?"""
        return self.overhead is None or abs(self.overhead) <= MOST_OVERHEAD

    def share(self, seconds: float) -> float | None:
        """Of the latency, or of all kernel time where times do not hold; None where the clock saw no time at all."""
        whole = self.median if self.times_hold else self.kernel_seconds
        return seconds / whole if whole else None

    @property
    def between_kernels(self) -> float:
        """Seconds of the latency outside kernels: the runtime's own. Negative where timing slowed the kernels."""
        return self.median - self.kernel_seconds

    @property
    def unattributed(self) -> float:
        """Seconds of kernels that belong to no layer."""
        return sum(kernel.seconds for kernel in self.kernels if not kernel.layers)

    def home_of(self, kernel: Kernel) -> str | None:
        """The layer that a kernel's time counts with: the one that does most of its arithmetic."""
        if not kernel.layers:
            return None
        return max(kernel.layers, key=lambda name: (self._flops[name], -kernel.layers.index(name)))

    @cached_property
    def _flops(self) -> dict[str, Count]:
        return {layer.name: layer.flops for layer in self.layers}
