"""ptflops' engine "pytorch": hooks on modules and patched functions, so that a module calling its function counts twice."""

from cnnscope.reconciliation.counts import (
    POOLS,
    Count,
    conv_biases,
    inputs,
    linear_biases,
    outputs,
    unused_params,
)
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool

BOTH = ("relu", "gelu", "elu", "prelu")
HOOK_ONLY = ("relu6", "leaky relu")
PATCH_ONLY = ("silu", "softmax")


def _twice(*types: str) -> Count:
    """Inputs of layers that are modules, once for the hook and once for the function; of functions, once."""
    return lambda subject: inputs(*types, calls=("module",))(subject) * 2 + inputs(*types, calls=("function",))(subject)


def _upsampled(subject: Subject) -> int:
    return 2 * outputs("upsample", calls=("module",))(subject) + outputs("upsample", calls=("function",))(subject)


TERMS = (
    Term("biases of convolutions, per output", conv_biases),
    Term("biases of fully connected layers, per output", linear_biases),
    Term("elements of batch and group norm", inputs("bn", "group norm", calls=("module",)), 2),
    Term("elements of layer norm", inputs("layer norm", calls=("module",))),
    Term("elements of ReLU, GELU, ELU and PReLU, by hook and by function", _twice(*BOTH)),
    Term("elements of ReLU6 and leaky ReLU, by hook", inputs(*HOOK_ONLY, calls=("module", "function"))),
    Term("elements of SiLU and softmax, by function", inputs(*PATCH_ONLY, calls=("module", "function"))),
    Term("inputs of pools, by hook and by function", _twice(*POOLS)),
    Term("outputs of upsampling, by hook and by function", _upsampled),
    Term("sums and products of tensors by torch.add and torch.mul", outputs("add", "multiply", calls=("function",))),
)

TOOL = Tool(
    "ptflops-pytorch",
    "ptflops 0.7.5, ptflops/pytorch_ops.py, pytorch_engine.py; backend='pytorch'",
    "multiply-accumulates with biases, 2 per element of batch norm, activations and pools once per hook and once per function",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule("MACs", "macs", TERMS),
    ),
)
