"""The documents say what the program does."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["operators.md", "cli.md"])
def test_a_generated_page_is_what_make_docs_would_write(page):
    path = ROOT / "docs" / page
    assert path.read_text("utf-8") == generator().pages()[path]


def console_blocks() -> list[tuple[str, str]]:
    """(command, printed text) of every `$ command` in the README's console blocks."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed.rstrip("\n")))
    return found


@pytest.mark.parametrize("command, printed", console_blocks(), ids=lambda text: text[:40] if text else "nothing")
def test_the_readme_shows_what_a_command_prints(command, printed):
    words = command.replace("cnnscope", f"{sys.executable} -m cnnscope", 1)
    run = subprocess.run(words, shell=True, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    assert (run.stdout + run.stderr).rstrip("\n") == printed


def test_the_readme_has_console_blocks():
    assert len(console_blocks()) >= 4


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_relative_link_of_a_page_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
