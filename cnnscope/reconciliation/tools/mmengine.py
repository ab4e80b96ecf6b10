"""OpenMMLab's second counter (mmengine), a port of fvcore's, on features without the head."""

from cnnscope.reconciliation.counts import GLOBAL_POOLS, inputs, untraced
from cnnscope.reconciliation.subject import SEEN, Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.reconciliation.tools.mmcv import PARAMS, WITHOUT_POOL, head, is_one_of


def _pools(subject: Subject) -> int:
    return 0 if is_one_of(subject, WITHOUT_POOL) else inputs(*GLOBAL_POOLS, calls=SEEN)(subject)


def _flops(quantity: str, per_element: int) -> Rule:
    return Rule(
        quantity,
        "macs",
        (
            Term("products of the head", head, -1),
            Term("products of convolutions with padding='same', which it does not trace", untraced, -1),
            Term("elements of batch norm", inputs("bn"), per_element),
            Term("elements of layer norm", inputs("layer norm"), 5),
            Term("inputs of adaptive and global average pools", _pools),
        ),
    )


TOOL = Tool(
    "mmengine",
    "mmpretrain @ee7f2e88, configs/*/metafile.yml; mmengine, mmengine/analysis/jit_handles.py on extract_feat",
    "fvcore's count without the head; batch norm has 5 per element where the model was left in training mode",
    (PARAMS, _flops("FLOPs", 2), _flops("FLOPs in training mode", 5)),
)
