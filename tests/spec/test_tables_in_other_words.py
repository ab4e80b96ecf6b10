"""Tables of known families as other papers, repositories and slides print them: other rows, columns and layouts."""

import pytest

import cnnscope
from cnnscope.spec.program import Program
from tests.spec.printed_tables import printed
from tests.spec.reading import error, read, report, table


def network(text: str, column: str = "", path: str = "net.md") -> Program:
    program = read(text, path)
    return program.columns[column] if column else program


def stages(header: str, write) -> str:
    """EfficientNet-B0's rows, each written by `write(stage, operator, kernel, resolution, maps, layers)`."""
    rows = (
        ("1", "Conv", 3, 224, 32, 1), ("2", "MBConv1", 3, 112, 16, 1), ("3", "MBConv6", 3, 112, 24, 2),
        ("4", "MBConv6", 5, 56, 40, 2), ("5", "MBConv6", 3, 28, 80, 3), ("6", "MBConv6", 5, 14, 112, 3),
        ("7", "MBConv6", 5, 14, 192, 4), ("8", "MBConv6", 3, 7, 320, 1),
    )  # fmt: skip
    head = ("9", "Conv1x1 & Pooling & FC", 1, 7, 1280, 1)
    return table(header, *(write(*row) for row in (*rows, head)))


def in_columns(stage, operator, kernel, resolution, maps, layers) -> str:
    window = "" if "&" in operator else kernel
    return f"{stage} | {operator} | {window} | {resolution} × {resolution} | {maps} | {layers}"


def in_parentheses(stage, operator, kernel, resolution, maps, layers) -> str:
    window = "" if "&" in operator else f" ({kernel}×{kernel})" if "MB" in operator else f"{kernel}×{kernel}"
    return f"{stage} | {operator}{window} | {resolution}×{resolution} | {maps} | {layers}"


def with_stride(stage, operator, kernel, resolution, maps, layers) -> str:
    name, expansion = (operator[:6], operator[6:]) if operator.startswith("MB") else (operator, "")
    stride = 2 if stage in "13457" else 1
    window = "" if "&" in operator else f"{kernel}x{kernel}"
    return f"{stage} | {name} | {expansion} | {window} | {stride} | {maps} | {layers}"


TWO_TITLES = r"""\begin{tabular}{c|c|c|c|c}
\textbf{Stage} & \textbf{Operator} & \textbf{Resolution} & \textbf{\#Channels} & \textbf{\#Layers} \\
$i$ & $\hat{\mathcal{F}}_i$ & $\hat{H}_i \times \hat{W}_i$ & $\hat{C}_i$ & $\hat{L}_i$ \\ \midrule
1 & Conv3x3 & $32 \times 32$ & 8 & 1 \\
2 & MBConv1, k3x3 & $16 \times 16$ & 16 & 1 \\
3 & Conv1x1 \& Pooling \& FC & $16 \times 16$ & 32 & 1 \\ \bottomrule
\end{tabular}
"""
GHOST = table(
    "Input | Operator | #exp | #out | SE | Stride",
    "32² × 3 | Conv2d 3×3 | - | 16 | - | 2",
    "16² × 16 | G-bneck, 5×5 | 48 | 24 | 1 | 2",
    "8² × 24 | AvgPool 8×8 | - | - | - | -",
    "1² × 24 | FC | - | 10 | - | -",
)
BNECK = table(
    "Input | Operator | Kernel | exp size | #out | SE | NL | s",
    "32²×3 | conv2d | 3x3 | - | 16 | - | HS | 2",
    "16²×16 | bneck | 5 | 64 | 24 | 0.25 | HS | 2",
    "8²×24 | pool | 8x8 | - | - | - | - | 1",
    "1²×24 | conv2d, NBN | 1x1 | - | 10 | - | - | 1",
)
# 432 + 32; 16x64 + 128, 25x64 + 128, 64x16 + 16 and 16x64 + 64, 64x24 + 48; 250.
BNECK_PARAMS = 464 + 1_152 + 1_728 + 1_040 + 1_088 + 1_584 + 250
# 464; 16x24 + 48 and 9x24 + 48; 25x48 + 96; 48x12 + 12, 12x48 + 48; 48x12 + 24 and 9x12 + 24; 25x16 + 32, 16x24 + 48; 250.
GHOST_PARAMS = 464 + 432 + 264 + 1_296 + 588 + 624 + 600 + 132 + 432 + 432 + 250
IN_OUT = table(
    "Layer | Input | Output | Kernel | Stride",
    "conv1 | 28x28x1 | 24x24x6 | 5x5 | 1",
    "pool1 | 24x24x6 | 12x12x6 | 2x2 | 2",
    "conv2 | 12x12x6 | 8x8x16 | 5x5 | 1",
    "pool2 | 8x8x16 | 4x4x16 | 2x2 | 2",
    "fc1 | 4x4x16 | 120 | - | -",
    "fc2 | 120 | 10 | - | -",
)
SHUFFLE = """<table><tr><th rowspan="2">Layer</th><th rowspan="2">Output size</th><th rowspan="2">KSize</th>
<th rowspan="2">Stride</th><th rowspan="2">Repeat</th><th colspan="2">Output channels</th></tr>
<tr><th>0.5×</th><th>1×</th></tr>
<tr><td>Image</td><td>224×224</td><td></td><td></td><td></td><td>3</td><td>3</td></tr>
<tr><td>Conv1<br>MaxPool</td><td>112×112<br>56×56</td><td>3×3<br>3×3</td><td>2<br>2</td><td>1</td><td>24</td><td>24</td></tr>
<tr><td rowspan="2">Stage2</td><td>28×28</td><td></td><td>2</td><td>1</td><td rowspan="2">48</td><td rowspan="2">116</td></tr>
<tr><td>28×28</td><td></td><td>1</td><td>3</td></tr>
<tr><td rowspan="2">Stage3</td><td>14×14</td><td></td><td>2</td><td>1</td><td rowspan="2">96</td><td rowspan="2">232</td></tr>
<tr><td>14×14</td><td></td><td>1</td><td>7</td></tr>
<tr><td rowspan="2">Stage4</td><td>7×7</td><td></td><td>2</td><td>1</td><td rowspan="2">192</td><td rowspan="2">464</td></tr>
<tr><td>7×7</td><td></td><td>1</td><td>3</td></tr>
<tr><td>Conv5</td><td>7×7</td><td>1×1</td><td>1</td><td>1</td><td>1024</td><td>1024</td></tr>
<tr><td>GlobalPool</td><td>1×1</td><td>7×7</td><td></td><td></td><td></td><td></td></tr>
<tr><td>FC</td><td></td><td></td><td></td><td></td><td>1000</td><td>1000</td></tr></table>"""
RULES = table(
    "model | d_i | w_i | g | b | flops (B) | params (M)",
    "X-800MF | 1, 3, 7, 5 | 64, 128, 288, 672 | 16 | 1 | 0.8 | 7.3",
)
DENSE = table("Model | Depth | Growth rate | Params", "DenseNet | 40 | 12 | 1.0M", "DenseNet | 100 | 12 | 0.8M")
REPVGG = table("Name | Layers of each stage | a | b", "A0 | 1, 2, 4, 14, 1 | 0.75 | 2.5")


def separate_strides() -> str:
    """Darknet-19 with its strides in a column."""
    text = (
        printed("darknet_19.md")
        .replace("| Size/Stride |", "| Size | Stride |")
        .replace("|---|---|---|---|", "|---|---|---|---|---|")
    )
    lines = []
    for line in text.splitlines():
        cells = line.strip("|").split("|")
        if line.startswith("|") and len(cells) == 4 and "Type" not in line:
            size, _, stride = cells[2].partition("/")
            cells[2:3] = [size, stride or " "]
        lines.append("|" + "|".join(cells) + "|" if line.startswith("|") else line)
    return "\n".join(lines) + "\n"


OTHERS = [
    pytest.param(
        stages("Stage | Operator | Kernel | Resolution | Channels | Layers", in_columns), "", 5_288_548, 385_814_752,
        id="MBConv stages with a column of windows: torchvision's efficientnet_b0",
    ),
    pytest.param(
        stages("Stage | Operator | Expansion | Kernel size | Stride | Channels | Layers", with_stride),
        "", 5_288_548, 385_814_752, id="MBConv stages with columns of expansions and strides",
    ),
    pytest.param(
        stages("Stage | Operator | Resolution | #Channels | #Layers", in_parentheses), "", 5_288_548, 385_814_752,
        id="windows in parentheses, with signs of multiplication",
    ),
    pytest.param(
        table(
            " | Type | Filters | Size | Output",
            " | Convolutional | 32 | 3×3 | 64×64",
            " | Convolutional | 64 | 3×3/2 | 32×32",
            " | 2× Convolutional | 32 | 1×1 | ",
            " | Convolutional | 64 | 3×3 | ",
            " | Residual | | | 32×32",
            " | Avgpool | | Global | ",
            " | Connected | | 10 | ",
        ),
        "", (864 + 64) + (18_432 + 128) + 2 * (2_048 + 64 + 18_432 + 128) + 650,
        4_096 * 864 + 1_024 * (18_432 + 2 * (2_048 + 18_432)) + 640,
        id="a brace's number in front of its first row",
    ),
    # 27x8 + 16; 9x8 + 16, 8x2 + 2, 2x8 + 8, 8x16 + 32; 16x32 + 64; 33,000.
    pytest.param(
        TWO_TITLES, "", 232 + 88 + 18 + 24 + 160 + 576 + 33_000,
        256 * (216 + 72 + 128 + 512) + 32 + 32_000, id="titles of words above titles of symbols",
    ),
    pytest.param(
        BNECK, "", BNECK_PARAMS, 256 * (432 + 1_024) + 64 * (1_600 + 1_536) + 2_048 + 240,
        id="a column of windows, and a share where others tick",
    ),
    pytest.param(
        GHOST, "", GHOST_PARAMS,
        256 * (432 + 384 + 216) + 64 * (1_200 + 576 + 108 + 400 + 384) + 1_152 + 240, id="ghost bottlenecks",
    ),
    pytest.param(separate_strides(), "", 20_842_376, 2_790_989_824, id="Darknet-19 with a column of strides"),
    # 25x6 + 6, 150x16 + 16, 256x120 + 120, 1,210.
    pytest.param(
        IN_OUT, "", 156 + 2_416 + 30_840 + 1_210, 576 * 150 + 64 * 2_400 + 30_720 + 1_200,
        id="both sizes, with a column of strides",
    ),
    pytest.param(SHUFFLE, "1×", 2_278_604, 144_907_992, id="two rows on two lines of one: torchvision's shufflenet_v2"),
    pytest.param(RULES, "", 7_259_656, 799_699_712, id="RegNet's depths and widths: torchvision's regnet_x_800mf"),
    # Huang et al. 2016, table 2: 1.0M and 0.8M.
    pytest.param(DENSE, "DenseNet", 1_019_722, 264_812_928, id="DenseNet of depth 40, growth 12"),
    pytest.param(DENSE, "DenseNet 2", 769_162, 287_929_692, id="printed params tell DenseNet-BC from DenseNet"),
    # Ding et al. 2021, table 4: 8.30M and 1.4B.
    pytest.param(REPVGG, "", 8_309_384, 1_361_451_008, id="RepVGG's depths and factors"),
]  # fmt: skip


@pytest.mark.parametrize("text, column, params, macs", OTHERS)
def test_a_table_in_other_words_is_read(text, column, params, macs):
    path = "net.html" if text.startswith("<") else "net.tex" if text.startswith("\\") else "net.md"
    result = cnnscope.Network(network(text, column, path)).analyze()
    assert (result.params, result.macs) == (params, macs)


def test_a_column_k_is_growth_where_the_printed_params_say_so():
    text = table("Model | Depth | k | Params", "one | 40 | 12 | 1.0M", "other | 40 | 4 | 8.9M")
    found = {name: cnnscope.Network(program).analyze() for name, program in read(text).columns.items()}
    # Huang et al. 2016, table 2; Zagoruyko & Komodakis 2016, table 4.
    assert {name: result.params for name, result in found.items()} == {"one": 1_019_722, "other": 8_949_210}


def test_a_row_that_does_not_begin_where_the_row_above_ends_is_said():
    text = IN_OUT.replace("conv2 | 12x12x6", "conv2 | 14x14x6")
    wrong = [each for each in report(text).assumptions if each.ground == "contradiction"]
    found = {each.what: (each.value, each.why) for each in wrong}
    assert found["size-in"] == ("14x14x6", "the row above gives 12x12x6")


TWO_STAGES = table(
    "Stage | Operator | Stride | Channels | Layers",
    "1 | Conv3x3 | 2 | 8 | 1",
    "2 | MBConv1, k3x3 | 1 | 16 | 1",
    "3 | Conv1x1 & Pooling & FC | - | 32 | 1",
)


@pytest.mark.parametrize(
    "text, message",
    [
        pytest.param(
            BNECK.replace("0.25", "perhaps"),
            "net.md:4: bneck: `perhaps` is neither a tick nor a share\n  write y, - or 0.25",
            id="a gate that is no tick",
        ),
        pytest.param(
            GHOST.replace("| 48 |", "| 47 |"),
            "net.md:4: G-bneck, 5×5: a ghost module of an odd width\n  half of its maps are made from the other half",
            id="half of an odd width",
        ),
        pytest.param(
            RULES.replace("| 16 | 1 |", "| 16 | 0.25 |"),
            "net.md:3: X-800MF: a bottleneck or a group that is not read\n  the ratio b is 1, the group width 1 or more",
            id="a bottleneck ratio",
        ),
        pytest.param(
            table("Stage | Operator | Stride | Channels | Layers", "1 | MBConv, k3x3 | 2 | 8 | 1"),
            "net.md:3: stage 1: `MBConv, k3x3` has no expansion\n  write MBConv6, or a column Expansion",
            id="an MBConv without its expansion",
        ),
        pytest.param(
            TWO_STAGES.replace("Pooling", "Poling"),
            "net.md:5: stage 3: `poling` is no part of a head\n  known are Conv1x1, Pooling, FC, parted by &",
            id="a head's part that nobody knows",
        ),
        pytest.param(
            TWO_STAGES.replace("MBConv1, k3x3 | 1 |", "MBConv1, k3x3 | |"),
            "net.md:4: stage 2: has no stride\n  a table with a column of strides prints one in each row",
            id="a stage that lost its stride",
        ),
        pytest.param(
            BNECK.replace("| bneck |", "| |"),
            "net.md:4: has no operator\n  write conv2d, bneck, pool",
            id="a row that lost its operator",
        ),
        pytest.param(
            TWO_STAGES.replace("| Channels |", "| |"),
            "net.md:1: no dialect reads a table with the columns Stage, Operator, Stride, , Layers",
            id="a column that lost its title",
        ),
    ],
)
def test_a_cell_that_is_not_understood_is_named(text, message):
    assert error(text).split("\n  nearest")[0] == message


PDF = """Input Operator exp size #out SE NL s
322 × 3 conv2d, 3x3 - 16 - HS 2
16 2 × 16 bneck, 5x5 64 24 X HS 2
8² × 24 pool, 8x8 - - - - 1
12 × 24 conv2d 1x1, NBN - 10 - - 1
"""
STAGES_PDF = """Stage Operator Resolution #Channels #Layers
i F^i H^i × W^i C^i L^i
1 Conv3x3 32 × 32 8 1
2 MBConv1, k3x3 16 × 16 16 1
3 Conv1x1 & Pooling & FC 16 × 16 32 1
"""


@pytest.mark.parametrize(
    "text, params",
    [
        # X is no tick: without the gate's 1,040 and 1,088.
        pytest.param(PDF, BNECK_PARAMS - 1_040 - 1_088, id="superscripts lost or glued, blanks inside cells"),
        pytest.param(STAGES_PDF, 232 + 88 + 18 + 24 + 160 + 576 + 33_000, id="a second line of symbols"),
    ],
)
def test_text_with_single_blanks_is_a_table_where_every_row_fits(text, params):
    assert report(text, "net.txt").params == params


def test_a_row_with_a_cell_too_few_is_no_table():
    assert error(PDF.replace(" 24 X HS", " 24 HS"), "net.txt").startswith("net.txt: no table of layers in this file")
