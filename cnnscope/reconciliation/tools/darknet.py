"""darknet: what it prints when it loads a network, and the size of its weights file."""

from cnnscope.reconciliation.counts import buffers
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool


def _params(subject: Subject) -> int:
    return sum(layer.params for layer in subject.layers)


TOOL = Tool(
    "darknet",
    "darknet @f6afaabc, src/convolutional_layer.c, src/parser.c; pjreddie.com/darknet/imagenet",
    "two operations per multiply-accumulate of convolutions and connected layers; float32 weights",
    (
        Rule("operations", "macs", times=2),
        Rule(
            "weights file bytes",
            "zero",
            (
                Term("params, 4 bytes each", _params, 4),
                Term("means and variances, 4 bytes each", buffers, 4),
                Term("bytes of its header", lambda subject: 16),
            ),
            refuses={},
        ),
    ),
)
