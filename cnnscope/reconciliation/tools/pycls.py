"""pycls' complexity."""

from cnnscope.reconciliation.counts import CONVOLUTIONS, conv_biases, linear_biases, outputs
from cnnscope.reconciliation.tool import Rule, Term, Tool

TOOL = Tool(
    "pycls",
    "pycls @5719de66, pycls/models/blocks.py (*_cx), dev/model_complexity.json",
    "multiply-accumulates with biases as FLOPs; activations of convolutions, fully connected layers and max pools",
    (
        Rule("params", "params", refuses={}),
        Rule(
            "FLOPs",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("biases of fully connected layers, per output", linear_biases),
            ),
        ),
        Rule(
            "activations",
            "zero",
            (
                Term(
                    "outputs of convolutions, fully connected layers and max pools",
                    outputs(*CONVOLUTIONS, "fully connected", "max pool"),
                ),
            ),
        ),
    ),
)
