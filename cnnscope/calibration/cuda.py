"""The same figures on CUDA, through torch; never run where there is no GPU."""

from collections.abc import Callable
from functools import partial
from typing import Any

from cnnscope.calibration.trials import Rate, best_rate
from cnnscope.runtimes import Settings
from cnnscope.runtimes.torch import library, require

SECONDS = 0.5
MATRIX_SIZES = (2048, 4096, 8192)
ARRAY_BYTES = 2**30
"""Of each of two arrays; the caches of GPUs hold up to 128 MB. A quarter of what is free, where that is less."""


def matrix_product(device: str, dtype: str) -> Rate:
    """FLOP/s of torch's product of two square matrices of random values; tf32 is float32 that may use TF32."""
    torch = _torch(device)
    torch.backends.cuda.matmul.allow_tf32 = dtype == "tf32"
    kind = torch.float32 if dtype == "tf32" else getattr(torch, dtype)
    rates = []
    for size in MATRIX_SIZES:
        left, right = (torch.randn(size, size, device=device, dtype=kind) for _ in range(2))
        target = torch.empty_like(left)
        run = _to_its_end(torch, device, partial(torch.matmul, left, right, out=target))
        rates.append(best_rate(2 * size**3, run, seconds=SECONDS))
    return max(rates)


def copy(device: str) -> Rate:
    """Bytes per second, read and written, from one array on the device to another."""
    torch = _torch(device)
    free, _ = torch.cuda.mem_get_info(device)
    source = torch.ones(min(ARRAY_BYTES, free // 4), dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return best_rate(2 * source.numel(), _to_its_end(torch, device, lambda: target.copy_(source)), seconds=SECONDS)


def _torch(device: str) -> Any:
    require(Settings(runtime="torch", device=device))
    return library()


def _to_its_end(torch: Any, device: str, launch: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        launch()
        torch.cuda.synchronize(device)

    return run
