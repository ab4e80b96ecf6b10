"""calflops: patched functions of torch.nn.functional."""

from typing import Any

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import (
    POOLS,
    biased,
    conv_biases,
    inputs,
    over,
    padded_for_lrn,
    pairwise,
    plain_norm,
    scaled_norm,
    unused_params,
)
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements

ACTIVATIONS = ("relu", "prelu", "elu", "leaky relu", "silu", "gelu", "softmax", "split softmax")


def _transposed_biases(layer: LayerReport) -> int:
    """It takes the positions of a convolution of this window for those of a transposed one."""
    if not biased(layer):
        return 0
    op: Any = layer.layer.node.op
    window = zip(layer.input_shapes[0][2:], op.padding[:2], op.kernel, op.dilation, op.stride, strict=True)
    positions = [
        (side + 2 * padding - (dilation * (kernel - 1) + 1)) // stride + 1
        for side, padding, kernel, dilation, stride in window
    ]
    return elements((*layer.output_shape[:2], *positions)) - elements(layer.output_shape)


def _grouped_twice(layer: LayerReport) -> int:
    """What it counts less than ours: maps per group, divided by the groups once more."""
    groups: int = getattr(layer.layer.node.op, "groups", 1)
    per_group = layer.layer.placed.weights["weight"].shape[1]
    counted: int = layer.macs // per_group * (per_group // groups)
    return counted - layer.macs


GROUPED = Term(
    "products of grouped transposed convolutions, divided by the groups twice",
    over(("transposed conv",), _grouped_twice),
)

TOOL = Tool(
    "calflops",
    "calflops 0.3.2, calflops/pytorch_ops.py",
    "MACs of convolutions and matrix products; FLOPs twice those, biases of convolutions, norms, activations and pools",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule("MACs", "macs", (GROUPED,)),
        Rule(
            "FLOPs",
            "macs",
            (
                GROUPED._replace(factor=2),
                Term("biases of convolutions, per output", conv_biases),
                Term(
                    "biases of transposed convolutions at a convolution's positions instead of outputs",
                    over(("transposed conv",), _transposed_biases),
                ),
                Term("elements of batch norm", over(("bn",), scaled_norm), 2),
                Term("elements of batch norm without gamma", over(("bn",), plain_norm)),
                Term("elements of layer and group norm", inputs("layer norm", "group norm"), 5),
                Term("elements of activations other than ReLU6 and the hard ones", inputs(*ACTIVATIONS)),
                Term("inputs of pools", inputs(*POOLS)),
                Term("elements of local response norm, by torch's mul, mul and add", inputs("lrn"), 3),
                Term("inputs of its average pool, padded", over(("lrn",), padded_for_lrn)),
                Term("inputs of upsampling by a factor", inputs("upsample", calls=("module",))),
                Term(
                    "positions of upsampling to a size by a function, once for all maps and images",
                    over(("upsample",), lambda layer: elements(layer.output_shape[2:]), ("function",)),
                ),
                Term(
                    "sums and products of tensors by torch.add and torch.mul",
                    pairwise,
                ),
            ),
            times=2,
        ),
    ),
)
