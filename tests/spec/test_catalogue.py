"""The catalogue shows what the pages say, whether its index knows their text or not."""

import json

import pytest

from cnnscope.spec import catalogue, files, zoo
from cnnscope.spec.catalogue import Listed

PAGE = "---\nname: {name}\nyear: 2001\nsource: nobody\ninput: 3x8x8\n---\n\n| type | maps | kernel |\n|-|-|-|\n| conv | {maps} | 1 |\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A zoo of two networks, one convolution each, with its index."""
    for module in (zoo, catalogue):
        monkeypatch.setattr(module, "folder", lambda: tmp_path)
    monkeypatch.setattr(catalogue, "_blocks", lambda: b"".join(map(_bytes, sorted(tmp_path.glob("blocks/*.md")))))
    for name, maps in (("first", 2), ("second", 5)):
        (tmp_path / f"{name}.md").write_text(PAGE.format(name=name, maps=maps), "utf-8")
    (tmp_path / catalogue.INDEX).write_text(catalogue.index_text(), "utf-8")
    return tmp_path


def _bytes(path):
    return path.read_bytes()


def test_a_page_is_listed_with_its_figures(folder):
    """A 1x1 convolution of 3 maps to n has 4n params with biases, and 3n macs at each of 64 pixels."""
    first = Listed("first", "first", "2001", (3, 8, 8), 8, 384, "nobody")
    assert catalogue.catalogue() == [first, Listed("second", "second", "2001", (3, 8, 8), 20, 960, "nobody")]
    assert catalogue.catalogue("FIR*") == [first]


def test_a_page_that_the_index_knows_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(zoo, "read_file", None)
    assert [entry.params for entry in catalogue.catalogue()] == [8, 20]


def test_an_edited_page_is_read_anew(folder):
    (folder / "first.md").write_text(PAGE.format(name="first", maps=3), "utf-8")
    assert [entry.params for entry in catalogue.catalogue()] == [12, 20]


def test_a_new_page_needs_no_index(folder):
    (folder / "third.md").write_text(PAGE.format(name="third", maps=1), "utf-8")
    assert [entry.name for entry in catalogue.catalogue()] == ["first", "second", "third"]


def test_a_shared_block_is_part_of_the_text(folder):
    before = catalogue.digest(b"page")
    (folder / "blocks").mkdir()
    (folder / "blocks" / "fire.md").write_text("fire", "utf-8")
    assert catalogue.digest(b"page") != before


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_index_is_passed_over(folder, text):
    (folder / catalogue.INDEX).write_text(text, "utf-8")
    assert [entry.params for entry in catalogue.catalogue()] == [8, 20]


def test_the_index_of_the_zoo_knows_every_page():
    """What it says of them is compared with the pages in test_docs."""
    known = json.loads((files.folder() / catalogue.INDEX).read_text("utf-8"))
    assert {name: page["digest"] for name, page in known.items()} == {
        path.name: catalogue.digest(path.read_bytes()) for path in zoo.pages()
    }
