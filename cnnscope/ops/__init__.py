"""The vocabulary: every operator that a table can name.

One more operator is a class in its family's file and a line here.
"""

from cnnscope.ops.activation import (
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Mish,
    PRelu,
    Relu,
    Relu6,
    ScaledTanh,
    Selu,
    Sigmoid,
    Silu,
    Softplus,
    Tanh,
)
from cnnscope.ops.adaptive_pool import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnnscope.ops.attention import Attention
from cnnscope.ops.conv import Conv, DepthwiseConv, LinkedConv
from cnnscope.ops.embedding import ClassToken, PositionEmbedding
from cnnscope.ops.linear import RBF, FullyConnected, Maxout
from cnnscope.ops.merge import Add, Concat, MatrixProduct, Multiply
from cnnscope.ops.norm import BatchNorm, GroupNorm, L2Norm, LayerNorm, LayerScale
from cnnscope.ops.op import Call, Constant, Cost, Op, Spelling, Weight
from cnnscope.ops.pool import AvgPool, MaxPool
from cnnscope.ops.reshape import Dropout, Flatten, Identity, Slice, Split, Tokens
from cnnscope.ops.resize import ChannelShuffle, Crop, DepthToSpace, Pad, SpaceToDepth
from cnnscope.ops.response_norm import GlobalResponseNorm, LocalResponseNorm
from cnnscope.ops.softmax import Softmax, SplitSoftmax
from cnnscope.ops.special_pool import FractionalMaxPool, LpPool, StochasticPool, TrainablePool
from cnnscope.ops.transposed_conv import TransposedConv
from cnnscope.ops.upsample import Upsample

OPERATORS: tuple[type[Op], ...] = (
    Conv, DepthwiseConv, LinkedConv, TransposedConv,
    MaxPool, AvgPool, GlobalAvgPool, GlobalMaxPool, AdaptiveAvgPool, AdaptiveMaxPool,
    LpPool, StochasticPool, FractionalMaxPool, TrainablePool,
    FullyConnected, RBF, Maxout,
    BatchNorm, LocalResponseNorm, LayerNorm, GroupNorm, L2Norm, GlobalResponseNorm, LayerScale,
    Relu, Relu6, LeakyRelu, PRelu, Elu, Selu, Gelu, Silu, HardSwish, HardSigmoid, Sigmoid, Tanh, ScaledTanh, Softplus,
    Mish, Softmax, SplitSoftmax,
    Add, Multiply, Concat, MatrixProduct, Attention, ClassToken, PositionEmbedding,
    Slice, Split, ChannelShuffle, DepthToSpace, SpaceToDepth, Upsample, Pad, Crop,
    Flatten, Tokens, Dropout, Identity,
)  # fmt: skip

VOCABULARY: dict[str, type[Op]] = {operator.type: operator for operator in OPERATORS}
"""Operators by their name in a table's type column."""

SYNONYMS: dict[str, str] = {
    "batch norm": "bn",
    "local response norm": "lrn",
    "swish": "silu",
    "fc": "fully connected",
}
"""Second names in common use, read as the first."""

__all__ = [
    "OPERATORS",
    "SYNONYMS",
    "VOCABULARY",
    "Call",
    "Constant",
    "Cost",
    "Op",
    "Spelling",
    "Weight",
    "Conv",
    "DepthwiseConv",
    "LinkedConv",
    "TransposedConv",
    "MaxPool",
    "AvgPool",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "AdaptiveAvgPool",
    "AdaptiveMaxPool",
    "LpPool",
    "StochasticPool",
    "FractionalMaxPool",
    "TrainablePool",
    "FullyConnected",
    "RBF",
    "Maxout",
    "BatchNorm",
    "LocalResponseNorm",
    "LayerNorm",
    "GroupNorm",
    "L2Norm",
    "GlobalResponseNorm",
    "LayerScale",
    "Relu",
    "Relu6",
    "LeakyRelu",
    "PRelu",
    "Elu",
    "Selu",
    "Gelu",
    "Silu",
    "HardSwish",
    "HardSigmoid",
    "Sigmoid",
    "Tanh",
    "ScaledTanh",
    "Softplus",
    "Mish",
    "Softmax",
    "SplitSoftmax",
    "Add",
    "Multiply",
    "Concat",
    "MatrixProduct",
    "Attention",
    "ClassToken",
    "PositionEmbedding",
    "Slice",
    "Split",
    "ChannelShuffle",
    "DepthToSpace",
    "SpaceToDepth",
    "Upsample",
    "Pad",
    "Crop",
    "Flatten",
    "Tokens",
    "Dropout",
    "Identity",
]
