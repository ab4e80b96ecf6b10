"""Parameters and MACs of layers, summed by hand: what tables that nobody has published figures for must give."""

Figures = tuple[int, int]
"""Parameters and MACs."""


def conv(
    maps: int, out: int, kernel: int, side: int, groups: int = 1, *, bias: bool = True, bn: bool = False
) -> Figures:
    """A convolution whose output is side x side."""
    weights = maps // groups * out * kernel * kernel
    return weights + out * bias + 2 * out * bn, weights * side * side


def conv_bn(maps: int, out: int, kernel: int, side: int, groups: int = 1) -> Figures:
    return conv(maps, out, kernel, side, groups, bias=False, bn=True)


def dense(units: int, out: int) -> Figures:
    return units * out + out, units * out


def total(*layers: Figures) -> Figures:
    return sum(params for params, _ in layers), sum(macs for _, macs in layers)


def times(count: int, layer: Figures) -> Figures:
    return count * layer[0], count * layer[1]


def basic(maps: int, out: int, side: int, *, shortcut: bool = True) -> Figures:
    """A residual block of two 3x3 convolutions, with a 1x1 convolution beside it where the maps change."""
    beside = [conv_bn(maps, out, 1, side)] if shortcut and maps != out else []
    return total(conv_bn(maps, out, 3, side), conv_bn(out, out, 3, side), *beside)


def inverted(maps: int, factor: int, out: int, side: int, stride: int = 1, kernel: int = 3) -> Figures:
    """An inverted residual block; `side` is its output's."""
    wide = factor * maps
    expansion = [conv_bn(maps, wide, 1, side * stride)] if factor != 1 else []
    return total(*expansion, conv_bn(wide, wide, kernel, side, wide), conv_bn(wide, out, 1, side))


def inception(maps: int, side: int, *widths: int) -> Figures:
    """#1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj."""
    one, reduce3, three, reduce5, five, proj = widths
    pairs = (
        (maps, one, 1),
        (maps, reduce3, 1),
        (reduce3, three, 3),
        (maps, reduce5, 1),
        (reduce5, five, 5),
        (maps, proj, 1),
    )
    return total(*(conv(before, behind, kernel, side) for before, behind, kernel in pairs))


def bottlenecks(*counts: int) -> Figures:
    """A residual network for 224x224 with these many bottlenecks in its stages, the stride in the 3x3 window."""
    layers, maps, side = [conv_bn(3, 64, 7, 112)], 64, 56
    for stage, count in enumerate(counts):
        width = 64 * 2**stage
        for index in range(count):
            before = 2 * side if stage and not index else side
            layers += [
                conv_bn(maps, width, 1, before),
                conv_bn(width, width, 3, side),
                conv_bn(width, 4 * width, 1, side),
            ]
            layers += [conv_bn(maps, 4 * width, 1, side)] if not index else []
            maps = 4 * width
        side //= 2
    return total(*layers, dense(maps, 1000))
