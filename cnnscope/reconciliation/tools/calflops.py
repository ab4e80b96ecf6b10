"""calflops: patched functions of torch.nn.functional."""

from cnnscope.reconciliation.counts import POOLS, conv_biases, inputs, normalised, outputs, over, unused_params
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
                Term("operations of batch norm: 2 per element, 1 without gamma", over(("bn",), normalised)),
                Term("elements of layer and group norm", inputs("layer norm", "group norm"), 5),
                Term("elements of activations other than ReLU6 and the hard ones", inputs(*ACTIVATIONS)),
                Term("inputs of pools", inputs(*POOLS)),
                Term("inputs of upsampling", inputs("upsample")),
                Term(
                    "sums and products of tensors by torch.add and torch.mul",
                    outputs("add", "multiply", calls=("function",)),
                ),
            ),
            times=2,
        ),
    ),
)
