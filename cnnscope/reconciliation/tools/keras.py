"""Keras' summary: all weights of the model, moving statistics included."""

from fnmatch import fnmatchcase

from cnnscope.reconciliation.counts import CONVOLUTIONS, biased, buffers, over
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements

BIASED = ("resnet50-v1", "resnet101-v1", "resnet152-v1")
"""keras.applications keeps the biases of convolutions in front of batch norm."""
WITHOUT_GAMMA = ("inception_v3", "inception_resnet_v2")
"""keras.applications builds them with scale=False."""
NORMALIZED = "efficientnet_b?"
"""keras.applications puts a Normalization layer in front: means, variances, and how many inputs they are of."""


def _normalization(subject: Subject) -> int:
    return 2 * subject.layers[0].input_shapes[0][1] + 1 if fnmatchcase(subject.network, NORMALIZED) else 0


def _conv_biases(subject: Subject) -> int:
    if subject.network not in BIASED:
        return 0
    return over(CONVOLUTIONS, lambda layer: 0 if biased(layer) else layer.output_shape[1])(subject)


def _gammas(subject: Subject) -> int:
    if not any(fnmatchcase(subject.network, name) for name in WITHOUT_GAMMA):
        return 0
    return over(
        ("bn",),
        lambda layer: (
            elements(layer.layer.placed.weights["weight"].shape) if "weight" in layer.layer.placed.weights else 0
        ),
    )(subject)


TOOL = Tool(
    "keras",
    "keras-docs-zh @ec3b1674, sources/applications.md; keras.Model.count_params()",
    "all weights, moving ones of batch norm too; keras.applications' ResNets have biases in front of it",
    (
        Rule(
            "params",
            "params",
            (
                Term("moving means and variances", buffers),
                Term("biases of convolutions in front of batch norm", _conv_biases),
                Term("values of a Normalization layer in front", _normalization),
                Term("gammas that it leaves out", _gammas, -1),
            ),
            refuses={},
        ),
    ),
)
