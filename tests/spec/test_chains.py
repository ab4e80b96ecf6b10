"""Networks on one line: short forms, arrows with sizes, lists of conv3-64, and patterns with their sizes below."""

import pytest

from tests.spec.reading import error, report

ALEXNET = """[227x227x3] INPUT
[55x55x96] CONV1: 96 11x11 filters at stride 4, pad 0
[27x27x96] MAX POOL1: 3x3 filters at stride 2
[27x27x96] NORM1: Normalization layer
[27x27x256] CONV2: 256 5x5 filters at stride 1, pad 2
[13x13x256] MAX POOL2: 3x3 filters at stride 2
[13x13x256] NORM2: Normalization layer
[13x13x384] CONV3: 384 3x3 filters at stride 1, pad 1
[13x13x384] CONV4: 384 3x3 filters at stride 1, pad 1
[13x13x256] CONV5: 256 3x3 filters at stride 1, pad 1
[6x6x256] MAX POOL3: 3x3 filters at stride 2
[4096] FC6: 4096 neurons
[4096] FC7: 4096 neurons
[1000] FC8: 1000 neurons (class scores)
"""
VGG = (
    "input (224x224 RGB image), conv3-64 x2, maxpool, conv3-128 x2, maxpool, conv3-256 x3, maxpool, "
    "conv3-512 x3, maxpool, conv3-512 x3, maxpool, FC-4096, FC-4096, FC-1000, soft-max"
)
# 20 windows of 4x4 on 26x26, 40 of 5x5x20 on 9x9 behind 2x2, 3x3x40 = 360 values into 150, 10.
CIRESAN = (340 + 20_040 + 360 * 150 + 150 + 1_510, 320 * 676 + 20_000 * 81 + 54_000 + 1_500)
# 5x5x32 and 5x5x32x64 windows that keep 28x28 and 14x14, 7x7x64 = 3,136 values into 1024, 10.
TWO_CONVS = (832 + 51_264 + 3_136 * 1_024 + 1_024 + 10_250, 800 * 784 + 51_200 * 196 + 3_136 * 1_024 + 10_240)
# 3x3x3x64, 3x3x64x128 that keep 32x32 and 16x16, 8x8x128 = 8,192 values into 10.
SHORT = (1_792 + 73_856 + 81_930, 1_728 * 1_024 + 73_728 * 256 + 81_920)
CIFAR = (
    3_584 + 147_584 + 295_168 + 590_080 + 1_180_160 + 2_359_808 + 8_389_632 + 1_049_600 + 10_250,
    1_024 * (3_456 + 147_456)
    + 256 * (294_912 + 589_824)
    + 64 * (1_179_648 + 2_359_296)
    + 8_388_608
    + 1_048_576
    + 10_240,
)
CHAINS = [
    pytest.param("1x29x29-20C4-MP2-40C5-MP3-150N-10N", *CIRESAN, id="Ciresan's own form has no borders"),
    pytest.param("29x29 - 20c4 - mp2 - 40c5 - mp3 - 150n - 10n", *CIRESAN, id="blanks and case mean nothing"),
    pytest.param(
        "32x32x3 - (2×128C3)−MP2−(2×256C3)−MP2−(2×512C3)−MP2−(2×1024FC)−10SVM",
        *CIFAR,
        id="binary networks repeat in front, and keep the size",
    ),
    pytest.param("Input(32x32x3)-C(64,3)-P2-C(128,3)-P2-FC(10)", *SHORT, id="C(64,3) and P2"),
    pytest.param(
        "input 32x32x3 | conv(3, 64) | max pool | conv(3, 128) | pool(2,2) | 10-way softmax", *SHORT, id="conv(3, 64)"
    ),
    pytest.param(
        "image 32x32\nConv. Layer 3x3x64\nMaxpool Layer 2x2-s-2\nConv. Layers 3x3x128\nMaxpool Layer 2x2-s-2\nConn. Layer 10\n",
        *SHORT,
        id="layers that are called so",
    ),
    pytest.param(VGG, 138_357_544, 15_470_264_320, id="VGG's D on one line is torchvision's vgg16"),
    pytest.param(ALEXNET, 62_378_344, 1_135_256_096, id="CS231n's AlexNet, sizes in front"),
    pytest.param(
        "INPUT(28x28x1) -> CONV(5x5, 32) -> RELU -> POOL(2x2) -> CONV(5x5, 64) -> RELU -> POOL(2x2) -> FC(1024) -> RELU -> FC(10)",
        *TWO_CONVS,
        id="arrows with sizes in parentheses",
    ),
    pytest.param(
        "Input 28×28×1 → Conv 5×5, 32 → ReLU → MaxPool 2×2 → Conv 64@5×5 → ReLU → MaxPool 2×2 → FC 1024 → ReLU → Dropout → FC 10 → Softmax",
        *TWO_CONVS,
        id="arrows with sizes behind the words",
    ),
    pytest.param(
        "INPUT [32x32x3] -> CONV [32x32x12] -> RELU -> POOL [16x16x12] -> FC [1x1x10]",
        336 + 30_730,
        1_024 * 324 + 30_720,
        id="arrows with the sizes of outputs alone: 3x3 is assumed",
    ),
    pytest.param(
        "INPUT -> [CONV3-32 -> RELU -> CONV3-32 -> RELU -> POOL]*2 -> FC-512 -> RELU -> FC-10\nInput: 32x32x3",
        896 + 3 * 9_248 + 2_048 * 512 + 512 + 5_130,
        1_024 * (864 + 9_216) + 256 * 2 * 9_216 + 2_048 * 512 + 5_120,
        id="a pattern of sized layers",
    ),
    pytest.param(
        "INPUT => (CONV => RELU) × 2 => POOL => FC => SOFTMAX\nINPUT: 32x32x3\nCONV: 3x3, 8\nFC: 10",
        224 + 584 + 20_490,
        1_024 * (216 + 576) + 20_480,
        id="parentheses repeat as brackets do",
    ),
    pytest.param(
        "input --> conv --> batch norm --> relu --> GAP --> flatten --> dense\ninput: 8x8x3\nconv: 3x3, 8\nfc: 10",
        224 + 16 + 90,
        64 * 216 + 80,
        id="words of other courses",
    ),
]


@pytest.mark.parametrize("text, params, macs", CHAINS)
def test_a_network_on_one_line_is_read(text, params, macs):
    result = report(text, "net.txt")
    assert (result.params, result.macs) == (params, macs)
    assert all(claim.holds for claim in result.claims)


@pytest.mark.parametrize(
    "text, message",
    [
        pytest.param(
            "Input(32x32x3)-C(3,3)-P2-FC(10)",
            "net.txt:1: `c(3,3)`: which number is the width?\n  write conv3-64 or 3x3 conv, 64",
            id="a width as small as its window",
        ),
        pytest.param(
            "INPUT -> CONV -> RELU -> FC\nINPUT: 32x32x3\nCONV: 3x3, 8; 3x3, 16\nFC: 10",
            "net.txt:1: CONV: 2 sizes for 1 layers\n  write one size for each layer",
            id="more sizes than layers",
        ),
        pytest.param(
            "Input 32x32x1 → 6@28x28 → pool 2x2 → FC 10 → softmax",
            "net.txt:1: `6@28x28` prints maps and their size, no window\n  write 5x5 conv, 6, valid",
            id="maps and their size, as LeNet's figure labels them",
        ),
        pytest.param(
            "28x281-32C3-MP2-64C3-MP2-512FC-10",
            "net.txt:1: an image of 28x281\n  is it 28x28x1?",
            id="an image that lost a sign",
        ),
        pytest.param(
            "INPUT -> CONV -> RELU -> FC\nINPUT: 32x32x3\nCOV: 3x3, 8\nFC: 10",
            "net.txt:1: `COV: 3x3, 8` is not understood\n"
            "  sizes stand in lines such as CONV: 3x3, 64; POOL: 2x2, stride 2; FC: 100, 10; INPUT: 32x32x3",
            id="sizes behind a misspelt word",
        ),
    ],
)
def test_a_chain_that_reads_two_ways_is_refused(text, message):
    assert error(text, "net.txt") == message
