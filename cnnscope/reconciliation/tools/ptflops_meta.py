"""ptflops' engine "pytorch" on the meta device, where a Linear is traced into products that it has patched as well."""

from cnnscope.reconciliation.counts import CONVOLUTIONS, macs
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.reconciliation.tools.ptflops_pytorch import TERMS


def _linear(subject: Subject) -> int:
    return macs("fully connected")(subject) + macs(*CONVOLUTIONS, calls=("linear",))(subject)


TOOL = Tool(
    "ptflops-meta",
    "ptflops 0.7.5, backend='pytorch' on torch.device('meta')",
    "as ptflops-pytorch, and every nn.Linear twice",
    (Rule("MACs", "macs", (*TERMS, Term("products of nn.Linear again", _linear)), averages=True),),
)
