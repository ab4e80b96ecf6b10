"""Caffe's blobs as netscope adds them up: batch norm has three of statistics, one a single factor."""

from cnnscope.reconciliation.counts import buffers, over
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool


def _first_biases(subject: Subject) -> int:
    """The authors' ResNet-50 alone keeps the biases of its first convolution."""
    return subject.layers[0].output_shape[1] if subject.network == "resnet50-v1" else 0


TOOL = Tool(
    "netscope",
    "HewlettPackard/dlcookbook-dlbs README (Caffe blobs)",
    "all blobs: means, variances and one scale factor per batch norm beside the params",
    (
        Rule(
            "params",
            "params",
            (
                Term("means and variances", buffers),
                Term("scale factors of batch norm", over(("bn",), lambda layer: 1)),
                Term("biases of the first convolution", _first_biases),
            ),
            refuses={},
        ),
        Rule("MACs", "macs"),
    ),
)
