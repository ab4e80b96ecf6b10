"""OpenMMLab's counter (mmcv, later mmengine) as mmpretrain's metafiles print it: the features alone, no head."""

from cnnscope.reconciliation.counts import POOLS, conv_biases, inputs, last
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool


def _head(subject: Subject) -> int:
    """Products of the one fully connected layer behind a global pool; VGG's three belong to its backbone."""
    head, pool = last(subject, "fully connected"), last(subject, "global avg pool")
    return head.macs if head and pool and subject.layers.index(pool) < subject.layers.index(head) else 0


TOOL = Tool(
    "mmengine",
    "mmpretrain @ee7f2e88, configs/*/metafile.yml; mmcv 1.x, mmcv/cnn/utils/flops_counter.py on extract_feat",
    "multiply-accumulates with biases of convolutions, 2 per element of batch norm, ReLU and pools; without the head",
    (
        Rule("params", "params", refuses={}),
        Rule(
            "FLOPs",
            "macs",
            (
                Term("products of the head behind the global pool", _head, -1),
                Term("biases of convolutions, per output", conv_biases),
                Term("elements of batch norm", inputs("bn"), 2),
                Term(
                    "elements of ReLU, ReLU6, leaky ReLU, ELU and PReLU",
                    inputs("relu", "relu6", "leaky relu", "elu", "prelu"),
                ),
                Term("inputs of pools", inputs(*POOLS)),
                Term("outputs of upsampling", lambda subject: 0),
            ),
        ),
    ),
)
