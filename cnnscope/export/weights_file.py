"""Weights from a file: NumPy's npz without pickles, or safetensors. Names are the layers', "conv1.weight"."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cnnscope.errors import MissingExtraError, UsageError
from cnnscope.export.weights import Tensor

SUFFIXES = (".npz", ".safetensors")
_SHOWN = 10


@contextmanager
def opened(path: Path, wanted: list[Tensor]) -> Iterator[Mapping[str, Any]]:
    """The file's arrays by name, each read when it is asked for.

    UsageError where the file is of another kind or damaged, and one that lists every tensor that is missing, not wanted
    or of another shape.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file", "name a .npz or .safetensors file, or random, or none")
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"{path} is no weights file that can be read",
            "only .npz without pickles and .safetensors are: a pickle can run code",
        )
    with (_npz if path.suffix == ".npz" else _safetensors)(path) as arrays:
        _compare(path, {name: tuple(arrays.shape(name)) for name in arrays}, wanted)
        yield arrays


class _Arrays(Mapping[str, Any]):
    def __init__(self, names: list[str], get: Any, shape: Any) -> None:
        self.names, self.get_array, self.shape = names, get, shape

    def __getitem__(self, name: str) -> Any:
        """The array as float32; UsageError where it holds no real numbers."""
        array = self.get_array(name)
        if array.dtype.kind not in "fiu":
            raise UsageError(f"weights: {name} holds {array.dtype}, not real numbers", "save it as float32")
        return array.astype("float32", copy=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@contextmanager
def _npz(path: Path) -> Iterator[_Arrays]:
    import zipfile

    import numpy

    try:
        # Opened here: numpy forgets to close a file that it cannot read.
        with path.open("rb") as stream, numpy.load(stream, allow_pickle=False) as file:
            yield _Arrays(list(file.files), file.__getitem__, lambda name: file[name].shape)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{path} cannot be read as npz: {error}", "it may be truncated, or hold pickled objects"
        ) from None


@contextmanager
def _safetensors(path: Path) -> Iterator[_Arrays]:
    try:
        import safetensors
    except ImportError:
        raise MissingExtraError("safetensors is not installed", "pip install 'cnnscope[cpu]'") from None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            yield _Arrays(list(file.keys()), file.get_tensor, lambda name: file.get_slice(name).get_shape())
    except (safetensors.SafetensorError, OSError) as error:
        raise UsageError(f"{path} cannot be read as safetensors: {error}", "it may be truncated") from None


def _compare(path: Path, found: Mapping[str, tuple[int, ...]], wanted: list[Tensor]) -> None:
    faults = [f"missing: {t.name} {_shape(t.shape)}" for t in wanted if t.name not in found]
    faults += [
        f"misshapen: {t.name} is {_shape(found[t.name])}, the network needs {_shape(t.shape)}"
        for t in wanted
        if found.get(t.name, t.shape) != t.shape
    ]
    names = {t.name for t in wanted}
    faults += [
        f"not of this network: {name}"
        for name in found
        if name not in names and not name.endswith("num_batches_tracked")
    ]
    if faults:
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise UsageError(f"{path} does not fit the network", "\n  ".join(faults[:_SHOWN]) + more)


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "a number"
