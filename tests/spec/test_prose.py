"""Text above and below a network that is written line by line."""

import pytest

import cnnscope
from cnnscope.errors import SpecError

LEDGER = """Input\tmemory: 32*32*3=3K\tparams: 0
3x3 conv, 64\tmemory: 32*32*64=64K\tparams: (3*3*3)*64 = 1,728
Pool\tmemory: 16*16*64=16K\tparams: 0
FC 10\tmemory: 10\tparams: 16*16*64*10 = 163,840
"""
CHAIN = "Input 32x32x3\n3x3 conv, 64\nPool 1/2\n3x3 conv, 128\nPool 1/2\nFC 10\n"
ARROWS = "INPUT -> [CONV -> RELU -> POOL]*2 -> FC\n[N=1, M=2]\n"
CODE = "model = Sequential([\nConv2D(8, 3, input_shape=(32, 32, 3)),\nFlatten(),\nDense(10)\n])\n"

AROUND = [
    pytest.param("- Much deeper than AlexNet\n\n", "", id="a bullet above"),
    pytest.param("• 140 million parameters\n• Runner-up of 2014\n", "", id="bullets above"),
    pytest.param("", "\nAs shown by its authors in 2014, depth matters\n", id="a sentence below"),
    pytest.param("", "\nVGGNet\n\nDetails :\n", id="a network's name below, and what follows it"),
    pytest.param("[Simonyan and Zisserman, 2014]\n", "(LeCun et al., 1998)\n", id="references"),
    pytest.param("- one\n- and only\n", "- Winner of the challenge\n", id="both ends"),
]


@pytest.mark.parametrize("above, below", AROUND)
@pytest.mark.parametrize("text", [LEDGER, CHAIN], ids=["ledger", "chain"])
def test_text_around_lines_is_left_out_and_said(text, above, below, tmp_path):
    alone, within = (tmp_path / name for name in ("alone.txt", "within.txt"))
    alone.write_text(text)
    within.write_text(above + text + below)
    (expected, found) = (cnnscope.load(str(path)).analyze() for path in (alone, within))
    assert [layer.output_shape for layer in found.layers] == [layer.output_shape for layer in expected.layers]
    assert found.params == expected.params
    (told,) = [entry for entry in found.assumptions if entry.what == "left out"]
    assert told.why == "text around the network"
    assert told.value.startswith("line")


@pytest.mark.parametrize("text", [LEDGER, CHAIN, ARROWS, CODE], ids=["ledger", "chain", "arrows", "code"])
def test_nothing_of_a_network_is_taken_for_text(text, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(text)
    assert not [entry for entry in cnnscope.load(str(path)).analyze().assumptions if entry.what == "left out"]


@pytest.mark.parametrize(
    "line",
    ["Softmaxx", "3x3 conv, 64", "- a last pool of the network", "Channel shuffle", "FC: 10 of all the classes there are", "five words -> of one branch"],
)  # fmt: skip
@pytest.mark.parametrize("text", [LEDGER], ids=["ledger"])
def test_what_may_be_a_layer_is_never_left_out(text, line, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(text + line + "\n")
    with pytest.raises(SpecError, match="is no line of a ledger"):
        cnnscope.load(str(path))


def test_a_hundred_thousand_lines_of_text_are_left_out_at_once(tmp_path):
    """Each line is looked at once: with a search among those left out this would take minutes."""
    path = tmp_path / "net.txt"
    path.write_text("- a b\n" * 60_000 + CHAIN + "- a b\n" * 40_000)
    (told,) = [a for a in cnnscope.load(str(path)).analyze().assumptions if a.what == "left out"]
    assert told.value == "lines 1 to 60000, 60007 to 100006"
