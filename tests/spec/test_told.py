"""What a user tells of a printed table with --assume is obeyed and listed as told, or refused."""

from collections import Counter

import pytest

import cnnscope
from cnnscope.spec import zoo
from cnnscope.spec.program import Program
from tests.spec.other_tables import OTHERS
from tests.spec.printed_tables import PAPERS

TABLES = sorted(path for folder in (PAPERS, OTHERS) for path in folder.iterdir() if path.name != "README.md")
CONVERT = "  `cnnscope convert` writes the table as a page, where you can change it"


def told(name: str, text: str, **assume: str) -> Program:
    return zoo.read_page(name, text, {what.replace("_", " "): value for what, value in assume.items()})


def listed(program: Program) -> set[tuple[str, tuple[str, ...]]]:
    parts = program.columns.values() or [program]
    return {(assumption.what, assumption.rows[:1]) for part in parts for assumption in part.assumptions}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_no_assumption_of_a_table_takes_nonsense(path):
    text = path.read_text("utf-8")
    for what, rows in listed(zoo.read_page(path.name, text)):
        for key in (what, *(f"{row}.{what}" for row in rows)):
            with pytest.raises(cnnscope.UsageError):
                zoo.read_page(path.name, text, {key: "zebra"})


CHAIN = "conv3-32 - conv3-32 - maxpool - fc-10"
LEDGER = (
    "INPUT: [8x8x3]  memory: 8*8*3=192  weights: 0\n"
    "CONV3-4: [8x8x4]  memory: 8*8*4=256  weights: (3*3*3)*4 = 108\n"
    "POOL2: [4x4x4]  memory: 4*4*4=64  weights: 0\n"
    "FC: [1x1x10]  memory: 10  weights: 4*4*4*10 = 640"
)
MOBILENET = 32 + (32 + 64 + 2 * 128 + 2 * 256 + 6 * 512 + 1024) + (64 + 2 * 128 + 2 * 256 + 6 * 512 + 2 * 1024)
"""The maps of MobileNet's 27 convolutions; without norms each has one bias instead of a scale and a shift."""
RESNET_18 = 64 + 4 * 64 + 5 * (128 + 256 + 512)
SQUEEZENET = 96 + 1000 + 2 * (16 + 32 + 48 + 64) + 2 * (128 + 256 + 384 + 512)


def paper(name: str) -> tuple[str, str]:
    return name.partition(":")[0], (PAPERS / name.partition(":")[0]).read_text("utf-8")


PARAMS = [
    (paper("mobilenet_v1.md"), "", {"norm": "none"}, 4_231_976 - MOBILENET),
    (paper("mobilenet_v1.md"), "", {"norm": "none", "bias": "no"}, 4_231_976 - 2 * MOBILENET - 1000),
    (paper("mobilenet_v1.md"), "", {"norm": "bn"}, 4_231_976),
    (paper("resnet.md"), "18-layer", {"norm": "none"}, 11_689_512 - RESNET_18),
    (paper("squeezenet.md"), "", {"bias": "no"}, 1_248_424 - SQUEEZENET),
    (("net.txt", LEDGER), "", {"bias": "no"}, 108 + 640),
    (("net.txt", LEDGER), "", {"bias": "yes"}, 108 + 4 + 640 + 10),
]


@pytest.mark.parametrize("table, variant, assume, params", PARAMS, ids=lambda row: str(row)[:24])
def test_norms_and_biases_are_as_told(table, variant, assume, params):
    program = told(*table, **assume)
    report = cnnscope.Network(program.columns[variant] if variant else program).analyze()
    assert report.params == params
    assert {a.what: a.value for a in report.assumptions if a.ground == "given"} == assume


ACTIVATIONS = [
    # The table, its habit, how many layers have it.
    (paper("mobilenet_v1.md"), "relu", 27),
    (paper("mobilenet_v2.md"), "relu6", 35),
    (paper("efficientnet_b0.md"), "silu", 33),
    (paper("squeezenet.md"), "relu", 26),
    (paper("nin_cifar.txt"), "relu", 8),
    (("net.txt", CHAIN), "relu", 2),
    (("net.txt", LEDGER), "relu", 1),
]


@pytest.mark.parametrize("table, usual, many", ACTIVATIONS, ids=lambda row: str(row)[:24])
@pytest.mark.parametrize("word, type", [("tanh", "tanh"), ("swish", "silu"), ("none", "")])
def test_activations_are_as_told(table, usual, many, word, type):
    def types(program: Program) -> Counter[str]:
        return Counter(layer.type for layer in cnnscope.Network(program).analyze().layers)

    before, after = types(told(*table)), types(told(*table, activation=word))
    changed = Counter({type: many}) if type else Counter()
    assert before[usual] >= many
    assert after == before - Counter({usual: many}) + changed


@pytest.mark.parametrize(
    "name, text, assume",
    [("chain.txt", CHAIN, {"pool": "3x3"}), ("ledger.txt", LEDGER, {"pools": "3x3, stride 2"})],
    ids=["a chain", "a ledger"],
)
def test_the_windows_of_pools_are_as_told(name, text, assume):
    layers = cnnscope.Network(told(name, text, **assume)).analyze().layers
    (pool,) = (layer for layer in layers if layer.type == "max pool")
    height = layers[0].output_shape[2]
    assert (pool.layer.node.op.kernel, pool.layer.node.op.stride, pool.output_shape[2]) == ((3, 3), (2, 2), height // 2)


REFUSED = [
    (paper("mobilenet_v1.md"), "norm", "foo", "--assume norm=foo is not known here\n  write bn or none"),
    (("net.txt", LEDGER), "bias", "maybe", "--assume bias=maybe is not known here\n  write yes or no"),
    (("net.txt", CHAIN), "pool", "big", "--assume pool=big: no window of a pool\n  write 3x3, stride 2"),
    (
        paper("mobilenet_v3_large.md"),
        "squeeze",
        "half",
        f"--assume squeeze=half: --assume cannot change this\n{CONVERT}",
    ),
    (paper("unet.md"), "crops", "left", f"--assume crops=left: --assume cannot change this\n{CONVERT}"),
    (
        paper("mobilenet_v1.md"),
        "conv1.norm",
        "none",
        "--assume conv1.norm: the table does not leave this open\n  it leaves open activation, norm, width, stride, padding",
    ),
    (
        paper("squeezenet.md"),
        "activation",
        "zebra",
        "--assume activation=zebra: no such activation\n  write none, relu, relu6, leaky relu, prelu, elu, selu, gelu, "
        "silu, hard swish, hard sigmoid, sigmoid, tanh, scaled tanh, softplus, mish",
    ),
    (
        paper("efficientnet_b0.md"),
        "SE",
        "wide",
        "--assume SE=wide: no share of the maps\n  write 0.25, or none",
    ),
    (paper("mobilenet_v2.md"), "window", "5", "--assume window=5: no window\n  write 3x3"),
    (
        paper("mobilenet_v2.md"),
        "classes",
        "many",
        "--assume classes=many is not a whole number\n  write a number such as 1000",
    ),
    (
        paper("nin.txt"),
        "rounding",
        "up",
        "--assume rounding=up: `up` is no rounding\n  write floor or ceil",
    ),
]


@pytest.mark.parametrize("table, what, value, message", REFUSED, ids=lambda row: str(row)[:24])
def test_what_cannot_be_told_is_refused(table, what, value, message):
    with pytest.raises(cnnscope.UsageError) as refused:
        zoo.read_page(*table, {what: value})
    assert str(refused.value) == message
