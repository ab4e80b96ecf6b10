"""Files that are no pages, and names that are no networks: what is said, whole, and exit code 2."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnscope.spec import zoo
from tests.spec.reading import command_line, page

ROOT = Path(__file__).parents[2]
PAGE = page("layer | type", "a | relu")


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """What `cnnscope analyze WORDS...` says in an empty directory; it must exit with 2 and print no result."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        code, out, err = command_line(monkeypatch, capsys, "analyze", *words)
        assert (code, out) == (2, "")
        return err.removeprefix("error: ").removesuffix("\n")

    return run


EMPTY = "the file is empty\n  write a table of layers; README.md shows one"
BINARY = "is a binary file, not text\n  name a Markdown, CSV, TSV or text file"


@pytest.mark.parametrize(
    "data, message",
    [
        pytest.param(b"", EMPTY, id="empty"),
        pytest.param(b" \n\t\n", EMPTY, id="blank"),
        pytest.param(b"\xef\xbb\xbf\n", EMPTY, id="a byte order mark alone"),
        pytest.param(bytes(range(256)), BINARY, id="binary"),
        pytest.param(PAGE.encode() + b"\0", BINARY, id="one NUL"),
        pytest.param(b"\x89PNG\r\n\x1a\n", BINARY, id="no NUL, but a byte that no text has"),
        pytest.param(PAGE.encode("utf-16"), "the text is UTF-16\n  save it as UTF-8", id="UTF-16"),
        pytest.param("\ufeff".encode("utf-16-be") + PAGE.encode("utf-16-be"), "the text is UTF-16\n  save it as UTF-8", id="UTF-16, big end first"),
        pytest.param(PAGE.encode("utf-16-le"), BINARY, id="UTF-16 without a mark"),
        pytest.param(PAGE.encode() + "é".encode("latin-1"), None, id="Latin-1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("through", ["file", "stdin"])
def test_bytes_that_are_no_text_are_refused(data, message, through, said, monkeypatch):
    if message is None:
        line = PAGE.count("\n") + 1
        message = f"byte {len(data)} is not UTF-8 text\n  it may be Latin-1: save it as UTF-8"
        place = f"{{}}:{line}: "
    else:
        place = "{}: "
    if through == "file":
        Path("net.md").write_bytes(data)
        assert said("net.md") == place.format("net.md") + message
    else:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert said("-") == place.format("stdin") + message


def test_a_byte_order_mark_and_dos_line_ends_are_read(tmp_path, monkeypatch, capsys):
    (tmp_path / "net.md").write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())
    code, _, err = command_line(monkeypatch, capsys, "analyze", str(tmp_path / "net.md"))
    assert (code, err) == (0, "")


def test_a_directory_is_no_page(said):
    Path("pages.md").mkdir()
    assert said("pages.md") == "pages.md is a directory\n  name a file, or quote a pattern: 'pages.md/*.md'"
    assert said("./") == "./ is a directory\n  name a file, or quote a pattern: './*.md'"


def test_a_file_that_is_not_there_is_named(said):
    hint = "`cnnscope list` shows the networks that are built in"
    assert said("net.md") == f"net.md: no such file\n  {hint}"
    assert said("a/b") == f"a/b: no such file\n  {hint}"
    assert said("no/net.md:tiny") == f"no/net.md: no such file\n  {hint}"


def test_a_path_that_is_too_long_is_shortened(said):
    assert said("x" * 5_000 + ".md") == f"{'x' * 100}: cannot be read (File name too long)\n  check the path"


def test_a_large_file_is_refused_unread(said):
    with Path("net.md").open("wb") as file:
        file.truncate(100 << 20)
    assert said("net.md") == "net.md has 104,857,600 bytes\n  a layer table has at most 1 MiB"


def test_standard_input_without_end_is_refused(said, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"| a |\n" * 200_000)))
    assert said("-") == "stdin has more than 1,048,576 bytes\n  a layer table has at most 1 MiB"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero")
def test_a_file_without_end_is_refused(said):
    assert said("/dev/zero") == "/dev/zero has more than 1,048,576 bytes\n  a layer table has at most 1 MiB"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_that_nobody_writes_to_is_empty(said):
    os.mkfifo("net.md")
    assert said("net.md") == f"net.md: {EMPTY}"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd")
def test_a_pipe_that_somebody_writes_to_is_read(monkeypatch, capsys):
    """As in `cnnscope analyze <(command)`, where the shell hands over a pipe."""
    reader, writer = os.pipe()
    os.write(writer, PAGE.encode())
    os.close(writer)
    code, out, err = command_line(
        monkeypatch, capsys, "analyze", f"/dev/fd/{reader}", "--format", "csv", "--columns", "layer"
    )
    os.close(reader)
    assert (code, out.splitlines()[1], err) == (0, f"{reader},a,1", "")


def test_what_lies_here_under_any_name_is_read_as_with_its_folder_before_it(said, monkeypatch):
    monkeypatch.setattr(zoo, "index", lambda: {"tiny": ("tiny", None)})
    Path("d").mkdir()
    Path("bin.onnx").write_bytes(b"\0\1")
    Path("TABLE").write_text(PAGE.replace("relu", "rleu"), "utf-8")
    assert said("d") == "d is a directory\n  name a file, or quote a pattern: 'd/*.md'"
    assert said(".") == ". is a directory\n  name a file, or quote a pattern: './*.md'"
    for name in ("bin.onnx", "./bin.onnx"):
        assert said(name) == f"{name}: {BINARY}"
    for name in ("TABLE", "./TABLE"):
        assert said(name) == f'{name}:6: a: type "rleu": no such operator or block\n  did you mean "relu"?'


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="no users to be")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    file = tmp_path / "net.md"
    file.write_text(PAGE)
    file.chmod(0)
    script = (
        "import os, sys\nfrom cnnscope.api import load\nfrom cnnscope.errors import CnnscopeError\n"
        "os.chdir(sys.argv[1])\n"
        # The superuser may read everything, so the test becomes nobody.
        "os.getuid() or os.setuid(65534)\n"
        "try:\n    load('net.md')\nexcept CnnscopeError as error:\n    print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.stdout == "net.md: no permission to read it\n  check the file's mode and owner\n", run.stderr


@pytest.mark.parametrize(
    "words, message",
    [
        (["VGG_61"], "no network `VGG_61`\n  did you mean vgg-19 or vgg-16?"),
        (["lenet"], "no network `lenet`\n  did you mean LeNet-5?"),
        (["qqqqqqqq"], "no network `qqqqqqqq`\n  `cnnscope list` shows the networks"),
        ([""], "no network ``\n  `cnnscope list` shows the networks"),
        (["x" * 100], f"no network `{'x' * 60}`\n  `cnnscope list` shows the networks"),
        (["*.csv"], "*.csv: no file matches this pattern\n  check the folder and the quotes"),
        (["net.md:tiny"], "net.md has no variant `tiny`\n  it has net"),
        (["net.md", "--input", "0x0x0"], "input `0x0x0`: `0` is too small\n  it must be at least 1"),
        (
            ["net.md", "--input", "3x224"],
            "input `3x224` is neither CxHxW nor a number of features\n"
            "  write channels x height x width, such as 3x224x224, or one number for a network of neurons",
        ),
    ],
)
def test_a_name_or_an_input_that_is_none_is_refused(words, message, said, monkeypatch):
    names = {"vgg-16": ("vgg-16", None), "vgg-19": ("vgg-19", None), "lenet-5": ("LeNet-5", None)}
    monkeypatch.setattr(zoo, "index", lambda: names)
    Path("net.md").write_text(PAGE, "utf-8")
    assert said(*words) == message
