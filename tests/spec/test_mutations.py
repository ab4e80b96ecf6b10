"""Whatever slips into a page, it is analyzed or refused with a message that names the file: nothing else happens."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, example, given, seed, settings

import cnnscope
from cnnscope.spec import files, zoo
from tests.spec.mutations import MUTATIONS, mutated
from tests.spec.reading import DATA
from tests.spec.test_blocks import RESNET

MOST_SECONDS = 30
_CHOSEN = (
    "lenet",
    "googlenet",
    "mobilenet",
    "resnet",
    "vgg",
    "densenet",
    "inception",
    "squeezenet",
    "unet",
    "shufflenet",
)
PAGES = {"resnet.md": RESNET}
PAGES |= {file.name: file.read_text("utf-8") for file in sorted(DATA.glob("*.txt"))}
PAGES |= {
    f"zoo-{file.name}": file.read_text("utf-8") for file in sorted(zoo.folder().glob("*.md")) if file.stem in _CHOSEN
}


@contextmanager
def bounded() -> Iterator[None]:
    """Fails where the block hangs."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: object) -> None:
        raise AssertionError(f"took more than {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(path: str, text: str) -> None:
    with bounded():
        try:
            program = zoo.read_page(path, files.decode(path, text.encode()))
            # One variant of a page shows what all of them would: the others differ in numbers only.
            for name in [*program.variants][:2] or [""]:
                report = cnnscope.Network(program, name).analyze()
                assert report.params == sum(layer.params for layer in report.layers)
        except cnnscope.CnnscopeError as error:
            message = str(error)
            assert all(line.startswith((path, "  ")) for line in message.splitlines()), message
            assert message.strip(), "an empty message"
            assert message.removeprefix(path).strip(": "), "a message that says nothing"


def test_the_pages_are_sound_as_they_are():
    for path, text in PAGES.items():
        check(path, text)
        assert zoo.read_page(path, text)


@seed(20221114)
@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(mutated(PAGES))
@example(("resnet.md", ""))
@example(("resnet.md", "---\n"))
@example(("resnet.md", "# a(b)"))
def test_a_page_with_slips_is_read_or_refused(page):
    check(*page)


def test_every_slip_changes_some_page():
    for name, mutate in MUTATIONS.items():
        assert any(mutate(text, first, 3 * first + 1) != text for text in PAGES.values() for first in range(50)), name


def test_the_zoo_is_there_to_be_mutated():
    assert Path(zoo.folder()).is_dir()
    assert any(name.startswith("zoo-") for name in PAGES)
