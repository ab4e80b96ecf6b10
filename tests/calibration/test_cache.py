"""Ceilings that are kept: what is not ours, or not whole, is as good as none."""

import json
import os

import pytest

from cnnscope.calibration import cache
from cnnscope.calibration.cache import Kept, keep, read

MACHINE = "0123456789ab"
ENTRY = {
    "device": "cpu",
    "dtype": "float32",
    "threads": 1,
    "fma": 117e9,
    "matrix_product": 103e9,
    "copy": 27e9,
    "remark": "",
    "fingerprint": MACHINE,
    "loop": "256 bits",
    "spread": {"fma": 0.01, "matrix_product": 0.02, "copy": 0.1},
}
FILE = {"schema_version": 1, "kind": "ceilings", "fingerprint": MACHINE, "entries": [ENTRY]}


@pytest.fixture
def file(directory):
    directory.mkdir()
    return directory / f"ceilings-{MACHINE}.json"


def test_nothing_is_kept_at_first_and_that_is_no_fault():
    assert read(MACHINE) == Kept([])


def test_what_is_kept_is_read_again(directory):
    assert keep(MACHINE, [ENTRY]) == ""
    assert read(MACHINE) == Kept([ENTRY])
    assert json.loads((directory / f"ceilings-{MACHINE}.json").read_text()) == FILE
    assert len([*directory.iterdir()]) == 1


def test_an_entry_takes_the_place_of_an_older_one_and_leaves_the_others():
    other, half, newer = ENTRY | {"threads": 2}, ENTRY | {"dtype": "float16", "fma": None}, ENTRY | {"copy": 30e9}
    assert (keep(MACHINE, [ENTRY, other]), keep(MACHINE, [half, newer])) == ("", "")
    assert read(MACHINE).entries == [half, newer, other]


def test_every_machine_has_a_file_of_its_own():
    assert keep(MACHINE, [ENTRY]) == ""
    assert read("ba9876543210") == Kept([])


VERSION = "is of another version of cnnscope: its ceilings are measured anew"
DAMAGED = "is damaged: its ceilings are measured anew"
FOREIGN = "is of another machine: its ceilings are measured anew"


@pytest.mark.parametrize(
    "content, fault",
    [
        pytest.param("", DAMAGED, id="empty"),
        pytest.param(json.dumps(FILE)[:-40], DAMAGED, id="cut off"),
        pytest.param(b"\xff\xfe\x00", DAMAGED, id="no text"),
        pytest.param("[" * 100_000, DAMAGED, id="a bomb of brackets"),
        pytest.param(" " * (1 << 20) + "{}", DAMAGED, id="too long"),
        pytest.param("[]", DAMAGED, id="a list"),
        pytest.param("{}", DAMAGED, id="no kind"),
        pytest.param({"entries": {}}, DAMAGED, id="entries are an object"),
        pytest.param({"entries": "cpu"}, DAMAGED, id="entries are text"),
        pytest.param({"entries": [ENTRY, 1]}, DAMAGED, id="an entry is a number"),
        pytest.param({"entries": [ENTRY | {"fma": -1.0}]}, DAMAGED, id="a negative rate"),
        pytest.param({"entries": [ENTRY | {"copy": None}]}, DAMAGED, id="no rate of the copy"),
        pytest.param({"entries": [ENTRY | {"copy": float("nan")}]}, DAMAGED, id="NaN"),
        pytest.param({"entries": [ENTRY | {"matrix_product": True}]}, DAMAGED, id="yes is no rate"),
        pytest.param({"entries": [ENTRY | {"threads": "1"}]}, DAMAGED, id="threads are text"),
        pytest.param({"entries": [ENTRY | {"spread": [0.1]}]}, DAMAGED, id="spreads without names"),
        pytest.param({"entries": [ENTRY | {"extra": 1}]}, DAMAGED, id="a field too many"),
        pytest.param({"entries": [{name: ENTRY[name] for name in ENTRY if name != "loop"}]}, DAMAGED, id="a field too few"),
        pytest.param({"schema_version": 2}, VERSION, id="written by a later version"),
        pytest.param({"kind": "profile"}, VERSION, id="a file of another kind"),
        pytest.param({"fingerprint": "ba9876543210"}, FOREIGN, id="brought from another machine"),
        pytest.param({"entries": [ENTRY | {"fingerprint": "ba9876543210"}]}, FOREIGN, id="an entry of another machine"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_replaced(content, fault, file):
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(json.dumps(FILE | content) if isinstance(content, dict) else content)
    assert read(MACHINE) == Kept([], f"{file} {fault}")
    assert keep(MACHINE, [ENTRY]) == ""
    assert read(MACHINE) == Kept([ENTRY])


def test_a_directory_in_its_place(file):
    file.mkdir()
    assert read(MACHINE) == Kept([], f"{file} cannot be read: Is a directory: its ceilings are measured anew")
    assert keep(MACHINE, [ENTRY]) == f"the ceilings are not kept: {file} is a directory"


def test_a_cache_that_cannot_be_made(directory):
    directory.write_text("")
    assert keep(MACHINE, [ENTRY]) == f"the ceilings are not kept: {directory} cannot be made: File exists"
    assert read(MACHINE).fault == (
        f"{directory}/ceilings-{MACHINE}.json cannot be read: Not a directory: its ceilings are measured anew"
    )


def test_a_directory_that_cannot_be_written(file, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    assert keep(MACHINE, [ENTRY]) == f"the ceilings are not kept: {file} cannot be written: Permission denied"
    assert not file.exists()


def test_a_file_is_whole_or_absent(file, monkeypatch):
    assert keep(MACHINE, [ENTRY]) == ""
    before = file.read_bytes()

    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pathlib.Path.replace", full)
    fault = f"the ceilings are not kept: {file} cannot be written: No space left on device"
    assert keep(MACHINE, [ENTRY | {"threads": 2}]) == fault
    assert file.read_bytes() == before
    assert [*file.parent.iterdir()] == [file]


def test_the_fields_are_those_of_the_record():
    from cnnscope.calibration.ceilings import Ceilings

    assert tuple(ENTRY) == Ceilings._fields
    assert cache._is_sound(Ceilings(**ENTRY)._asdict())
