"""What tools and papers published about networks of the zoo, and what their conventions make of ours.

`tests/data/published_figures.csv` holds the rows as they were published, with their sources; `names_of_sources.csv` says
which of our networks a source means (stride placement and variants included), "" for none; other names must be ours. A row is comparable when its network is in
the zoo and nobody called it bad.
"""

import csv
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cnnscope
from cnnscope.reconciliation.record import Reconciliation
from cnnscope.spec.zoo import normal

DATA = Path(__file__).parents[1] / "data"

CELLS: dict[str, dict[str, tuple[str, ...]]] = {
    "torchvision": {"params": ("params",), "macs": ("GFLOPs",)},
    "pycls": {"params": ("params",), "macs": ("FLOPs",), "activations": ("activations",)},
    "imgclsmob": {"params": ("params",), "macs": ("FLOPs/2",)},
    "timm": {"params": ("params",), "macs": ("GMACs",), "activations": ("activations",)},
    "keras": {"params": ("params",)},
    "netscope": {"params": ("params",)},
    "slim": {"params": ("params", "params without batch norm"), "macs": ("MACs",)},
    "convnet-burden": {"macs": ("FLOPs",), "param_mem": ("param bytes",), "feat_mem": ("feature bytes",)},
    "mmcv": {"params": ("params",), "macs": ("FLOPs", "mmengine: FLOPs", "mmengine: FLOPs in training mode")},
    "ptflops-pytorch": {"params": ("params",), "macs": ("MACs",)},
    "thop-readme": {"params": ("params",), "macs": ("MACs",)},
    "darknet": {"macs": ("operations",), "weights": ("weights file bytes",)},
    "paper": {
        "params": (
            "params",
            "params without biases",
            "params without batch norm",
            "params without biases and batch norm",
        ),
        "macs": ("FLOPs that are multiply-accumulates", "FLOPs or operations, two per multiply-accumulate"),
    },
}
"""Which figure of a tool a column of its table is; papers choose among their habits, mmpretrain among its counters."""

CUT = ("slim", "paper")
"""Sources that cut digits off as often as they round: 153,941,888 stands as 153M, 3,857,973,248 as 3.8G."""

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "Bn": 10**9, "MB": 2**20, "GB": 2**30}
"""convnet-burden's and darknet's MB are 2^20 bytes."""


class Row(NamedTuple):
    """One published row; `cells` are figures by column, as printed."""

    source: str
    tool: str
    name: str
    input: str
    network: str
    cells: dict[str, str]
    note: str

    @property
    def known_bad(self) -> bool:
        return "KNOWN-BAD" in self.note

    @property
    def title(self) -> str:
        return f"{self.tool}: {self.name} {self.input}".strip()


class Miss(NamedTuple):
    """A cell that does not come out, with the nearest that its source's convention makes of our network."""

    row: Row
    column: str
    printed: str
    computed: int | Fraction | None

    @property
    def off(self) -> float:
        return float(number(self.printed) / self.computed - 1) * 100 if self.computed else 0.0


def number(printed: str) -> Fraction:
    """The value of a printed figure."""
    found = _split(printed)
    return Fraction(found[1]) * UNITS[found[2]]


def agrees(printed: str, computed: int | Fraction, cut: bool = False) -> bool:
    """Whole numbers exactly, those on 000 to thousands; rounded ones to half of their last digit, or to all if `cut`."""
    if printed.startswith("<"):
        return computed < number(printed[1:])
    digits, unit = _split(printed).groups()
    if not unit and not digits.endswith("000"):
        return Fraction(digits) == computed
    if not unit:
        return abs(computed - Fraction(digits)) <= 500
    places = len(digits.partition(".")[2])
    digit, off = Fraction(UNITS[unit], 10**places), abs(computed - number(printed))
    return off < digit if cut else off <= digit / 2


def _split(printed: str) -> re.Match[str]:
    found = re.fullmatch(r"<?([\d.]+) ?(\w*)", printed)
    assert found, printed
    return found


@cache
def rows() -> tuple[Row, ...]:
    """Every published row; `network` is empty where the zoo has none of the name."""
    with (DATA / "names_of_sources.csv").open(encoding="utf-8") as file:
        ours = {(entry["tool"], entry["name"]): entry["network"] for entry in csv.DictReader(file)}
    networks = {normal(name): name for name in cnnscope.networks()}
    with (DATA / "published_figures.csv").open(encoding="utf-8") as file:
        return tuple(_row(entry, ours, networks) for entry in csv.DictReader(file))


def _row(entry: dict[str, str], ours: dict[tuple[str, str], str], networks: dict[str, str]) -> Row:
    network = ours.get((entry["tool"], entry["name"]), networks.get(normal(entry["name"]), ""))
    cells = {column: entry[column] for column in ("params", "macs", "activations") if entry[column]}
    note = entry["note"]
    for column in ("param_mem", "feat_mem"):
        if found := re.search(rf"{column}=([\d.]+ \wB)", note):
            cells[column] = found[1]
    if found := re.search(r"published ops=([\d.]+Bn)", note):
        cells["macs"] = found[1]
    if found := re.search(r"weights=([\d.]+MB)", note):
        cells["weights"] = found[1]
    known = network if normal(network) in networks else ""
    return Row(entry["source"], entry["tool"], entry["name"], entry["input"], known, cells, note)


def comparable() -> list[Row]:
    return [row for row in rows() if row.network and not row.known_bad]


@cache
def reconciled(network: str, shape: str) -> Reconciliation:
    return cnnscope.reconcile(network, input=shape or None)


@cache
def judged() -> tuple[tuple[Row, tuple["Miss", ...]], ...]:
    """Every comparable row with its misses."""
    return tuple((row, tuple(misses(row))) for row in comparable())


def misses(row: Row) -> Iterator[Miss]:
    """The cells of a row that its source's convention does not reproduce."""
    figures = reconciled(row.network, row.input).figures
    found = {f"{figure.tool}: {figure.quantity}": figure.theirs for figure in figures}
    for column, quantities in CELLS[row.tool].items():
        printed = row.cells.get(column)
        if not printed:
            continue
        computed = [found[name if ": " in name else f"{row.tool}: {name}"] for name in quantities]
        if not any(value is not None and agrees(printed, value, row.tool in CUT) for value in computed):
            yield Miss(row, column, printed, computed[0])


REASONS: dict[tuple[str, str], str] = {
    (
        "imgclsmob",
        "RegNetY-32GF",
    ): "1,087 of 32,313,753,913 below what rounds to the printed figure, not explained; only networks with gates are short",
    (
        "imgclsmob",
        "EfficientNet-B4b",
    ): "88 of 4,597,554,912 below what rounds to the printed figure, not explained; only networks with gates are short",
    (
        "imgclsmob",
        "EfficientNet-B7b",
    ): "432 of 38,949,064,568 below what rounds to the printed figure, not explained; only networks with gates are short",
    ("imgclsmob", "ResNeSt(A)-200"): "counted at 256x256, not at the 224x224 of its heading",
    (
        "imgclsmob",
        "NASNet-A 4@1056",
    ): "its windows of stride 2 and shifted paths run over maps padded by one more, which is cut off again",
    (
        "imgclsmob",
        "NASNet-A 6@4032",
    ): "its windows of stride 2 and shifted paths run over maps padded by one more, which is cut off again",
    (
        "imgclsmob",
        "PNASNet-5-Large",
    ): "its windows of stride 2 and shifted paths run over maps padded by one more, which is cut off again",
    ("timm", "resnetv2_152"): "0.05 % below fvcore's count of our PreResNet; params and activations agree",
    (
        "slim",
        "mobilenet_v3-small_224_1.0",
    ): "of the paper's first version: a hidden layer of 1280 and another gate; 56.9M MACs since",
    ("slim", "mobilenet_v3-small_224_0.75"): "params of the paper's first version; the MACs are those of the later one",
    ("convnet-burden", "squeezenet1-0"): "its first convolution is padded, so that all maps are larger",
    ("convnet-burden", "googlenet"): "its params and features include both auxiliary heads",
    ("convnet-burden", "inception-v3"): "0.9 % more than our layers store, not explained",
    (
        "mmcv",
        "convmixer-768-32_3rdparty_in1k",
    ): "its depthwise convolutions are a class without a hook, and GELU counts here alone",
    (
        "mmcv",
        "convmixer-1536-20_3rdparty_in1k",
    ): "its depthwise convolutions are a class without a hook, and GELU counts here alone",
    ("mmcv", "efficientnetv2-b2_3rdparty_in1k"): "the source states no input size; not that of our page",
    ("mmcv", "efficientnetv2-b3_3rdparty_in1k"): "the source states no input size; not that of our page",
    ("mmcv", "efficientnetv2-s_3rdparty_in1k"): "the source states no input size; not that of our page",
    ("mmcv", "efficientnetv2-l_3rdparty_in1k"): "the source states no input size; not that of our page",
    ("paper", "GoogLeNet"): "column sums of table 1, of which conv1, 4a, 4c, 4d, 4e, 5a and 5b are misprinted",
    (
        "paper",
        "Inception V3",
    ): "23,834,568 with batch norm, 23,817,352 with beta alone, 23,800,136 without: none is printed",
    ("paper", "MobileNetV3-Large 1.0"): "the authors' own table of the code says 217M, as we do",
    ("paper", "EfficientNetV2-S (first version: 272/1792)"): "2.3 % above the MACs of the printed table",
    ("paper", "ShuffleNet v2 1x"): "0.8 % above the MACs of the printed table, as all its figures",
    ("darknet", "Extraction"): "the file is 89.5 MiB; its operations agree",
}
"""Why a comparable row does not come out, by tool and name."""
