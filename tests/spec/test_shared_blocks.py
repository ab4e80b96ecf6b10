"""Blocks that pages import: `blocks: name` in the front matter."""

from pathlib import Path

import pytest

import cnnscope
from cnnscope.spec.files import folder
from tests.spec.reading import command_line, error, report, shapes, table

HEADER = "layer | type | maps | kernel | from"
UNIT = "# A unit\n\nProse.\n\n## unit(maps)\n" + table(HEADER, "c | conv | {maps} | 3 | ", "r | relu | | | ")


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Writes pages into an empty current directory; names with a slash lie in folders."""
    monkeypatch.chdir(tmp_path)

    def write(**texts: str) -> None:
        for name, text in texts.items():
            path = Path(name.replace("__", "/")).with_suffix(".md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    return write


def net(blocks: str, *rows: str, below: str = "", front: str = "") -> str:
    """A page that imports blocks on line 3; its first row is on line 8."""
    rows = rows or ("a | unit | 4 | |",)
    return f"---\ninput: 1x8x8\nblocks: {blocks}\n{front}---\n\n" + table(HEADER, *rows) + below


def analyzed(path: str = "net.md") -> cnnscope.Network:
    return cnnscope.load(path).analyze()


def test_a_page_imports_the_blocks_of_its_own_folder(pages):
    pages(net=net("unit"), blocks__unit=UNIT)
    result = analyzed()
    assert shapes(result) == {"a.c": (4, 6, 6), "a.r": (4, 6, 6)}
    assert [layer.line for layer in result.layers] == [8, 8]


def test_a_page_elsewhere_imports_the_blocks_of_the_zoo(pages):
    gate = "a | conv | 8 | 1 | ", "b | gate | | | "
    below = "\n## gate()\n" + table("layer | type | squeeze", "se | squeeze-excite | 2")
    pages(net=net("squeeze-excite", *gate, below=below))
    # 8·1 + 8 of the convolution; 8·2 + 2 and 2·8 + 8 of the gate.
    assert analyzed().params == 16 + 18 + 24


def test_a_folder_s_own_blocks_come_before_those_of_the_zoo(pages):
    pages(net=net("squeeze-excite"), blocks__squeeze_excite=UNIT)
    Path("blocks/squeeze_excite.md").rename("blocks/squeeze-excite.md")
    assert shapes(analyzed())["a.c"] == (4, 6, 6)


def test_standard_input_has_the_blocks_of_the_zoo_and_no_others(pages):
    pages(blocks__unit=UNIT)
    rows = "layer | type | squeeze", "a | squeeze-excite | 2"
    text = "---\ninput: 4x8x8\nblocks: squeeze-excite\n---\n" + table(*rows)
    assert report(text, path="-").params == 4 * 2 + 2 + 2 * 4 + 4
    assert error(text.replace("squeeze-excite", "unit", 1), path="-").startswith("stdin:3: no blocks `unit`\n")


def test_pages_of_blocks_import_others_and_pass_them_on(pages):
    pair = "---\nblocks: unit\nsource: nobody\n---\n## pair(maps)\n" + table(
        HEADER, "p | unit | {maps} | | ", "q | unit | {2*maps} | | "
    )
    pages(net=net("pair", "a | pair | 2 | | ", "b | unit | 3 | | "), blocks__unit=UNIT, blocks__pair=pair)
    assert shapes(analyzed())["a.q.c"] == (4, 4, 4)
    assert shapes(analyzed())["b.c"] == (3, 2, 2)


def test_an_imported_block_may_call_a_block_of_the_page(pages):
    twice = "## twice(block)\n" + table("layer | type", "p | {block}", "q | {block}")
    page = (
        "---\ninput: 1x8x8\nblocks: twice\n---\n"
        + table("layer | type | block", "a | twice | own")
        + "\n## own()\n"
        + table("layer | type | maps | kernel", "c | conv | 4 | 3")
    )
    pages(net=page, blocks__twice=twice)
    assert [(layer.name, layer.line) for layer in analyzed().layers] == [("a.p.c", 12), ("a.q.c", 12)]


def test_a_layer_of_an_imported_block_has_the_line_that_calls_it(pages):
    outer = "\n## outer()\n" + table(HEADER, "u | unit | 4 | | ")
    pages(net=net("unit", "a | outer | | | ", "b | unit | 3 | | ", below=outer), blocks__unit=UNIT)
    assert [layer.line for layer in analyzed().layers] == [14, 14, 9, 9]


MENDED = [
    (
        {"net": net("unti"), "blocks__unit": UNIT},
        'net.md:3: no blocks `unti`\n  did you mean "unit"?',
    ),
    (
        {"net": net("../unit"), "blocks__unit": UNIT},
        'net.md:3: no blocks `../unit`\n  did you mean "unit"?',
    ),
    (
        {"net": net(",".join(f"b{n}" for n in range(51)))},
        "net.md:3: 51 pages of blocks\n  at most 50 are read",
    ),
    (
        {"net": net("unit", below="\n## unit()\n" + table("layer | type", "r | relu")), "blocks__unit": UNIT},
        "net.md:10: unit: blocks/unit.md has a block of this name\n  rename the block",
    ),
    (
        {"net": net("unit, other"), "blocks__unit": UNIT, "blocks__other": UNIT},
        "net.md:3: block unit is in blocks/unit.md and in blocks/other.md\n  import one of them",
    ),
    (
        {"net": net("a"), "blocks__a": "---\nblocks: b\n---\n" + UNIT, "blocks__b": "---\nblocks: a\n---\n" + UNIT},
        "blocks/a.md: imports itself: blocks/a.md -> blocks/b.md -> blocks/a.md\n  move what both need to a third page",
    ),
    (
        {"net": net("unit"), "blocks__unit": UNIT.replace("relu", "rleu")},
        'blocks/unit.md:9: r: type "rleu": no such operator or block\n  did you mean "relu"?',
    ),
    (
        {"net": net("unit"), "blocks__unit": UNIT.replace("| 3 |", "| 9 |")},
        "net.md:8: a.c: a window 9 high does not fit into an input 8 high: no output is left (blocks/unit.md:8)\n"
        "  use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps",
    ),
    (
        {"net": net("unit"), "blocks__unit": "---\ninput: 1x8x8\n---\n" + UNIT},
        "blocks/unit.md:2: a page of blocks has no `input`\n  known are source, year, blocks",
    ),
    (
        {"net": net("unit"), "blocks__unit": table("layer | type", "r | relu") + UNIT},
        "blocks/unit.md:1: a layer table on a page of blocks\n  give it a heading of its own, `## name(...)`",
    ),
    (
        {"net": net("unit"), "blocks__unit": UNIT + "\n## variants\n" + table("model", "x")},
        "blocks/unit.md:12: a table of variants on a page of blocks\n  give it a heading of its own, `## name(...)`",
    ),
    (
        {"net": net("unit"), "blocks__unit": "## unit()\n"},
        "blocks/unit.md:1: the block unit has no table of layers\n  it has a column `type`, and dashes below its titles",
    ),
]


@pytest.mark.parametrize("texts, message", MENDED, ids=[message.partition("\n")[0] for _, message in MENDED])
def test_an_import_that_fails_is_explained(texts, message, pages, monkeypatch, capsys):
    pages(**texts)
    code, out, err = command_line(monkeypatch, capsys, "analyze", "net.md")
    assert err == f"error: {message}\n"
    assert (code, out) == (2, "")


def test_a_page_of_blocks_is_no_network(pages, monkeypatch, capsys):
    pages(blocks__unit=UNIT)
    code, _, err = command_line(monkeypatch, capsys, "analyze", "blocks/unit.md")
    assert code == 2
    assert err == (
        "error: blocks/unit.md:1: the page has no table of layers\n"
        "  a page of blocks is imported: `blocks: unit` in the front matter of a network's page\n"
    )


def test_no_page_of_blocks_is_listed_in_the_zoo():
    pages = {page.stem for page in (folder() / "blocks").glob("*.md")}
    assert pages
    assert not pages & set(cnnscope.networks())
