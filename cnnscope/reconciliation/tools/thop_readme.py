"""The table in thop's README, which an earlier version made."""

from cnnscope.reconciliation.counts import conv_biases, macs, unused_params
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.reconciliation.tools.thop import TOOL as THOP

TOOL = Tool(
    "thop-readme",
    "thop @43c064a, README.md, to two decimals of 10^9: as versions 0.0.x counted",
    "as thop, and biases of convolutions, and the additions of fully connected layers beside their multiplications",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        THOP.rules[1]._replace(
            terms=(
                *THOP.rules[1].terms,
                Term("biases of convolutions, per output", conv_biases),
                Term("products of fully connected layers again, as additions", macs("fully connected")),
            )
        ),
    ),
)
