"""Blocks that several pages share: `blocks: mbconv` in the front matter brings all that blocks/mbconv.md declares.

A page's own folder is searched before the zoo's. Pages of blocks may import others; what they bring, they pass on.
"""

import re
from collections.abc import Callable
from pathlib import Path

from cnnscope.errors import Fault, SpecError
from cnnscope.spec.columns import suggestion
from cnnscope.spec.files import folder
from cnnscope.spec.program import Block
from cnnscope.spec.tables.document import Document

BLOCKS = "blocks"
"""The front-matter key, and the folder beside the pages."""
MOST_IMPORTS = 50

Reader = Callable[[str, str], list[Block]]
"""(path of a page of blocks, what messages call it) -> its blocks."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def imported(document: Document, read: Reader) -> tuple[list[Block], list[Fault]]:
    """The blocks that a page's front matter names, each once, and what is wrong with the names."""
    line, text = document.front.get(BLOCKS, (0, ""))
    names = [name for piece in text.split(",") if (name := piece.strip())]
    if len(names) > MOST_IMPORTS:
        return [], [Fault(line, "", f"{len(names):,} pages of blocks", f"at most {MOST_IMPORTS} are read")]
    known = _pages(document.path)
    found: dict[str, Block] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(names):
        if name not in known or not _NAME.fullmatch(name):
            faults.append(Fault(line, "", f"no blocks `{name[:40]}`", suggestion(name, sorted(known))))
            continue
        for block in read(*known[name]):
            if (other := found.setdefault(block.name, block)).path != block.path:
                problem = f"block {block.name[:40]} is in {other.path} and in {block.path}"
                faults.append(Fault(line, "", problem, "import one of them"))
    return [*found.values()], faults


def _pages(importer: str) -> dict[str, tuple[str, str]]:
    """The pages of blocks that a page can name: where each is, and what messages call it."""
    # Standard input, which is called "stdin" here, has no folder.
    zoo = folder()
    here = Path(importer).parent
    here = here.parent if here.name == BLOCKS else here
    pages = {page.stem: (str(page), f"{zoo.name}/{BLOCKS}/{page.name}") for page in (zoo / BLOCKS).glob("*.md")}
    if importer != "stdin" and here.resolve() != zoo:
        pages |= {page.stem: (str(page), str(page)) for page in sorted((here / BLOCKS).glob("*.md"))}
    return pages


def own_blocks(blocks: list[Block], shared: list[Block]) -> list[Fault]:
    """A fault for every block of a page whose name it imports too."""
    taken = {block.name: block.path for block in shared}
    return [
        Fault(block.line, block.name[:40], f"{taken[block.name]} has a block of this name", "rename the block")
        for block in blocks
        if block.name in taken
    ]


def circle(path: str, importers: tuple[str, ...]) -> SpecError:
    """The error for pages of blocks that import each other."""
    names = " -> ".join([*importers[importers.index(path) :], path])
    return SpecError(path, [Fault(0, "", f"imports itself: {names}", "move what both need to a third page")])
