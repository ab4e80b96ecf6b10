"""OpenMMLab's first counter (mmcv), as most of mmpretrain's metafiles print it: features without the head."""

from fnmatch import fnmatchcase

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import CONVOLUTIONS, POOLS, biased, conv_biases, inputs, last, outputs
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements

HEAD_IN_BACKBONE = ("vgg*", "inception*", "googlenet*", "alexnet*")
"""Networks whose classifier is part of what OpenMMLab calls features."""
WITHOUT_IDLE_BIASES = ("hrnet_*",)
"""Networks whose convolutions have biases in front of batch norm, which OpenMMLab leaves out."""
WITHOUT_POOL = ("convnext*",)
"""Networks that take x.mean() for the global pool."""


def is_one_of(subject: Subject, names: tuple[str, ...]) -> bool:
    return any(fnmatchcase(subject.network, name) for name in names)


def head(subject: Subject) -> int:
    """Products of the fully connected layers at the end, convolutions written as such included."""
    if is_one_of(subject, HEAD_IN_BACKBONE) or not (final := last(subject, "fully connected")):
        return 0
    written = sum(layer.macs for layer in subject.layers if layer.name == "conv3" and subject.call(layer) == "linear")
    return final.macs + written


def _idle(subject: Subject) -> list[LayerReport]:
    """Convolutions with biases in front of batch norm, of networks that OpenMMLab builds without them."""
    if not is_one_of(subject, WITHOUT_IDLE_BIASES):
        return []
    normed = {layer.inputs[0] for layer in subject.layers if layer.type == "bn"}
    return [layer for layer in subject.layers if layer.type in CONVOLUTIONS and layer.name in normed and biased(layer)]


def idle_biases(subject: Subject) -> int:
    return sum(layer.output_shape[1] for layer in _idle(subject))


def _biases(subject: Subject) -> int:
    return conv_biases(subject) - sum(elements(layer.output_shape) for layer in _idle(subject))


def _pools(subject: Subject) -> int:
    return inputs(*(POOLS[:2] if is_one_of(subject, WITHOUT_POOL) else POOLS))(subject)


PARAMS = Rule("params", "params", (Term("biases in front of batch norm", idle_biases, -1),), refuses={})

TOOL = Tool(
    "mmcv",
    "mmpretrain @ee7f2e88, configs/*/metafile.yml; mmcv 1.x, mmcv/cnn/utils/flops_counter.py on extract_feat",
    "multiply-accumulates with biases of convolutions, 2 per element of batch norm, ReLU and pools; no head",
    (
        PARAMS,
        Rule(
            "FLOPs",
            "macs",
            (
                Term("products of the head", head, -1),
                Term("biases of convolutions, per output", _biases),
                Term("elements of batch norm", inputs("bn"), 2),
                Term(
                    "elements of ReLU, ReLU6, leaky ReLU, ELU and PReLU",
                    inputs("relu", "relu6", "leaky relu", "elu", "prelu"),
                ),
                Term("inputs of pools", _pools),
                Term("outputs of upsampling", outputs("upsample")),
            ),
        ),
    ),
)
