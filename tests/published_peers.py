"""What tools print in conventions of their own, and those conventions, each from its definition.

Where a tool counts more than multiply-accumulates, the figure of `published.NETWORKS` cannot be read off its list; here
the network is counted as the tool counts, and must come to what the tool prints. Params are exact.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.shapes import elements


class Peer(NamedTuple):
    """A tool's figure for a network of ours: `printed` in millions, as it stands in the tool's list."""

    network: str
    name: str
    printed: str


ACTIVATIONS = {"relu": 1, "leaky relu": 2, "silu": 5, "hard swish": 2, "sigmoid": 4}
POOLS = ("max pool", "avg pool")


def imgclsmob(report: Report) -> Fraction:
    """imgclsmob's FLOPs, halved: the multiplies and adds of convolutions, less the first add of each sum where no bias
    takes part, 4 per value of a batch norm, 1 or more per activation, a window per output of a pool.

    The pools of gates are adaptive in its networks, and not counted; that in front of the classifier is.
    """
    last = next((layer for layer in reversed(report.layers) if layer.type == "global avg pool"), None)
    return Fraction(sum(_operations(layer, is_last=layer is last) for layer in report.layers), 2)


def _operations(layer: LayerReport, *, is_last: bool) -> int:
    outputs, kernel = elements(layer.output_shape), getattr(layer.layer.node.op, "kernel", (1, 1))
    if layer.macs:
        weights = layer.layer.placed.weights
        if "bias" in weights:
            return 2 * layer.macs
        # Its formula takes off one add per pair of maps, not per output.
        pairs = elements(weights["weight"].shape) // (kernel[0] * kernel[1])
        return 2 * layer.macs - (outputs if layer.type == "fully connected" else pairs)
    if layer.type == "bn":
        return 4 * outputs
    if layer.type in POOLS:
        return int(kernel[0] * kernel[1]) * outputs
    if layer.type == "global avg pool":
        return elements(layer.input_shapes[0]) if is_last else 0
    return ACTIVATIONS.get(layer.type, 0) * outputs


IMGCLSMOB: tuple[Peer, ...] = (
    Peer("alexnet-torchvision", "AlexNet-b", "714.83"),
    Peer("zfnet", "ZFNet", "1170.33"),
    Peer("vgg16", "VGG-16", "15480.1"),
    Peer("inception_v3", "InceptionV3", "5743.06"),
    Peer("inception_v4", "InceptionV4", "12304.93"),
    Peer("inception_resnet_v1", "InceptionResNetV1", "6329.6"),
    Peer("inception_resnet_v2", "InceptionResNetV2", "13188.64"),
    Peer("bn-inception", "BN-Inception", "2048.06"),
    Peer("xception", "Xception", "8403.63"),
    Peer("darknet-reference-224", "DarkNet Ref", "367.59"),
    Peer("vovnet27-slim", "VoVNet-27-slim", "2187.25"),
    Peer("vovnet39", "VoVNet-39", "7086.16"),
    Peer("senet154", "SENet-154", "20745.78"),
    Peer("dpn68", "DPN-68", "2351.84"),
    Peer("dpn131", "DPN-131", "16076.15"),
    Peer("dla34", "DLA-34", "3071.37"),
    Peer("dla46_c", "DLA-46-C", "585.45"),
    Peer("dla60x_c", "DLA-X-60-C", "596.06"),
    Peer("dla102", "DLA-102", "7190.95"),
    Peer("dla102x", "DLA-X-102", "5884.94"),
    Peer("dla102x2", "DLA-X2-102", "9340.61"),
    Peer("dla169", "DLA-169", "11593.2"),
    Peer("hrnet_w18_small", "HRNet-W18 Small V1", "1614.87"),
    Peer("hrnet_w18_small_v2", "HRNet-W18 Small V2", "2618.54"),
    Peer("hrnet_w18", "HRNetV2-W18", "4322.66"),
    Peer("hrnet_w30", "HRNetV2-W30", "8156.14"),
    Peer("hrnet_w32", "HRNetV2-W32", "8973.31"),
    Peer("hrnet_w44", "HRNetV2-W44", "14945.95"),
    Peer("hrnet_w48", "HRNetV2-W48", "17344.29"),
    Peer("hrnet_w64", "HRNetV2-W64", "28974.95"),
    Peer("pyramidnet110-a84", "PyramidNet-110 (a=84) (CIFAR-10)", "778.15"),
    Peer("pyramidnet110-a270", "PyramidNet-110 (a=270) (CIFAR-10)", "4730.6"),
    Peer("nin-cifar", "NIN (CIFAR-10)", "222.97"),
)
"""imgclsmob @c1a844dd, gluon/README.md: FLOPs/2 in millions, rounded to two decimals."""


def rows() -> Iterator[tuple[Peer, Callable[[Report], Fraction]]]:
    """Every figure with the count that it is to be compared with."""
    yield from ((peer, imgclsmob) for peer in IMGCLSMOB)
