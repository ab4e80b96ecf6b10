"""Weights for a network: random ones that are the same bytes on every machine, or those of a file.

Random values come from integers of SFC64, whose stream NumPy keeps stable, scaled by correctly rounded arithmetic only:
no exponential or logarithm, which differ between machines. Every tensor has a stream of its own, seeded by its name, so
that one more layer changes no other weights. Kernels are uniform with He et al.'s variance 2 / fan-in; biases and the
statistics of batch norm are random too, since exporters drop or merge initializers that are all zeros or ones. A batch
norm's variances lie about the mean square of what arrives there, as they do in a trained network: a thousand layers
then neither overflow nor fade out, gates do not saturate, and rounding errors stay small.
"""

import hashlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnscope.errors import MissingExtraError
from cnnscope.graph import Layer
from cnnscope.ops.op import Moments
from cnnscope.shapes import Shape, elements

if TYPE_CHECKING:
    import numpy

CHUNK = 1 << 20
SMALLEST, LARGEST = 2.0**-12, 2.0**14


class Tensor(NamedTuple):
    """A stored tensor of the network: `name` is the layer's and the weight's, joined by a dot."""

    name: str
    shape: Shape
    trainable: bool
    low: float
    high: float
    """Random values are uniform between these."""


def tensors(layers: Iterator[Layer] | tuple[Layer, ...]) -> Iterator[Tensor]:
    """Every stored tensor in running order."""
    moments: dict[str, Moments] = {}
    for layer in layers:
        # What no layer here made is an input of standard normal values.
        arriving = [moments.get(source, Moments(0.0, 1.0)) for source in layer.node.inputs]
        moments[layer.node.name] = _held(layer.node.op.moments(*arriving))
        for name, weight in layer.placed.weights.items():
            low, high = _range(layer, name, weight.shape, arriving[0].square)
            yield Tensor(f"{layer.node.name}.{name}", weight.shape, weight.trainable, low, high)


def _held(found: Moments) -> Moments:
    """Where values fade out or overflow, the smallest or largest that float16 can still normalise."""
    square = min(max(found.square, SMALLEST), LARGEST)
    return found if square == found.square else Moments(0.0, square)


def _range(layer: Layer, name: str, shape: Shape, arriving: float) -> tuple[float, float]:
    if name == "running_var":
        return 0.5 * arriving, 1.5 * arriving
    if "bias" in name or name == "running_mean":
        return -0.1, 0.1
    if elements(shape[1:]) == 1 and len(shape) != 4:
        # Scales of normalisations, slopes, coefficients of a trainable pool.
        return 0.5, 1.5
    # Of a kernel the products in one output, which for a transposed convolution is less than its input maps see.
    fan_in = layer.placed.cost.macs // elements(layer.placed.output) if len(shape) == 4 else elements(shape[1:])
    bound = math.sqrt(6 / max(fan_in, 1))
    return -bound, bound


def random_chunks(tensor: Tensor, *, seed: int) -> "Iterator[numpy.ndarray[Any, Any]]":
    """The tensor's values as float32, a million at a time; the same for the same seed and name everywhere."""
    numpy = _numpy()
    digest = hashlib.sha256(f"{seed}:{tensor.name}".encode()).digest()
    stream = numpy.random.SFC64(int.from_bytes(digest[:16], "little"))
    count, step = elements(tensor.shape), numpy.float32((tensor.high - tensor.low) / 2**24)
    middle = numpy.float32((tensor.high + tensor.low) / 2)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        raw = stream.random_raw((size + 1) // 2).astype("<u8", copy=False).view("<u4")[:size]
        # 24 random bits and a half: exact in float32, symmetric about zero, never zero.
        values = (raw >> numpy.uint32(8)).astype(numpy.float32)
        values -= numpy.float32(2**23 - 0.5)
        values *= step
        if middle:
            values += middle
        yield values


def random_array(tensor: Tensor, *, seed: int) -> "numpy.ndarray[Any, Any]":
    numpy = _numpy()
    array: Any = numpy.empty(elements(tensor.shape), numpy.float32)
    filled = 0
    for values in random_chunks(tensor, seed=seed):
        array[filled : filled + values.size] = values
        filled += values.size
    return array.reshape(tensor.shape)  # type: ignore[no-any-return]


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise MissingExtraError("numpy is not installed", "pip install 'cnnscope[cpu]'") from None
    return numpy
