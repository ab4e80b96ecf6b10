"""Blocks are functions, variants are calls of the network."""

import pytest

from tests.spec.reading import error, read, report, shapes, table

# He et al. 2015, arXiv:1512.03385, table 1.
RESNET = (
    "---\ninput: 3x224x224\nsource: He et al. 2015\n---\n# resnet(block, n2, n3, n4, n5)\n\n"
    + table(
        "layer | type | width | maps | size | kernel | stride | padding | activation | repeat",
        "conv1 | conv bn | | 64 | 112x112 | 7x7 | 2 | 3 | relu |",
        "pool1 | max pool | | | 56x56 | 3x3 | 2 | 1 | |",
        "conv2 | {block} | 64 | | 56x56 | | | | | {n2}",
        "conv3 | {block} | 128 | | 28x28 | | 2 | | | {n3}",
        "conv4 | {block} | 256 | | 14x14 | | 2 | | | {n4}",
        "conv5 | {block} | 512 | | 7x7 | | 2 | | | {n5}",
        "pool5 | global avg pool | | | 1x1 | | | | |",
        "fc | fully connected | | 1000 | | | | | softmax |",
    )
    + "\n## bottleneck(width, stride=1)\n\n"
    + table(
        "layer | type | maps | kernel | stride | padding | activation | from | when",
        "a | conv bn | {width} | 1x1 | | | relu | in |",
        "b | conv bn | {width} | 3x3 | {stride} | 1 | relu | |",
        "c | conv bn | {4*width} | 1x1 | | | | |",
        "skip | conv bn | {4*width} | 1x1 | {stride} | | | in | {stride != 1 or in.maps != 4*width}",
        "out | add | | | | | relu | c, skip |",
    )
    + "\n## basic(width, stride=1)\n\n"
    + table(
        "layer | type | maps | kernel | stride | padding | activation | from | when",
        "a | conv bn | {width} | 3x3 | {stride} | 1 | relu | in |",
        "b | conv bn | {width} | 3x3 | | 1 | | |",
        "skip | conv bn | {width} | 1x1 | {stride} | | | in | {stride != 1 or in.maps != width}",
        "out | add | | | | | relu | b, skip |",
    )
    + "\n## Variants\n\n"
    + table(
        "model | block | n2 | n3 | n4 | n5 | params | macs | notes",
        "resnet18 | basic | 2 | 2 | 2 | 2 | 11,689,512 | 1,814,073,344 | ",
        "resnet50 | bottleneck | 3 | 4 | 6 | 3 | 25,557,032 | 4,089,184,256 | ",
        "resnet101 | bottleneck | 3 | 4 | 23 | 3 | 44,549,160 | 7.80G | deeper",
    )
)


@pytest.mark.parametrize(
    "variant, params, macs, depth",
    [
        # torchvision's published parameters, and the MACs that fvcore counts.
        ("resnet18", 11_689_512, 1_814_073_344, 18),
        ("resnet50", 25_557_032, 4_089_184_256, 50),
        ("resnet101", 44_549_160, 7_801_405_440, 101),
    ],
)
def test_a_page_of_blocks_yields_resnets(variant, params, macs, depth):
    result = report(RESNET, variant=variant)
    assert (result.network, result.source) == (variant, "He et al. 2015")
    assert (result.params, result.macs, result.depth) == (params, macs, depth)
    assert all(claim.holds for claim in result.claims)


def test_expanded_names_are_paths_and_the_first_call_alone_has_the_stride():
    result = report(RESNET, variant="resnet18")
    made = shapes(result)
    assert made["conv1"] == (64, 112, 112)
    assert made["conv2.1.out"] == (64, 56, 56)
    assert made["conv3.1.a"] == made["conv3.2.a"] == (128, 28, 28)
    assert "conv3.1.skip.bn" in made
    assert "conv3.2.skip" not in made
    assert "conv2.1.skip" not in made


def test_every_variant_is_a_network_of_the_page():
    program = read(RESNET)
    assert [*program.variants] == ["resnet18", "resnet50", "resnet101"]
    assert program.network.name == "resnet"


def test_a_variant_may_have_an_input_and_a_source_of_its_own():
    text = (
        "---\ninput: 1x8x8\nsource: the page\n---\n# net(maps)\n"
        + table("type | maps | kernel", "conv | {maps} | 1")
        + "\n## variants\n"
        + table("model | maps | input | source", "a | 2 | |", "b | 3 | 2x4x4 | another page")
    )
    first, second = report(text, variant="a"), report(text, variant="b")
    assert (first.input_shape, first.params, first.source) == ((1, 1, 8, 8), 4, "the page")
    assert (second.input_shape, second.params, second.source) == ((1, 2, 4, 4), 9, "another page")


@pytest.mark.parametrize("alpha, maps", [("1.0", 32), ("0.75", 24), ("3/4", 24), ("0.5", 16), ("0.35", 16)])
def test_a_width_multiplier_is_an_exact_fraction(alpha, maps):
    #  0.35 * 32 = 11.2 -> 8 is less than 90 % of it, so 16 (MobileNet's rounding).
    text = f"---\ninput: 3x8x8\n---\n# net(alpha={alpha})\n" + table(
        "layer | type | maps | kernel", "a | conv | {round_to(32 * alpha, 8)} | 1"
    )
    assert shapes(report(text)) == {"a": (maps, 8, 8)}


BLOCK = "---\ninput: 2x8x8\n---\n# net\n"


def test_built_in_columns_bind_to_parameters_of_the_same_name():
    text = (
        BLOCK
        + table("layer | type | maps | kernel | stride", "a | unit | 4 | 3 | 2", "b | unit | 6 | |")
        + "\n## unit(maps, kernel=1, stride=1)\n"
        + table("layer | type | maps | kernel | stride", "c | conv | {maps} | {kernel} | {stride}")
    )
    assert shapes(report(text)) == {"a.c": (4, 3, 3), "b.c": (6, 3, 3)}


def test_an_activation_on_a_block_s_row_runs_after_it():
    text = (
        BLOCK
        + table("layer | type | activation", "a | unit | relu")
        + "\n## unit()\n"
        + table("layer | type | maps | kernel", "c | conv | 4 | 1")
    )
    result = report(text)
    assert [layer.name for layer in result.layers] == ["a.c", "a.relu"]
    assert result.layers[-1].inputs == ("a.c",)


def test_a_block_s_further_inputs_are_in2_and_so_on():
    text = (
        BLOCK
        + table(
            "layer | type | maps | kernel | from", "x | conv | 4 | 1 |", "y | conv | 6 | 1 | in", "z | join | | | x, y"
        )
        + "\n## join()\n"
        + table(
            "layer | type | maps | kernel | from", "p | conv | {in2.maps - in.maps} | 1 | in2", "q | concat | | | in, p"
        )
    )
    assert shapes(report(text)) == {"x": (4, 8, 8), "y": (6, 8, 8), "z.p": (2, 8, 8), "z.q": (6, 8, 8)}


def test_blocks_call_blocks():
    text = (
        BLOCK
        + table("layer | type | width", "a | outer | 3")
        + "\n## outer(width)\n"
        + table("layer | type | width", "b | inner | {2*width}")
        + "\n## inner(width)\n"
        + table("layer | type | maps | kernel", "c | conv | {width} | 1")
    )
    assert shapes(report(text)) == {"a.b.c": (6, 8, 8)}


def test_a_parameter_that_is_a_word_may_be_an_operator_or_a_type():
    text = BLOCK.replace("# net", "# net(norm=bn, act=relu)") + table(
        "layer | type | maps | kernel | activation", "a | conv {norm} | 4 | 1 | {act}"
    )
    assert [layer.name for layer in report(text).layers] == ["a", "a.bn", "a.relu"]


def test_an_empty_default_leaves_the_cell_empty():
    text = BLOCK.replace("# net", "# net(act=-)") + table(
        "layer | type | maps | kernel | activation", "a | conv | 4 | 1 | {act}"
    )
    assert [layer.name for layer in report(text).layers] == ["a"]


def test_a_network_that_needs_arguments_asks_for_variants():
    text = BLOCK.replace("# net", "# net(maps, kernel)") + table("type | maps | kernel", "conv | {maps} | {kernel}")
    assert (
        error(text) == "net.md:4: net: needs maps, kernel\n  add a table `## variants`, or defaults: # net(name=value)"
    )
