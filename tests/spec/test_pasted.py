"""Networks as people paste them: HTML, LaTeX, aligned text, code, configurations, patterns, one line."""

import pytest

import cnnscope
from cnnscope.spec import zoo
from tests.spec.reading import DATA, error, read, report, table


@pytest.mark.parametrize(
    "file, column, params, macs",
    [
        # torchvision's resnet18 and resnet50, the MACs with the stride in the first 1x1.
        ("resnet.html", "18-layer", 11_689_512, 1_814_073_344),
        ("resnet.html", "50-layer", 25_557_032, 3_857_973_248),
        ("resnet.tex", "18-layer", 11_689_512, 1_814_073_344),
        ("resnet.tex", "50-layer", 25_557_032, 3_857_973_248),
        # torchvision's mobilenet_v2.
        ("mobilenet_v2_aligned.txt", "", 3_504_872, 300_774_272),
        # 160 + 2,320 + 200,768 + 650; 112,896 + 1,806,336 + 200,704 + 640.
        ("keras_sequential.txt", "", 203_898, 2_120_576),
        ("keras_summary.txt", "", 203_898, 2_120_576),
        # VGG-16 without one convolution of 590,080 parameters, on one line and on many.
        ("vgg_line.txt", "", 138_357_544 - 590_080, 13_620_576_256),
        ("vgg_lines.txt", "", 138_357_544 - 590_080, 13_620_576_256),
    ],
)
def test_a_pasted_network_is_read(file, column, params, macs):
    program = read((DATA / file).read_text("utf-8"), file)
    network = cnnscope.Network(program.columns[column] if column else program)
    result = network.analyze()
    assert (result.params, result.macs) == (params, macs)


@pytest.mark.parametrize("file", ["resnet.html", "resnet.tex", "mobilenet_v2_aligned.txt", "keras_summary.txt"])
def test_a_syntax_is_recognised_without_an_ending(file):
    text = (DATA / file).read_text("utf-8")
    assert type(read(text, "-")) is type(read(text, file))


def test_a_pattern_takes_its_sizes_from_further_lines():
    text = (DATA / "alexnet_arrows.txt").read_text("utf-8") + (
        "CONV: 11x11, 96, stride 4, valid; 5x5, 256; 3x3, 384; 3x3, 384; 3x3, 256\n"
        "POOL: 3x3, stride 2\nFC: 4096, 4096, 1000\nINPUT: 227x227x3\n"
    )
    # The textbook's AlexNet, without groups.
    assert report(text, "alexnet.txt").params == 62_378_344


@pytest.mark.parametrize(
    "text, depth",
    [
        ("INPUT -> CONV -> RELU -> FC", 2),
        ("INPUT -> [CONV -> RELU -> POOL]*2 -> FC -> RELU -> FC", 4),
        ("INPUT -> [CONV -> RELU -> CONV -> RELU -> POOL] $*3$  -> [FC -> RELU] $*2$  -> FC", 9),
        ("INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC\n[N=1, M=2, no POOL, K=0]\n", 3),
        ("[**CONV → POOLING → CONV → POOLING → FC → FC** ]", 4),
    ],
)
def test_the_lecture_s_patterns_have_their_layers_with_weights(text, depth):
    assert report(text, "net.txt").depth == depth


HAND_MADE = [
    # 7x7x3x8 + 16, two blocks of two 3x3x8x8 + 16, one of 3x3x8x16 + 3x3x16x16 + 8x16 + 3 x 32, 16x5 + 5.
    (
        table(
            "stage | output | tiny",
            "stem | 16x16 | 7x7, 8, stride 2",
            "a | 16x16 | [3x3, 8; 3x3, 8] x2",
            "b | 8x8 | [3x3, 16; 3x3, 16] x1",
            " | 1x1 | average pool, 5-d fc",
        ),
        1_192 + 2 * 2 * 592 + (1_152 + 2_304 + 128 + 96) + 85,
    ),
    # 3x3x3x8 + 16; 8x48 + 96, 9x48 + 96, 48x16 + 32; 16x5 + 5: MobileNetV2's rule for one bottleneck.
    (
        table(
            "Input | Operator | t | c | n | s",
            "32^2x3 | conv2d | - | 8 | 1 | 2",
            "16^2x8 | bottleneck | 6 | 16 | 1 | 2",
            "8^2x16 | avgpool 8x8 | - | - | 1 | -",
            "1x1x16 | conv2d 1x1 | - | 5 | - | ",
        ),
        232 + (384 + 96) + (432 + 96) + (768 + 32) + 85,
    ),
    # 3x3x3x4 + 4, 3x3x4x8 + 8, 8x8x8x10 + 10 at 32x32.
    (
        table("small", "conv3-4", "maxpool", "conv3-8", "maxpool", "FC-10", "soft-max"),
        112 + 296 + 56 * 56 * 8 * 10 + 10,
    ),
    # Fire of 4, 8 and 8 behind a 3x3/2 convolution of 6: 168, 28 + 40 + 296, 16x10 + 10.
    (
        table(
            "layer name/type | output size | filter size / stride | s1x1 | e1x1 | e3x3",
            "input image | 33x33x3 | | | |",
            "conv1 | 16x16x6 | 3x3/2 (x6) | | |",
            "fire2 | 16x16x16 | | 4 | 8 | 8",
            "conv3 | 16x16x10 | 1x1/1 (x10) | | |",
            "avgpool4 | 1x1x10 | 16x16/1 | | |",
        ),
        168 + (28 + 40 + 296) + 170,
    ),
]


@pytest.mark.parametrize("text, params", HAND_MADE, ids=["stacks", "inverted", "columns", "fire"])
def test_a_table_that_no_paper_prints_is_read_as_well(text, params):
    program = read(text)
    (network,) = program.columns.values() or [program]
    assert cnnscope.Network(network).analyze().params == params


def test_two_dialects_for_one_table_are_an_error_that_names_the_word():
    text = table("Input | Operator | t | c | n | s | exp size | #out", "32^2x3 | conv2d | - | 8 | 1 | 2 | - | 8")
    assert error(text) == (
        "net.md: two dialects read this table, each in its own way\n"
        "  bneck: columns Input, Operator (bneck, 3x3), exp size, #out, SE, NL, s\n"
        "  inverted: columns Input, Operator, t, c, n, s\n"
        "  a word settles it: keep only one of `exp size` or `t`"
    )


def test_a_table_of_no_dialect_names_the_nearest():
    lines = error(table("Input | Operator | t | s", "32^2x3 | conv2d | - | 2")).splitlines()
    assert lines[:2] == [
        "net.md:1: no dialect reads a table with the columns Input, Operator, t, s",
        "  nearest is inverted: it knows 4 of the columns, and has others: c, n",
    ]


@pytest.mark.parametrize(
    "text, message",
    [
        (
            table("a | b", "conv3-64 | conv3-64", "conv3-64 | conv5", "maxpool | maxpool"),
            "net.md:4: b: `conv5` is no layer of such a table\n  known are conv3-64, maxpool, LRN, FC-4096, soft-max",
        ),
        (
            table("a | b", "conv3-64 | conv3-64", "maxpool | conv3-128"),
            "net.md:4: `maxpool` and `conv3-128` in one row: merged cells were lost\n"
            "  write the pool or FC in every column, and the convolutions of the next row below it",
        ),
        (
            table("stage | output size | net", "a | 8x8 | [3x3, 64; 3x3] x2"),
            "net.md:3: a net: a convolution of a stack has no width\n  write [3x3, 64; 3x3, 64] x2",
        ),
    ],
)
def test_a_wrong_cell_of_a_printed_table_is_named_with_its_line(text, message):
    assert error(text) == message


def test_an_assumption_that_the_table_does_not_need_is_refused():
    text = (DATA / "papers" / "mobilenet_v2.md").read_text("utf-8")
    with pytest.raises(cnnscope.UsageError) as refused:
        zoo.read_page("net.md", text, {"groups": "2"})
    assert str(refused.value) == (
        "--assume groups: the table does not leave this open\n"
        "  it leaves open activation, norm, width, window, classes, padding"
    )
