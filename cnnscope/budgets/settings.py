"""How a network is run when a figure must be measured: the settings of the profile record."""

from typing import NamedTuple


class RunSettings(NamedTuple):
    """Settings of a run; times in seconds. Two measurements compare only where all of these agree.

    `input` is one sample's shape as a page writes it, None for the page's own.
    """

    runtime: str = "onnxruntime"
    device: str = "cpu"
    threads: int = 1
    graph_opt: str = "all"
    batch: int = 1
    seed: int = 0
    min_time: float = 3.0
    max_time: float = 30.0
    dtype: str = "float32"
    input: str | None = None
