"""torchvision's metadata of weights."""

from cnnscope.reconciliation.counts import macs, unused_params
from cnnscope.reconciliation.tool import Rule, Term, Tool

TOOL = Tool(
    "torchvision",
    "torchvision 0.28.0, weights.meta['_ops'] and ['num_params']; three decimals of 10^9",
    "multiply-accumulates of convolutions and matrix products under the name of FLOPs",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule("GFLOPs", "macs", (Term("distances of RBF outputs, which it does not see", macs("rbf"), -1),), refuses={}),
    ),
)
