"""What the tests of bad pages share."""

import pytest

from tests.spec.reading import command_line


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Analyze a page with the command line and compare all that it says: this error and nothing else, exit code 2."""

    def check(text: str, message: str, *options: str) -> None:
        (tmp_path / "net.md").write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        code, out, err = command_line(monkeypatch, capsys, "analyze", "net.md", *options)
        assert err == f"error: {message}\n"
        assert (code, out) == (2, "")

    return check
