"""torchinfo: the size of every weight, times the positions of the output only where the module is a convolution."""

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import (
    CONVOLUTIONS,
    Count,
    biased,
    conv_biases,
    linear_biases,
    outputs,
    over,
    transposed_at_outputs,
    unused_params,
)
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements


def _per_position(layer: LayerReport) -> int:
    """What nn.Linear over positions costs beyond one position: macs and biases."""
    per_image = layer.params * layer.output_shape[0]
    return layer.macs + (elements(layer.output_shape) if biased(layer) else 0) - per_image


def _positions(subject: Subject) -> int:
    written = over((*CONVOLUTIONS, "fully connected"), _per_position, ("linear",))(subject)
    tokens = sum(
        _per_position(layer)
        for layer in subject.layers
        if layer.type == "fully connected" and len(layer.output_shape) == 3
    )
    return written + tokens


def _batch_params(*types: str) -> Count:
    return over(types, lambda layer: layer.params * layer.output_shape[0], ("module", "subclass"))


WITH_PARAMS = (*CONVOLUTIONS, "fully connected", "bn", "layer norm", "global response norm", "group norm", "prelu")

TOOL = Tool(
    "torchinfo",
    "torchinfo 1.8.0, torchinfo/layer_info.py, calculate_macs; model_statistics.py",
    "every weight once per position of a convolution's output, and once per image in all other modules",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule(
            "mult-adds",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("biases of fully connected layers, per output", linear_biases),
                Term("params of batch norm, not per position", _batch_params("bn")),
                Term(
                    "params of other norms and PReLU, not per position",
                    _batch_params("layer norm", "global response norm", "group norm", "prelu"),
                ),
                Term("operations of nn.Linear at all positions but one", _positions, -1),
                Term("products of transposed convolutions at outputs instead of inputs", transposed_at_outputs),
            ),
        ),
        Rule(
            "forward/backward pass bytes",
            "zero",
            (
                Term(
                    "outputs of modules with params, 4 bytes each, twice",
                    outputs(*WITH_PARAMS, calls=("module", "subclass", "linear")),
                    8,
                ),
            ),
            refuses=dict.fromkeys(("attention",), "implementations of attention differ in what it would see"),
        ),
    ),
)
