"""TF-Slim's tables of MobileNets, whose params leave batch norm out in version 2."""

from cnnscope.reconciliation.counts import params
from cnnscope.reconciliation.tool import Rule, Term, Tool

TOOL = Tool(
    "slim",
    "tensorflow/models, research/slim/nets/mobilenet_v1.md, mobilenet/README.md",
    "multiply-accumulates in millions; params with batch norm for MobileNet 1 and 3, without for 2",
    (
        Rule("params", "params", refuses={}),
        Rule("params without batch norm", "params", (Term("params of batch norm", params("bn"), -1),), refuses={}),
        Rule("MACs", "macs"),
    ),
)
