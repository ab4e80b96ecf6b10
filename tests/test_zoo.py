"""The pages of the zoo reproduce what papers, lectures and tools published, and admit where a printed figure is false."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import takewhile

import pytest

import cnnscope
from cnnscope.analysis.claims import judge
from cnnscope.analysis.report import JudgedClaim, LayerReport, Report
from cnnscope.analysis.rows import RowReport, rows
from cnnscope.graph import INPUT, Claim
from cnnscope.shapes import elements
from cnnscope.spec import zoo
from cnnscope.spec.zoo import normal
from cnnscope.units import exact, parse_printed
from tests.published import (
    AT_SIZES,
    LAYERS,
    LENET5_CONNECTIONS,
    NETWORKS,
    RECEPTIVE_FIELDS,
    AtSize,
    Layer,
    Network,
    ReceptiveField,
)
from tests.published_claims import (
    CLAIMS,
    GOOGLENET_TABLE,
    SMALL_LAYERS,
    VGG16_LEDGER,
    LedgerRow,
    ModuleRow,
    SmallLayer,
)
from tests.published_claims import Claim as LectureClaim
from tests.published_peers import Peer
from tests.published_peers import rows as peers

NAMES = cnnscope.networks()


@cache
def report(name: str) -> Report:
    return cnnscope.load(name).analyze()


@cache
def table(name: str) -> dict[str, RowReport]:
    """The rows of the network's own table, whatever their blocks hold."""
    return {row.name: row for row in rows(report(name), depth=1)}


def weights(row: RowReport | Report) -> int:
    """Params of convolutions and fully connected layers without their biases."""
    return sum(elements(layer.layer.placed.weights["weight"].shape) for layer in row.layers if layer.macs)


@pytest.mark.parametrize("fact", [pytest.param(fact, id=fact.name) for fact in NETWORKS])
def test_a_network_has_its_published_totals(fact: Network) -> None:
    found = report(fact.name)
    published = {"params": fact.params, "macs": fact.macs, "buffers": fact.buffers}
    known = {metric: figure for metric, figure in published.items() if figure is not None}
    assert known
    assert {metric: getattr(found, metric) for metric in known} == known


@pytest.mark.parametrize(
    "peer, count", [pytest.param(peer, count, id=f"{peer.network} by {count.__name__}") for peer, count in peers()]
)
def test_a_network_counted_as_a_tool_counts_comes_to_what_it_prints(
    peer: Peer, count: Callable[[Report], Fraction]
) -> None:
    assert f"{float(count(report(peer.network)) / 10**6):.2f}" == f"{float(peer.printed):.2f}"


@pytest.mark.parametrize("fact", [pytest.param(fact, id=f"{fact.network} at {fact.input}") for fact in AT_SIZES])
def test_a_network_has_its_published_macs_at_other_sizes(fact: AtSize) -> None:
    assert cnnscope.load(fact.network).analyze(input=fact.input).macs == fact.macs


def seen_at(name: str, role: str) -> RowReport:
    """The row that a published end point means: "conv3/conv3_1" is conv3_1, "last" is what feeds the classifier."""
    if role == "last":
        return list(takewhile(lambda row: row.receptive_field.vertical, table(name).values()))[-1]
    return table(name)[role.rpartition("/")[2]]


@pytest.mark.parametrize(
    "fact", [pytest.param(fact, id=f"{fact.network} at {fact.layer_role}") for fact in RECEPTIVE_FIELDS]
)
def test_a_layer_sees_what_was_published(fact: ReceptiveField) -> None:
    field = seen_at(fact.network, fact.layer_role).receptive_field
    assert field.status == "exact"
    assert field.vertical is not None
    assert field.vertical == field.horizontal
    assert field.vertical.size == fact.size
    assert fact.stride in (None, field.vertical.stride)
    assert fact.padding in (None, field.vertical.padding)


@pytest.mark.parametrize("fact", [pytest.param(fact, id=f"{fact.network} {fact.layer}") for fact in LAYERS])
def test_a_row_has_its_published_shape_and_counts(fact: Layer) -> None:
    row = table(fact.network)[fact.layer]
    assert row.output_shape == (1, *fact.output)
    assert fact.params in (None, row.params)
    assert fact.macs in (None, row.macs)


def connections(layer: LayerReport) -> int:
    """Values or biases that meet a weight: a trainable pool adds its window and a bias, so it has five per output."""
    if layer.type == "trainable pool":
        return layer.cost.flops
    return layer.macs + (layer.cost.adds if layer.type != "rbf" else 0)


def test_lenet5_has_the_340_908_connections_that_its_paper_counts() -> None:
    rows_of_lenet = table("lenet5").values()
    found = [(row.name, connections(row.layers[0])) for row in rows_of_lenet]
    assert found == list(LENET5_CONNECTIONS)
    assert sum(count for _, count in found) == 340_908


@pytest.mark.parametrize("fact", [pytest.param(fact, id=fact.layer) for fact in VGG16_LEDGER[1:]])
def test_a_row_of_vgg16_is_that_of_the_lectures_ledger(fact: LedgerRow) -> None:
    row = table("vgg16")[fact.layer]
    assert row.output_shape == (1, *fact.output)
    assert elements(row.output_shape) == fact.values
    assert weights(row) == fact.weights
    assert {("memory", fact.printed_values), ("params", exact(fact.weights))} <= figures_that_hold("vgg16", fact.layer)


def test_the_ledger_of_vgg16_starts_with_its_input() -> None:
    fact = VGG16_LEDGER[0]
    assert report("vgg16").input_shape == (1, *fact.output)
    assert elements(report("vgg16").input_shape) == fact.values
    assert {("memory", fact.printed_values), ("params", exact(fact.weights))} <= figures_that_hold("vgg16", INPUT)


def figures_that_hold(network: str, row: str) -> set[tuple[str, str]]:
    return {(claim.metric, claim.claimed) for claim in report(network).claims if claim.layer == row and claim.holds}


CUT = {("4b", "params"): 438, ("4a", "macs"): 74}
"""Figures of GoogLeNet's table 1 that are close but not rounded, which `published_claims` lets pass: what they should be."""


@pytest.mark.parametrize("fact", [pytest.param(fact, id=fact.layer) for fact in GOOGLENET_TABLE])
def test_a_row_of_googlenet_is_judged_as_its_table_deserves(fact: ModuleRow) -> None:
    row = table("googlenet")[fact.layer]
    assert weights(row) == fact.weights
    assert parse_printed(fact.ops).holds(row.macs)
    claims = {claim.metric: claim for claim in row.claims}
    for metric, printed, holds in (
        ("params", fact.printed_params, fact.params_hold),
        ("macs", fact.printed_ops, fact.ops_hold),
    ):
        assert claims[metric].claimed == printed
        assert claims[metric].holds == (holds and (fact.layer, metric) not in CUT)


@pytest.mark.parametrize("cell", [pytest.param(cell, id=" ".join(cell)) for cell in CUT])
def test_a_figure_of_googlenet_that_was_cut_is_one_too_low(cell: tuple[str, str]) -> None:
    layer, metric = cell
    row = table("googlenet")[layer]
    rounded = round(weights(row) / 1024) if metric == "params" else round(row.macs / 10**6)
    (claim,) = (claim for claim in row.claims if claim.metric == metric)
    assert rounded == CUT[cell] == int(claim.claimed[:-1]) + 1


ZOO_LAYERS = {
    "P1": ("conv-26", "conv"),
    "P2": ("conv-760", "conv"),
    "P4": ("conv-760", "conv"),
    "P5": ("alexnet-slide", "C1"),
    "O14": ("conv-760", "conv"),
    "O15": ("conv-28x28", "conv"),
    "O17": ("conv-4x4", "conv"),
    "M1": ("conv-150", "conv"),
}
"""Where the zoo keeps the single layers of lectures; M1-valid is nobody's layer, only what M1 is not."""


@pytest.mark.parametrize("fact", [pytest.param(fact, id=fact.id) for fact in SMALL_LAYERS if fact.id in ZOO_LAYERS])
def test_a_single_layer_costs_what_its_lecture_says(fact: SmallLayer) -> None:
    network, name = ZOO_LAYERS[fact.id]
    row = table(network)[name]
    assert row.layers[0].input_shapes[0][1] == fact.channels
    assert fact.size in (None, row.layers[0].input_shapes[0][2:])
    assert fact.output in (None, row.output_shape[1:])
    assert fact.params in (None, row.params)
    assert fact.macs in (None, row.macs)


JUDGED = {
    **dict.fromkeys(("W4", "W8", "P1", "P2", "P7", "P8", "M8", "LeNet-5 total", "AlexNet total", "V1"), "params"),
    **dict.fromkeys(("W2", "M1", "M3"), "macs"),
    **dict.fromkeys(
        ("AlexNet layers", "V2", "V2-19", "G1", "R1", "R1-34", "R1-50", "R1-101", "R2-20", "R2-56"), "depth"
    ),
    "W1": "memory",
    "M6": "activation_bytes",
    "M2-bytes": "output_bytes",
    "V3": "receptive_field",
    "P5": "params@C1",
    "P6": "params@S2",
}
"""Claims that a page could print, and under which metric (@ its row)."""
PLACES = {"two 2x2x3 kernels": "conv-26"}
SPELLINGS = {"2 * (2 * 2 * 3 + 1)": "26", "1.000.000": "≈ 1,000,000"}
"""Figures that a page spells otherwise; the lecture's ≈ stands in front of its million."""


def ask(network: str, row: str, metric: str, printed: str) -> JudgedClaim:
    """What the tool says about a figure, had it been printed on the network's page."""
    graph = cnnscope.load(network).graph
    nodes = [index for index, node in enumerate(graph.nodes) if row and node.row.split(".")[0] == row]
    first, last = (nodes[0], nodes[-1] + 1) if nodes else (0, 0)
    (verdict,) = judge(
        replace(graph, claims=(Claim(1, row, metric, printed, first=first, last=last),)), report(network)
    )
    return verdict


@pytest.mark.parametrize(
    "claim", [pytest.param(claim, id=f"{claim.id}: {claim.text}") for claim in CLAIMS if claim.id in JUDGED]
)
def test_the_tool_tells_a_lectures_true_figures_from_its_false_ones(claim: LectureClaim) -> None:
    network = PLACES.get(claim.network, claim.network)
    metric, _, row = JUDGED[claim.id].partition("@")
    printed = SPELLINGS.get(claim.printed, claim.printed)
    truth = exact(claim.truth) + (" B" if metric.endswith("bytes") else "")
    assert ask(network, row, metric, printed).holds == (claim.holds != "false")
    assert ask(network, row, metric, truth).holds


def fully_connected(name: str) -> int:
    return sum(layer.type == "fully connected" for layer in report(name).layers)


def unrounded(name: str, row: str, *, size: str | None = None) -> Fraction:
    """The size that does not fit, out of the row's note."""
    found = cnnscope.load(name).analyze(input=size)
    (note,) = next(layer.notes for layer in found.layers if layer.row == row)
    return Fraction(re.fullmatch(r"does not fit: ([\d.]+) -> \d+", note)[1])


def only_window(name: str) -> int:
    """The side of every convolution's window, where all are square and alike."""
    (side,) = {side for layer in report(name).layers if layer.type == "conv" for side in layer.layer.node.op.kernel}
    return side


def convolutions_per_block(name: str) -> int:
    blocks: dict[str, int] = {}
    for layer in report(name).layers:
        if layer.type == "conv" and layer.row.count(".") == 2 and layer.layer.node.op.kernel == (3, 3):
            block = layer.row.rpartition(".")[0]
            blocks[block] = blocks.get(block, 0) + 1
    assert len(set(blocks.values())) == 1
    return blocks.popitem()[1]


COUNTED: dict[str, tuple[Callable[[], int | Fraction], int | Fraction]] = {
    "W3": (lambda: sum(name.startswith("conv3") for name in table("vgg16")), 2),
    "G3": (lambda: Fraction(report("alexnet").params, report("googlenet").params), 12),
    "W5": (lambda: fully_connected("googlenet"), 0),
    "W5-resnet": (lambda: fully_connected("resnet50"), 0),
    "W5-fc1000": (lambda: fully_connected("resnet50"), 1),
    "W6": (lambda: unrounded("conv-6x6", "conv"), Fraction(5, 2)),
    "W7": (lambda: elements(table("alexnet")["norm1"].output_shape), 290_400),
    "W9": (lambda: unrounded("alexnet", "conv1", size="3x224x224"), Fraction(217, 4)),
    "W10": (lambda: sum(row.macs > 0 for row in list(table("lenet5").values())[4:]), 2),
    "P2-filter": (lambda: report("conv-760").params // 10, 76),
    "P9": (lambda: Fraction(weights(report("three-3x3")), weights(report("one-7x7"))), Fraction(27, 49)),
    "M2": (lambda: 8 * report("conv-150").activation_bytes, 96 * 10**6),
    "V4": (lambda: only_window("vgg16"), 3),
    "R3": (lambda: convolutions_per_block("resnet34"), 2),
}
"""Claims about something that no page prints: how to count it, and what the lecture's words come to."""


@pytest.mark.parametrize(
    "claim", [pytest.param(claim, id=f"{claim.id}: {claim.text}") for claim in CLAIMS if claim.id in COUNTED]
)
def test_what_a_lecture_says_about_a_network_can_be_counted(claim: LectureClaim) -> None:
    count, said = COUNTED[claim.id]
    assert count() == claim.truth
    assert (said == claim.truth) == (claim.holds != "false")


def test_every_claim_of_the_lectures_is_asked() -> None:
    assert {claim.id for claim in CLAIMS} == JUDGED.keys() | COUNTED.keys()
    assert not JUDGED.keys() & COUNTED.keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_on_a_page_is_as_the_page_says(name: str) -> None:
    found = report(name)
    assert found.source
    assert [claim for claim in found.claims if not claim.as_expected] == []


KNOWN_FALSE = [
    ("alexnet", "conv1", "output_elements", "253,440"),
    ("vgg16", "", "memory", "24M"),
    ("vgg16", "", "memory", "96MB"),
    ("googlenet", "conv1", "params", "2.7K"),
    ("googlenet", "conv1", "macs", "34M"),
    ("googlenet", "4a", "params", "364K"),
    ("googlenet", "4a", "macs", "73M"),
    ("googlenet", "4b", "params", "437K"),
    ("googlenet", "4c", "params", "463K"),
    ("googlenet", "4d", "params", "580K"),
    ("googlenet", "4e", "params", "840K"),
    ("googlenet", "5a", "params", "1072K"),
    ("googlenet", "5a", "macs", "54M"),
    ("googlenet", "5b", "params", "1388K"),
    ("googlenet", "", "params", "5M"),
    ("googlenet", "", "macs", "1.5 billion"),
    ("inception-bottleneck", "", "macs", "353M"),
    ("resnet50-v1", "", "macs", "3.8x10^9"),
    ("mobilenet_v2_1.4", "", "params", "6.9M"),
    ("mobilenet_v2_1.4", "", "macs", "585M"),
    ("mobilenet_v3_large", "", "params", "5.4M"),
    ("mobilenet_v3_large", "", "macs", "219M"),
    ("mobilenet_v3_small", "", "macs", "56M"),
    ("shufflenet_v1_g4", "", "macs", "133M"),
    ("shufflenet_v1_g8", "", "macs", "137M"),
    ("shufflenet_v2_x0_5", "", "macs", "41M"),
    ("shufflenet_v2_x1_0", "", "macs", "146M"),
    ("shufflenet_v2_x1_5", "", "macs", "299M"),
    ("shufflenet_v2_x2_0", "", "macs", "591M"),
    ("efficientnet_b1", "", "macs", "0.70B"),
    ("efficientnet_b4", "", "macs", "4.2B"),
    ("efficientnet_b5", "", "macs", "9.9B"),
    ("efficientnet_b7", "", "macs", "37B"),
    ("efficientnet_v2_s-v1", "", "macs", "8.8B"),
    ("ghostnet_1.3", "", "macs", "226M"),
    ("densenet264", "", "depth", "264"),
    ("inception_v3", "Conv2d_3b_1x1", "size", "71x71x80"),
    ("inception_v3", "Conv2d_4a_3x3", "size", "35x35x192"),
    ("inception_v3-aux", "Conv2d_3b_1x1", "size", "71x71x80"),
    ("inception_v3-aux", "Conv2d_4a_3x3", "size", "35x35x192"),
    ("inception_v3", "", "depth", "42"),
    ("inception_v3", "", "macs", "5 billion"),
    ("bn-inception", "3c", "size", "28x28x576"),
    ("bn-inception", "4c", "size", "14x14x576"),
    ("bn-inception", "4d", "size", "14x14x576"),
    ("bn-inception", "4e", "size", "14x14x1024"),
    ("darknet53", "", "macs", "18.7G"),
    ("fcn-32s", "", "params", "134M"),
    ("overfeat-fast", "", "params", "145M"),
    ("overfeat-fast", "", "macs", "2810M"),
    ("overfeat-accurate", "", "params", "144M"),
    ("overfeat-accurate", "", "macs", "5369M"),
]


@pytest.mark.parametrize("fact", [pytest.param(fact, id=" ".join(filter(None, fact))) for fact in KNOWN_FALSE])
def test_a_figure_that_a_page_calls_false_is_false_and_explained(fact: tuple[str, ...]) -> None:
    network, row, metric, printed = fact
    (claim,) = (c for c in report(network).claims if (c.layer, c.metric, c.claimed) == (row, metric, printed))
    assert not claim.holds
    assert claim.known_false
    assert claim.known_false in claim.why


def test_no_other_figure_of_the_zoo_is_called_false() -> None:
    called = {(name, c.layer, c.metric, c.claimed) for name in NAMES for c in report(name).claims if c.known_false}
    assert called == set(KNOWN_FALSE)


def test_names_are_unique_over_all_pages_and_all_are_found() -> None:
    pages = sorted(zoo.folder().glob("*.md"))
    names = [network.name for page in pages for network in cnnscope.load_all(str(page))]
    assert len({normal(name) for name in names}) == len(names)
    assert names == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_name_loads_with_hyphens_underscores_and_capitals_alike(name: str) -> None:
    spellings = (name, name.replace("-", "_"), name.replace("_", "-"), name.upper())
    assert {cnnscope.load(spelling).name for spelling in spellings} == {name}
