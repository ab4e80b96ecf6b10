"""The catalogue of the zoo: figures of every network, out of an index that is written once and checked by content.

`specs/index.json` holds the figures of each page beside the digest of its text. A page whose text has another digest,
or that the index does not know, is read and built anew, so that the catalogue never shows figures of another text.
"""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cnnscope.shapes import Shape
from cnnscope.spec import zoo
from cnnscope.spec.files import folder

INDEX = "index.json"


class Listed(NamedTuple):
    """One network of the zoo; `input_shape` is that of one image, (C, H, W) or (F,)."""

    name: str
    family: str
    year: str
    input_shape: Shape
    params: int
    macs: int
    source: str


def catalogue(pattern: str = "*") -> list[Listed]:
    """Figures of every network whose name matches a pattern ("vgg*"), or contains it; SpecError for a faulty page."""
    wanted = zoo.normal(pattern)
    if not any(sign in wanted for sign in "*?["):
        wanted = f"*{wanted}*"
    known = _index()
    found: dict[str, Listed] = {}
    for path in zoo.pages():
        data = path.read_bytes()
        kept = known.get(path.name, {})
        if kept.get("digest") == digest(data):
            entries = [Listed(row[0], path.stem, row[1], tuple(row[2]), *row[3:]) for row in kept["networks"]]
        else:
            names = zoo.skim(path, data.decode())
            entries = _read(path, [place for place in names if fnmatchcase(zoo.normal(place[0]), wanted)])
        for entry in entries:
            found.setdefault(zoo.normal(entry.name), entry)
    return [entry for name, entry in found.items() if fnmatchcase(name, wanted)]


def index_text() -> str:
    """What the index should hold, one network a line; every page is read and built."""
    pages = []
    for path in zoo.pages():
        data = path.read_bytes()
        entries = _read(path, zoo.skim(path, data.decode()))
        rows = [
            json.dumps([entry.name, entry.year, *entry[3:]], ensure_ascii=False, separators=(",", ":"))
            for entry in entries
        ]
        networks = ",\n".join(rows)
        pages.append(f'{json.dumps(path.name)}: {{"digest": "{digest(data)}", "networks": [\n{networks}\n]}}')
    return "{\n" + ",\n".join(pages) + "\n}\n"


def digest(page: bytes) -> str:
    """What stands for the text of a page, the shared blocks included, in the index."""
    return sha256(page + _blocks()).hexdigest()[:32]


@lru_cache(1)
def _blocks() -> bytes:
    return b"".join(path.read_bytes() for path in sorted((folder() / "blocks").glob("*.md")))


def _index() -> dict[str, Any]:
    """The index as it lies beside the pages, empty where there is none."""
    try:
        known = json.loads((folder() / INDEX).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _read(path: Path, places: Iterable[tuple[str, str]]) -> list[Listed]:
    """The networks of a page, built and walked."""
    if not places:
        return []
    from cnnscope.graph import walk
    from cnnscope.spec.build import build

    program = zoo.read_file(str(path))
    entries = []
    for name, variant in places:
        graph = build(program, variant)
        placed = [layer.placed for layer in walk(graph)]
        params, macs = sum([layer.params for layer in placed]), sum([layer.cost.macs for layer in placed])
        entries.append(Listed(name, path.stem, program.year, graph.input_shape, params, macs, graph.source))
    return entries
