"""Networks that a rule makes of two or three numbers: DenseNet of depth and growth, RepVGG of depths and factors."""

from collections.abc import Iterator

from cnnscope.errors import CellError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Draft
from cnnscope.spec.drafts.modules import dense_layer

DENSE = ("DenseNet", "DenseNet-BC")


def dense_params(depth: int, growth: int, kind: str) -> int:
    """How many parameters the rule's network has: what tells plain from BC where a table prints them."""
    if not fits(depth, kind):
        return 0
    found, maps = 27 * _first(growth, kind), _first(growth, kind)
    for many, behind in _blocks(depth, growth, kind):
        for _ in range(many):
            wide = 4 * growth
            own = 9 * maps * growth if kind == "DenseNet" else maps * wide + 2 * wide + 9 * wide * growth
            found, maps = found + 2 * maps + own, maps + growth
        if behind:
            found, maps = found + 2 * maps + maps * behind, behind
    return found + 2 * maps + 10 * maps + 10


def fits(depth: int, kind: str) -> bool:
    """Do depths make whole blocks?"""
    return (depth - 4) % (3 if kind == "DenseNet" else 6) == 0 and 10 <= depth <= 1_000


def _first(growth: int, kind: str) -> int:
    return 16 if kind == "DenseNet" else 2 * growth


def _blocks(depth: int, growth: int, kind: str) -> Iterator[tuple[int, int]]:
    """The layers of each dense block and the maps behind its transition; 0 behind the last."""
    many = (depth - 4) // (3 if kind == "DenseNet" else 6)
    maps = _first(growth, kind)
    for block in range(3):
        maps += many * growth
        maps = maps if kind == "DenseNet" else maps // 2
        yield many, maps if block < 2 else 0


def densenet(draft: Draft, line: int, depth: int, growth: int, kind: str) -> None:
    """Three dense blocks on 32x32 images; BC puts a 1x1 convolution before each window and halves between blocks."""
    if not fits(depth, kind) or not 0 < growth <= 1_000:
        whole = "3n + 4" if kind == "DenseNet" else "6n + 4"
        raise CellError(f"a {kind} of {depth} layers", f"{whole} layers make whole blocks: 40, 100, 190")
    draft.choices.note(Assumption("blocks", "BN-ReLU-conv", "DenseNets put the norm first, without biases"))
    first = str(_first(growth, kind))
    draft.add(line, "conv", layer="conv1", maps=first, kernel="3x3", padding="1", bias="no")
    block = dense_layer(draft, ["3x3"] if kind == "DenseNet" else ["1x1", "3x3"])
    for number, (many, behind) in enumerate(_blocks(depth, growth, kind), start=1):
        draft.add(line, block, layer=f"block{number}", growth=str(growth), repeat=str(many))
        if behind:
            name = f"transition{number}"
            draft.add(line, "bn relu conv", layer=name, maps=str(behind), kernel="1x1", bias="no")
            draft.add(line, "avg pool", layer=f"pool{number}", kernel="2x2", stride="2")
    draft.add(line, "bn relu", layer="norm")


def repvgg(draft: Draft, line: int, layers: list[int], narrow: float, wide: float) -> None:
    """Stages of 3x3 convolutions, the first of each with stride 2 (Ding et al. 2021, tables 2 and 3)."""
    if len(layers) != 5:
        raise CellError(f"{len(layers)} stages", "such networks have five: 1, 2, 4, 14, 1")
    why = "the branches of training are one convolution when it runs"
    draft.choices.note(Assumption("form", "one 3x3 convolution per layer", why))
    widths = (min(64, 64 * narrow), 64 * narrow, 128 * narrow, 256 * narrow, 512 * wide)
    for stage, (many, width) in enumerate(zip(layers, widths, strict=True), start=1):
        for index in range(many):
            stride = "2" if index == 0 else ""
            cells = {"maps": str(int(width)), "kernel": "3x3", "padding": "1", "stride": stride, "activation": "relu"}
            draft.add(line, "conv", layer=f"stage{stage}_{index + 1}", **cells)
