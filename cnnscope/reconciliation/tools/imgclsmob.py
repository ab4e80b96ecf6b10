"""imgclsmob's own counter, whose tables print half of its FLOPs."""

from fnmatch import fnmatchcase

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import CONVOLUTIONS, area, biased, last, outputs, over
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements


def _pairs(layer: LayerReport) -> int:
    """Its formula takes off one add per pair of maps, not per output, where there is no bias."""
    return 0 if biased(layer) else elements(layer.layer.placed.weights["weight"].shape) // area(layer)


def _units(layer: LayerReport) -> int:
    return 0 if biased(layer) else elements(layer.output_shape)


GLOBAL = ("regnet_*", "efficientnet_*", "resnet*d", "resnest*")
"""Networks whose last pool is a GlobalAvgPool2D, which it does not count; others have a window of 7x7 or so."""
POOLED_PROJECTIONS = ("resnet50d", "resnet101d", "resnet152d", "resnest*")
"""Networks whose first projection has a pool of 1x1 in front of it."""
STRIDED_POOLS = ("resnest*",)
"""Networks whose average pools of 3x3 stand only where the stride is not 1."""


def _is_one_of(subject: Subject, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(subject.network, pattern) for pattern in patterns)


def _last_pool(subject: Subject) -> int:
    """The pool in front of the classifier; those of gates are adaptive."""
    pool = last(subject, "global avg pool")
    return elements(pool.input_shapes[0]) if pool and not _is_one_of(subject, GLOBAL) else 0


def _idle_pool(subject: Subject) -> int:
    return outputs("max pool")(subject) if _is_one_of(subject, POOLED_PROJECTIONS) else 0


def _windows(layer: LayerReport) -> int:
    return area(layer) * elements(layer.output_shape)


def _pools_of_stride_1(subject: Subject) -> int:
    if not _is_one_of(subject, STRIDED_POOLS):
        return 0
    return over(("avg pool",), lambda layer: _windows(layer) if layer.input_shapes[0] == layer.output_shape else 0)(
        subject
    )


TOOL = Tool(
    "imgclsmob",
    "imgclsmob @c1a844dd, gluon/metrics/..., README.md: FLOPs/2 in millions to two decimals",
    "half of multiplications and additions, 4 per element of batch norm, 1 to 5 of activations, windows of pools",
    (
        Rule("params", "params", refuses={}),
        Rule(
            "FLOPs/2",
            "macs",
            (
                Term("pairs of maps of convolutions without biases", over(CONVOLUTIONS, _pairs), -1),
                Term("outputs of fully connected layers without biases", over(("fully connected",), _units), -1),
                Term("elements of batch norm", outputs("bn"), 4),
                Term("elements of ReLU and ReLU6", outputs("relu")),
                Term("elements of leaky ReLU and hard swish", outputs("leaky relu", "hard swish"), 2),
                Term("elements of sigmoid", outputs("sigmoid"), 4),
                Term("elements of SiLU", outputs("silu"), 5),
                Term(
                    "values in the windows of pools",
                    over(("max pool", "avg pool"), _windows),
                ),
                Term("values in the windows of pools of stride 1, which it has not", _pools_of_stride_1, -1),
                Term("inputs of the global pool in front of the classifier", _last_pool),
                Term("elements of a pool of 1x1 in the first projection", _idle_pool),
                Term("elements of channel shuffles", outputs("channel shuffle")),
            ),
            times=2,
            halved=True,
        ),
    ),
)
