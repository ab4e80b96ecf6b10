"""Random operators with inputs that mostly fit them, one strategy for each operator of the vocabulary."""

from fractions import Fraction

from hypothesis import strategies as st

from cnnscope import ops
from cnnscope.ops import Op
from cnnscope.shapes import Padding, Pair, Shape, Sides

Case = tuple[Op, list[Shape]]
Cases = st.SearchStrategy[Case]

integers, booleans = st.integers, st.booleans()


def pairs(least: int, most: int) -> st.SearchStrategy[Pair]:
    return st.tuples(integers(least, most), integers(least, most))


def four(vertical: int, horizontal: int) -> st.SearchStrategy[Sides]:
    """Four sides of at most this much, alike at both ends or not."""
    even = st.tuples(integers(0, vertical), integers(0, horizontal)).map(lambda pair: (*pair, *pair))
    ends = (integers(0, vertical), integers(0, horizontal))
    return even | st.tuples(*ends, *ends)


@st.composite
def maps(draw: st.DrawFn, channels: int | None = None, least: Pair = (1, 1), more: int = 9) -> Shape:
    """Maps at least so large."""
    height, width = least[0] + draw(integers(0, more)), least[1] + draw(integers(0, more))
    return 1, channels or draw(integers(1, 5)), height, width


@st.composite
def around(draw: st.DrawFn, channels: int, kernel: Pair, padding: Padding, dilation: Pair = (1, 1)) -> Shape:
    """Maps that hold this window at least once, padding included."""
    top, left, bottom, right = (0, 0, 0, 0) if padding == "same" else padding
    height, width = ((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    least = (1, 1) if padding == "same" else (max(1, height - top - bottom), max(1, width - left - right))
    return draw(maps(channels, least))


@st.composite
def convolutions(draw: st.DrawFn, kind: type[Op]) -> Case:
    kernel, dilation = draw(pairs(1, 4)), draw(pairs(1, 3))
    padding = draw(four(4, 4) | st.just("same"))
    groups, maps_each, channels = draw(integers(1, 3)), draw(integers(1, 3)), draw(integers(1, 4))
    shared = {
        "kernel": kernel,
        "stride": draw(pairs(1, 4)),
        "padding": padding,
        "dilation": dilation,
        "bias": draw(booleans),
    }
    if kind is ops.Conv:
        channels *= groups
        op = kind(maps=groups * maps_each, groups=groups, **shared)
    elif kind is ops.DepthwiseConv:
        op = kind(maps=draw(st.none() | st.just(channels * maps_each)), **shared)
    else:
        chosen = st.lists(integers(0, channels - 1), min_size=1, max_size=channels, unique=True).map(tuple)
        op = kind(links=tuple(draw(st.lists(chosen, min_size=1, max_size=6))), **shared)
    return op, [draw(around(channels, kernel, padding, dilation))]


@st.composite
def transposed(draw: st.DrawFn) -> Case:
    stride, groups = draw(pairs(1, 3)), draw(integers(1, 3))
    op = ops.TransposedConv(
        maps=groups * draw(integers(1, 3)),
        kernel=draw(pairs(1, 5)),
        stride=stride,
        padding=draw(four(2, 2)),
        output_padding=(draw(integers(0, stride[0] - 1)), draw(integers(0, stride[1] - 1))),
        dilation=draw(pairs(1, 2)),
        groups=groups,
        bias=draw(booleans),
    )
    return op, [draw(maps(groups * draw(integers(1, 3)), (5, 5), 4))]


@st.composite
def pools(draw: st.DrawFn, kind: type[Op]) -> Case:
    kernel = draw(pairs(1, 5))
    padding = draw(four(kernel[0] - 1, kernel[1] - 1) | st.just("same"))
    more = {ops.AvgPool: {"count_padding": booleans}, ops.LpPool: {"p": integers(1, 4)}}.get(kind, {})
    op = kind(
        kernel=kernel,
        stride=draw(st.none() | pairs(1, 5)),
        padding=padding,
        rounding=draw(st.sampled_from(["floor", "ceil"])),
        **{name: draw(values) for name, values in more.items()},
    )
    return op, [draw(around(draw(integers(1, 3)), kernel, padding))]


@st.composite
def fractional(draw: st.DrawFn) -> Case:
    target, kernel = draw(pairs(1, 7)), draw(pairs(1, 3))
    least = (target[0] + kernel[0] - 1, target[1] + kernel[1] - 1)
    return ops.FractionalMaxPool(target=target, kernel=kernel), [draw(maps(least=least))]


features = integers(1, 12).map(lambda count: (1, count))
tokens = st.tuples(st.just(1), integers(1, 7), integers(1, 9))
signals: st.SearchStrategy[Shape] = maps() | features | tokens
"""Inputs of an operator that takes any shape."""


def given(op: st.SearchStrategy[Op] | type[Op], shapes: st.SearchStrategy[Shape], count: int = 1) -> Cases:
    """This operator over one such input, or several alike."""
    made = op if isinstance(op, st.SearchStrategy) else st.builds(op)
    return st.tuples(made, shapes.map(lambda shape: [shape] * count))


def divided(kind: type[Op], field: str, unit: int = 1) -> Cases:
    """An operator that splits the channels into as many parts as `field` says, each of at least `unit` values."""

    def case(numbers: tuple[int, int, Shape]) -> Case:
        parts, each, (batch, _, *size) = numbers
        return kind(**{field: parts}), [(batch, parts * each, *size)]

    return st.tuples(integers(1, 4), integers(unit, 4), maps()).map(case)


def blocks(kind: type[Op], *, deep: bool) -> Cases:
    """Depth to space and back: channels, or height and width, that divide into blocks."""

    def case(numbers: tuple[int, int, int, int]) -> Case:
        block, channels, height, width = numbers
        shape = (1, channels * block**2, height, width) if deep else (1, channels, height * block, width * block)
        return kind(block=block), [shape]

    return st.tuples(integers(1, 3), integers(1, 3), integers(1, 5), integers(1, 5)).map(case)


@st.composite
def products(draw: st.DrawFn) -> Case:
    rows, inner, columns, transpose = *(draw(integers(1, 6)) for _ in range(3)), draw(booleans)
    right = (1, columns, inner) if transpose else (1, inner, columns)
    return ops.MatrixProduct(transpose=transpose), [(1, rows, inner), right]


@st.composite
def concatenations(draw: st.DrawFn) -> Case:
    _, _, *size = draw(signals)
    return ops.Concat(), [(1, channels, *size) for channels in draw(st.lists(integers(1, 4), min_size=1, max_size=4))]


@st.composite
def gates(draw: st.DrawFn) -> Case:
    shape = draw(signals)
    gate = (*shape[:2], *(1 for _ in shape[2:]))
    return ops.Multiply(), draw(
        st.permutations([shape, *draw(st.lists(st.sampled_from([shape, gate]), min_size=1, max_size=2))])
    )


@st.composite
def attentions(draw: st.DrawFn) -> Case:
    heads = draw(integers(1, 4))
    return ops.Attention(heads=heads, bias=draw(booleans)), [(1, draw(integers(1, 9)), heads * draw(integers(1, 5)))]


@st.composite
def ranges(draw: st.DrawFn) -> Case:
    batch, channels, *size = draw(signals)
    start = draw(integers(0, channels - 1))
    return ops.Slice(range=(start, draw(st.none() | integers(start + 1, channels)))), [(batch, channels, *size)]


@st.composite
def parts(draw: st.DrawFn) -> Case:
    count = draw(integers(1, 4))
    _, each, *size = draw(signals)
    return ops.Split(part=(draw(integers(1, count)), count)), [(1, count * each, *size)]


@st.composite
def crops(draw: st.DrawFn) -> Case:
    top, left, bottom, right = sides = draw(four(3, 3))
    return ops.Crop(padding=sides), [draw(maps(least=(top + bottom + 1, left + right + 1)))]


def positive(most: int) -> st.SearchStrategy[Fraction]:
    return st.fractions(Fraction(1, 100), most, max_denominator=100)


upsamples = st.builds(ops.Upsample, scale=pairs(1, 4), mode=st.sampled_from(["nearest", "bilinear"])) | st.builds(
    ops.Upsample, target=pairs(1, 24), mode=st.sampled_from(["nearest", "bilinear"])
)
local_response = st.builds(
    ops.LocalResponseNorm,
    n=integers(0, 3).map(lambda side: 2 * side + 1),
    k=positive(2),
    alpha=positive(1),
    beta=positive(1),
)
adaptive = {"target": pairs(1, 7)}

CASES: dict[type[Op], Cases] = {
    ops.Conv: convolutions(ops.Conv),
    ops.DepthwiseConv: convolutions(ops.DepthwiseConv),
    ops.LinkedConv: convolutions(ops.LinkedConv),
    ops.TransposedConv: transposed(),
    ops.MaxPool: pools(ops.MaxPool),
    ops.AvgPool: pools(ops.AvgPool),
    ops.GlobalAvgPool: given(ops.GlobalAvgPool, maps()),
    ops.GlobalMaxPool: given(ops.GlobalMaxPool, maps()),
    ops.AdaptiveAvgPool: given(st.builds(ops.AdaptiveAvgPool, **adaptive), maps()),
    ops.AdaptiveMaxPool: given(st.builds(ops.AdaptiveMaxPool, **adaptive), maps()),
    ops.LpPool: pools(ops.LpPool),
    ops.StochasticPool: pools(ops.StochasticPool),
    ops.FractionalMaxPool: fractional(),
    ops.TrainablePool: pools(ops.TrainablePool),
    ops.FullyConnected: given(st.builds(ops.FullyConnected, maps=integers(1, 9), bias=booleans), signals),
    ops.RBF: given(st.builds(ops.RBF, maps=integers(1, 9)), maps() | features),
    ops.Maxout: divided(ops.Maxout, "pieces"),
    ops.BatchNorm: given(st.builds(ops.BatchNorm, scale=booleans), maps() | features),
    ops.LocalResponseNorm: given(local_response, maps()),
    ops.LayerNorm: given(ops.LayerNorm, signals),
    ops.GroupNorm: divided(ops.GroupNorm, "groups", 2),
    ops.GlobalResponseNorm: given(st.builds(ops.GlobalResponseNorm), maps()),
    ops.L2Norm: given(st.builds(ops.L2Norm, scale=booleans), maps() | features),
    ops.LayerScale: given(ops.LayerScale, signals),
    ops.Relu: given(ops.Relu, signals),
    ops.Relu6: given(ops.Relu6, signals),
    ops.LeakyRelu: given(st.builds(ops.LeakyRelu, slope=positive(1)), signals),
    ops.PRelu: given(ops.PRelu, maps() | features),
    ops.Elu: given(st.builds(ops.Elu, slope=positive(2)), signals),
    ops.Selu: given(ops.Selu, signals),
    ops.Gelu: given(ops.Gelu, signals),
    ops.Silu: given(ops.Silu, signals),
    ops.HardSwish: given(ops.HardSwish, signals),
    ops.HardSigmoid: given(ops.HardSigmoid, signals),
    ops.Sigmoid: given(ops.Sigmoid, signals),
    ops.Tanh: given(ops.Tanh, signals),
    ops.ScaledTanh: given(ops.ScaledTanh, signals),
    ops.Softplus: given(ops.Softplus, signals),
    ops.Mish: given(ops.Mish, signals),
    ops.Softmax: given(ops.Softmax, signals),
    ops.SplitSoftmax: divided(ops.SplitSoftmax, "groups"),
    ops.Add: integers(2, 4).flatmap(lambda count: given(ops.Add, signals, count)),
    ops.Multiply: gates(),
    ops.Concat: concatenations(),
    ops.MatrixProduct: products(),
    ops.Attention: attentions(),
    ops.ClassToken: given(ops.ClassToken, tokens),
    ops.PositionEmbedding: given(ops.PositionEmbedding, signals),
    ops.Slice: ranges(),
    ops.Split: parts(),
    ops.ChannelShuffle: divided(ops.ChannelShuffle, "groups"),
    ops.DepthToSpace: blocks(ops.DepthToSpace, deep=True),
    ops.SpaceToDepth: blocks(ops.SpaceToDepth, deep=False),
    ops.Upsample: given(upsamples, maps()),
    ops.Pad: given(st.builds(ops.Pad, padding=four(3, 3), channel_padding=pairs(0, 3)), maps()),
    ops.Crop: crops(),
    ops.Flatten: given(ops.Flatten, signals),
    ops.Tokens: given(ops.Tokens, maps()),
    ops.Dropout: given(ops.Dropout, signals),
    ops.Identity: given(ops.Identity, signals),
}
