"""The documents say what the program does."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page", ["docs/operators.md", "docs/cli.md", "README.md", "specs/index.json", "reports/errata.md"]
)
def test_a_generated_page_is_what_make_docs_would_write(page):
    """The README's console blocks are run, so they show what the commands print."""
    path = ROOT / page
    assert path.read_text("utf-8") == generator().pages()[path]()


def test_every_published_error_is_still_one():
    errata = generator().errata
    assert len(errata.entries()) >= 24
    for entry in errata.entries():
        assert not errata.judged(entry).holds, entry["where"]


def test_the_readme_shows_commands():
    blocks = re.findall(r"```console\n\$ cnnscope ", (ROOT / "README.md").read_text("utf-8"))
    assert len(blocks) >= 5


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name
)
def test_every_relative_link_of_a_page_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
