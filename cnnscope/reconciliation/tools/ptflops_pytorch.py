"""ptflops' engine "pytorch": hooks on modules and patched functions; a module that calls its function counts twice."""

from cnnscope.reconciliation.counts import (
    POOLS,
    conv_biases,
    inputs,
    linear_biases,
    outputs,
    over,
    padded_for_lrn,
    pairwise,
    unused_params,
)
from cnnscope.reconciliation.tool import Rule, Term, Tool

BOTH = ("relu", "gelu", "elu", "prelu")
HOOK_ONLY = ("relu6", "leaky relu")
PATCH_ONLY = ("silu", "softmax", "split softmax")


TERMS = (
    Term("biases of convolutions, per output", conv_biases),
    Term("biases of fully connected layers, per output", linear_biases),
    Term("elements of batch and group norm", inputs("bn", "group norm", calls=("module",)), 2),
    Term("elements of layer norm", inputs("layer norm", calls=("module",))),
    Term("elements of ReLU, GELU, ELU and PReLU, by hook and again by function", inputs(*BOTH, calls=("module",)), 2),
    Term("elements of ReLU and GELU called as functions", inputs(*BOTH, calls=("function",))),
    Term("elements of ReLU6 and leaky ReLU, by hook", inputs(*HOOK_ONLY, calls=("module", "function"))),
    Term("elements of SiLU and softmax, by function", inputs(*PATCH_ONLY, calls=("module", "function"))),
    Term("inputs of pools, by hook and again by function", inputs(*POOLS, calls=("module",)), 2),
    Term("inputs of pools called as functions", inputs(*POOLS, calls=("function",))),
    Term("elements of local response norm, by torch's mul, mul and add", inputs("lrn"), 3),
    Term("inputs of its average pool, padded", over(("lrn",), padded_for_lrn)),
    Term("outputs of upsampling, by hook and again by function", outputs("upsample", calls=("module",)), 2),
    Term("outputs of upsampling called as a function", outputs("upsample", calls=("function",))),
    Term("sums and products of tensors by torch.add and torch.mul", pairwise),
)

TOOL = Tool(
    "ptflops-pytorch",
    "ptflops 0.7.5, ptflops/pytorch_ops.py, pytorch_engine.py; backend='pytorch'",
    "multiply-accumulates with biases, 2 per element of batch norm, activations and pools per hook and per function",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        Rule("MACs", "macs", TERMS, averages=True),
    ),
)
