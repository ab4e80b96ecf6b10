"""Darknet's .cfg files: sections with key=value lines, and what a section leaves out."""

import pytest

from tests.spec.reading import error, report

CFG = """[net]
height=8
width=8
channels=3

[convolutional]
batch_normalize=1
filters=4
size=3
stride=1
pad=1
activation=leaky

[convolutional]
batch_normalize=1
filters=4
size=1
stride=1
pad=1
activation=leaky

[shortcut]
from=-2
activation=linear

[maxpool]
size=2
stride=2

[route]
layers=-1

[connected]
output=10
activation=linear
"""


def test_a_darknet_configuration_is_read():
    result = report(CFG, "net.cfg")
    # 3x3x3x4 + 8, 4x4 + 8, 4x4x4x10 + 10.
    assert result.params == 116 + 24 + 650
    assert [layer.type for layer in result.layers if layer.type not in ("bn", "leaky relu")] == [
        "conv", "conv", "add", "max pool", "identity", "fully connected",
    ]  # fmt: skip


def section(kind: str, **values: object) -> str:
    return "\n".join([f"[{kind}]", *(f"{key.rstrip('_')}={value}" for key, value in values.items())]) + "\n\n"


def conv(filters: int, size: int, **more: object) -> str:
    return section("convolutional", filters=filters, size=size, stride=1, pad=1, activation="relu", **more)


def net(height: int, width: int, channels: int = 3) -> str:
    return "[net]\n# Testing\nbatch=1\n" + section("net", height=height, width=width, channels=channels)[6:]


POOL = section("maxpool", size=2, stride=2)
UNPADDED = section("maxpool", size=3, stride=2, padding=0)
FULL = section("connected", output=4096, activation="relu") + section("dropout", probability=".5")
CLASSES = section("connected", output=1000, activation="linear") + section("softmax", groups=1)
ALEXNET = (
    net(227, 227)
    + section("convolutional", filters=96, size=11, stride=4, pad=0, activation="relu")
    + (UNPADDED + conv(256, 5) + UNPADDED + conv(384, 3) + conv(384, 3) + conv(256, 3) + UNPADDED)
    + (FULL + FULL + CLASSES)
)
VGG = (
    net(256, 256)
    + section("crop", crop_height=224, crop_width=224, flip=1, exposure=1, saturation=1)
    + "".join(conv(maps, 3) * many + POOL for maps, many in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)))
    + (FULL + FULL + CLASSES + section("cost", type="sse"))
)
REORGANISED = (
    net(32, 32)
    + (conv(16, 3) + POOL + conv(32, 3) + section("route", layers=-3) + conv(8, 1) + section("reorg", stride=2))
    + (section("route", layers="-1, -4") + conv(20, 1))
)
GATED = (
    net(32, 32)
    + (conv(16, 3) + section("avgpool") + conv(4, 1) + conv(16, 1) + section("scale_channels", from_=-4))
    + conv(24, 1)
)
NETWORKS = [
    pytest.param(ALEXNET, 62_378_344, 1_135_256_096, id="alexnet's pools have no padding: the slide's network"),
    pytest.param(VGG, 138_357_544, 15_470_264_320, id="vgg-16's image is cropped to 224x224: torchvision's vgg16"),
    pytest.param(
        REORGANISED,
        # 3x3x3x16 + 16, 3x3x16x32 + 32, 16x8 + 8, (4x8 + 32)x20 + 20.
        448 + 4_640 + 136 + 1_300,
        432 * 1024 + 4_608 * 256 + 128 * 1024 + 1_280 * 256,
        id="a reorganised map is a quarter of the area with four times the maps",
    ),
    pytest.param(
        GATED,
        # 3x3x3x16 + 16, 16x4 + 4, 4x16 + 16, 16x24 + 24.
        448 + 68 + 80 + 408,
        432 * 1024 + 64 + 64 + 384 * 1024,
        id="scale_channels multiplies an earlier layer by a factor per map",
    ),
    pytest.param(
        net(32, 32) + conv(16, 3, dilation=2) + conv(32, 3, groups=4),
        448 + 36 * 32 + 32,
        (432 + 1_152) * 1024,
        id="a dilated window keeps the size, since its padding is as wide",
    ),
    pytest.param(
        net(16, 32, 1) + section("convolutional", filters=8, size=5, stride_x=2, pad=1, activation="mish"),
        208,
        200 * 256,
        id="the stride may differ from side to side",
    ),
    pytest.param(
        net(16, 16) + conv(8, 3) * 3 + section("shortcut", from_="-2,-3", activation="linear") + conv(4, 1),
        224 + 2 * 584 + 36,
        (216 + 2 * 576 + 32) * 256,
        id="a shortcut may add several layers",
    ),
    pytest.param(
        net(28, 28, 1) + section("connected", output=128) + section("connected", output=10),
        784 * 128 + 128 + 1_290,
        784 * 128 + 1_280,
        id="a network without convolutions",
    ),
    pytest.param(
        "[Net]\n Width = 32\n Height=32 ; both\n[Convolutional]\nfilters = 8 # eight\nsize = 3\npad = 1\nactivation=Leaky\n",
        224,
        216 * 1024,
        id="case, blanks and comments mean nothing",
    ),
]


@pytest.mark.parametrize("text, params, macs", NETWORKS)
def test_a_configuration_is_read_as_darknet_reads_it(text, params, macs):
    result = report(text, "net.cfg")
    assert (result.params, result.macs) == (params, macs)


@pytest.mark.parametrize(
    "sections, message",
    [
        pytest.param(
            section("convolutional", fliters=8, size=3),
            "net.cfg:8: [convolutional]: `fliters` is not known here\n"
            "  known are batch_normalize, filters, size, stride, stride_x, stride_y, pad, padding, groups, dilation, activation",
            id="a key that nobody knows may change the network",
        ),
        pytest.param(
            "[convolutional]\nfilters=8\nsize3\n",
            "net.cfg:10: `size3` is not understood\n  write [section], key=value or # comment",
            id="a line that is neither section nor key",
        ),
        pytest.param(
            section("convolutional", size=3),
            "net.cfg:8: [convolutional]: has no filters\n  write filters=32",
            id="a convolution without filters",
        ),
        pytest.param(
            conv(8, 3) + section("crop", crop_height=4, crop_width=4),
            "net.cfg:15: [crop]: 4x4 cannot be cut from the image\n  it stands behind [net], and is no larger",
            id="only the image is cropped",
        ),
        pytest.param(
            conv(8, 3) + section("local", filters=8),
            "net.cfg:15: [local]: [local] is not read\n"
            "  known are convolutional, connected, maxpool, avgpool, shortcut, route, upsample, reorg, reorg3d, "
            "scale_channels, sam, dropout, batchnorm, activation, softmax, crop",
            id="a section that is not read",
        ),
        pytest.param(
            conv(8, 3) + section("shortcut", activation="linear"),
            "net.cfg:15: [shortcut]: has no from\n  write from=-3",
            id="a shortcut from nowhere",
        ),
    ],
)
def test_what_is_not_read_is_named(sections, message):
    assert error(net(8, 8) + sections, "net.cfg") == message


def test_an_image_without_width_is_refused():
    text = net(8, 8).replace("width", "wdth") + conv(8, 3)
    assert error(text, "net.cfg") == "net.cfg:1: [net]: has no width\n  write height=416 and width=416"
