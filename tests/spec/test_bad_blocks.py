"""Blocks and variants that cannot be called: what the person at the keyboard is told, whole, and exit code 2."""

import pytest

from tests.spec.reading import table

HEADER = "layer | type | from | maps"
TAKEN = "rename it; columns, claims, i, in and words of expressions have a meaning of their own"


def blocks(*declared: tuple[str, str], call: str = "a | b1 | | ", below: str = "") -> str:
    """A page whose network has one row, on line 7; blocks follow from line 9 on, six lines each for one row."""
    text = "---\ninput: 1x8x8\n---\n# net\n" + table(HEADER, call)
    return text + "".join(f"\n## {name}\n" + table(HEADER, *lines.split("; ")) for name, lines in declared) + below


RELU = "x | relu | | "


@pytest.mark.parametrize(
    "text, message",
    [
        (blocks(("b1()", "x | b1 | | ")), "net.md:12: a.x: block b1 calls itself: b1 -> b1\n  blocks cannot be recursive"),
        (
            blocks(("b1()", "x | b2 | | "), ("b2()", "y | b1 | | ")),
            "net.md:17: a.x.y: block b1 calls itself: b1 -> b2 -> b1\n  blocks cannot be recursive",
        ),
        (
            blocks(("b1()", RELU), ("b1()", RELU)),
            "net.md:14: b1: the block of line 9 has this name\n  rename the block",
        ),
        (
            blocks(("relu()", "x | tanh | | "), call="a | tanh | | "),
            "net.md:9: relu: an operator has this name\n  rename the block",
        ),
        (
            blocks(call=RELU, below="\n# one(n=1)\n# two(n=1)\n"),
            "net.md:10: two: a second network on this page\n  make it a block: ## name(...)",
        ),
        (blocks(call="a | Botleneck | | ", below="\n## bottleneck()\n" + table(HEADER, RELU)), 'net.md:7: a: type "Botleneck": no such operator or block\n  did you mean "bottleneck"?'),
        (blocks(("b1(width)", RELU)), "net.md:7: a: needs width\n  fill the column width"),
        (blocks(("b1(width, size2)", RELU)), "net.md:7: a: needs width, size2\n  fill the columns width, size2"),
        (blocks(("b1(params)", RELU)), f"net.md:9: a parameter cannot be named `params` here\n  {TAKEN}"),
        (blocks(("b1(from)", RELU)), f"net.md:9: a parameter cannot be named `from` here\n  {TAKEN}"),
        (blocks(("b1(in2)", RELU)), f"net.md:9: a parameter cannot be named `in2` here\n  {TAKEN}"),
        (blocks(("b1(lambda)", RELU)), f"net.md:9: a parameter cannot be named `lambda` here\n  {TAKEN}"),
        (blocks(("b1(k, k)", RELU)), f"net.md:9: a parameter cannot be named `k` here\n  {TAKEN}"),
        (blocks(("b1(a b)", RELU)), "net.md:9: `a b` is no parameter\n  write name or name=default"),
        (blocks(("b1(é)", RELU)), "net.md:9: `é` is no parameter\n  write name or name=default"),
        (blocks(("b1(k={n})", RELU)), "net.md:9: `k={n}`: a default cannot be an expression\n  write a number or a word"),
        (
            blocks((f"b1({', '.join(f'k{n}=1' for n in range(51))})", RELU)),
            "net.md:9: 51 parameters\n  at most 50 are read",
        ),
        (
            blocks(("b1()", "x | relu | | ; z | tanh | | ; y | relu | x | ")),
            "net.md:13: z: nothing reads this row\n  a block's output is its last row; name this row in some `from`",
        ),
        (
            blocks(("b1()", "x | add | in, in2 | ")),
            "net.md:12: x: from `in2`: the block is called with fewer inputs\n  name more in the caller's `from`",
        ),
        (blocks(call=RELU, below="\n## b1()\n" + table(HEADER)), "net.md:10: the table has no layers\n  write one row per layer"),
        (
            blocks(call=RELU, below="\n## b1()\nprose\n"),
            "net.md:9: the block b1 has no table of layers\n  it has a column `type`, and dashes below its titles",
        ),
        (
            blocks(("b1()", RELU), below="\n" + table("layer | type", "c | relu")),
            "net.md:14: a second layer table for block b1\n  give it a heading of its own, `## name(...)`",
        ),
        (
            blocks(call=RELU, below="\n" + table("layer | type", "c | relu")),
            "net.md:9: a second layer table for the network\n  give it a heading of its own, `## name(...)`",
        ),
        (
            blocks(("b1()", RELU), call="a | b1 | | 3"),
            "net.md:7: a: block b1 has no parameter maps\n  empty the cell, or declare it: ## b1(maps)",
        ),
    ],
)  # fmt: skip
def test_a_block_that_cannot_be_called_is_explained(text, message, refused):
    refused(text, message)


@pytest.mark.parametrize(
    "header, lines, message",
    [
        (
            "model | maps",
            ["a | 2", "a | 3"],
            "net.md:13: a: the variant of line 12 has this name\n  rename one; - and _ are the same",
        ),
        ("model | maps", [" | 2"], "net.md:12: a variant without a name\n  fill the column `model`"),
        ("maps", ["2"], "net.md:10: the variants have no column `model`\n  it names each variant"),
        (
            "model | size2 | maps",
            ["a | 2 | 2"],
            'net.md:10: unknown column `size2`\n  did you mean "size"?',
        ),
        (
            "model | year | maps",
            ["a | 2 | 2"],
            "net.md:10: unknown column `year`\n  known are model, input, source, notes, maps and claims: params, macs ...",
        ),
        ("model | maps | maps", ["a | 2 | 3"], "net.md:10: two columns `maps`\n  keep one"),
        ("model", ["a"], "net.md:12: a: needs maps\n  fill the column maps"),
        (
            "model | maps | params",
            ["a | 2 | lots"],
            "net.md:12: a: params: `lots` is not a number\n  a claim is a figure such as 138,357,544, 3.2M or 60.95 MB",
        ),
        (
            "model | maps | input",
            ["a | 2 | 1xbig"],
            "net.md:12: input `1xbig` is neither CxHxW nor a number of features\n"
            "  write channels x height x width, such as 3x224x224, or one number for a network of neurons",
        ),
        (
            "model | maps",
            ["a | {2}"],
            "net.md:7: c: maps: `{2}` is not a whole number\n  write a whole number of at least 1",
        ),
    ],
)
def test_variants_that_cannot_be_used_are_explained(header, lines, message, refused):
    text = "---\ninput: 1x8x8\n---\n# net(maps)\n" + table("layer | type | maps | kernel", "c | conv | {maps} | 1")
    refused(text + "\n## variants\n" + table(header, *lines), message)


def test_a_page_of_too_many_variants_is_refused(refused):
    text = "---\ninput: 1x8x8\n---\n# net(maps)\n" + table("layer | type | maps | kernel", "c | conv | {maps} | 1")
    variants = table("model | maps", *(f"v{n} | 1" for n in range(1_001)))
    refused(text + "\n## variants\n" + variants, "net.md:10: more than 1,000 variants\n  part the page")
