"""timm's benchmark and profile: fvcore's counts."""

from cnnscope.reconciliation.tool import Rule, Tool
from cnnscope.reconciliation.tools.fvcore import ACTIVATIONS, FLOPS

TOOL = Tool(
    "timm",
    "timm @aa4b5850, benchmark.py (profile_fvcore); results/*.csv to two decimals of 10^6 and 10^9",
    "fvcore's counts of the network without auxiliary heads",
    (
        Rule("params", "params", refuses={}),
        FLOPS._replace(quantity="GMACs"),
        ACTIVATIONS._replace(quantity="activations"),
    ),
)
