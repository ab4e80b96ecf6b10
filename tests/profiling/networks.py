"""Small networks that a runtime rewrites in all its ways, and random ones; and what must hold of every attribution."""

from collections.abc import Iterator, Sequence

import onnx
from hypothesis import strategies as st

from cnnscope import ops
from cnnscope.errors import ShapeError
from cnnscope.export import onnx_model
from cnnscope.export.recipe import steps
from cnnscope.graph import INPUT, Graph, Layer, Node, place, walk
from cnnscope.ops import Op
from cnnscope.profiling.attribution import Attribution, attribute
from cnnscope.runtimes import KernelTimes, Settings
from cnnscope.runtimes.onnxruntime import kernels
from cnnscope.shapes import Shape
from cnnscope.spec import zoo
from cnnscope.spec.build import build
from tests.spec.reading import page

_CONVOLUTIONS = st.builds(
    ops.Conv,
    maps=st.sampled_from([16, 1, 3, 8, 24]),
    kernel=st.sampled_from([(1, 1), (3, 3), (1, 3)]),
    stride=st.sampled_from([(1, 1), (1, 1), (2, 2)]),
    padding=st.sampled_from(["same", "same", (0, 0, 0, 0), (1, 0, 1, 0)]),
    groups=st.sampled_from([1, 1, 2]),
    bias=st.booleans(),
)
_OTHERS: tuple[st.SearchStrategy[Op], ...] = (
    st.builds(ops.DepthwiseConv, kernel=st.just((3, 3)), padding=st.just((1, 1, 1, 1)), bias=st.booleans()),
    st.builds(ops.MaxPool, kernel=st.just((2, 2)), rounding=st.sampled_from(["floor", "ceil"])),
    st.builds(ops.AvgPool, kernel=st.just((3, 3)), stride=st.just((1, 1)), padding=st.just("same")),
    st.builds(ops.BatchNorm, scale=st.booleans()),
    st.builds(ops.LocalResponseNorm),
    st.builds(ops.LayerNorm),
    st.builds(ops.GroupNorm, groups=st.sampled_from([1, 2])),
    st.builds(ops.L2Norm),
    *(st.builds(kind) for kind in (ops.Relu, ops.Relu6, ops.LeakyRelu, ops.PRelu, ops.Elu, ops.Gelu, ops.Sigmoid)),
    *(st.builds(kind) for kind in (ops.Silu, ops.HardSwish, ops.HardSigmoid, ops.Tanh, ops.ScaledTanh, ops.Mish)),
    *(st.builds(kind) for kind in (ops.Dropout, ops.Identity, ops.Softplus, ops.GlobalAvgPool, ops.Tokens)),
    st.builds(ops.Flatten),
    st.builds(ops.Softmax),
    st.builds(ops.FullyConnected, maps=st.sampled_from([5, 16]), bias=st.booleans()),
    st.builds(ops.Split, part=st.sampled_from([(1, 2), (2, 2)])),
    st.builds(ops.ChannelShuffle, groups=st.just(2)),
    st.builds(ops.Pad, padding=st.just((1, 0, 0, 1)), channel_padding=st.sampled_from([(0, 0), (2, 2)])),
    st.builds(ops.Upsample, scale=st.just((2, 2)), mode=st.sampled_from(["nearest", "bilinear"])),
    st.builds(ops.LinkedConv, kernel=st.just((3, 3)), links=st.just(((0,), (0, 1), (1,)))),
    st.builds(ops.TransposedConv, maps=st.just(4), kernel=st.just((2, 2)), stride=st.just((2, 2))),
    st.builds(ops.Attention, heads=st.just(2)),
)
_NEAR_CONVOLUTIONS = st.sampled_from([ops.BatchNorm(), ops.Relu(), ops.Relu6(), ops.Dropout(), ops.HardSwish()])
LAYERS = _CONVOLUTIONS | _NEAR_CONVOLUTIONS | st.one_of(_OTHERS)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A network whose layers read any tensors that fit, the latest ones most often."""
    first: Shape = (draw(st.sampled_from([1, 3, 8, 16])), draw(st.integers(4, 9)), draw(st.integers(4, 9)))
    shapes: dict[str, Shape] = {INPUT: (1, *first)}
    nodes: list[Node] = []
    for number in range(draw(st.integers(1, 12))):
        names = [*shapes]
        read = names[-1 - min(draw(st.integers(0, 3)), len(names) - 1) * draw(st.integers(0, 1))]
        op, inputs = draw(_merges(read, shapes) | st.tuples(LAYERS, st.just((read,))))
        # Beside another ReLU of the same tensor this is the one rewriting that attribution cannot tell: see its docstring.
        if isinstance(op, ops.Relu6) and any(isinstance(node.op, ops.Relu) for node in nodes if node.name in inputs):
            continue
        try:
            placed = place(op, tuple(shapes[name] for name in inputs))
        except ShapeError:
            continue
        name = f"layer{number}"
        nodes.append(Node(name, op, inputs, name, 1))
        shapes[name] = placed.output
    nodes = nodes or [Node("layer0", ops.Relu(), (INPUT,), "layer0", 1)]
    return Graph("random", first, tuple(nodes))


def _merges(read: str, shapes: dict[str, Shape]) -> st.SearchStrategy[tuple[Op, tuple[str, ...]]]:
    """Something that reads this tensor and others that fit it; concatenation with itself where there are none."""
    shape = shapes[read]
    alike = [name for name in shapes if shapes[name] == shape and name != read]
    gates = [name for name in shapes if shapes[name] == (*shape[:2], *(1 for _ in shape[2:])) and name != read]
    found: list[tuple[Op, tuple[str, ...]]] = [(ops.Concat(), (read, read))]
    found += [(kind(), (read, other)) for other in alike for kind in (ops.Add, ops.Multiply, ops.Concat)]
    found += [(ops.Multiply(), (read, gate)) for gate in gates]
    return st.sampled_from(found)


FUSED = {
    "FusedConv": "Conv",
    "FusedGemm": "Gemm",
    "Gemm": "MatMul",
    "FusedMatMul": "MatMul",
    "Gelu": "Erf",
    "BiasGelu": "Erf",
    "QuickGelu": "Sigmoid",
    "LayerNormalization": "ReduceMean",
    "SkipLayerNormalization": "ReduceMean",
    "BiasSoftmax": "Softmax",
    "Upsample": "Resize",
}
"""Kernels that ONNX Runtime makes of several of ours, and the operator that they cannot be without."""


def attributed(graph: Graph, settings: Settings) -> tuple[tuple[Layer, ...], KernelTimes, Attribution]:
    """One run under the runtime's profiler, with its kernels joined to the layers."""
    times = kernels.kernel_times(graph, settings, seconds=0, stop=lambda: True)
    layers = tuple(walk(graph, batch=settings.batch))
    return layers, times, attribute(layers, times.kernels, times.nodes)


def faults(layers: Sequence[Layer], times: KernelTimes, found: Attribution) -> Iterator[str]:
    """What is wrong with an attribution, judged without the rules that made it.

    All is explained; a kernel ran an operator of its own type; and data flows between kernels as between their layers:
    what a kernel reads was made, layout changes and casts aside, by the kernels of layers that its own layers read.
    """
    own = {kernel.name: {*kernel.layers} for kernel in found.kernels if not kernel.line}
    homes = {layer.node.name: {name for name, ran in own.items() if layer.node.name in ran} for layer in layers}
    for kernel in found.kernels:
        if not kernel.layers:
            yield f"{kernel.type} {kernel.name} belongs to no layer"
    for name, kernels_of in homes.items():
        if bool(kernels_of) == (name in found.removed):
            yield f"{name} ran in {kernels_of or 'nothing'}, removed are {found.removed}"
    if abs(sum(k.seconds for k in found.kernels) - sum(k.seconds for k in times.kernels)) > 1e-12:
        yield "time was lost"
    calls = {layer.node.name: {call.name for call in layer.node.op.onnx(*layer.inputs)} for layer in layers}
    steps_named = {step.name for layer in layers for step in steps(layer, layer.node.op.onnx(*layer.inputs))}
    for kernel in found.kernels:
        ran = {call for name in own.get(kernel.name, ()) for call in calls[name]}
        # A batch norm of its own among blocked layouts becomes a depthwise 1x1 convolution.
        ran |= {"Conv"} if kernel.name.endswith("_bn_nchwc") and "BatchNormalization" in ran else set()
        if kernel.name.startswith(("gemm_input_reshape", "gemm_output_reshape")):
            ran.add("Reshape")
        inlined = any(_is_function(call) for call in ran) and kernel.name not in steps_named
        if not kernel.line and kernel.type not in ran and FUSED.get(kernel.type) not in ran and not inlined:
            yield f"{kernel.type} {kernel.name} is said to have run {kernel.layers}, which are {sorted(ran)}"
    yield from _flows(layers, times, found, own, homes)


def _is_function(call: str) -> bool:
    """Is this ONNX operator defined by others, so that a runtime may run those in its place?"""
    schema = onnx.defs.get_schema(call, onnx_model.OPSET)
    return bool(schema.has_function or schema.has_context_dependent_function)


def _flows(layers, times, found, own, homes) -> Iterator[str]:
    read = {layer.node.name: layer.node.inputs for layer in layers}

    def sources(name: str) -> set[str]:
        """Layers that ran and made what this one reads."""
        made = set()
        for tensor in read[name]:
            made |= sources(tensor) if tensor in found.removed else {tensor}
        return made

    expected = {
        (maker, reader)
        for name in read
        for source in sources(name)
        for reader in homes[name]
        for maker in (homes[source] if source != INPUT else {INPUT})
        if maker != reader
    }
    makers = {tensor: node for node in times.nodes for tensor in node.outputs}

    def origins(tensor: str) -> set[str]:
        """Kernels with layers of their own that made this tensor, through those that only store it."""
        if tensor == INPUT:
            return {INPUT}
        node = makers.get(tensor)
        if node is None:
            return set()
        return {node.name} if own.get(node.name) else {name for read in node.inputs for name in origins(read)}

    real = {
        (maker, node.name) for node in times.nodes if own.get(node.name) for t in node.inputs for maker in origins(t)
    }
    steps_of_one = {(one, other) for one in own for other in own if own[one] & own[other]}
    for maker, reader in sorted(real - expected - steps_of_one):
        yield f"{reader} {sorted(own[reader])} reads what {maker} {sorted(own.get(maker, ()))} made; no layer of it does"
    reached = {reader: {maker for maker, to in real if to == reader} for reader in own}
    for maker, reader in sorted(expected - real - steps_of_one):
        kin = {other for one, other in steps_of_one if one == reader} | {
            other for one, other in steps_of_one if one == maker
        }
        if not any((maker, other) in real or (other, reader) in real for other in kin) and reader in reached:
            yield f"{reader} {sorted(own[reader])} should read what {maker} {sorted(own.get(maker, ()))} made, and does not"


def network(*rows: str, input: str = "16x8x8") -> Graph:
    """A network from the lines of a table."""
    return build(zoo.read_page("net.md", page(rows[0], *rows[1:], input=input)), "")


SMALL = {
    "chain": network(
        "layer | type | maps | kernel | padding",
        "a | conv bn relu | 16 | 3 | 1",
        "pool | max pool | | 2 |",
        "b | conv relu6 | 24 | 1 |",
        "drop | dropout | | |",
        "flat | flatten | | |",
        "fc1 | fully connected relu | 8 | |",
        "fc2 | fully connected softmax | 4 | |",
    ),
    "residual": network(
        "layer | type | maps | kernel | stride | padding | from",
        "a | conv bn relu | 16 | 3 | 2 | 1 | in",
        "b | conv bn | 16 | 3 | 1 | 1 | a",
        "skip | conv bn | 16 | 1 | 2 | 0 | in",
        "sum | add relu | | | | | b, skip",
        "c | conv bn relu | 16 | 3 | 1 | 1 | sum",
        "d | conv bn | 16 | 3 | 1 | 1 | c",
        "out | add relu | | | | | sum, d",
    ),
    "inception": network(
        "layer | type | maps | kernel | stride | padding | from",
        "one | conv relu | 16 | 1 | 1 | 0 | in",
        "reduce | conv relu | 8 | 1 | 1 | 0 | in",
        "three | conv relu | 16 | 3 | 1 | 1 | reduce",
        "pool | max pool | | 3 | 1 | 1 | in",
        "project | conv relu | 16 | 1 | 1 | 0 | pool",
        "join | concat | | | | | one, three, project",
        "norm | lrn | | | | | join",
    ),
    "mobile": network(
        "layer | type | maps | kernel | stride | padding | from",
        "expand | conv bn hard-swish | 32 | 1 | 1 | 0 | in",
        "depth | depthwise conv bn hard-swish | | 3 | 1 | 1 | expand",
        "squeeze | global avg pool | | | | | depth",
        "down | conv relu | 8 | 1 | 1 | 0 | squeeze",
        "up | conv hard-sigmoid | 32 | 1 | 1 | 0 | down",
        "gate | multiply | | | | | depth, up",
        "project | conv bn | 16 | 1 | 1 | 0 | gate",
        "out | add | | | | | in, project",
    ),
    "grouped": Graph(
        "grouped",
        (16, 8, 8),
        (
            Node("conv", ops.Conv(maps=16, kernel=(3, 3), padding=(1, 1, 1, 1), groups=2), (INPUT,), "conv", 1),
            Node("shuffle", ops.ChannelShuffle(groups=2), ("conv",), "shuffle", 2),
            Node("links", ops.LinkedConv(kernel=(3, 3), links=((0, 1), (2,), (3, 15))), ("shuffle",), "links", 3),
            Node("act", ops.ScaledTanh(), ("links",), "act", 4),
            Node("half", ops.AvgPool(kernel=(2, 2)), (INPUT,), "half", 5),
            Node("wider", ops.Pad(padding=(0, 0, 0, 0), channel_padding=(8, 8)), ("half",), "wider", 6),
        ),
    ),
    "several outputs": Graph(
        "outputs",
        (16, 8, 8),
        (
            Node("a", ops.Conv(maps=16, kernel=(1, 1)), (INPUT,), "a", 1),
            Node("b", ops.Sigmoid(), ("a",), "b", 2),
            Node("c", ops.Silu(), ("a",), "c", 3),
            Node("d", ops.Dropout(), ("a",), "d", 4),
            Node("e", ops.Gelu(), ("d",), "e", 5),
        ),
    ),
}
"""What ONNX Runtime fuses, folds, blocks, inlines and removes, in networks that take no time."""
