"""Habits of papers: what they print under the names of params, FLOPs and operations."""

from cnnscope.reconciliation.counts import biases, conv_biases, linear_biases, params
from cnnscope.reconciliation.tool import Rule, Term, Tool

BIASES = Term("biases", biases, -1)
NORMS = Term("params of batch norm", params("bn"), -1)

TOOL = Tool(
    "paper",
    "papers since 2012; docs/conventions.md, Claims",
    "multiply-accumulates called FLOPs (most), two operations each (Darknet, YOLO), with biases (FaceNet); "
    "params without biases (GoogLeNet) or batch norm (ResNeXt)",
    (
        Rule("params", "params", refuses={}),
        Rule("params without biases", "params", (BIASES,), refuses={}),
        Rule("params without batch norm", "params", (NORMS,), refuses={}),
        Rule("params without biases and batch norm", "params", (BIASES, NORMS), refuses={}),
        Rule("FLOPs that are multiply-accumulates", "macs", refuses={}),
        Rule("FLOPs or operations, two per multiply-accumulate", "macs", times=2, refuses={}),
        Rule(
            "multiply-accumulates with biases",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("biases of fully connected layers, per output", linear_biases),
            ),
            refuses={},
        ),
    ),
)
