"""torchscan: rules for modules, in multiply-accumulates and in single operations."""

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import (
    CONVOLUTIONS,
    conv_biases,
    inputs,
    linear_biases,
    outputs,
    over,
    plain_norm,
    scaled_norm,
    transposed_at_outputs,
)
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements

MODULE = ("module",)
LINEAR = (*CONVOLUTIONS, "fully connected")


def _window(layer: LayerReport, extra: int) -> int:
    """A square kernel is written as one number, nn.MaxPool2d(3), which it takes for all values of the window."""
    kernel: tuple[int, int] = getattr(layer.layer.node.op, "kernel", (1, 1))
    values = kernel[0] if kernel[0] == kernel[1] else kernel[0] * kernel[1]
    return elements(layer.output_shape) * (values - 1 + extra)


def _adaptive(layer: LayerReport, extra: int) -> int:
    """It takes input over output for the window, or the remainder plus one where that is not whole."""
    sides = zip(layer.input_shapes[0][2:], layer.output_shape[2:], strict=True)
    (rows, columns) = (size // out if size % out == 0 else size % out + 1 for size, out in sides)
    return elements(layer.output_shape) * (rows * columns - 1 + extra)


def _layer_norm(layer: LayerReport) -> int:
    values, shape = elements(layer.input_shapes[0]), layer.input_shapes[0]
    return 8 * values + 2 * (values // (shape[1] if len(shape) == 4 else shape[-1]))


def _channels(subject: Subject) -> int:
    return over(("bn",), lambda layer: layer.input_shapes[0][1], MODULE)(subject)


POOLING = (
    Term("comparisons of max pools along the window", over(("max pool",), lambda layer: _window(layer, 0), MODULE)),
    Term(
        "operations of average pools, 2 more than values along the window, less one",
        over(("avg pool",), lambda layer: _window(layer, 2), MODULE),
    ),
    Term(
        "comparisons of adaptive and global max pools",
        over(("global max pool", "adaptive max pool"), lambda layer: _adaptive(layer, 0), MODULE),
    ),
    Term(
        "operations of adaptive and global average pools, likewise",
        over(("global avg pool", "adaptive avg pool"), lambda layer: _adaptive(layer, 2), MODULE),
    ),
)

TOOL = Tool(
    "torchscan",
    "torchscan 0.2.0, torchscan/modules/macs.py, flops.py",
    "multiply-accumulates with batch norm and pools; FLOPs with biases, activations and every single operation",
    (
        Rule("params", "params", refuses={}),
        Rule(
            "MACs",
            "macs",
            (
                Term("elements of batch norm", over(("bn",), scaled_norm, MODULE), 2),
                Term("elements of batch norm without gamma", over(("bn",), plain_norm, MODULE)),
                *POOLING,
                Term("products of transposed convolutions at outputs instead of inputs", transposed_at_outputs),
                Term("operations on paddings of transposed convolutions", over(("transposed conv",), lambda layer: 8)),
            ),
        ),
        Rule(
            "FLOPs",
            "macs",
            (
                Term(
                    "outputs of convolutions and fully connected layers: a sum has one add less than terms",
                    outputs(*LINEAR),
                    -1,
                ),
                Term("biases of convolutions, per output", conv_biases),
                Term("biases of fully connected layers, per output", linear_biases),
                Term("elements of batch norm", over(("bn",), scaled_norm, MODULE), 4),
                Term("elements of batch norm without gamma", over(("bn",), plain_norm, MODULE), 2),
                Term("channels of batch norm", _channels, 2),
                Term("operations of layer norm", over(("layer norm",), _layer_norm, ("module", "subclass"))),
                Term("elements of ReLU", inputs("relu", calls=MODULE)),
                Term("elements of ReLU6", inputs("relu6", calls=MODULE), 2),
                Term("elements of leaky ReLU and sigmoid", inputs("leaky relu", "sigmoid", calls=MODULE), 4),
                Term("elements of ELU and tanh", inputs("elu", "tanh", calls=MODULE), 6),
                Term("elements of dropout", inputs("dropout", calls=MODULE)),
                *POOLING,
                Term("products of transposed convolutions at outputs instead of inputs", transposed_at_outputs, 2),
                Term("operations on paddings of transposed convolutions", over(("transposed conv",), lambda layer: 16)),
            ),
            times=2,
        ),
    ),
)
