"""The fixture `cnn_budget`, in test runs of its own."""

import os
import subprocess
import sys

import pytest

from tests.budgets.conftest import PAGE
from tests.cli.shell import ROOT


def pytested(folder, body):
    (folder / "net.md").write_text(PAGE, encoding="utf-8")
    (folder / "test_it.py").write_text(f"def test_it(cnn_budget):\n    {body}\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "cnnscope.pytest",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ".",
    ]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "body, told",
    [
        ('cnn_budget("net.md", "params <= 5K")', "✗ net: params <= 5K: 5,466, 9.3 % over; biggest: fc (line 9) 5,130"),
        ('cnn_budget("net.md")', "? net.md: the check has no budget"),
        ('cnn_budget("net.md", "macs <= base")', "? net: macs <= base: 25,856; no baseline is named"),
        ('cnn_budget("net.md", "param <= 5K")', "no metric `param`"),
        ('cnn_budget("gone.md", "params <= 5K")', "gone.md: no such file"),
    ],
)
def test_a_test_fails_with_the_sentence_of_the_verdict(tmp_path, body, told):
    done = pytested(tmp_path, body)
    assert (done.returncode, told in done.stdout) == (1, True), done.stdout + done.stderr


def test_a_test_whose_budgets_hold_passes(tmp_path):
    done = pytested(tmp_path, 'assert cnn_budget("net.md", "params <= 6K", "macs <= 30K").exit_code == 0')
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
