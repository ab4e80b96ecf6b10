"""Damage to tables in other words: the same network, a clear error, or a difference that is told; never another network silently."""

import random

import pytest

import cnnscope
from tests.spec.other_tables import OTHER_TABLES, OTHERS
from tests.spec.reading import error, read, table
from tests.spec.test_damage import SLIPS, changed, grid, written

FILES = [other.file for other in OTHER_TABLES if other.file.endswith(".md")]
MERGED = {"five_networks.md", "lone_cells.md", "figures_in_tokens.md"}
"""Tables whose first column holds cells that are merged over all."""
STAGES = {"turned_formula.md"}
"""Tables whose columns are stages: each is a part of the network."""
Found = dict[str, tuple[tuple[int, int], bool]]
"""Networks by name: figures, and whether a contradiction, a false figure or a further assumption is told."""


def found(text: str, file: str, known: frozenset[str] = frozenset()) -> Found:
    program = read(text, file)
    made = {}
    for name, column in (program.columns or {"": program}).items():
        result = cnnscope.Network(column).analyze()
        told = any(a.ground == "contradiction" for a in result.assumptions)
        told = told or not all(claim.holds for claim in result.claims)
        made[name.lower()] = ((result.params, result.macs), told or not {a.what for a in result.assumptions} <= known)
    return made


def untold(file: str, text: str) -> list[str]:
    """The networks of the damaged table that are others than before while nothing says so; none where it is refused."""
    original = (OTHERS / file).read_text("utf-8")
    program = read(original, file)
    known = frozenset(a.what for column in (program.columns or {"": program}).values() for a in column.assumptions)
    expected = {name: figures for name, (figures, _) in found(original, file, known).items()}
    try:
        damaged = found(text, file, known)
    except cnnscope.CnnscopeError:
        return []
    return [name for name, (figures, told) in damaged.items() if not told and figures != expected.get(name, figures)]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("slip", sorted(SLIPS))
def test_signs_that_mean_nothing_change_nothing(file, slip):
    assert untold(file, changed((OTHERS / file).read_text("utf-8"), SLIPS[slip](random.Random(20221114)))) == []


@pytest.mark.parametrize("file", [file for file in FILES if file not in STAGES])
def test_a_missing_column_is_no_other_network_silently(file):
    lines = grid((OTHERS / file).read_text("utf-8"))
    width = len(next(line for line in lines if isinstance(line, list)))
    for column in range(width):
        text = [line[:column] + line[column + 1 :] if isinstance(line, list) else line for line in lines]
        assert untold(file, written(text)) == [], f"without {column}"


@pytest.mark.parametrize("file", [file for file in FILES if file not in MERGED | STAGES])
def test_the_order_of_columns_means_nothing(file):
    lines = grid((OTHERS / file).read_text("utf-8"))
    order = list(range(len(next(line for line in lines if isinstance(line, list)))))
    random.Random(5).shuffle(order)
    text = [[line[index] for index in order] if isinstance(line, list) else line for line in lines]
    assert untold(file, written(text)) == []


STACKS = (
    "layer name | output size | A | B | C",
    "conv1 | 16x16 | 3x3, 8, stride 2 | 3x3, 8, stride 2 | 3x3, 8, stride 2",
)
FULL = "conv2 | 16x16 | [3x3, 8; 3x3, 8] x2 | [3x3, 8; 3x3, 8] x2 | [3x3, 8; 3x3, 8] x2"


@pytest.mark.parametrize(
    "rows, message",
    [
        (
            (*STACKS, "conv2 | 16x16 | [3x3, 8; 3x3, 8] x2 | [3x3, 8; 3x3, 8] x2 | -"),
            "net.md:4: conv2 C: has no layers here, but other networks have a stack\n"
            "  write the stack of the merged cell, or `none` where there is no such stage",
        ),
        (
            (
                STACKS[0],
                "conv1 | 16x16 | 3x3, 8 | 3x3, 8 | 3x3, 8",
                "conv2 | 8x8 | 3x3, 8; 3x3, 8 | [3x3, 8; 3x3, 8] x2 | x2",
            ),
            "net.md:4: conv2 A: `3x3, 8; 3x3, 8` has neither brackets nor a count\n"
            "  write [3x3, 64; 3x3, 64] x1 for a stack, [3x3, 64] x2 for layers one after the other",
        ),
        (
            (*STACKS, FULL, "conv3 | | [3x3, 16; 3x3, 16] x2 | [3x3, 8; 3x3, 8] x2 | [3x3, 8; 3x3, 8] x2"),
            "net.md:5: conv3 A: a stack of other maps than the one above, without a size\n"
            "  write the size behind it into its row",
        ),
        (
            ("A | B", "conv3-8 | conv3-8", " | ", "conv3-16 | conv3-16", "FC-10 | FC-10"),
            "net.md:4: a row without cells: a merged cell may be lost\n"
            "  write the pool or FC that stood there, or leave the row out",
        ),
        (
            ("A | B", "conv3-8 | conv3-8", "maxpool | maxpool", "conv3-16 | ", "maxpool | maxpool"),
            "net.md:6: B: no layer stands before `maxpool`\n"
            "  write the merged cell above it into every column, or --assume 'lone cells=merged'",
        ),
        (
            ("Layer | Output size", "conv3-8 | 8x8x8", "conv3-8 | 8x8x8", " | 4x4x8", "FC-10 | 10"),
            "net.md:5: `4x4x8` stands beside no layer\n  write the layer, or leave the row out",
        ),
        (
            (
                "Input | Operator | t | c | n | s",
                "8^2x3 | conv2d | - | 8 | 1 | 1",
                "8^2x8 | bottleneck | 6 | 8 | - | 1",
            ),
            "net.md:4: bottleneck: a block without n\n  write a number into the column n",
        ),
        (
            ("layer | output size | filter size / stride | s1x1 | e1x1 | e3x3", "fire2 | 16x16x64 | | 8 | 32 |"),
            "net.md:3: fire2: has no e3x3\n  a fire module has s1x1, e1x1 and e3x3; is its row cut off?",
        ),
        (
            ("layer | output size | filter size / stride | s1x1 | e1x1 | e3x3", "conv1 | 16x16x64 | | | |"),
            "net.md:3: conv1: has no window\n  write 3x3/2, or 1x1/1",
        ),
        (
            ("Layer | Type | Maps | Size | Kernel size", "In | Input | 3 | 8x8 | -", "C | | 4 | 8x8 | 3x3"),
            "net.md:4: C: has no type\n"
            "  write Convolution, Max pooling, Fully connected, Input ..., or leave the row out",
        ),
    ],
    ids=[
        "a stack is gone",
        "brackets and count are gone",
        "a size is gone",
        "a pool is gone",
        "a convolution is gone",
        "a layer is gone",
        "a repeat is gone",
        "an expansion is gone",
        "a window is gone",
        "a type is gone",
    ],
)
def test_a_lost_cell_is_an_error(rows, message):
    assert error(table(*rows)) == message
