"""fvcore's FlopCountAnalysis and ActivationCountAnalysis: handles of traced operators."""

from cnnscope.reconciliation.counts import (
    CONVOLUTIONS,
    GLOBAL_POOLS,
    inputs,
    outputs,
    over,
    plain_norm,
    scaled_norm,
    untraced,
    unused_params,
    upsampled,
)
from cnnscope.reconciliation.tool import Rule, Term, Tool

ACTIVATIONS = Rule(
    "activations",
    "zero",
    (Term("outputs of convolutions and fully connected layers", outputs(*CONVOLUTIONS, "fully connected")),),
)

FLOPS = Rule(
    "FLOPs",
    "macs",
    (
        Term("products of convolutions with padding='same', which it does not trace", untraced, -1),
        Term("elements of batch norm", over(("bn",), scaled_norm), 2),
        Term("elements of batch norm without gamma", over(("bn",), plain_norm)),
        Term("elements of layer and group norm", inputs("layer norm", "group norm"), 5),
        Term("inputs of adaptive and global average pools", inputs(*GLOBAL_POOLS)),
        Term("outputs of nearest upsampling", upsampled("nearest")),
        Term("outputs of bilinear upsampling", upsampled("bilinear"), 4),
    ),
)

TOOL = Tool(
    "fvcore",
    "fvcore 0.1.5.post20221221, fvcore/nn/flop_count.py, jit_handles.py, activation_count.py",
    "multiply-accumulates as FLOPs, 2 per element of batch norm, 5 of layer norm, 1 per input of an adaptive pool",
    (
        Rule("params", "params", (Term("params of heads that are built and not run", unused_params),), refuses={}),
        FLOPS,
        ACTIVATIONS,
    ),
)
