"""What all tests share."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def _a_cache_of_our_own(tmp_path_factory):
    """Nothing is read from or written to the cache of whoever runs the tests."""
    before = os.environ.get("CNNSCOPE_CACHE_DIR")
    os.environ["CNNSCOPE_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["CNNSCOPE_CACHE_DIR"]
    else:
        os.environ["CNNSCOPE_CACHE_DIR"] = before
