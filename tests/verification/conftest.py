"""One thread for each of the test processes, which share the cores."""

import pytest
import torch

from cnnscope.verification import ask
from tests.cli.conftest import run

__all__ = ["run"]

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setattr(ask, "usable_cores", lambda: 1)
