"""Tables that cannot be read or built: what the person at the keyboard is told, whole, and exit code 2."""

import importlib

import pytest

from cnnscope.spec import dialects
from cnnscope.spec.expressions import HELP
from tests.spec.reading import analyzed, page, table

HEADER = "layer | type | maps | kernel | stride | padding | groups | from | repeat"
NO_FIT = "no output is left\n  use a smaller kernel, more padding, a larger input, or fewer rows that shrink the maps"
EXPECTED = "\n  ".join(
    f"{name}: {importlib.import_module(f'cnnscope.spec.dialects.{name}').EXPECTS}"
    for name in ("canonical", *dialects.dialects())
)
"""What every dialect says of itself; test_pasted.py asserts some of it word for word."""


def rows(*lines: str) -> str:
    return page(HEADER, *lines, input="3x32x32")


@pytest.mark.parametrize(
    "text, message",
    [
        ("prose only\n", f"net.md: no table of layers in this file\n  {EXPECTED}"),
        (
            table("year | author", "1998 | LeCun"),
            f"net.md:1: no dialect reads a table with the columns year, author\n  {EXPECTED}",
        ),
        (
            "---\ninput: 1x8x8\n---\nprose\n",
            "net.md: the page has no table of layers\n  it has a column `type`, and dashes below its titles",
        ),
        (page("layer | type"), "net.md:4: the table has no layers\n  write one row per layer"),
        (page("layer | type | filters", "a | relu |"), 'net.md:4: unknown column `filters`\n  did you mean "maps"?'),
        (page("layer | type | kernal", "a | relu |"), 'net.md:4: unknown column `kernal`\n  did you mean "kernel"?'),
        (
            page("layer | type | colour", "a | relu |"),
            "net.md:4: unknown column `colour`\n  `docs/operators.md` lists what is known",
        ),
        (page("layer | type | type", "a | relu | relu"), "net.md:4: two columns `type`\n  keep one"),
        (page("layer | type | ", "a | relu | x"), "net.md:6: a: `x` stands under no title\n  name its column"),
        (
            page("layer | type", "a | relu | x"),
            "net.md:6: a: 3 cells under 2 columns\n  a | inside a cell is written \\|; a comma inside a CSV cell needs quotes",
        ),
        (
            "---\ninput: 1x8x8\n---\n| layer | type |\n|---|\n| a | relu |\n",
            "net.md:4: 2 column titles over 1 columns of dashes\n  make them agree",
        ),
        (
            page("layer | type" + " | x" * 199, "a | relu"),
            "net.md:4: a table of 201 columns\n  at most 200 are read\nnet.md:4: unknown column `x`\n  `docs/operators.md` lists what is known",
        ),
    ],
)
def test_a_page_without_a_table_of_layers_is_refused(text, message, refused):
    refused(text, message)


@pytest.mark.parametrize(
    "line, message",
    [
        ("a | convv | 1 | 3", 'type "convv": no such operator or block\n  did you mean "conv"?'),
        ("a | Convolution | 1 | 3", 'type "Convolution": no such operator or block\n  did you mean "conv"?'),
        ("a | convolution bn | 1 | 3", 'type "convolution bn": no such operator or block\n  did you mean "conv bn"?'),
        ("a | conv batchnorm relu | 1 | 3", 'type "conv batchnorm relu": no such operator or block\n  did you mean "conv bn relu"?'),
        ("a | golbal avg pool softmx", 'type "golbal avg pool softmx": no such operator or block\n  did you mean "global avg pool softmax"?'),
        ("a | conv | 1 | 9x", "kernel: `9x` lacks a number\n  write 3 or 3x5 (height x width)"),
        ("a | conv | -32 | 3", "maps: `-32` is too small\n  it must be at least 1"),
        ("a | conv | 1 | 3 | | smae", "padding: `smae` is no padding\n  did you mean same?"),
        ("a | pooling | 1 | 3", 'type "pooling": no such operator or block\n  did you mean "max pool"?'),
        ("a | conv quux | 1 | 3", 'type "conv quux": no such operator or block\n  `docs/operators.md` lists the operators; a block needs a `## name(...)` table'),
        ("a | | 1 | 3", "has no type\n  fill the column `type`: conv, max pool, fully connected, a block ..."),
        ("a | - - | 1 | 3", "type `- -` names no operator\n  write one such as conv, or a block's name"),
        ("a | " + "relu " * 41, "a type of 41 words\n  at most 40 are read: use a row per operator"),
        ("a | conv | 1 |", "conv needs kernel\n  fill the column kernel"),
        ("a | conv", "conv needs kernel and maps\n  fill the columns kernel, maps"),
        ("a | conv | 1 | 0", "kernel: `0` is too small\n  it must be at least 1"),
        ("a | conv | 1 | -3", "kernel: `-3` is too small\n  it must be at least 1"),
        ("a | conv | 1 | 3.5", "kernel: `3.5` is not a whole number\n  write a whole number of at least 1"),
        ("a | conv | 1 | 1000000000", f"a window 1000000000 high does not fit into an input 32 high: {NO_FIT}"),
        ("a | conv | 1 | 1e9", "kernel: `1e9` is not a whole number\n  write a whole number of at least 1"),
        ("a | conv | 1 | 99999999999", "kernel: `99999999999` is too large\n  at most 2^31 - 1 is read"),
        ("a | conv | 1 | 3 | 0", "stride: `0` is too small\n  it must be at least 1"),
        ("a | max pool | | 2 | | 2", "padding 2x2x2x2 with a 2x2 window\n  a pool's padding must be smaller than its kernel, or a window would see nothing"),
        ("a | conv | 3 | 3 | | | 2", "3 input channels cannot be split into 2 groups\n  groups must divide 3"),
        ("a | conv | 4 | 3 | | | 3", "4 maps cannot be split into 3 groups\n  groups must divide 4"),
        ("a | relu | 1", "relu has no maps\n  empty the cell"),
        ("a | max pool | 1 | 2", "max pool has no maps\n  empty the cell; its columns are kernel, padding, rounding, stride"),
        ("a | conv | 2147483647 | 1 | | 2147483647", "the output 2147483647x4294967326x4294967326 has an axis longer than 2^31 - 1\n  use smaller numbers"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_explained(line, message, refused):
    refused(rows(line), f"net.md:6: a: {message}")


@pytest.mark.parametrize(
    "lines, message",
    [
        (
            [f"c{n} | conv | 8 | 5" for n in range(1, 9)],
            f"net.md:13: c8: a window 5 high does not fit into an input 4 high: {NO_FIT}",
        ),
        (
            ["a | conv | 3 | 3", "b | add | | | | | | in, a"],
            "net.md:7: b: cannot add 3x32x32 and 3x30x30: a (line 6, padding 0) makes 30x30 of 32x32\n  all inputs must have the same shape: adapt one by a 1x1 conv, a pool or a crop; a gate is Cx1x1",
        ),
        (
            ["a | conv | 3 | 3", "b | concat | | | | | | in, a"],
            "net.md:7: b: cannot concat 3x32x32 and 3x30x30: a (line 6, padding 0) makes 30x30 of 32x32\n  all sizes but the number of maps must agree: crop, pad or pool one of them",
        ),
    ],
)
def test_rows_that_do_not_fit_each_other_are_explained(lines, message, refused):
    refused(rows(*lines), message)


@pytest.mark.parametrize(
    "front, message",
    [
        ("", "net.md: the page does not say its input\n  write `input: 3x224x224` in the front matter, or use --input"),
        ("input:\n", "net.md:2: the page does not say its input\n  write `input: 3x224x224` in the front matter, or use --input"),
        ("input: 64x64x3\n", "net.md:2: input `64x64x3`: channels stand first\n  write 3x64x64"),
        ("input: 224x224\n", "net.md:2: input `224x224` is neither CxHxW nor a number of features\n  write channels x height x width, such as 3x224x224, or one number for a network of neurons"),
        ("input: 3x0x224\n", "net.md:2: input `3x0x224`: `0` is too small\n  it must be at least 1"),
        ("input: 3xHxW\n", "net.md:2: input `3xHxW`: `H` is not a whole number\n  write a whole number of at least 1"),
        ("input: 1x1x2147483648\n", "net.md:2: input `1x1x2147483648`: `2147483648` is too large\n  at most 2^31 - 1 is read"),
        ("input: 1x8x8\nauthor: me\n", "net.md:3: unknown front-matter key `author`\n  known are name, input, source, year, blocks and claims: params, macs ..."),
        ("input: 1x8x8\nsorce: me\n", 'net.md:3: unknown front-matter key `sorce`\n  did you mean "source"?'),
        ("input: 1x8x8\nname: a\nName: b\n", "net.md:4: `name` stands twice in the front matter\n  keep one"),
        ("input: 1x8x8\njust words\n", "net.md:3: `just words` is no front matter\n  write `key: value`"),
        ("input: 1x8x8\nparams: many\n", "net.md:3: params: `many` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB"),
    ],
)  # fmt: skip
def test_front_matter_that_cannot_be_used_is_explained(front, message, refused):
    refused(f"---\n{front}---\n" + table("layer | type", "a | relu"), message)


def test_front_matter_that_does_not_end_is_one_fault(refused):
    text = "---\ninput: 1x8x8\n\n" + table("layer | type", "a | relu")
    refused(text, "net.md:1: the front matter does not end\n  close it with a line of three dashes, ---")


@pytest.mark.parametrize(
    "front, lines, message",
    [
        (
            "input: 2x8x8\n",
            ["data | input | 3 | 4x4 | ", "a | relu | | | "],
            "net.md:2: input 2x8x8, but the table's input row says 3x4x4\n  keep one of them",
        ),
        (
            "",
            ["data | input | 3 | 4 | ", "a | relu | | | "],
            "net.md:5: data: input `3x4` is neither CxHxW nor a number of features\n"
            "  write channels x height x width, such as 3x224x224, or one number for a network of neurons",
        ),
        (
            "",
            ["data | input | 3 | 4x4 | 5", "a | relu | | | "],
            "net.md:5: data: an input row has no kernel\n  empty the cell; it has maps and size",
        ),
        (
            "",
            ["data | input | 3 | 4x4 | ", "a | relu | | | ", "more | input | 3 | 4x4 | "],
            "net.md:7: more: an input row that is not the first\n  the input is the first row, or `input:` in the front matter",
        ),
    ],
)
def test_an_input_row_that_cannot_be_used_is_explained(front, lines, message, refused):
    refused(f"---\n{front}---\n" + table("layer | type | maps | size | kernel", *lines), message)


@pytest.mark.parametrize(
    "cell, message",
    [
        ("{open(1)}", f"{{open(1)}} is not an expression\n  {HELP}"),
        ("{in.__class__}", f"{{in.__class__}} is not an expression\n  {HELP}"),
        ("{2 ** 3}", f"{{2 ** 3}} is not an expression\n  {HELP}"),
        ("{" + "1+" * 100 + "1}", "an expression of 201 characters\n  at most 200 are read"),
        ("{" + "1" * 1_000_000 + "}", "a cell of 1,000,004 characters\n  at most 10,000 are read"),
        ("{3", "`{3` has braces that do not match\n  write {expression}"),
        ("3}", "`3}` has braces that do not match\n  write {expression}"),
        ("{{3}}", "`{{3}}` has braces that do not match\n  write {expression}"),
        ("{}", f"{{}} is not an expression\n  {HELP}"),
        ("{k}", "{k}: no such parameter\n  known here: in.height, in.maps, in.width"),
        ("{1/2}", "kernel: `1/2` is not a whole number\n  write a whole number of at least 1"),
        ("{1 == 1}", "kernel: `yes` is not a whole number\n  write a whole number of at least 1"),
        ("{9}{9}", f"a window 99 high does not fit into an input 32 high: {NO_FIT}"),
    ],
)
def test_an_expression_that_cannot_be_used_is_explained(cell, message, refused):
    refused(rows(f"a | conv | 1 | {cell}"), f"net.md:6: a: {message}")


def test_all_faults_of_a_page_are_told_in_one_run(refused):
    text = page(HEADER, "a | convv | 1 | 3", "b | conv | 1 | 0", "c | relu | 1", "d | conv | 1 |", front="sorce: me\n")
    message = (
        'net.md:3: unknown front-matter key `sorce`\n  did you mean "source"?\n'
        'net.md:7: a: type "convv": no such operator or block\n  did you mean "conv"?\n'
        "net.md:8: b: kernel: `0` is too small\n  it must be at least 1\n"
        "net.md:9: c: relu has no maps\n  empty the cell\n"
        "net.md:10: d: conv needs kernel\n  fill the column kernel"
    )
    refused(text, message)


def test_all_rows_that_cannot_be_built_are_told_in_one_run(refused):
    lines = [
        "a | conv | 4 | 40 |",
        "b | relu | | | ",
        "c | conv | 4 | 50 | in",
        "d | add | | | c, in",
        "e | add | | | in",
    ]
    message = (
        f"net.md:6: a: a window 40 high does not fit into an input 32 high: {NO_FIT}\n"
        f"net.md:8: c: a window 50 high does not fit into an input 32 high: {NO_FIT}\n"
        "net.md:10: e: add takes at least 2 inputs, got 1\n  name them in the `from` column, separated by commas"
    )
    refused(page("layer | type | maps | kernel | from", *lines, input="3x32x32"), message)


def test_of_very_many_faults_the_first_fifty_are_told(refused):
    shown = "".join(
        f'net.md:{n + 6}: a{n}: type "convv": no such operator or block\n  did you mean "conv"?\n' for n in range(50)
    )
    text = rows(*(f"a{n} | convv | 1 | 3" for n in range(300)))
    refused(text, f"{shown}net.md:55: more than 50 faults\n  mend these first")


def test_a_window_that_does_not_fit_is_a_note_and_an_error_where_asked_for(refused):
    header, line = "layer | type | maps | kernel | stride", "a | conv | 1 | 3 | 3"
    # (7 - 3) / 3 + 1
    (layer,) = analyzed(header, line, input="1x7x7").layers
    assert (layer.output_shape, layer.notes) == ((1, 1, 2, 2), ("does not fit: 2.33 -> 2",))
    message = (
        "net.md:6: a: does not fit: 2.33 -> 2\n  change the size, padding or stride, or analyze without --exact-fit"
    )
    refused(page(header, line, input="1x7x7"), message, "--exact-fit")


RESIDUAL = """---
input: 3x64x64
---
# r

| layer | type | maps | width | kernel | padding | repeat |
|---|---|---|---|---|---|---|
| c | conv | 32 | | 3x3 | same | |
| s1 | res | | 32 | | | 2 |

## res(width)

| layer | type | maps | kernel | padding | from |
|---|---|---|---|---|---|
| a | conv bn | {width} | 3x3 | | |
| b | conv bn | {width} | 3x3 | 1 | |
| out | add | | | | b, in |
"""
ADAPT = "all inputs must have the same shape: adapt one by a 1x1 conv, a pool or a crop; a gate is Cx1x1"


@pytest.mark.parametrize(
    "lines, message",
    [
        pytest.param(
            [
                "a | conv | 3 | 3 | | 1",
                "b | conv | 3 | 3 | 2 | 1",
                "c | conv | 3 | 3 | | 1",
                "d | add | | | | | | c, a",
            ],
            "net.md:9: d: cannot add 3x16x16 and 3x32x32: b (line 7, stride 2) makes 16x16 of 32x32",
            id="what made the sizes part is named, not what came after it",
        ),
        pytest.param(
            ["a | conv | 3 | 3", "b | conv | 3 | 2 | 2 | | | in", "c | add | | | | | | a, b"],
            "net.md:8: c: cannot add 3x30x30 and 3x16x16: a (line 6, padding 0) makes 30x30 of 32x32, "
            "b (line 7, stride 2, padding 0) makes 16x16 of 32x32",
            id="where both paths changed it both are named",
        ),
        pytest.param(
            ["a | conv | 4 | 3", "b | conv | 5 | 1", "c | add | | | | | | a, b"],
            "net.md:8: c: cannot add 4x30x30 and 5x30x30",
            id="maps that differ have no such place",
        ),
    ],
)
def test_the_row_where_sizes_part_is_named(lines, message, refused):
    refused(rows(*lines), f"{message}\n  {ADAPT}")


def test_the_row_of_a_block_where_sizes_part_is_named(refused):
    told = "cannot add 32x62x62 and 32x64x64: s1.1.a (line 15, padding 0) makes 62x62 of 64x64"
    refused(RESIDUAL, f"net.md:17: s1.1.out: {told}\n  {ADAPT}")


def test_rows_without_a_line_of_dashes_are_told_once(refused):
    titles = "a table without a line of dashes below its titles\n  write |---|---|"
    bare = "".join(line for line in RESIDUAL.splitlines(keepends=True) if not line.startswith("|---"))
    refused(bare, f"net.md:6: {titles}---|---|---|---|---| there\nnet.md:12: {titles}---|---|---|---| there")
    refused(
        bare.replace("| c |", "\n| c |"),
        f"net.md:6: {titles}---|---|---|---|---| there\nnet.md:13: {titles}---|---|---|---| there",
    )
    above = RESIDUAL.replace("# r\n", "# r\n| a | b |\n")
    refused(above, f"net.md:5: {titles} there")
    apart = RESIDUAL.replace("| s1 |", "\n| s1 |")
    hint = "remove the blank line above it; a new table needs a line of dashes below its titles"
    refused(apart, f"net.md:10: a row that belongs to no table\n  {hint}")
