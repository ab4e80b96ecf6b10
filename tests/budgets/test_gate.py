"""The one place where budgets meet the profiler: a short real run."""

import pytest

import cnnscope
from cnnscope.budgets.settings import RunSettings
from cnnscope.errors import CnnscopeError
from cnnscope.gate import measure

pytest.importorskip("onnxruntime")
SHORT = RunSettings(min_time=0.2, max_time=1.0)


def test_a_network_is_measured_in_the_words_of_budgets():
    found = measure(cnnscope.load("lenet5"), SHORT)
    assert 0 < found.low <= found.median <= found.high
    assert found.n == len(found.samples)
    assert found.statistics["latency.median"] == found.median
    assert found.statistics["throughput"] == pytest.approx(1 / found.median)
    assert found.fingerprint


def test_a_measured_budget_is_decided_or_says_that_the_run_was_not_stable(monkeypatch):
    monkeypatch.setattr("cnnscope.gate.measure", lambda network, settings: measure(network, SHORT))
    (found,) = cnnscope.check("lenet5", "latency.median <= 10 s").verdicts
    assert found.status == "pass" or found.why.startswith("the measurement is too noisy: the samples vary by ")


def test_a_device_that_is_not_there_is_an_error_that_budgets_understand():
    with pytest.raises(CnnscopeError):
        measure(cnnscope.load("lenet5"), SHORT._replace(device="cuda:99"))
