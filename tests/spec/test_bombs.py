"""Small files that ask for much: each is answered with 300 MB, and in seconds where a slip would take minutes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.spec.reading import page, read, table

ROOT = Path(__file__).parents[2]
MEBIBYTE = 1 << 20
MOST_SECONDS, MOST_MEGABYTES = 10, 300
# 200,000 calls take a second before they are too many, and more where cores are shared.
MOST_SECONDS_TO_EXPAND = 20

# Analyzes every file of a folder as the command line would and prints, for each, how long that took and what was said.
ANALYZE_ALL = """
import contextlib, io, json, pathlib, sys, time
from cnnscope.cli import main
answers = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    sys.argv = ["cnnscope", "analyze", str(path), "--input", "1x8x8"]
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    answers[path.name] = code, time.process_time() - begin, said.getvalue()
# Of this program alone: the resource module's figure starts with that of the process that started it.
status = pathlib.Path("/proc/self/status")
peak = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")] if status.exists() else [0]
largest = int(peak[0]) / 1024
print(json.dumps([largest, answers]))
"""


def answers(folder: Path, most_seconds: float = MOST_SECONDS) -> dict[str, str]:
    """What is said about every file of the folder; fails where one takes too long, or where all take too much memory."""
    command = [sys.executable, "-c", ANALYZE_ALL, str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    largest, found = json.loads(run.stdout)
    assert largest < MOST_MEGABYTES
    assert {name: seconds for name, (_, seconds, _) in found.items() if seconds > most_seconds} == {}
    # Bad input or, where the file happens to be a table, an analysis; never an error of ours.
    assert {name: text for name, (code, _, text) in found.items() if code not in (0, 2)} == {}
    assert {name for name, (code, _, text) in found.items() if code == 2 and not text.startswith("error: ")} == set()
    return {name: text.replace(f"{folder}{os.sep}", "") for name, (_, _, text) in found.items()}


SIGNS = [
    "|",
    " ",
    "-",
    "#",
    "{",
    "}",
    "(",
    ")",
    "<b>",
    "<b ",
    "$",
    "7",
    ",",
    "7,",
    "[^",
    "[",
    "`",
    "*",
    "&#7",
    "=",
    ";",
    "\\|",
    "~",
    "e",
    "|-",
]
SIGNS += ['"', "\t", "memory:", "TOTAL memory: ", "conv ", "{1}", "<!--", ".", "\u00e9"]
PLACES = {
    "line": "{}",
    "title": "# {}\n\n| layer | type |\n|-|-|\n| a | relu |\n",
    "block": "## b({})\n\n| layer | type |\n|-|-|\n| a | relu |\n",
    "front": "---\nsource: {}\nparams: {}\n---\n| layer | type |\n|-|-|\n| a | relu |\n",
    "key": "---\n{}: 1\n---\n| layer | type |\n|-|-|\n| a | relu |\n",
    "header": "| layer | type | {} |\n|-|-|-|\n| a | relu | 1 |\n",
    "dashes": "| layer | type |\n|{}|\n| a | relu |\n",
    "cells": "| layer | type | params | size | slope | from |\n|-|-|-|-|-|-|\n| a | leaky relu | {} | {} | {} | {} |\n",
    "name": "| layer | type |\n|-|-|\n| {} | {} |\n",
    "footnote": "| layer | type | params |\n|-|-|-|\n| a | relu | 1[^a] |\n\n[^a]: {}\n",
    "ledger": "Input memory: 8*8*1 params: 0\n{} memory: {} params: {}\nPool memory: 4*4*1 params: 0\nTOTAL memory: {}\n",
    "textbook": "Layer\tType\tSize\tKernel size\nIn\tInput\t8x8\t-\na\t{}\t{}\t{}\n",
}


@pytest.mark.parametrize("length", [MEBIBYTE, 9_000, 900])
@pytest.mark.parametrize("place", PLACES)
def test_a_sign_repeated_in_any_place_is_answered_at_once(place, length, tmp_path):
    endings = (
        [".md", ".csv", ".tsv", ".txt"] if place == "line" else [".txt" if place in ("ledger", "textbook") else ".md"]
    )
    room = length - len(PLACES[place])
    for number, sign in enumerate(SIGNS):
        each = sign * max(room // len(sign.encode()) // PLACES[place].count("{}"), 1)
        for ending in endings:
            (tmp_path / f"{number:02}{ending}").write_text(PLACES[place].replace("{}", each), "utf-8")
    assert len(answers(tmp_path)) == len(SIGNS) * len(endings)


def nested(levels: int, repeat: str, when: str = "") -> str:
    """Blocks that each call the next one."""
    header = "layer | type | repeat | when"
    text = "---\ninput: 1x8x8\n---\n# net\n" + table(header, f"a | b1 | {repeat} |")
    for level in range(1, levels):
        text += f"\n## b{level}()\n" + table(header, f"a | b{level + 1} | {repeat} |", f"z | relu | | {when}")
    return text + f"\n## b{levels}()\n" + table(header, f"a | relu | {repeat} | {when}")


TOO_MANY = "expands to more than 200,000 layers\n  repeat less; long expressions, lists and nested names count as several layers"
NET = "---\ninput: 1x8x8\n---\n# net\n"
DEEP = f"...{'.1.a' * 25}"


@pytest.mark.parametrize(
    "text, message",
    [
        pytest.param(nested(31, "200"), f"net.md:192: a: {TOO_MANY}", id="31 levels of 200 calls each"),
        pytest.param(nested(33, "200"), f"net.md:198: {DEEP}: blocks are nested deeper than 32\n  flatten some of them", id="a level too deep"),
        pytest.param(nested(31, "200", "no"), f"net.md:192: a: {TOO_MANY}", id="nothing but rows that are left out"),
        pytest.param(
            NET + table("layer | type | repeat", "a | b1 | 199999") + "\n## b1()\n" + table("type | when", *["relu | no"] * 5_000),
            f"net.md:4971: relu4960: {TOO_MANY}",
            id="a long block of rows that are left out",
        ),
        pytest.param(page("layer | type | repeat", "a | relu | 200001"), "net.md:6: a: repeat: 200,001 is more than 200,000 layers\n  repeat less", id="200,001 layers"),
        pytest.param(page("type", *["relu"] * 10_001), "net.md:4: more than 10,000 rows\n  use `repeat` and blocks", id="10,001 rows"),
        pytest.param(page("type", *["relu"] * 20_000), "net.md:4: more than 10,000 rows\n  use `repeat` and blocks", id="20,000 rows"),
        pytest.param(
            page("layer | type | kernel | repeat | links", "a | linked conv | 1 | 99999 | " + "{0*i},0 " * 1_200),
            f"net.md:6: a: {TOO_MANY}",
            id="a long list of expressions in every call",
        ),
        pytest.param(
            page("layer | type | repeat | params", "a | relu | 99999 | " + "0;" * 19 + "0"),
            f"net.md:6: a: {TOO_MANY}",
            id="twenty claims in every call",
        ),
        pytest.param(
            NET + table("layer | type | from | repeat", "x | relu | |", "a | b1 | " + ", ".join(["in"] * 2_000) + " | 99999")
            + "\n## b1()\n" + table("type", "relu"),
            f"net.md:8: a: {TOO_MANY}",
            id="two thousand inputs in every call",
        ),
        pytest.param(
            page("layer | type | repeat", f"{'a' * 100} | relu | 199999"),
            f"net.md:6: {'a' * 100}: {TOO_MANY}",
            id="long names",
        ),
    ],
)  # fmt: skip
def test_a_page_that_expands_too_far_is_refused_at_once(text, message, tmp_path):
    (tmp_path / "net.md").write_text(text, "utf-8")
    assert answers(tmp_path, MOST_SECONDS_TO_EXPAND) == {"net.md": f"error: {message}\n"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("".join(f"\n## b{n}(p{n})\n|type|\n|-|\n|relu|\n" for n in range(20_000)), id="20,000 blocks"),
        pytest.param("|type|\n|-|\n|relu|\n\n" * 50_000, id="50,000 tables"),
        pytest.param("---\n" + "".join(f"k{'abcdefghij'[n % 10]}{n}: 1\n" for n in range(80_000)) + "---\n", id="80,000 wrong keys"),
        pytest.param("---\n" + "".join(f"{chr(97 + n % 26) * (n // 26 % 50 + 1)}: 1\n" for n in range(30_000)) + "---\n", id="30,000 keys"),
        pytest.param("|" + "a|" * 100_000 + "\n|" + "-|" * 100_000 + "\n|" + "1|" * 100_000, id="100,000 columns"),
        pytest.param(page("layer | type | from", *(f"row{n} | relu | rwo{n}" for n in range(9_999))), id="10,000 wrong names"),
        pytest.param(page("layer | type", *["same | relu"] * 9_999), id="10,000 equal names"),
        pytest.param(page("layer | type", *["a | relu | x"] * 60_000), id="60,000 long rows"),
        pytest.param(page("type", *(f"rel{n}" for n in range(9_999))), id="10,000 wrong types"),
        pytest.param("\n" * MEBIBYTE, id="a million empty lines"),
        pytest.param("a,b\n" * (MEBIBYTE // 4), id="a quarter of a million rows"),
        pytest.param("# net(" + ",".join(f"a{n}=1" for n in range(90_000)) + ")\n\n|type|\n|-|\n|relu|\n", id="90,000 parameters"),
        pytest.param("[^a]: x\n" * (MEBIBYTE // 8), id="130,000 footnotes"),
        pytest.param("# a\n" * (MEBIBYTE // 4), id="260,000 headings"),
        pytest.param("Pool memory: 1 params: 0\n" * 40_000, id="40,000 lines of a ledger"),
    ],
)  # fmt: skip
def test_a_page_of_very_many_things_is_answered_at_once(text, tmp_path):
    for ending in ("md", "txt"):
        (tmp_path / f"net.{ending}").write_text(text[:MEBIBYTE], "utf-8")
    assert len(answers(tmp_path)) == 2


def test_ten_thousand_rows_without_names_are_read_at_once():
    begin = time.process_time()
    assert len(read(page("type", *["relu"] * 9_999)).network.rows) == 9_999
    assert time.process_time() - begin < MOST_SECONDS
