"""Damage to what is read line by line: one sign lost gives the same network, a clear error, or another that is said."""

import random
import time
from contextlib import suppress

import pytest

import cnnscope
from cnnscope.spec import zoo
from tests.spec import (
    test_chains,
    test_darknet_cfg,
    test_darknet_listing,
    test_keras_code,
    test_summary,
    test_torch_modules,
)
from tests.spec.reading import read

TEXTS = {
    "mnist.py": test_keras_code.MNIST,
    "added.py": test_keras_code.ADDED,
    "flowers.py": test_keras_code.FLOWERS,
    "functional.py": test_keras_code.FUNCTIONAL,
    "partial.py": test_keras_code.PARTIAL,
    "alexnet.cfg": test_darknet_cfg.ALEXNET,
    "gated.cfg": test_darknet_cfg.GATED,
    "listing.txt": test_darknet_listing.LISTING,
    "framed.txt": test_summary.FRAMED,
    "wrapped.txt": test_summary.WRAPPED,
    "sources.txt": test_summary.SOURCES,
    "torch.txt": test_torch_modules.ALEXNET,
    "torch.py": test_torch_modules.MNIST,
    "vgg.txt": test_chains.VGG,
    "arrows.txt": "INPUT -> [CONV -> RELU -> POOL]*2 -> FC\nINPUT: 28x28x1\nCONV: 5x5, 20; 5x5, 50\nPOOL: 2x2\nFC: 10\n",
}
Facts = tuple[list[tuple[object, ...]], set[tuple[str, str]]]


def facts(text: str, name: str) -> Facts:
    """The layers, and what was assumed."""
    result = cnnscope.Network(read(text, name)).analyze()
    # Without their types: elu is relu that lost a sign.
    layers = [(layer.output_shape, layer.params, layer.macs) for layer in result.layers]
    missed = {("claim", claim.claimed) for claim in result.claims if not claim.holds}
    return layers, missed | {(each.what, each.value) for each in result.assumptions}


def without_a_sign(text: str, draw: random.Random) -> str:
    """A sign that is no digit and parts no digits is lost: two numbers made one are a misprint that nobody can see."""
    while True:
        at = draw.randrange(1, len(text) - 1)
        parts = text[at - 1].isdigit() and text[at + 1].isdigit()
        if not (text[at].isdigit() or parts or text[at].isspace()):
            return text[:at] + text[at + 1 :]


@pytest.mark.parametrize("name", TEXTS)
def test_a_lost_sign_makes_no_other_network_silently(name):
    draw = random.Random(20221114)
    layers, assumed = facts(TEXTS[name], name)
    for _ in range(60):
        text = without_a_sign(TEXTS[name], draw)
        with suppress(cnnscope.CnnscopeError):
            found, said = facts(text, name)
            assert found == layers or said != assumed, text


@pytest.mark.parametrize("name", TEXTS)
def test_lines_are_read_within_20_ms(name):
    read(TEXTS[name], name)

    def seconds() -> float:
        start = time.process_time()
        zoo.read_page(name, TEXTS[name])
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.02
