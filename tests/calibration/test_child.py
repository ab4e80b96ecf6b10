"""Probes in processes of their own: whatever happens there is a figure or a sentence."""

import sys

import pytest

from cnnscope.calibration import child, probes
from cnnscope.calibration.child import ask
from cnnscope.errors import CnnscopeError, MissingExtraError, RunError, UsageError

HINT = "\n  `cnnscope doctor` examines this installation"


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Makes these lines the module that measures."""
    monkeypatch.setattr(child, "MODULE", "planted")
    monkeypatch.syspath_prepend(tmp_path)
    return lambda code: (tmp_path / "planted.py").write_text(f"import json, os, sys, time\n{code}\n")


@pytest.mark.parametrize(
    "code, found",
    [
        pytest.param("print('{\"found\": [1.5, 0.0, 5]}')", [1.5, 0.0, 5], id="a rate"),
        pytest.param("print('{\"found\": null}')", None, id="nothing to be found"),
        pytest.param("print('Welcome to\\nthe library'); print('{\"found\": 2}')", 2, id="a library has its say first"),
        pytest.param("print(json.dumps({'found': sys.argv[1:]}))", ["copy", '["cpu", 2]'], id="the arguments arrive"),
        pytest.param("import cnnscope; print(json.dumps({'found': cnnscope.__name__}))", "cnnscope", id="our package is in reach"),
    ],
)  # fmt: skip
def test_the_last_line_is_the_answer(code, found, plant):
    plant(code)
    assert ask("copy", "cpu", 2) == found


@pytest.mark.parametrize(
    "code, kind, message",
    [
        pytest.param("print(json.dumps({'error': ['UsageError', 'no cuda:7', 'count from 0']}))", UsageError, "no cuda:7\n  count from 0", id="a fault of the user's"),
        pytest.param("print(json.dumps({'error': ['MissingExtraError', 'torch is not installed', '']}))", MissingExtraError, "torch is not installed", id="a missing library"),
        pytest.param("os.kill(os.getpid(), 9)", RunError, f"measuring the copy was ended by SIGKILL{HINT}", id="killed"),
        pytest.param("os.kill(os.getpid(), 4)", RunError, f"measuring the copy was ended by SIGILL{HINT}", id="an illegal instruction"),
        pytest.param("os.kill(os.getpid(), 40)", RunError, f"measuring the copy was ended by signal 40{HINT}", id="a signal without a name"),
        pytest.param("print(json.dumps({'found': 1}), flush=True); os.kill(os.getpid(), 6)", RunError, f"measuring the copy was ended by SIGABRT{HINT}", id="a crash after the answer"),
        pytest.param("raise MemoryError('2 GB')", RunError, f"measuring the copy failed (1): MemoryError: 2 GB{HINT}", id="an exception"),
        pytest.param("sys.exit(3)", RunError, f"measuring the copy failed (3){HINT}", id="an exit without a word"),
        pytest.param("", RunError, f"measuring the copy gave no figure{HINT}", id="no word at all"),
        pytest.param("print('42 GB/s')", RunError, f"measuring the copy gave no figure{HINT}", id="no JSON"),
        pytest.param("print('[1]')", RunError, f"measuring the copy gave no figure{HINT}", id="JSON of another kind"),
        pytest.param("time.sleep(60)", RunError, f"measuring the copy gave no answer in 0.5 s{HINT}", id="it hangs"),
    ],
)  # fmt: skip
def test_whatever_happens_is_said(code, kind, message, plant):
    plant(code)
    with pytest.raises(CnnscopeError) as caught:
        ask("copy", seconds=0.5 if "sleep" in code else 30)
    assert type(caught.value) is kind
    assert str(caught.value) == message


def test_no_interpreter(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(RunError) as caught:
        ask("copy")
    assert str(caught.value) == f"no process can be started to measure the copy: No such file or directory{HINT}"


def test_a_file_of_the_current_directory_is_no_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)
    seconds = ask("round_trip")
    assert seconds is None or seconds > 0


def test_every_probe_has_its_words():
    assert set(child.WORDS) == set(probes.PROBES)
