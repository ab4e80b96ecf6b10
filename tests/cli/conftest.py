"""What the tests of the command line share."""

import pytest

from tests.spec.reading import command_line


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Exit code, stdout and stderr of `cnnscope WORDS` in an empty directory, without a process of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: command_line(monkeypatch, capsys, *words)
