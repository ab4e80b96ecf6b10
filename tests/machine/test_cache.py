"""The cache directory."""

import os

import platformdirs
import pytest

from cnnscope.machine import cache


def test_the_platform_says_where_unless_the_variable_does(tmp_path, monkeypatch):
    monkeypatch.delenv("CNNSCOPE_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.directory() == platformdirs.user_cache_path("cnnscope", appauthor=False)
    monkeypatch.setenv("CNNSCOPE_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert cache.directory() == tmp_path / "elsewhere"


def test_a_directory_that_can_be_made_is_fine_and_not_made(tmp_path):
    assert cache.fault(tmp_path / "a" / "b") == ""
    assert not [*tmp_path.iterdir()]


def test_a_file_in_its_place(tmp_path):
    (tmp_path / "a").write_text("")
    assert cache.fault(tmp_path / "a" / "b") == f"{tmp_path / 'a'} is not a directory"


@pytest.mark.parametrize("path", ["", "a/b"])
def test_a_directory_without_permission(path, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cache.fault(tmp_path / path) == f"{tmp_path} cannot be written"
