"""What ONNX Runtime makes of a network: every layer's tensor, computed as the graph is written, nothing fused."""

from typing import TYPE_CHECKING, Any, NamedTuple

from cnnscope.errors import RunError
from cnnscope.export import onnx_in_memory
from cnnscope.graph import Graph, Layer
from cnnscope.runtimes import Settings
from cnnscope.runtimes.onnxruntime import Session
from cnnscope.runtimes.onnxruntime.session import in_our_words

if TYPE_CHECKING:
    import numpy

    Arrays = dict[str, numpy.ndarray[Any, Any]]


class Computed(NamedTuple):
    """The weights by name, and every tensor of the network by name, its random input among them."""

    weights: "Arrays"
    tensors: "Arrays"


def ask(graph: Graph, layers: tuple[Layer, ...], settings: Settings) -> Computed:
    """RunError where ONNX Runtime cannot load or run the network; its own memory is free again afterwards."""
    network = onnx_in_memory(graph, layers, dtype=settings.dtype, seed=settings.seed, every_tensor=True)
    session = None
    try:
        # Packing makes a second copy of the weights, which pays only where a session runs often.
        session = Session(network, settings, entries={"session.disable_prepacking": "1"})
        with in_our_words(settings):
            found = session.outputs()
        names = [output.name for output in session.session.get_outputs()]
        return Computed(network.arrays, session.feed | dict(zip(names, found, strict=True)))
    except RunError as error:
        raise RunError(
            error.message, "use a smaller --batch or --input, or --counts-only, which computes nothing"
        ) from None
    finally:
        if session:
            session.close()
