"""D15: a network as a list of modules, one per line: `B x7 : 1x1 384 | 1x1 192, 1x7 224, 7x1 256 | avg3, 1x1 128`.

As the figures of Inception-v4 are copied out; drafts/module_lines.py has the signs. Unsaid: the input, batch
norms (behind every convolution), and the classifier behind the last module.
"""

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import classifier, image
from cnnscope.spec.drafts.module_lines import LINE, module
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "lines such as `A x4 : 1x1 96 | 1x1 64, 3x3 96 | avg3, 1x1 96`, one per module"
WORD = "A : 1x1 96 | 3x3 96"


def claims(document: Document) -> bool:
    lines = _lines(document)
    return (
        not document.has_front
        and not any(len(table.header) > 2 and _titled(table.header) for table in document.tables)
        and len(lines) > 1
        and all(LINE.fullmatch(line) for _, line in lines)
        and any("|" in line for _, line in lines)
    )


def _titled(header: tuple[str, ...]) -> bool:
    """Words rather than tokens: a table of its own."""
    return not any(":" in title for title in header)


def _lines(document: Document) -> list[tuple[int, str]]:
    texts = ((number, line.strip()) for number, line in enumerate(document.lines, start=1))
    return [(number, text) for number, text in texts if text and not text.startswith("```")]


def read(document: Document, given: Given) -> list[Draft]:
    choices = Choices(given)
    draft = Draft(choices)
    norm = choices.take("norm", "bn", "none", why="behind every convolution, which then has no bias")
    faults = []
    for number, text in _lines(document):
        match = LINE.fullmatch(text)
        assert match
        try:
            write(draft, number, match["label"], match["body"], "conv bn" if norm == "bn" else "conv")
        except CellError as error:
            faults.append(fault(number, match["label"], error))
    if faults:
        raise refusal(document.path, faults)
    choices.alike("activation", "relu", why="behind every convolution")
    image(draft, "3x299x299")
    classifier(draft, draft.lines[-1].line, pool=True)
    return [draft]


def write(draft: Draft, line: int, label: str, body: str, conv: str) -> None:
    """The rows of one module line."""
    found = module(draft, label, body, conv)
    if found.letter:
        for value in found.calls:
            draft.add(line, found.name, **{found.letter: value})
    else:
        draft.add(line, found.name, repeat=str(len(found.calls)) if len(found.calls) > 1 else "")
