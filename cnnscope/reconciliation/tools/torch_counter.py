"""torch.utils.flop_counter."""

from cnnscope.reconciliation.counts import macs, unused_params
from cnnscope.reconciliation.tool import Rule, Term, Tool

TOOL = Tool(
    "torch",
    "torch 2.13.0, torch/utils/flop_counter.py, FlopCounterMode",
    "two operations for each multiply-accumulate of convolutions and matrix products; nothing else",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule(
            "FLOPs",
            "macs",
            (Term("distances of RBF outputs, which it does not see", macs("rbf"), -2),),
            times=2,
            refuses={},
        ),
    ),
)
