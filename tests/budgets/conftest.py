"""What the tests of budgets share: a folder with a page, a configuration and a baseline."""

import json
import subprocess
from pathlib import Path

import pytest

from cnnscope.budgets.measured import cannot_measure
from tests.schemas import valid
from tests.spec.reading import command_line, table

PAGE = "---\nname: net\ninput: 1x8x8\n---\n" + table(
    "layer | type | maps | kernel | padding | params",
    "conv1 | conv | 4 | 3x3 | 1 | 40",
    "conv2 | conv | 8 | 3x3 | 1 | 296",
    "fc | fully connected | 10 | | | 5130",
)
"""By hand: 40 + 296 + 5,130 = 5,466 params; 2,304 + 18,432 + 5,120 = 25,856 macs; line 7 is conv1, line 8 conv2."""
PARAMS, MACS = 5_466, 25_856
CONFIG = """\
baseline = "base.json"

[[check]]
name = "edge"
model = "net.md"
budget = ["params <= 6K", "macs <= base + 1%", "params@conv* <= 400"]
message = "Ask the edge team."
"""


def widen(project, maps=16):
    (project / "net.md").write_text(
        PAGE.replace("| conv2 | conv | 8 |", f"| conv2 | conv | {maps} |"), encoding="utf-8"
    )


def git(folder, *words):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def outside_of_actions(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_clock(monkeypatch):
    """Nothing runs here: figures are planted, or cannot be measured."""
    monkeypatch.setattr("cnnscope.gate.measure", cannot_measure)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder with net.md, and the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys, folder):
    """Exit code, stdout and stderr of `cnnscope WORDS` in the folder."""
    return lambda *words: command_line(monkeypatch, capsys, *map(str, words))


@pytest.fixture
def project(folder, run) -> Path:
    """The folder with CONFIG and a baseline of today."""
    (folder / "cnnscope.toml").write_text(CONFIG, encoding="utf-8")
    assert run("baseline", "update")[0] == 0
    assert run("check")[0] == 0
    return folder


@pytest.fixture
def branch(project):
    """The project in git: `main` holds it as it is, `wide` is a branch where everything may change."""
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "base")
    git(project, "checkout", "-qb", "wide")
    return project


@pytest.fixture
def judged(run):
    """The JSON of `cnnscope check WORDS` with its exit code, which must be the one that the JSON states."""

    def judge(*words):
        code, out, _ = run("check", "--format", "json", *words)
        valid["json"](out)
        record = json.loads(out)
        assert record["exit_code"] == code
        return record

    return judge
