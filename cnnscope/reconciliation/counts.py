"""What conventions count: functions from a subject to a number, built from types of layers.

Each is named for what it counts, as a sum over the layers that it is about.
"""

from collections.abc import Callable

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.subject import SEEN, Subject
from cnnscope.shapes import elements

Count = Callable[[Subject], int]
Each = Callable[[LayerReport], int]

CONVOLUTIONS = ("conv", "depthwise conv", "linked conv", "transposed conv")
GLOBAL_POOLS = ("global avg pool", "adaptive avg pool")
POOLS = ("max pool", "avg pool", *GLOBAL_POOLS, "global max pool", "adaptive max pool")
NOT_LINEAR = ("module", "function", "method", "subclass", "untraced")
ALL = (*NOT_LINEAR, "linear")


def over(types: tuple[str, ...], each: Each, calls: tuple[str, ...] = ALL) -> Count:
    """The sum of a figure over the layers of these types that are called in one of these ways."""

    def count(subject: Subject) -> int:
        return sum(each(layer) for layer in subject.layers if layer.type in types and subject.call(layer) in calls)

    return count


def inputs(*types: str, calls: tuple[str, ...] = SEEN) -> Count:
    """Elements of the first input."""
    return over(types, lambda layer: elements(layer.input_shapes[0]), calls)


def outputs(*types: str, calls: tuple[str, ...] = SEEN) -> Count:
    """Elements of the output."""
    return over(types, lambda layer: elements(layer.output_shape), calls)


def params(*types: str, calls: tuple[str, ...] = ALL) -> Count:
    return over(types, lambda layer: layer.params, calls)


def buffers(subject: Subject) -> int:
    return sum(layer.buffers for layer in subject.layers)


def unused_params(subject: Subject) -> int:
    """Params of heads that the implementation builds and does not run."""
    return subject.unused_params


def biased(layer: LayerReport) -> bool:
    return any("bias" in name for name in layer.layer.placed.weights)


def _bias_adds(layer: LayerReport) -> int:
    return elements(layer.output_shape) if biased(layer) else 0


def conv_biases(subject: Subject) -> int:
    """One addition per output of a convolution with biases."""
    return over(CONVOLUTIONS, _bias_adds, NOT_LINEAR)(subject)


def linear_biases(subject: Subject) -> int:
    """One addition per output of a fully connected layer with biases, or of a convolution written as one."""
    return over(("fully connected",), _bias_adds)(subject) + over(CONVOLUTIONS, _bias_adds, ("linear",))(subject)


def biases(subject: Subject) -> int:
    """Biases as params, of convolutions and fully connected layers."""
    return sum(
        elements(weight.shape)
        for layer in subject.layers
        if layer.macs
        for name, weight in layer.layer.placed.weights.items()
        if "bias" in name
    )


def macs(*types: str, calls: tuple[str, ...] = ALL) -> Count:
    return over(types, lambda layer: layer.macs, calls)


def upsampled(mode: str, calls: tuple[str, ...] = SEEN) -> Count:
    """Outputs of upsampling in this mode."""

    def each(layer: LayerReport) -> int:
        return elements(layer.output_shape) if getattr(layer.layer.node.op, "mode", "") == mode else 0

    return over(("upsample",), each, calls)


def scaled_norm(layer: LayerReport) -> int:
    """Elements of a batch norm with gamma."""
    return elements(layer.input_shapes[0]) if "weight" in layer.layer.placed.weights else 0


def plain_norm(layer: LayerReport) -> int:
    """Elements of a batch norm without gamma: libraries then see no affine part."""
    return elements(layer.input_shapes[0]) - scaled_norm(layer)


def untraced(subject: Subject) -> int:
    """Products of convolutions with padding="same", traced as aten::_convolution_mode, which fvcore does not know."""
    return macs(*CONVOLUTIONS, calls=("untraced",))(subject)


def pairwise(subject: Subject) -> int:
    """Elements of sums and products that are called as functions, one of two tensors after the other."""
    return over(("add", "multiply"), _pairs, ("function",))(subject)


def _pairs(layer: LayerReport) -> int:
    return elements(layer.output_shape) * (len(layer.inputs) - 1)


def padded_for_lrn(layer: LayerReport) -> int:
    """Input of the average pool in torch's local response norm, which pads the maps by half a window on either side."""
    batch, channels, *space = layer.input_shapes[0]
    beside: int = getattr(layer.layer.node.op, "n", 1) - 1
    return elements((batch, channels + beside, *space))


def area(layer: LayerReport) -> int:
    """Values in the layer's window."""
    kernel: tuple[int, int] = getattr(layer.layer.node.op, "kernel", (1, 1))
    return kernel[0] * kernel[1]


def at_outputs(layer: LayerReport) -> int:
    """What a transposed convolution would cost if every output, not every input, took a whole window."""
    weight = layer.layer.placed.weights["weight"].shape
    outputs_per_map = elements(layer.output_shape) // layer.output_shape[1]
    return outputs_per_map * elements(weight) - layer.macs


transposed_at_outputs = over(("transposed conv",), at_outputs)


def last(subject: Subject, *types: str) -> LayerReport | None:
    """The last layer of these types."""
    return next((layer for layer in reversed(subject.layers) if layer.type in types), None)
