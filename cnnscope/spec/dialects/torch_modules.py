"""D17: torch's modules, as print(model) shows them, (0): Conv2d(3, 64, kernel_size=(11, 11), stride=(4, 4)), or as
code, nn.Sequential(nn.Conv2d(3, 64, 11), nn.ReLU()), read as text and never executed.

Everything that a module leaves out has torch's own default. Unsaid: the image (of a usual size that the first fully
connected layer fits), and how the parts of a model are joined: in the order in which they are printed, with a flatten
where a Linear follows maps. Blocks with a name of their own are refused, since they do not print how they are joined.
"""

import re

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "torch's modules: (0): Conv2d(3, 64, kernel_size=(3, 3)), or nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU())"
WORD = "Conv2d"
LINES = True

_LEAF = re.compile(r"\s*\(([\w.]+)\):\s*([A-Z]\w*)\((.*)\)\s*")
_CODE = re.compile(
    r"\bnn\.Module\b|\bnn\.Sequential\s*\(|\bSequential\s*\([^)]*?\b(?:nn\.)?(?:Conv2d|Linear)\s*\(", re.DOTALL
)
_LAYER = re.compile(r"\b(?:Conv2d|Linear)\s*\(")


def claims(document: Document) -> bool:
    text = "\n".join(document.lines)
    printed = any(_LEAF.fullmatch(line) for line in document.lines)
    return not document.has_front and bool(_LAYER.search(text)) and (printed or bool(_CODE.search(text)))


def read(document: Document, given: Given) -> list[Draft]:
    from cnnscope.spec.drafts.torch_layers import Chain
    from cnnscope.spec.drafts.torch_text import printed, written

    choices = Choices(given)
    draft = Draft(choices)
    faults = []
    try:
        modules = printed(document.lines) or written(document.lines)
    except CellError as error:
        raise refusal(document.path, [fault(0, "", error)]) from None
    chain = Chain(draft)
    for module in modules:
        try:
            chain.add(*module)
        except CellError as error:
            faults.append(fault(module.line, module.name or module.kind, error))
    if not faults:
        try:
            chain.finish()
        except CellError as error:
            faults.append(fault(0, "", error))
    if faults:
        raise refusal(document.path, faults)
    choices.note(Assumption("order", "as printed", "modules do not print how they are joined"))
    return [draft]
