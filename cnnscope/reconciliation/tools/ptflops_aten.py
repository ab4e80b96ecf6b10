"""ptflops' engine "aten": the operators that torch dispatches."""

from cnnscope.reconciliation.counts import conv_biases, linear_biases
from cnnscope.reconciliation.tool import Rule, Term, Tool

TOOL = Tool(
    "ptflops-aten",
    "ptflops 0.7.5, ptflops/aten_ops.py; backend='aten'",
    "multiply-accumulates of convolutions and matrix products with their biases",
    (
        Rule(
            "MACs",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("biases of fully connected layers, per output", linear_biases),
            ),
        ),
    ),
)
