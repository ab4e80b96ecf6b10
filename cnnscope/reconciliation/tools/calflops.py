"""calflops: patched functions of torch.nn.functional."""

from cnnscope.reconciliation.counts import (
    POOLS,
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

ACTIVATIONS = ("relu", "prelu", "elu", "leaky relu", "silu", "gelu", "softmax")

TOOL = Tool(
    "calflops",
    "calflops 0.3.2, calflops/pytorch_ops.py",
    "MACs of convolutions and matrix products; FLOPs twice those, biases of convolutions, norms, activations and pools",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule("MACs", "macs"),
        Rule(
            "FLOPs",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("elements of batch norm", over(("bn",), scaled_norm), 2),
                Term("elements of batch norm without gamma", over(("bn",), plain_norm)),
                Term("elements of layer and group norm", inputs("layer norm", "group norm"), 5),
                Term("elements of activations other than ReLU6 and the hard ones", inputs(*ACTIVATIONS)),
                Term("inputs of pools", inputs(*POOLS)),
                Term("elements of local response norm, by torch's mul, mul and add", inputs("lrn"), 3),
                Term("inputs of its average pool, padded", over(("lrn",), padded_for_lrn)),
                Term("inputs of upsampling", inputs("upsample")),
                Term(
                    "sums and products of tensors by torch.add and torch.mul",
                    pairwise,
                ),
            ),
            times=2,
        ),
    ),
)
