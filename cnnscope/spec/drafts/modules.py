"""Modules that papers draw once and name in their tables, as blocks of the layer-table language.

Every function declares its block in a draft and returns the block's name. Widths are parameters, so one block serves
all rows that are built alike.
"""

from collections.abc import Sequence
from typing import NamedTuple

from cnnscope.spec.drafts.draft import Cells, Draft

LETTERS = "abcdefgh"


class Layers(NamedTuple):
    """How a module writes a convolution: `conv bn` with relu, or `conv` with relu ..."""

    type: str = "conv bn"
    activation: str = "relu"
    bias: str = ""


def residual(
    draft: Draft,
    kernels: Sequence[str],
    *,
    grouped: int = -1,
    strided: int = 0,
    shortcut: str = "projection",
    squeezed: bool = False,
) -> str:
    """A stack of convolutions whose input is added to its output (He et al. 2015, figures 2 and 5).

    `grouped` and `strided` are the convolutions that have groups and the stride. Shortcuts: a 1x1 convolution where the
    shape changes (projection, option B), subsampling with zeros for new maps (padded, option A), or none. `squeezed`
    puts a squeeze-and-excitation before the addition (Hu et al. 2017).
    """
    letters = LETTERS[: len(kernels)]
    last = letters[-1]
    rows: list[Cells] = []
    for index, (letter, kernel) in enumerate(zip(letters, kernels, strict=True)):
        cells = {
            "layer": letter,
            "type": "conv bn",
            "maps": f"{{{letter}}}",
            "kernel": kernel,
            "padding": half(kernel),
        }
        cells["activation"] = "relu" if letter != last or shortcut == "none" else ""
        cells["stride"] = "{stride}" if index == strided else ""
        cells["groups"] = "{groups}" if index == grouped else ""
        cells["from"] = "in" if index == 0 and shortcut != "none" else ""
        rows.append(cells | ({"padding": ""} if kernel == "1x1" else {}))
    end = last
    if squeezed:
        rows += _squeeze_and_excite(f"{{{last}}}", "{squeezed}", "sigmoid", "relu", "", behind=last)
        end = "excite"
    changed = f"{{stride != 1 or in.maps != {last}}}"
    if shortcut == "projection":
        skip = {"layer": "skip", "type": "conv bn", "maps": f"{{{last}}}", "kernel": "1x1", "stride": "{stride}"}
        rows += [skip | {"from": "in", "when": changed}]
    elif shortcut == "padded":
        skip = {"layer": "skip", "type": "max pool pad", "kernel": "1x1", "stride": "{stride}"}
        rows += [skip | {"channel_padding": f"0,{{{last} - in.maps}}", "from": "in", "when": changed}]
    if shortcut != "none":
        rows.append({"layer": "out", "type": "add", "activation": "relu", "from": f"{end}, skip"})
    groups = ", groups=1" if grouped >= 0 else ""
    name = f"{_stack_name(kernels, shortcut)}{'-se' if squeezed else ''}"
    more = ", squeezed" if squeezed else ""
    return draft.block(f"{name}({', '.join(letters)}{more}, stride=1{groups})", rows)


def half(kernel: str) -> str:
    """On all sides alike, as the frameworks do whose networks are printed as stacks."""
    sides = [str((int(side) - 1) // 2) for side in kernel.split("x")]
    return sides[0] if len(set(sides)) == 1 else "x".join(sides)


def _stack_name(kernels: Sequence[str], shortcut: str) -> str:
    if shortcut == "none":
        return f"plain-{'-'.join(kernels)}"
    known = {("1x1", "3x3", "1x1"): "bottleneck", ("3x3", "3x3"): "basic"}
    return known.get(tuple(kernels), f"residual-{'-'.join(kernels)}")


def dense_layer(draft: Draft, kernels: Sequence[str]) -> str:
    """BN-ReLU-conv, once or behind a 1x1 convolution of 4k maps; its output joins its input (Huang et al. 2016)."""
    rows = []
    for index, kernel in enumerate(kernels):
        maps = "{growth}" if index == len(kernels) - 1 else "{4*growth}"
        cells = {"layer": kernel, "type": "bn relu conv", "maps": maps, "kernel": kernel, "bias": "no"}
        rows.append(cells | ({"from": "in"} if index == 0 else {}) | ({"padding": "same"} if kernel != "1x1" else {}))
    rows.append({"layer": "out", "type": "concat", "from": f"in, {kernels[-1]}"})
    return draft.block("dense(growth)", rows)


def thinned(draft: Draft, *, halves: bool = True) -> str:
    """The 1x1 convolution between dense blocks: half as many maps, or as many."""
    maps = "{in.maps//2}" if halves else "{in.maps}"
    cells = {"layer": "1x1", "type": "bn relu conv", "maps": maps, "kernel": "1x1", "bias": "no"}
    return draft.block("transition()", [cells])


def convnext(draft: Draft, kernel: str) -> str:
    """Depthwise window, layer norm, 1x1 with GELU, 1x1, a factor per map; added to the input (Liu et al. 2022)."""
    return draft.block(
        "convnext(maps, wide)",
        [
            {"layer": "window", "type": "depthwise conv layer norm", "kernel": kernel, "padding": "same", "from": "in"},
            {"layer": "wide", "type": "conv", "maps": "{wide}", "kernel": "1x1", "activation": "gelu"},
            {"layer": "narrow", "type": "conv layer scale", "maps": "{maps}", "kernel": "1x1"},
            {"layer": "out", "type": "add", "from": "narrow, in"},
        ],
    )


def inverted_residual(
    draft: Draft, *, squeeze: bool, gate: str = "hard sigmoid", squeezed: str = "relu", by_factor: bool = False
) -> str:
    """1x1 expansion, depthwise window, 1x1 projection without activation (Sandler et al. 2018; SE as in MobileNetV3).

    Its arguments are the expanded width and the squeezed one (0 for none), or, `by_factor`, the expansion factor t and
    the ratio se of the squeezed width to the input's maps.
    """
    wide, changed = ("{t*in.maps}", "{t != 1}") if by_factor else ("{wide}", "{wide != in.maps}")
    narrow = "{max(1, floor(se*in.maps))}" if by_factor else "{max(squeezed, 1)}"
    rows = [
        {"layer": "expand", "type": "conv bn", "maps": wide, "kernel": "1x1", "activation": "{act}", "when": changed},
        {"layer": "window", "type": "depthwise conv bn", "kernel": "{kernel}", "stride": "{stride}", "padding": "same",
         "activation": "{act}"},
    ]  # fmt: skip
    if squeeze:
        rows += _squeeze_and_excite(wide, narrow, gate, squeezed, "" if by_factor else "{squeezed != 0}")
    rows += [
        {"layer": "project", "type": "conv bn", "maps": "{maps}", "kernel": "1x1"},
        {"layer": "out", "type": "add", "from": "project, in", "when": _SAME_SHAPE},
    ]
    name = "inverted-residual-se" if squeeze else "inverted-residual"
    widths = ("maps, t" if by_factor else "maps, wide") + ((", se" if by_factor else ", squeezed") if squeeze else "")
    return draft.block(f"{name}({widths}, kernel=3x3, stride=1, act=relu6)", rows)


_SAME_SHAPE = "{stride == 1 and in.maps == maps}"


def _squeeze_and_excite(
    wide: str, narrow: str, gate: str, squeezed: str, when: str, behind: str = "window"
) -> list[Cells]:
    """Hu et al. 2017: the mean of each map, two 1x1 convolutions with biases, a factor per map."""
    return [
        {"layer": "mean", "type": "global avg pool", "from": behind, "when": when},
        {"layer": "squeeze", "type": "conv", "maps": narrow, "kernel": "1x1", "activation": squeezed, "when": when},
        {"layer": "gate", "type": "conv", "maps": wide, "kernel": "1x1", "activation": gate, "when": when},
        {"layer": "excite", "type": "multiply", "from": f"{behind}, gate", "when": when},
    ]


def fused(draft: Draft) -> str:
    """Fused-MBConv: one 3x3 expansion with the stride, and a 1x1 projection where it expands (Tan & Le 2021)."""
    rows = [
        {"layer": "expand", "type": "conv bn", "maps": "{t*in.maps if t != 1 else maps}", "kernel": "{kernel}",
         "stride": "{stride}", "padding": "same", "activation": "{act}"},
        {"layer": "project", "type": "conv bn", "maps": "{maps}", "kernel": "1x1", "when": "{t != 1}"},
        {"layer": "out", "type": "add", "from": "project, in", "when": _SAME_SHAPE},
    ]  # fmt: skip
    return draft.block("fused(maps, t, kernel=3x3, stride=1, act=silu)", rows)


def fire(draft: Draft) -> str:
    """A 1x1 convolution that squeezes, 1x1 and 3x3 convolutions that expand side by side (Iandola et al. 2016)."""
    rows = [
        {"layer": "squeeze", "type": "conv", "maps": "{s1x1}", "kernel": "1x1", "activation": "relu"},
        {"layer": "e1x1", "type": "conv", "maps": "{e1x1}", "kernel": "1x1", "activation": "relu", "from": "squeeze"},
        {"layer": "e3x3", "type": "conv", "maps": "{e3x3}", "kernel": "3x3", "padding": "same", "activation": "relu",
         "from": "squeeze"},
        {"layer": "out", "type": "concat", "from": "e1x1, e3x3"},
    ]  # fmt: skip
    return draft.block("fire(s1x1, e1x1, e3x3)", rows)


def separable(draft: Draft) -> str:
    """Depthwise window and 1x1 convolution, batch norm behind the pair (Chollet 2016)."""
    rows = [
        {"layer": "window", "type": "depthwise conv", "kernel": "{kernel}", "stride": "{stride}", "padding": "same",
         "bias": "no"},
        {"layer": "point", "type": "conv bn", "maps": "{maps}", "kernel": "1x1"},
    ]  # fmt: skip
    return draft.block("separable(maps, kernel=3x3, stride=1)", rows)


def side_by_side(draft: Draft, name: str, branches: Sequence[Sequence[Cells]], parameters: Sequence[str]) -> str:
    """Branches that all read the input and are joined; each is a chain of rows, an empty one passes its input on."""
    rows: list[Cells] = []
    ends = []
    for branch in branches:
        for index, cells in enumerate(branch):
            rows.append(cells | ({"from": "in"} if index == 0 else {}))
        ends.append(branch[-1]["layer"] if branch else "in")
    rows.append({"layer": "concat", "type": "concat", "from": ", ".join(ends)})
    return draft.block(f"{name}({', '.join(parameters)})", rows)


def added(draft: Draft, kernels: Sequence[str], conv: str, activation: str) -> str:
    """Convolutions whose input is added to their output as it is (Redmon & Farhadi 2018)."""
    letters = LETTERS[: len(kernels)]
    slope = {"slope": "0.1"} if activation == "leaky relu" else {}
    rows: list[Cells] = [
        {"layer": letter, "type": conv, "maps": f"{{{letter}}}", "kernel": kernel, "activation": activation}
        | ({"padding": half(kernel)} if kernel != "1x1" else {})
        | ({"from": "in"} if letter == "a" else {})
        | slope
        for letter, kernel in zip(letters, kernels, strict=True)
    ]
    rows.append({"layer": "out", "type": "add", "from": f"{letters[-1]}, in"})
    return draft.block(f"residual({', '.join(letters)})", rows)


def shuffle_unit(draft: Draft, *, down: bool) -> str:
    """ShuffleNet v2 (Ma et al. 2018, figure 3): half of the maps pass by, or both branches halve the size."""
    half = "{maps//2}"
    point = {"type": "conv bn", "maps": half, "kernel": "1x1", "activation": "relu"}
    window = {"type": "depthwise conv bn", "kernel": "3x3", "padding": "1"}
    shuffled = [{"layer": "shuffle", "type": "concat channel shuffle", "groups": "2"}]
    if down:
        rows = [
            window | {"layer": "left window", "stride": "2", "from": "in"},
            {**point, "layer": "left point"},
            point | {"layer": "first", "from": "in"},
            window | {"layer": "window", "stride": "2"},
            point | {"layer": "second"},
            {**shuffled[0], "from": "left point, second"},
        ]
        return draft.block("shuffle-down(maps, stride=2)", rows)
    rows = [
        {"layer": "left", "type": "split", "part": "1/2", "from": "in"},
        {"layer": "right", "type": "split", "part": "2/2", "from": "in"},
        point | {"layer": "first"},
        {**window, "layer": "window"},
        point | {"layer": "second"},
        {**shuffled[0], "from": "left, second"},
    ]
    return draft.block("shuffle(maps)", rows)


def group_shuffle_unit(draft: Draft, *, down: bool) -> str:
    """ShuffleNet v1 (Zhang et al. 2017, figure 2): grouped 1x1, shuffle, depthwise 3x3, grouped 1x1."""
    narrow = "{maps//4}"
    window = {"layer": "window", "type": "depthwise conv bn", "kernel": "3x3", "padding": "1"}
    first = {"layer": "first", "type": "conv bn", "maps": narrow, "kernel": "1x1", "groups": "{first}"}
    first |= {"activation": "relu", "from": "in"}
    shuffle = {"layer": "shuffle", "type": "channel shuffle", "groups": "{groups}"}
    last = {"layer": "last", "type": "conv bn", "kernel": "1x1", "groups": "{groups}"}
    if down:
        past = {"layer": "past", "type": "avg pool", "kernel": "3x3", "stride": "2", "padding": "1", "from": "in"}
        rows = [
            past,
            first,
            shuffle,
            window | {"stride": "2"},
            last | {"maps": "{maps - in.maps}"},
            {"layer": "out", "type": "concat relu", "from": "past, last"},
        ]
        return draft.block("group-shuffle-down(maps, groups, first, stride=2)", rows)
    rows = [
        first | {"groups": "{groups}"},
        shuffle,
        window,
        last | {"maps": "{maps}"},
        {"layer": "out", "type": "add relu", "from": "last, in"},
    ]
    return draft.block("group-shuffle(maps, groups)", rows)
