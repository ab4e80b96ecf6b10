"""What tests of a planted machine share."""

import sys

import pytest


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An empty directory that is the only place where packages are found; the standard library stays."""
    directory = tmp_path / "site-packages"
    directory.mkdir()
    standard = [path for path in sys.path if "-packages" not in path]
    monkeypatch.setattr(sys, "path", [str(directory), *standard])
    return directory


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A directory that comes first on PATH, for programs."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    return directory
