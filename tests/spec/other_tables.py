"""Tables of the known dialects as other papers, books and posts print them, with their figures.

Figures of known networks are published (sources in tests/data/others/README.md); those of networks made up for a test are
sums by hand.
"""

from typing import NamedTuple

from tests.spec.by_hand import Figures, conv, dense, total
from tests.spec.reading import DATA

OTHERS = DATA / "others"


class Other(NamedTuple):
    """A table with one network, or several by column; what is odd about it is the file's name."""

    file: str
    networks: dict[str, Figures]


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
]
