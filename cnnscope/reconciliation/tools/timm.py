"""timm's benchmark and profile: fvcore's counts."""

from cnnscope.reconciliation.counts import GLOBAL_POOLS, last
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.reconciliation.tools.fvcore import ACTIVATIONS, FLOPS
from cnnscope.shapes import elements


def _pool(subject: Subject) -> int:
    """The pool in front of the classifier; its gates take x.mean(), which nothing counts."""
    pool = last(subject, *GLOBAL_POOLS)
    return elements(pool.input_shapes[0]) if pool else 0


def _once(term: Term) -> Term:
    return Term("inputs of the pool in front of the classifier", _pool) if "global average pools" in term.what else term


TOOL = Tool(
    "timm",
    "timm @aa4b5850, benchmark.py (profile_fvcore); results/*.csv to two decimals of 10^6 and 10^9",
    "fvcore's counts of the network without auxiliary heads",
    (
        Rule("params", "params", refuses={}),
        FLOPS._replace(quantity="GMACs", terms=tuple(_once(term) for term in FLOPS.terms)),
        ACTIVATIONS._replace(quantity="activations"),
    ),
)
