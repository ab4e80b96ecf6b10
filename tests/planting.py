"""Plants what the machine room reads: kernel files, package metadata, an nvidia-smi."""

import importlib
import sys
from pathlib import Path

import pytest


def tree(root: Path, files: dict[str, str]) -> Path:
    """Files by their path under a root that stands for /."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def distribution(directory: Path, name: str, version: str, *requirements: str) -> None:
    """An installed distribution of which there is only the metadata."""
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    tree(directory, {f"{info}/METADATA": "\n".join(lines) + "\n"})
    importlib.invalidate_caches()


def program(directory: Path, name: str, script: str) -> None:
    """An executable shell script."""
    tree(directory, {name: f"#!/bin/sh\n{script}\n"})
    (directory / name).chmod(0o755)


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
