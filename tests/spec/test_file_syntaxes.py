"""Markdown, CSV, tab-separated and plain text: the same table reads alike, with the lines of the file."""

import pytest

from cnnscope.spec import tables
from cnnscope.spec.tables.document import clean, split_lines
from tests.spec.reading import error, report, shapes

# conv: 3*3*1*2 weights and 2 biases; fc: 2*2*2 inputs, 4 units.
MARKDOWN = """\
---
input: 1x6x6
---
| layer | type            | maps | kernel |
|-------|-----------------|-----:|:------:|
| c     | conv            | 2    | 3x3    |
| p     | max pool        |      | 2      |
| f     | fully connected | 4    |        |
"""
CSV = "layer,type,maps,kernel\nc,conv,2,3x3\np,max pool,,2\nf,fully connected,4,\n"
TSV = CSV.replace(",", "\t")
PIPES = "".join(f"|{line.replace(',', '|')}|\n" for line in CSV.splitlines())
GRID = "+--+--+--+--+\n" + "".join(f"{line}\n+--+--+--+--+\n" for line in PIPES.splitlines())


@pytest.mark.parametrize(
    "text, path",
    [
        pytest.param(MARKDOWN, "net.md", id="Markdown"),
        pytest.param(MARKDOWN, "net.markdown", id="Markdown by its longer ending"),
        pytest.param(MARKDOWN, "net.txt", id="Markdown in a text file"),
        pytest.param(MARKDOWN, "-", id="Markdown on standard input"),
        pytest.param(MARKDOWN.replace("\n| ", "\n"), "net.md", id="rows without a leading pipe"),
        pytest.param(MARKDOWN.replace("    |\n", "\n"), "net.md", id="rows without a closing pipe"),
        pytest.param(CSV, "net.csv", id="CSV"),
        pytest.param(CSV, "-", id="CSV on standard input"),
        pytest.param(CSV.replace("3x3", '"3x3"'), "net.csv", id="CSV with quotes"),
        pytest.param(CSV.replace("\n", ",,\n"), "net.csv", id="CSV with empty cells at the end of every line"),
        pytest.param("\n" + CSV.replace("\n", "\n\n"), "net.csv", id="CSV with blank lines"),
        pytest.param(CSV.replace(",", ";"), "net.csv", id="CSV as spreadsheets with a decimal comma write it"),
        pytest.param(PIPES, "net.txt", id="pipes without a line of dashes"),
        pytest.param(PIPES.replace("|", "||", 5), "-", id="a wiki's pipes"),
        pytest.param(GRID, "-", id="a grid of pipes"),
        pytest.param(TSV, "net.tsv", id="tab-separated"),
        pytest.param(TSV, "net.txt", id="tab-separated in a text file"),
        pytest.param("A network\n\n" + TSV, "-", id="tab-separated with a title above"),
    ],
)
def test_the_same_table_reads_alike_in_every_syntax(text, path):
    result = report(text, path, input="1x6x6")
    assert shapes(result) == {"c": (2, 4, 4), "p": (2, 2, 2), "f": (4,)}
    assert result.params == 20 + 36


@pytest.mark.parametrize(
    "text, path, line",
    [
        pytest.param(MARKDOWN.replace("| conv ", "| convv"), "net.md", 6, id="Markdown"),
        pytest.param(
            MARKDOWN.replace("| conv ", "| convv").replace("---\n|", "---\nprose\n\n|", 1),
            "net.md",
            8,
            id="below prose",
        ),
        pytest.param(
            MARKDOWN.replace("| conv ", "| convv").replace("---\n|", "---\na\x0cb\u2028c\n\n|", 1),
            "net.md",
            8,
            id="rare line ends are none to an editor",
        ),
        pytest.param(CSV.replace("conv", "convv"), "net.csv", 2, id="CSV"),
        pytest.param(
            CSV.replace("conv", "convv").replace("c,", '"c\nd",', 1),
            "net.csv",
            3,
            id="CSV, a cell over two lines counts its last",
        ),
        pytest.param(TSV.replace("conv", "convv"), "net.tsv", 2, id="tab-separated"),
    ],
)
def test_errors_give_the_line_of_the_file(text, path, line):
    assert error(text, path).startswith(f"{path}:{line}: ")


def test_a_page_of_prose_with_commas_is_not_taken_for_csv():
    text = "# net(maps=2)\nA network, by hand.\n\n| type | maps | kernel |\n|-|-|-|\n| conv | {maps} | 3 |\n"
    assert shapes(report(text, "-", input="1x6x6")) == {"conv1": (2, 4, 4)}


def test_what_is_not_a_table_is_passed_over():
    text = """\
---
# a remark in the front matter

input: "1x6x6"
---
# LeNet-like

Prose with a | pipe, and a table of other things:

| year | author |
|------|--------|
| 1998 | LeCun  |

<!--
| layer | type | maps |
|-------|------|------|
| old   | conv | 1    |
-->

```
| layer | type | maps |
|-------|------|------|
| old   | conv | 1    |
```

| layer | type | maps | kernel | notes           |
|-------|------|------|--------|-----------------|
| a\\|b | conv | 2    | 3      | anything at all |

[^1]: a footnote
"""
    result = report(text)
    assert result.network == "LeNet-like"
    assert shapes(result) == {"a|b": (2, 4, 4)}


def test_front_matter_names_the_network_and_its_source():
    text = "---\nName: Tiny\ninput: 1x6x6\nsource: 'me, 2024'\nyear: 2024\n---\n| type |\n|-|\n| relu |\n"
    result = report(text)
    assert (result.network, result.source, result.input_shape) == ("Tiny", "me, 2024", (1, 1, 6, 6))


@pytest.mark.parametrize(
    "cell, text",
    [
        ("  a  b ", "a b"),
        ("-", ""),
        ("–", ""),
        ("—", ""),
        ("<b>Layer</b>", "Layer"),
        (r"$1 \times 1$", "1 × 1"),
        ("`relu`", "relu"),
        ("__x__", "x"),
        ("3&nbsp;x&nbsp;3", "3 x 3"),
        ("&lt;script&gt;", "<script>"),
        pytest.param("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";", id="an entity of 5,000 digits is text"),
        pytest.param("a&#10;b", "a b", id="an entity cannot end a line"),
        pytest.param("\x1b[31mred", "?[31mred", id="an escape sequence loses its escape"),
        pytest.param("6\u200b4", "6?4", id="a blank of no width is made visible"),
        pytest.param("a\u202eb", "a?b", id="so is a sign that turns the direction of text"),
    ],
)
def test_a_cell_is_cleaned(cell, text):
    assert clean(cell) == text


def test_lines_are_those_that_editors_number():
    assert split_lines("a\x0bb\x0cc\x85d\u2028e\nf\n") == ("a\x0bb\x0cc\x85d\u2028e", "f")


def test_the_syntaxes_are_the_modules_of_their_folder():
    assert tables.syntaxes() == ("csv", "html", "latex", "markdown", "pipes", "tsv")
