"""torchvision's metadata of weights."""

from cnnscope.reconciliation.counts import macs, unused_params
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool


def _unused(subject: Subject) -> int:
    """Weights of GoogLeNet come with its heads removed; those of Inception-v3 with them."""
    return 0 if subject.network == "googlenet-torchvision" else unused_params(subject)


TOOL = Tool(
    "torchvision",
    "torchvision 0.28.0, weights.meta['_ops'] and ['num_params']; three decimals of 10^9",
    "multiply-accumulates of convolutions and matrix products under the name of FLOPs",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", _unused),), refuses={}),
        Rule("GFLOPs", "macs", (Term("distances of RBF outputs, which it does not see", macs("rbf"), -1),), refuses={}),
    ),
)
