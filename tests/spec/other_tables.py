"""Tables of the known dialects as other papers, books and posts print them, with their figures.

Figures of known networks are published (sources in tests/data/others/README.md); those of networks made up for a test are
sums by hand.
"""

from typing import NamedTuple

from tests.spec.by_hand import Figures, basic, bottlenecks, conv, conv_bn, dense, inception, inverted, times, total
from tests.spec.reading import DATA

OTHERS = DATA / "others"


class Other(NamedTuple):
    """A table with one network, or several by column; what is odd about it is the file's name."""

    file: str
    networks: dict[str, Figures]


VGG_16 = (138_357_544, 15_470_264_320)
"""torchvision's vgg16, as all other figures of VGG and ResNet here."""
VGG_11 = (132_863_336, 7_609_090_048)
RESNET_18 = (11_689_512, 1_814_073_344)
RESNET_50 = (25_557_032, 4_089_184_256)
RESNETS = {"18-layer": RESNET_18, "50-layer": RESNET_50}
GATES = sum(count * 2 * maps * maps // 16 for count, maps in ((3, 256), (4, 512), (6, 1024), (3, 2048)))
"""Two products of c by c/16 in every block: 3 of 256 maps, 4 of 512, 6 of 1024, 3 of 2048."""
DENSE_40 = sum(
    side * side * (9 * 12 * sum(first + 12 * layer for layer in range(12)) + passed * passed)
    for side, first, passed in ((32, 16, 160), (16, 160, 304), (8, 304, 0))
) + (9 * 3 * 16 * 32 * 32 + 448 * 10)
"""Three blocks of twelve 3x3 convolutions of 12 maps that see all before them, and 1x1 convolutions that keep the maps."""
SMALL = [basic(16, 16, 32), basic(16, 32, 16), basic(32, 64, 8)]
LENET_5 = (61_706, 416_520)
ALEXNET = (62_378_344, 1_135_256_096)

OTHER_TABLES = [
    # One row per layer.
    Other("names_as_types.md", {"": ALEXNET}),
    Other("flattening_as_fc.md", {"": ALEXNET}),
    Other("untitled_type_column.md", {"": LENET_5}),
    Other("maps_at_size.md", {"": LENET_5}),
    Other("lenet5_latex.tex", {"": LENET_5}),
    Other("channels_first.md", {"": (62_357_608, 1_168_032_896)}),
    Other(
        "no_maps_column.md",
        {
            "": total(
                *(conv(1, 96, 11, 54), conv(96, 256, 5, 26), conv(256, 384, 3, 12), conv(384, 384, 3, 12)),
                *(conv(384, 256, 3, 12), dense(6400, 4096), dense(4096, 4096), dense(4096, 10)),
            )
        },
    ),
    Other(
        "softmax_with_units.md",
        {"": total(conv(3, 32, 5, 32), conv(32, 64, 5, 4), (128, 0), dense(1024, 64), dense(64, 10))},
    ),
    Other("filter_size_aligned.txt", {"": total(conv(3, 32, 7, 64), conv(32, 64, 5, 32), dense(64, 5))}),
    Other("stride_three.html", {"": total(conv(1, 32, 7, 8), conv(32, 64, 3, 4), dense(1024, 100), dense(100, 10))}),
    Other("listing.txt", {"": ALEXNET}),
    # One column per network; column C of VGG's table by hand (paper_tables section 5).
    Other(
        "vgg_paper.tex",
        {
            "A": VGG_11,
            "A-LRN": VGG_11,
            "B": (133_047_848, 11_308_466_176),
            "C": (133_638_952, 11_770_888_192),
            "D": VGG_16,
            "E": (143_667_240, 19_632_062_464),
        },
    ),
    Other("other_tokens.md", {"VGG-11": VGG_11, "VGG-16": VGG_16}),
    Other(
        "figures_in_tokens.md",
        {
            "Net A": total(conv(3, 32, 5, 32), conv(32, 64, 3, 16), dense(64, 10)),
            "Net B": total(
                *(conv(3, 16, 3, 64), conv(16, 16, 3, 64), conv(16, 32, 3, 32), times(2, conv(32, 32, 3, 32))),
                dense(32, 10),
            ),
        },
    ),
    Other(
        "layers_and_sizes.md",
        {"": total(conv(3, 64, 3, 224), conv(64, 64, 3, 224), conv(64, 128, 3, 112), dense(56 * 56 * 128, 10))},
    ),
    Other(
        "lone_cells.md",
        {
            "small": total(conv(3, 8, 3, 224), conv(8, 8, 3, 224), dense(8 * 112 * 112, 10)),
            "big": total(conv(3, 16, 3, 224), dense(16 * 112 * 112, 10)),
        },
    ),
    Other(
        "five_networks.md",
        {
            name: total(*stem, conv(maps, 64, kernel, 16), dense(64 * 8 * 8, 128), dense(128, 10))
            for name, stem, maps, kernel in (
                ("Net-1", [conv(3, 16, 3, 32)], 16, 3),
                ("Net-2", [conv(3, 16, 5, 32)], 16, 5),
                ("Net-3", [conv(3, 32, 3, 32), conv(32, 32, 3, 32)], 32, 3),
                ("Net-4", [conv(3, 32, 3, 32), conv(32, 32, 1, 32)], 32, 3),
                ("Net-5", [conv(3, 32, 7, 32)], 32, 3),
            )
        },
    ),
    # Stacks, one column per network.
    Other("lost_separators.md", RESNETS),
    Other("glued_lines.md", RESNETS),
    Other("lost_brackets.md", RESNETS),
    Other("bracket_pieces.md", RESNETS),
    Other("rows_of_figures.md", RESNETS),
    Other("lines_in_rows.md", {"34-layer": (21_797_672, 3_663_761_408), "50-layer": RESNET_50}),
    Other("bmatrix.tex", {"50-layer": RESNET_50, "101-layer": (44_549_160, 7_801_405_440)}),
    Other(
        # timm seresnet50 and seresnext50_32x4d; their gates add 2.5 M multiplications to ResNet's and ResNeXt's.
        "squeeze_and_excitation.md",
        {
            "ResNet-50": RESNET_50,
            "SE-ResNet-50": (28_088_024, 4_089_184_256 + GATES),
            "SE-ResNeXt-50 (32×4d)": (27_559_896, 4_230_479_872 + GATES),
        },
    ),
    Other("cifar_groups.md", {"": (34_426_698, 5_387_266_048)}),
    Other("padding_printed.md", {"": bottlenecks(2, 2, 2, 2)}),
    Other("hundred_way_fc.md", {"": total(conv_bn(3, 16, 3, 32), *SMALL, dense(64, 100))}),
    Other("cifar_dense.md", {"": (769_162, 287_929_692)}),
    Other("beside_attention.md", {"ResNet-50": RESNET_50, "ConvNeXt-T": (28_589_128, 4_455_531_264)}),
    Other(
        "plain_beside_residual.md",
        {
            "plain-18": total(
                conv_bn(3, 64, 7, 112),
                *(conv_bn(64, 64, 3, 56) for _ in range(4)),
                *(
                    total(conv_bn(maps // 2, maps, 3, side), times(3, conv_bn(maps, maps, 3, side)))
                    for maps, side in ((128, 28), (256, 14), (512, 7))
                ),
                dense(512, 1000),
            ),
            "ResNet-18": RESNET_18,
        },
    ),
    Other(
        "wide_windows.md",
        {
            "small": total(
                *(conv_bn(3, 24, 5, 16), basic(24, 24, 16), basic(24, 48, 8), basic(48, 48, 8)),
                dense(48, 100),
            ),
            "large": total(
                *(conv_bn(3, 32, 5, 16), conv_bn(32, 16, 1, 16), conv_bn(16, 16, 5, 16), conv_bn(16, 64, 1, 16)),
                *(conv_bn(32, 64, 1, 16), conv_bn(64, 16, 1, 16), conv_bn(16, 16, 5, 16), conv_bn(16, 64, 1, 16)),
                *(conv_bn(64, 32, 1, 16), conv_bn(32, 32, 5, 8), conv_bn(32, 128, 1, 8), conv_bn(64, 128, 1, 8)),
                times(2, total(conv_bn(128, 32, 1, 8), conv_bn(32, 32, 5, 8), conv_bn(32, 128, 1, 8))),
                dense(128, 100),
            ),
        },
    ),
    # Stages, fire modules, inception branches, filter shapes.
    Other("turned_formula.md", {"": (269_722, 40_551_040)}),
    Other("upright_stages.md", {"": (269_722, 40_551_040)}),
    Other(
        "four_stages.tex",
        {
            "": total(
                conv_bn(3, 24, 3, 64),
                times(2, basic(24, 24, 64)),
                *(
                    total(basic(maps // 2, maps, side, shortcut=False), basic(maps, maps, side))
                    for maps, side in ((48, 32), (96, 16), (192, 8))
                ),
                dense(192, 10),
            )
        },
    ),
    Other("squeezenet11.md", {"": (1_235_496, 349_151_936)}),
    Other(
        "fire_and_units.tex",
        {"": total(conv(3, 48, 3, 32), conv(48, 8, 1, 16), conv(8, 32, 1, 16), conv(8, 32, 3, 16), dense(64, 10))},
    ),
    Other(
        "small_inception.tsv",
        {
            "": total(
                conv(3, 32, 5, 16),
                inception(32, 8, 16, 24, 32, 8, 16, 24),
                inception(88, 8, 32, 32, 48, 8, 24, 16),
                dense(120, 10),
            )
        },
    ),
    Other(
        "inception_with_lrn.md",
        {
            "": total(
                *(conv(3, 64, 7, 112), conv(64, 64, 1, 56), conv(64, 192, 3, 56)),
                inception(192, 28, 64, 96, 128, 16, 32, 32),
                inception(256, 28, 128, 128, 192, 32, 96, 64),
                dense(480, 1000),
            )
        },
    ),
    # MobileNet with 0.75 of its widths, table 6 of its paper: 2.6M, 325M.
    Other("five_times_without_braces.md", {"": (2_585_560, 325_400_448)}),
    Other(
        "multirow_times.tex",
        {
            "": total(
                *(conv_bn(3, 32, 3, 112), conv_bn(32, 32, 3, 112, 32), conv_bn(32, 64, 1, 112)),
                *(conv_bn(64, 64, 3, 56, 64), conv_bn(64, 128, 1, 56)),
                times(5, total(conv_bn(128, 128, 3, 56, 128), conv_bn(128, 128, 1, 56))),
                dense(128, 1000),
            )
        },
    ),
    Other(
        "stride_column.md",
        {"": total(conv_bn(3, 32, 3, 112), conv_bn(32, 32, 3, 112, 32), conv_bn(32, 64, 1, 112), dense(64, 10))},
    ),
    # Expansion factors: torchvision's mobilenet_v2 and mnasnet1_0.
    Other("no_input_column.md", {"": (3_504_872, 300_774_272)}),
    Other("mnasnet.md", {"": (4_383_312, 314_415_872)}),
    Other(
        "window_column.md",
        {
            "": total(
                *(conv_bn(3, 16, 3, 112), inverted(16, 1, 16, 112)),
                *(inverted(16, 6, 24, 56, 2, 5), times(3, inverted(24, 6, 24, 56, 1, 5))),
                *(inverted(24, 6, 32, 28, 2, 7), times(3, inverted(32, 6, 32, 28, 1, 7))),
                *(conv_bn(32, 1504, 1, 28), dense(1504, 1000)),
            )
        },
    ),
    Other(
        "squeezed_blocks.md",
        {
            "": total(
                *(conv_bn(3, 16, 3, 32), inverted(16, 3, 24, 16, 2, 5), conv(48, 4, 1, 1), conv(4, 48, 1, 1)),
                *(inverted(24, 3, 24, 16, 1, 5), conv(72, 6, 1, 1), conv(6, 72, 1, 1)),
                *(inverted(24, 6, 40, 16, 1, 7), dense(40, 10)),
            )
        },
    ),
    Other("norms_behind.md", {"": (272_474, 40_813_184)}),
    Other(
        # Batch norms of the input and of the first convolution in every block, one at the end, none in shortcuts.
        "norms_before.md",
        {
            "": total(
                conv(3, 16, 3, 32, bias=False),
                *(
                    total(
                        *(conv(before, maps, 3, side, bias=False), conv(before, maps, 1, side, bias=False)),
                        times(3, conv(maps, maps, 3, side, bias=False)),
                        (2 * (before + 3 * maps), 0),
                    )
                    for before, maps, side in ((16, 64, 32), (64, 128, 16), (128, 256, 8))
                ),
                (2 * 256, 0),
                dense(256, 10),
            )
        },
    ),
    Other("dense_window_pool.md", {"": (769_162, 287_929_692)}),
    Other("ledger_with_stride.txt", {"": ALEXNET}),
    Other(
        "ledger_without_padding.txt",
        {"": total(conv(1, 20, 5, 24), conv(20, 50, 5, 8), dense(800, 500), dense(500, 10))},
    ),
    Other("dense_without_narrow.md", {"": (1_019_722, DENSE_40)}),
    Other("groups_in_words.md", {"": (25_028_904, 4_230_479_872)}),
    Other("depthwise_in_words.md", {"": (28_589_128, 4_455_531_264)}),
    Other("two_headers.html", {"18-layer": RESNET_18, "34-layer": (21_797_672, 3_663_761_408)}),
    Other("strides_in_stacks.md", {"": RESNET_18}),
    Other(
        "breaks_in_titles.html",
        {"": total(conv(3, 32, 3, 112), inception(32, 112, 16, 8, 24, 4, 8, 16), dense(64, 10))},
    ),
    Other(
        "fire_and_global_pool.md",
        {
            "": total(
                *(conv(3, 64, 3, 32), conv(64, 16, 1, 16), conv(16, 64, 1, 16), conv(16, 64, 3, 16)),
                *(conv(128, 16, 1, 16), conv(16, 64, 1, 16), conv(16, 64, 3, 16), conv(128, 10, 1, 16)),
            )
        },
    ),
    Other(
        "output_sizes.md",
        {"": total(conv_bn(3, 32, 3, 112), conv_bn(32, 32, 3, 112, 32), conv_bn(32, 64, 1, 112), dense(64, 1000))},
    ),
    Other(
        "filters_in_words.md",
        {
            "": total(
                *(conv_bn(3, 32, 3, 112), conv_bn(32, 32, 3, 112, 32), conv_bn(32, 64, 1, 112)),
                *(conv_bn(64, 64, 3, 38, 64), conv_bn(64, 128, 1, 38), dense(128, 1000)),
            )
        },
    ),
    Other(
        "stride_three_same.md",
        {
            "": total(
                *(conv(3, 32, 7, 48), conv(32, 64, 3, 8), conv(64, 64, 3, 8), dense(1024, 64), dense(64, 10)),
            )
        },
    ),
    Other(
        "merged_lines.txt",
        {
            name: total(
                *(conv(3, 64, 3, 224), *stem, conv(64, 128, 3, 112), *further),
                *(dense(128 * 56 * 56, 4096), dense(4096, 1000)),
            )
            for name, stem, further in (
                ("A", [], []),
                ("B", [conv(64, 64, 3, 224)], [conv(128, 128, 3, 112)]),
                ("C", [conv(64, 64, 3, 224)], [conv(128, 128, 1, 112)]),
            )
        },
    ),
]

ASSUMED = [
    # imgclsmob WRN-16-10, PreResNet-18 and PreResNet-50b.
    ("widths_times_k.md", {"k": "10", "n": "2", "order": "pre-activation"}, 17_116_634),
    ("lost_separators.md:18-layer", {"order": "pre-activation"}, 11_687_848),
    ("lost_separators.md:50-layer", {"order": "pre-activation"}, 25_549_480),
    # The first row's convolution given to both networks: 8 x 9 x 3 + 8, 8 x 9 x 8 + 8, 16 x 9 x 8 + 16, 160 x 112 x 112 + 10.
    ("lone_cells.md:big", {"lone cells": "merged"}, 224 + 1_168 + 2_007_050),
    # The printed row of 9216 units with weights: 9216 x 9216 + 9216 more than AlexNet.
    ("flattening_as_fc.md", {"flattening": "weights"}, 62_378_344 + 84_943_872),
]
