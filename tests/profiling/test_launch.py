"""The measuring process dies, babbles, fails and is interrupted; the one that asked says so and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from cnnscope import errors
from cnnscope.errors import CnnscopeError, RunError, SpecError
from cnnscope.profiling import launch
from cnnscope.profiling.profile import profile
from cnnscope.profiling.protocol import Limits, Progress
from cnnscope.profiling.worker import Request
from cnnscope.runtimes import Settings
from tests.cli.shell import ROOT
from tests.profiling.networks import SMALL

QUICK = Limits(0.02, 0.1)
SPOKEN = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CnnscopeError)]


@pytest.fixture
def asked(monkeypatch):
    """The answer of a worker that behaves in this way."""
    monkeypatch.setattr(launch, "_WORKER", "tests.profiling.bad_worker")

    def ask(behaviour, progress=lambda _: None):
        return launch.in_fresh_process(Request(SMALL["chain"], Settings(), QUICK, behaviour), progress)

    return ask


@pytest.mark.parametrize(
    "behaviour, message, hint",
    [
        (
            "killed",
            "the measuring process was ended by SIGKILL",
            "the system was out of memory, or someone ended it: use a smaller --batch or --input",
        ),
        ("ended", "the measuring process ended without a result (exit code 3)", ""),
        (
            "stumbled",
            "the measuring process ended without a result (exit code 1)",
            "ValueError: no such thing",
        ),
    ],
)
def test_a_worker_that_dies_is_an_error_that_says_how(behaviour, message, hint, asked):
    with pytest.raises(RunError) as caught:
        asked(behaviour)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("kind", SPOKEN, ids=lambda kind: kind.__name__)
def test_an_error_of_the_worker_is_raised_here_as_the_same_error(kind, asked):
    with pytest.raises(kind) as caught:
        asked(f"error:{kind.__name__}")
    assert type(caught.value) is kind
    assert str(caught.value) == "what\n  what next"


def test_the_list_of_errors_is_not_empty_and_has_the_one_that_is_made_of_other_things():
    assert {RunError, SpecError} <= {*SPOKEN}


def test_what_libraries_print_is_no_message(asked):
    news: list[Progress] = []
    assert asked("chatty", news.append) == {"seen": True}
    assert news == [Progress("loading")]


def test_an_interrupt_before_there_is_anything_to_keep_is_one_here(asked):
    with pytest.raises(KeyboardInterrupt):
        asked("interrupted")


def _gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def _press(times: int):
    """Presses Ctrl-C as soon as the worker has told its number, which is then noted."""
    seen: list[int] = []

    def progress(news):
        seen.append(int(news.phase))
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)

    return seen, progress


def test_a_worker_that_the_first_interrupt_ends_before_it_can_speak_is_no_failure(asked):
    seen, progress = _press(1)
    with pytest.raises(KeyboardInterrupt):
        asked("deaf", progress)
    assert _gone(seen[0])


def test_the_second_interrupt_ends_a_worker_that_does_not_listen(asked):
    seen, progress = _press(2)
    start = time.monotonic()
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        asked("quiet", progress)
    assert time.monotonic() - start < 50
    assert _gone(seen[0])
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_one_who_is_told_the_progress_leaves_no_process(asked):
    seen: list[int] = []

    def progress(news):
        seen.append(int(news.phase))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked("quiet", progress)
    assert _gone(seen[0])


def test_a_profile_can_be_measured_in_a_thread():
    found: list[object] = []
    thread = threading.Thread(
        target=lambda: found.append(profile(SMALL["chain"], Settings(), QUICK, kernels="none").summary.n)
    )
    thread.start()
    thread.join()
    assert found[0] >= 1


def script(text: str, directory, **more) -> subprocess.Popen[str]:
    (directory / "script.py").write_text(textwrap.dedent(text))
    return subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=directory,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **more,
    )


MEASURE = """
import cnnscope
from cnnscope.profiling.profile import profile
from cnnscope.profiling.protocol import Limits
from cnnscope.runtimes import Settings
"""


def test_a_script_without_a_guard_is_not_run_again_by_the_worker(tmp_path):
    run = script(
        f"{MEASURE}print('once')\nprint(profile(cnnscope.load('lenet5').graph, limits=Limits(.02, .1)).summary.n > 0)",
        tmp_path,
    )
    assert run.communicate() == ("once\nTrue\n", "")


def test_the_worker_counts_its_own_memory_not_that_of_the_process_that_started_it(tmp_path):
    run = script(
        f"{MEASURE}much = bytearray(b'x') * 700_000_000\n"
        "found = profile(cnnscope.load('lenet5').graph, limits=Limits(.02, .1), kernels='none')\n"
        "print(10e6 < found.memory.measured < 500e6)",
        tmp_path,
    )
    assert run.communicate() == ("True\n", "")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for the worker in /proc")  # noqa: PTH112
def test_a_worker_ends_with_the_process_that_asked_even_if_that_is_killed(tmp_path):
    text = (
        f"{MEASURE}def tell(news): print(news.phase, flush=True)\n"
        "profile(cnnscope.load('lenet5').graph, limits=Limits(60, 60), progress=tell)"
    )
    with script(text, tmp_path) as run:
        assert [run.stdout.readline(), run.stdout.readline()] == ["loading\n", "warming up\n"]
        children = _children(run.pid)
        assert children
        run.kill()
    end = time.monotonic() + 20
    while not all(map(_finished, children)) and time.monotonic() < end:
        time.sleep(0.02)
    assert all(map(_finished, children))


def _children(process: int) -> list[int]:
    with open(f"/proc/{process}/task/{process}/children") as file:  # noqa: PTH123
        return [int(number) for number in file.read().split()]


def _finished(process: int) -> bool:
    """Gone, or a zombie that nobody has waited for."""
    try:
        with open(f"/proc/{process}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
