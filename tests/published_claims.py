"""What five lectures and one paper's table print, beside the figure that follows: some of it is false on purpose.

Claim ids are stable: W = false or conditional, P = parameters, M = compute and memory, V, G, R = VGG, GoogLeNet and
ResNet, O = output sizes. `ALIASES` names the claims that two ids share; VGG-16's memory and parameter columns (M5, M7)
are `VGG16_LEDGER`. Remarks without a figure to compute (fractional pooling, a missing comma) are left out.
"""

from fractions import Fraction
from typing import Literal, NamedTuple

Shape = tuple[int, ...]
Holds = Literal["exact", "rounded", "convention", "false"]


class Window(NamedTuple):
    """A size of an input's side and what the formula gives: a Fraction where the kernel does not fit."""

    size: int
    kernel: int
    stride: int
    padding: int
    expected: int | Fraction
    note: str
    floor: int | None = None
    ceil: int | None = None


class SmallLayer(NamedTuple):
    """One convolution of a lecture; `size` is (height, width) of its input, `macs` its multiplications."""

    id: str
    lecture: str
    channels: int
    size: Shape | None
    maps: int
    kernel: int
    stride: int
    padding: int
    output: Shape | None
    params: int | None
    macs: int | None


class LedgerRow(NamedTuple):
    """A row of the VGG-16 ledger: the values it keeps, and its weights without biases."""

    layer: str
    output: Shape
    printed_values: str
    values: int
    weights: int


class ModuleRow(NamedTuple):
    """A row of GoogLeNet's Table 1: `weights` leave out biases, `ops` is to 0.1M; K = 1024 and M = 10^6."""

    layer: str
    weights: int
    printed_params: str
    params_hold: bool
    ops: str
    printed_ops: str
    ops_hold: bool
    note: str


class Claim(NamedTuple):
    """`printed` is the lecture's spelling, `truth` the recomputed figure; a metric may end in @ and its layer.

    `holds`: "exact"; "rounded" to the digits printed; "convention" when only one reading gives it; or "false".
    """

    id: str
    lecture: str
    text: str
    network: str
    metric: str
    printed: str
    truth: int | Fraction
    holds: Holds
    why: str


AALTO = "Abdurakhmanova 2022, Aalto CS-EJ3311"
HUST = "HUST SoICT, lesson 2: Convolutional Neural Networks"
CSC = "CSC 578 slides, 6-2: Convolutional Neural Networks (2)"
VARLI = "Varlı, Computer Vision slides"
TECHNION = "Hoffer, Ailon & El-Yaniv, Technion, Introduction to Deep Learning, lecture 3"
SLIDES = "HUST, CSC 578 and Varlı"

WINDOWS: tuple[Window, ...] = (
    Window(3, 3, 1, 1, 3, "O2 Aalto"),
    Window(3, 3, 2, 1, 2, "O3 Aalto"),
    Window(3, 2, 1, 0, 2, "O4 Aalto: (3,3) -> (2,2)"),
    Window(3, 1, 1, 0, 3, "O5 Aalto: size of the padded input, which a 1x1 kernel keeps"),
    Window(3, 1, 1, 1, 5, "O5 Aalto: size of the padded input, which a 1x1 kernel keeps"),
    Window(3, 1, 1, 2, 7, "O5 Aalto: size of the padded input, which a 1x1 kernel keeps"),
    Window(7, 3, 1, 0, 5, f"O8 {SLIDES}"),
    Window(7, 3, 2, 0, 3, f"O9 {SLIDES}"),
    Window(7, 3, 3, 0, Fraction(7, 3), f"O10 {SLIDES}: 2.33 does not fit; ceil overhangs", 2, 3),
    Window(7, 3, 1, 1, 7, f"O11 {SLIDES}"),
    Window(7, 1, 1, 1, 9, "O11 Varlı: size of the padded input, which a 1x1 kernel keeps"),
    Window(7, 3, 1, 1, 7, "O12 CSC 578 and Varlı: P = (F-1)/2 keeps the size, F = 3"),
    Window(32, 5, 1, 2, 32, "O12 and O14 CSC 578 and Varlı: P = (F-1)/2 keeps the size, F = 5"),
    Window(32, 5, 1, 0, 28, "O15 CSC 578 and Varlı, O16 CSC 578"),
    Window(28, 5, 1, 0, 24, "O16 CSC 578: 32x32 shrinks under repeated 5x5"),
    Window(24, 5, 1, 0, 20, "O16 CSC 578: 32x32 shrinks under repeated 5x5"),
    Window(20, 5, 1, 0, 16, "O16 CSC 578: 32x32 shrinks under repeated 5x5"),
    Window(16, 5, 1, 0, 12, "O16 CSC 578: 32x32 shrinks under repeated 5x5"),
    Window(12, 5, 1, 0, 8, "O16 CSC 578: 32x32 shrinks under repeated 5x5"),
    Window(8, 5, 1, 0, 4, "O16 CSC 578: the seventh and last that fits"),
    Window(6, 3, 1, 0, 4, "O17 Varlı: two filters give 2x4x4"),
    Window(6, 3, 2, 0, Fraction(5, 2), "O18 and W6 Varlı: shown as 2 without saying that it does not fit", 2, 3),
    Window(227, 11, 4, 0, 55, "O19 CSC 578 and Varlı: AlexNet conv1"),
    Window(224, 11, 4, 0, Fraction(217, 4), "W9: AlexNet conv1 does not fit the 224 of its text", 54, 55),
    Window(224, 11, 4, 2, Fraction(221, 4), "W9: with pad 2 the floor is the 55 of the paper", 55, 56),
    Window(55, 3, 2, 0, 27, "O20 CSC 578: AlexNet pool1"),
    Window(27, 3, 2, 0, 13, "Aalto: AlexNet S4"),
    Window(13, 3, 2, 0, 6, "Aalto: AlexNet S8"),
    Window(4, 2, 2, 0, 2, "O23 Aalto, HUST and Varlı: 2x2 max pooling"),
    Window(150, 5, 1, 2, 150, "M1 Aalto: 150x100 keeps its size with pad 2"),
    Window(100, 5, 1, 2, 100, "M1 Aalto: 150x100 keeps its size with pad 2"),
    Window(150, 5, 1, 0, 146, "M1 Aalto: valid would give 146x96"),
    Window(100, 5, 1, 0, 96, "M1 Aalto: valid would give 146x96"),
    Window(
        224, 7, 2, 1, Fraction(221, 2), "ZFNet conv1 (Zeiler & Fergus 2013): the figure's 110 is the floor", 110, 111
    ),
    Window(110, 3, 2, 0, Fraction(109, 2), "ZFNet pool1 (Zeiler & Fergus 2013): the figure's 55 is the ceil", 54, 55),
    Window(26, 3, 2, 0, Fraction(25, 2), "ZFNet pool2 (Zeiler & Fergus 2013): the figure's 13 is the ceil", 12, 13),
    Window(112, 3, 2, 0, Fraction(111, 2), "GoogLeNet pool1 (Szegedy et al. 2014): 56 is the ceil", 55, 56),
)

SMALL_LAYERS: tuple[SmallLayer, ...] = (
    SmallLayer("P1", AALTO, 3, None, 2, 2, 1, 0, None, 26, None),
    SmallLayer("P2", f"{CSC}; {VARLI}", 3, (32, 32), 10, 5, 1, 2, (10, 32, 32), 760, None),
    SmallLayer("P4", f"{TECHNION}: M*N*K*K + M, here on P2's figures", 3, None, 10, 5, 1, 0, None, 760, None),
    SmallLayer("P5", f"{CSC}; {VARLI}", 3, (227, 227), 96, 11, 4, 0, (96, 55, 55), 34_944, 105_415_200),
    SmallLayer("O14", f"{CSC}; {VARLI}", 3, (32, 32), 10, 5, 1, 2, (10, 32, 32), 760, None),
    SmallLayer("O15", f"{CSC}; {VARLI}", 3, (32, 32), 6, 5, 1, 0, (6, 28, 28), None, None),
    SmallLayer("O17", VARLI, 1, (6, 6), 2, 3, 1, 0, (2, 4, 4), None, None),
    SmallLayer("M1", AALTO, 3, (150, 100), 200, 5, 1, 2, (200, 150, 100), 15_200, 225_000_000),
    SmallLayer(
        "M1-valid", f"{AALTO}: had it no padding", 3, (150, 100), 200, 5, 1, 0, (200, 146, 96), 15_200, 210_240_000
    ),
)

VGG16_LEDGER: tuple[LedgerRow, ...] = (
    LedgerRow("input", (3, 224, 224), "150K", 150_528, 0),
    LedgerRow("conv1_1", (64, 224, 224), "3.2M", 3_211_264, 1_728),
    LedgerRow("conv1_2", (64, 224, 224), "3.2M", 3_211_264, 36_864),
    LedgerRow("pool1", (64, 112, 112), "800K", 802_816, 0),
    LedgerRow("conv2_1", (128, 112, 112), "1.6M", 1_605_632, 73_728),
    LedgerRow("conv2_2", (128, 112, 112), "1.6M", 1_605_632, 147_456),
    LedgerRow("pool2", (128, 56, 56), "400K", 401_408, 0),
    LedgerRow("conv3_1", (256, 56, 56), "800K", 802_816, 294_912),
    LedgerRow("conv3_2", (256, 56, 56), "800K", 802_816, 589_824),
    LedgerRow("conv3_3", (256, 56, 56), "800K", 802_816, 589_824),
    LedgerRow("pool3", (256, 28, 28), "200K", 200_704, 0),
    LedgerRow("conv4_1", (512, 28, 28), "400K", 401_408, 1_179_648),
    LedgerRow("conv4_2", (512, 28, 28), "400K", 401_408, 2_359_296),
    LedgerRow("conv4_3", (512, 28, 28), "400K", 401_408, 2_359_296),
    LedgerRow("pool4", (512, 14, 14), "100K", 100_352, 0),
    LedgerRow("conv5_1", (512, 14, 14), "100K", 100_352, 2_359_296),
    LedgerRow("conv5_2", (512, 14, 14), "100K", 100_352, 2_359_296),
    LedgerRow("conv5_3", (512, 14, 14), "100K", 100_352, 2_359_296),
    LedgerRow("pool5", (512, 7, 7), "25K", 25_088, 0),
    LedgerRow("fc6", (4096,), "4096", 4_096, 102_760_448),
    LedgerRow("fc7", (4096,), "4096", 4_096, 16_777_216),
    LedgerRow("fc8", (1000,), "1000", 1_000, 4_096_000),
)
"""HUST and Varlı print it without biases: values add up to 15,237,608, weights to 138,344,128."""

GOOGLENET_TABLE: tuple[ModuleRow, ...] = (
    ModuleRow(
        "conv1", 9_408, "2.7K", False, "118.0M", "34M", False, "2,688 = 14*3*64, a 7x1 and 1x7 count, gives both"
    ),
    ModuleRow("conv2", 114_688, "112K", True, "359.7M", "360M", True, "with the 1x1 of 64 before it"),
    ModuleRow("3a", 163_328, "159K", True, "128.0M", "128M", True, "159.5, cut"),
    ModuleRow("3b", 388_096, "380K", True, "304.3M", "304M", True, "380 needs the biases"),
    ModuleRow("4a", 375_552, "364K", False, "73.6M", "73M", True, "366.8K; ops are cut"),
    ModuleRow("4b", 448_512, "437K", True, "87.9M", "88M", True, "438.0, within 1K"),
    ModuleRow("4c", 509_440, "463K", False, "99.9M", "100M", True, "497.5K"),
    ModuleRow("4d", 604_672, "580K", False, "118.5M", "119M", True, "590.5K"),
    ModuleRow("4e", 867_328, "840K", False, "170.0M", "170M", True, "847.0K"),
    ModuleRow("5a", 1_042_432, "1072K", False, "51.1M", "54M", False, "1018.0K; the two printed figures agree"),
    ModuleRow("5b", 1_442_816, "1388K", False, "70.7M", "71M", True, "1409.0K"),
    ModuleRow("linear", 1_024_000, "1000K", True, "1.0M", "1M", True, "1,000 biases left out"),
)
"""Szegedy et al. 2014, Table 1: the printed columns add up to 6,797.7K and 1,502M."""

# fmt: off
# One claim is one paragraph; the formatter would spread each over eleven lines.
CLAIMS: tuple[Claim, ...] = (
    Claim("W1", VARLI, "TOTAL memory: 24M * 4 bytes ~= 96MB / image", "vgg16", "output_elements with input", "24M",
          15_237_608, "false", "the 22 rows printed above it, input included; 15,087,080 without the input"),
    Claim("M6", VARLI, "TOTAL memory: 24M * 4 bytes ~= 96MB / image", "vgg16", "activation_bytes with input", "96MB",
          60_950_432, "false", "15,237,608 values of 4 bytes are 60.95 MB = 58.13 MiB; 24M * 4 = 96 is itself right"),
    Claim("W2", HUST, "Total: 353M ops", "inception-bottleneck", "macs", "353M", 271_351_808, "false",
          "the six terms printed above it; saves 3.15 times against the naive block, not 2.42"),
    Claim("W3", f"{HUST}; {VARLI}", "3x3 conv, 256 / 3x3 conv, 256 / Pool", "vgg16", "conv3-256 rows", "2", 3, "false",
          "two make 12 convs + 3 FC, no column of the paper: 137,767,464 params, 13,620,576,256 macs"),
    Claim("W4", f"{HUST}; {VARLI}; {TECHNION}", "Only 5 million parameters", "googlenet", "params", "5M", 6_998_552,
          "false", "the paper's table with biases; 6,624,904 as torchvision builds it"),
    Claim("G3", f"{HUST}; {VARLI}", "12 times fewer parameters than AlexNet", "googlenet", "alexnet params / params",
          "12", Fraction(60_965_224, 6_998_552), "false", "8.7 times; 12 only holds for 60M / 5M"),
    Claim("W5", f"{HUST}; {VARLI}", "No fully connected layer", "googlenet", "linear_layers", "No", 1, "false",
          "ends in 1024 -> 1000 with 1,025,000 params"),
    Claim("W5-resnet", TECHNION, "missing fully connected layers at the end", "resnet50", "linear_layers", "missing", 1,
          "false", "ends in 2048 -> 1000 with 2,049,000 params"),
    Claim("W5-fc1000", f"{HUST}; {VARLI}", "No FC layer at the end (only FC 1000)", "resnet50", "linear_layers",
          "only FC 1000", 1, "convention",
          "the exception in brackets is the layer: 2048 -> 1000 with 2,049,000 params"),
    Claim("W6", VARLI, "6 x 6 image, 3 x 3 filter, stride=2: 3 -3", "conv-6x6", "output_size", "3 -3", Fraction(5, 2),
          "convention", "does not fit; two values are the floor, yet the same slides reject 7x7 at stride 3"),
    Claim("W7", f"{AALTO}; {CSC}; {VARLI}", "CONV1 -> POOLING1 -> NORM1", "alexnet", "values normalised in layer 1",
          "CONV1 -> POOLING1 -> NORM1", 290_400, "convention",
          "the paper normalises before it pools; CaffeNet after: 69,984"),
    Claim("W8", f"{AALTO}; {HUST}; {TECHNION}", "60M parameters", "alexnet-slide", "params", "60M", 62_378_344,
          "convention", "the table has no groups; 60,965,224 needs two in C3, C6 and C7"),
    Claim("W9", VARLI, "227x227x3 images (224x224 before padding)", "alexnet", "output_size@conv1", "224x224",
          Fraction(217, 4), "convention", "3 more pixels are not symmetric; 55 needs 227, or 224 with pad 2 and floor"),
    Claim("W10", AALTO, "CONV -> POOLING -> CONV -> POOLING -> FC -> FC", "lenet5", "weight layers after S4",
          "FC -> FC", 3, "false", "C5, F6 and Out follow S4, as the table beside it says"),
    Claim("P1", AALTO, "2 * (2 * 2 * 3 + 1)", "two 2x2x3 kernels", "params", "2 * (2 * 2 * 3 + 1)", 26, "exact",
          "24 weights and 2 biases"),
    Claim("P2", f"{CSC}; {VARLI}", "10 5x5 filters on 32x32x3: 76*10 = 760", "conv-760", "params", "760", 760, "exact",
          "750 weights and 10 biases"),
    Claim("P2-filter", f"{CSC}; {VARLI}", "each filter has 5*5*3 + 1 = 76 params", "conv-760", "params per filter",
          "76", 76, "exact", "75 weights and a bias"),
    Claim("P5", f"{CSC}; {VARLI}", "(11*11*3)*96 = 35K", "alexnet-slide", "weights@C1", "35K", 34_848, "rounded",
          "weights only; 34,944 with 96 biases"),
    Claim("P6", CSC, "POOL1: Parameters: 0!", "alexnet-slide", "params@S2", "0", 0, "exact", "pooling trains nothing"),
    Claim("P7", VARLI, "26 learnable parameters", "mlp-3-4-2", "params", "26", 26, "exact", "20 weights and 6 biases"),
    Claim("P8", AALTO, "100 x 100 image, 100 neurons in hidden layer", "dense-100", "params", "1.000.000", 1_000_100,
          "rounded", "1,000,000 weights and 100 biases of a grey image; the dots group thousands"),
    Claim("P9", f"{HUST}; {VARLI}", "3 * (3^2C^2) vs. 7^2C^2", "three-3x3", "weights / weights of one 7x7",
          "3 * (3^2C^2) vs. 7^2C^2", Fraction(27, 49), "exact", "44.9% fewer; weights only, as many maps in as out"),
    Claim("M1", AALTO, "200 * (150 * 100) * (5 * 5 * 3) = 225 * 10^6", "conv-150", "macs", "225 * 10^6", 225_000_000,
          "exact", "needs pad 2; without padding 146x96 and 210,240,000"),
    Claim("M2", AALTO, "200 * (150 * 100) * 32 = 96 * 10^6 bits", "conv-150", "output bits", "96 * 10^6", 96_000_000,
          "exact", "one image, one layer, forward only"),
    Claim("M2-bytes", AALTO, "96 * 10^6 bits = 12MB", "conv-150", "output_bytes", "12MB", 12_000_000, "exact",
          "MB is 10^6; 11.44 MiB"),
    Claim("M3", HUST, "Total: 854M ops", "inception-naive", "macs", "854M", 854_196_224, "rounded", "ops are macs"),
    Claim("M8", VARLI, "TOTAL params: 138M parameters", "vgg16", "params", "138M", 138_357_544, "rounded",
          "138,344,128 weights and 13,416 biases"),
    Claim("LeNet-5 total", HUST, "60k parameters of LeNet-5", "lenet5", "params", "60k", 60_000, "exact",
          "under the rules of 1998; 60,856 for the slide table, 61,706 were its output linear"),
    Claim("AlexNet total", f"{HUST}; {TECHNION}", "60M parameters", "alexnet", "params", "60M", 60_965_224, "rounded",
          "with two groups"),
    Claim("AlexNet layers", f"{HUST}; {VARLI}; {TECHNION}", "8 trainable layers", "alexnet", "weight_layers", "8", 8,
          "exact", "5 conv and 3 fully connected"),
    Claim("V1", f"{HUST}; {VARLI}; {TECHNION}", "140 million parameters", "vgg16", "params", "140M", 138_357_544,
          "rounded", "143,667,240 for 19 layers"),
    Claim("V2", f"{HUST}; {VARLI}; {TECHNION}", "16 trainable layers", "vgg16", "weight_layers", "16", 16, "exact",
          "13 conv and 3 fully connected"),
    Claim("V2-19", f"{HUST}; {VARLI}", "VGGNet: 16 - 19 layers", "vgg19", "weight_layers", "19", 19, "exact",
          "16 conv and 3 fully connected; columns A and B have 11 and 13"),
    Claim("V3", f"{HUST}; {VARLI}", "three 3x3 conv (stride 1) layers: same effective receptive field as one 7x7",
          "three-3x3", "receptive_field", "7x7", 7, "exact", "1 + 3 * 2"),
    Claim("V4", f"{HUST}; {VARLI}", "Only conv 3x3, stride 1, pad 1", "vgg16", "largest and smallest conv kernel",
          "3x3", 3, "exact", "columns D and E; column C has 1x1 too"),
    Claim("G1", f"{HUST}; {VARLI}", "22 layers", "googlenet", "weight_layers in the longest chain", "22", 22, "exact",
          "3 + 9 * 2 + 1; 27 with pooling"),
    Claim("R1", f"{HUST}; {VARLI}; {TECHNION}", "152 layers", "resnet152", "weight_layers in the longest chain", "152",
          152, "exact", "50 blocks * 3 + 2"),
    Claim("R1-34", HUST, "34, 50, 101, 152", "resnet34", "weight_layers in the longest chain", "34", 34, "exact",
          "16 * 2 + 2"),
    Claim("R1-50", HUST, "34, 50, 101, 152", "resnet50", "weight_layers in the longest chain", "50", 50, "exact",
          "16 * 3 + 2"),
    Claim("R1-101", HUST, "34, 50, 101, 152", "resnet101", "weight_layers in the longest chain", "101", 101, "exact",
          "33 * 3 + 2"),
    Claim("R2-20", AALTO, '20-layer and 56-layer "plain" networks', "plain20-cifar", "weight_layers", "20", 20, "exact",
          "6 * 3 + 2"),
    Claim("R2-56", f"{AALTO}; {HUST}; {VARLI}", '20-layer and 56-layer "plain" networks', "plain56-cifar",
          "weight_layers", "56", 56, "exact", "6 * 9 + 2"),
    Claim("R3", f"{HUST}; {VARLI}", "Every residual block has two 3x3 conv layers", "resnet34", "3x3 convs per block",
          "two", 2, "convention", "basic blocks only; from 50 layers on a block is 1x1, 3x3, 1x1"),
)
# fmt: on

ALIASES: dict[str, str] = {"M4": "W2", "V5": "W3", "G2": "W4", "W14": "P8"}
