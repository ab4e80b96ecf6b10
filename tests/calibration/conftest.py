"""What the tests of ceilings share: an empty cache, and a machine with a known name."""

import pytest

from cnnscope.machine import cache


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    """The cache directory; it does not exist."""
    path = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(path))
    monkeypatch.setattr("cnnscope.machine.fingerprint", lambda: "0123456789ab")
    return path
