"""Damage on the way from a paper to a file: a table still gives the same network, or a clear error, never another one."""

import random
import re

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import cnnscope
from cnnscope.spec.program import Program
from tests.spec.printed_tables import FILES, printed
from tests.spec.reading import read

Facts = dict[str, list[tuple[object, ...]]]
TABLES = [file for file in FILES if file.endswith(".md")]
RELATIVE = {"resnet.md", "densenet.md", "vgg.md", "vgg_as_printed.md", "resnext.md", "shufflenet_v1_two_headers.md"}
"""Tables whose cells mean their left neighbours: `x4`, `same`, cells that are merged over all columns."""


def facts(program: Program) -> Facts:
    """Every network's layers, by the column's name without case and blanks."""
    networks = program.columns.values() or [program]
    return {
        re.sub(r"\W", "", column.name.lower().replace("×", "x").replace("$\\times$", "x")) if program.columns else "": [
            (layer.type, layer.output_shape, layer.params, layer.macs)
            for layer in cnnscope.Network(column).analyze().layers
        ]
        for column in networks
    }


def grid(text: str) -> list[list[str] | str]:
    """The cells of a Markdown table's lines; other lines as they are."""
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else line
        for line in text.splitlines()
    ]


def written(lines: list[list[str] | str]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" if isinstance(line, list) else line for line in lines) + "\n"


def changed(text: str, change) -> str:
    """The table with every cell but those of the dashes changed."""
    lines = grid(text)
    cells = [
        [change(cell) for cell in line] if isinstance(line, list) and not set("".join(line)) <= set("-: ") else line
        for line in lines
    ]
    return written(cells)


def spaced(draw: random.Random):
    def change(cell: str) -> str:
        wide = re.sub(r"(?<=\d)[x×](?=\d)", lambda sign: draw.choice([sign[0], f" {sign[0]} "]), cell)
        return draw.choice(["", " ", "   "]) + wide.replace(" ", draw.choice([" ", "  "])) + draw.choice(["", " "])

    return change


def cased(draw: random.Random):
    style = draw.choice([str.lower, str.upper, str.title])
    return lambda cell: re.sub(r"(?<![\d^])[A-Za-z]{2,}", lambda word: style(word[0]), cell)


def multiplied(draw: random.Random):
    sign = draw.choice(["×", "x", " × ", r"$\times$", "X"])
    return lambda cell: re.sub(r"(?<=\d)\s?[x×]\s?(?=\d)", lambda _: sign, cell)


def emphasised(draw: random.Random):
    return lambda cell: f"**{cell}**" if cell and draw.random() < 0.2 else cell


SLIPS = {"blanks": spaced, "case": cased, "signs": multiplied, "emphasis": emphasised}


def same_or_refused(file: str, text: str, *, what: str) -> bool:
    """Is the damaged text the same network? False where it is refused; a failure where it is another one."""
    try:
        found = facts(read(text, file))
    except cnnscope.CnnscopeError as error:
        named = str(error)
        refused = True
    else:
        named, refused = file, False
    assert named.startswith(file)
    if refused:
        return False
    expected = facts(read(printed(file), file))
    for name, layers in found.items():
        assert layers == expected.get(name), f"{what} made another network of {file} {name}"
    return True


@pytest.mark.parametrize("file", TABLES)
@pytest.mark.parametrize("slip", sorted(SLIPS))
def test_signs_that_mean_nothing_change_nothing(file, slip):
    draw = random.Random(20221114)
    assert same_or_refused(file, changed(printed(file), SLIPS[slip](draw)), what=slip)


# The stages of a transposed table (cifar_resnet.md) run from left to right: their order means something.
@pytest.mark.parametrize("file", [file for file in TABLES if file not in RELATIVE | {"cifar_resnet.md"}])
def test_the_order_of_columns_means_nothing(file):
    draw = random.Random(5)
    lines = grid(printed(file))
    order = list(range(len(lines[0])))
    draw.shuffle(order)
    text = written([[line[index] for index in order] if isinstance(line, list) else line for line in lines])
    assert same_or_refused(file, text, what="another order")


@pytest.mark.parametrize(
    "file", [file for file in TABLES if file not in RELATIVE | {"cifar_resnet.md", "regnet.md", "wide_resnet.md"}]
)
def test_a_missing_column_is_no_other_network(file):
    lines = grid(printed(file))
    for column in range(len(lines[0])):
        text = written([line[:column] + line[column + 1 :] if isinstance(line, list) else line for line in lines])
        # Where one network is left of several, it has the table's name.
        if file not in ("convnext.md", "shufflenet_v1.md", "shufflenet_v2.md"):
            same_or_refused(file, text, what=f"without {lines[0][column]}")


@seed(20221114)
@settings(max_examples=120, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(st.sampled_from(TABLES), st.lists(st.sampled_from(sorted(SLIPS)), min_size=1, max_size=3), st.integers(0, 2**16))
def test_several_slips_at_once_are_no_other_network(file, slips, number):
    draw = random.Random(number)
    text = printed(file)
    for slip in slips:
        text = changed(text, SLIPS[slip](draw))
    same_or_refused(file, text, what=", ".join(slips))


@seed(20221114)
@settings(max_examples=120, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(st.sampled_from([file for file in TABLES if file not in RELATIVE]), st.integers(0, 2**16))
def test_a_row_that_lost_its_cells_is_read_or_refused(file, number):
    """Cells merged away: what is left may be the same network or an error, and never a crash."""
    draw = random.Random(number)
    lines = grid(printed(file))
    rows = [index for index, line in enumerate(lines) if isinstance(line, list)][2:]
    row = draw.choice(rows)
    keep = draw.randrange(1, len(lines[row]) + 1)
    lines[row] = [*lines[row][:keep], *[""] * (len(lines[row]) - keep)]
    named = file
    try:
        facts(read(written(lines), file))
    except cnnscope.CnnscopeError as error:
        named = str(error)
    assert named.startswith(file)
