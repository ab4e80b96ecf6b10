"""What model.summary() prints: framed, wrapped, cut off, with sources, and as torchsummary prints it."""

import pytest

from tests.spec.reading import error, report

FRAMED = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)               │ (None, 11, 11,         │        18,496 │
│                                 │ 64)                    │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d_1                 │ (None, 5, 5, 64)       │             0 │
│ (MaxPooling2D)                  │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 1600)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │        16,010 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 34,826 (136.04 KB)
 Trainable params: 34,826 (136.04 KB)
 Non-trainable params: 0 (0.00 B)
"""
WRAPPED = """_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 30, 30, 32)        896

 max_pooling2d (MaxPooling2D  (None, 15, 15, 32)       0
 )

 conv2d_1 (Conv2D)           (None, 13, 13, 64)        18496

 max_pooling2d_1 (MaxPooling  (None, 6, 6, 64)         0
 2D)

 conv2d_2 (Conv2D)           (None, 4, 4, 64)          36928

 flatten (Flatten)           (None, 1024)              0

 dense (Dense)               (None, 64)                65600

 dense_1 (Dense)             (None, 10)                650
=================================================================
Total params: 122,570
"""
CUT = """Layer (type)                 Output Shape              Param #
=================================================================
input_1 (InputLayer)         [(None, 64, 64, 3)]       0
separable_conv2d (Separable  (None, 62, 62, 32)        155
batch_normalization_1 (Batch (None, 62, 62, 32)        128
depthwise_conv2d (Depthwise  (None, 31, 31, 32)        320
leaky_re_lu (LeakyReLU)      (None, 31, 31, 32)        0
global_average_pooling2d (G  (None, 32)                0
dense (Dense)                (None, 10)                330
=================================================================
Total params: 933
Trainable params: 869
Non-trainable params: 64
"""
SOURCES = """__________________________________________________________________________________________________
 Layer (type)                   Output Shape         Param #     Connected to
==================================================================================================
 img (InputLayer)               [(None, 32, 32, 3)]  0           []
 conv2d_8 (Conv2D)              (None, 30, 30, 32)   896         ['img[0][0]']
 conv2d_9 (Conv2D)              (None, 28, 28, 64)   18496       ['conv2d_8[0][0]']
 max_pooling2d_2 (MaxPooling2D)  (None, 9, 9, 64)    0           ['conv2d_9[0][0]']
 conv2d_10 (Conv2D)             (None, 9, 9, 64)     36928       ['max_pooling2d_2[0][0]']
 add (Add)                      (None, 9, 9, 64)     0           ['conv2d_10[0][0]',
                                                                  'max_pooling2d_2[0][0]']
 global_average_pooling2d (Glob  (None, 64)          0           ['add[0][0]']
 alAveragePooling2D)
 dense_7 (Dense)                (None, 10)           650         ['global_average_pooling2d[0][0]']
==================================================================================================
Total params: 56,970
"""
TORCH = """----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 64, 55, 55]          23,296
              ReLU-2           [-1, 64, 55, 55]               0
         MaxPool2d-3           [-1, 64, 27, 27]               0
            Conv2d-4          [-1, 192, 27, 27]         307,392
 AdaptiveAvgPool2d-5            [-1, 192, 6, 6]               0
           Dropout-6                 [-1, 6912]               0
            Linear-7                 [-1, 1000]       6,913,000
================================================================
Total params: 7,243,688
Trainable params: 7,243,688
"""
TREE = """\
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
Net                                      [2, 10]                   --
├─Sequential: 1-1                        [2, 8, 15, 15]            --
│    └─Conv2d: 2-1                       [2, 4, 30, 30]            112
│    └─ReLU: 2-2                         [2, 4, 30, 30]            --
│    └─MaxPool2d: 2-3                    [2, 4, 15, 15]            --
│    └─Conv2d: 2-4                       [2, 8, 15, 15]            296
├─Linear: 1-2                            [2, 10]                   18,010
==========================================================================================
Total params: 18,418
Trainable params: 18,418
Non-trainable params: 0
Total mult-adds (M): 0.37
"""
# 4*(27 + 1), 8*(36 + 1), 10*(8*15*15 + 1); 30*30*27*4, 15*15*36*8, 18,000.
TREE_MACS = 97_200 + 64_800 + 18_000
SUMMARIES = [
    pytest.param(TREE, 18_418, TREE_MACS, id="torchinfo draws a tree, whose leaves are the layers"),
    pytest.param(
        TREE.replace("[2, 8, 15, 15]            --", "--                        --"),
        18_418,
        TREE_MACS,
        id="a container without a shape",
    ),
    pytest.param(
        FRAMED, 34_826, 26 * 26 * 288 + 121 * 18_432 + 16_000, id="Keras 3 frames its rows and wraps its cells"
    ),
    pytest.param(
        WRAPPED,
        122_570,
        900 * 864 + 169 * 18_432 + 16 * 36_864 + 65_536 + 640,
        id="Keras 2 wraps the type; no row is the input",
    ),
    # 27 + 3x32 + 32, 64 of 128, 9x32 + 32, 330.
    pytest.param(CUT, 869, 62 * 62 * 123 + 31 * 31 * 288 + 320, id="a type that is cut off is told by its name"),
    pytest.param(SOURCES, 56_970, 900 * 864 + 784 * 18_432 + 81 * 36_864 + 640, id="an addition has its sources"),
    pytest.param(
        "Layer (type)    Output Shape    Param #\nflatten (Flatten)    (None, 784)    0\n"
        "dense (Dense)    (None, 128)    100480\ndense_1 (Dense)    (None, 10)    1290\nTotal params: 101,770\n",
        101_770,
        784 * 128 + 1_280,
        id="a summary that begins with a flatten",
    ),
    pytest.param(
        TORCH,
        7_243_688,
        55 * 55 * 363 * 64 + 729 * 1_600 * 192 + 6_912_000,
        id="torchsummary prints the channels first",
    ),
]


@pytest.mark.parametrize("text, params, macs", SUMMARIES)
def test_a_summary_is_read_however_it_is_printed(text, params, macs):
    result = report(text, "net.txt")
    assert (result.params, result.macs) == (params, macs)
    assert [claim.metric for claim in result.claims if not claim.holds] == []


def test_sources_become_the_rows_that_an_addition_reads():
    result = report(SOURCES, "net.txt")
    (added,) = [layer for layer in result.layers if layer.type == "add"]
    assert added.output_shape == (1, 64, 9, 9)


HEAD = "Layer (type)    Output Shape    Param #\n=======\nin (InputLayer)    (None, 28, 28, 1)    0\n"
REFUSED = [
    pytest.param(
        TREE.replace("Sequential", "BasicBlock"),
        "net.txt: line 5: a BasicBlock does not print how its parts are joined\n"
        "  it may add, or use a part twice: write the network's layers as a table",
        id="a block that may add what it reads",
    ),
    pytest.param(
        HEAD + "flatten (Flatten)    (None, 784)    0\ndense (Dense)    (None, 10)    7851\n",
        "net.txt:5: dense: 7,851 params do not fit\n"
        "  784 inputs to 10 are 7,850 with biases; is a layer without a row?",
        id="params that a layer cannot have",
    ),
    pytest.param(
        HEAD + "a (Conv2D)    (None, 28, 28, 8)    80\nadd (Add)    (None, 28, 28, 8)    0\n",
        "net.txt:5: add: a Add of what the summary does not say\n  print the column Connected to as well",
        id="an addition without sources",
    ),
    pytest.param(
        HEAD + "b (BatchNormalization)    (None, 28, 28, 1)    7\n",
        "net.txt:4: b: 7 params are not those of 1 maps\n  check Param #: Keras prints 4 for each map, 3 without scale",
        id="a batch norm of another width",
    ),
]


REFUSED += [
    pytest.param(
        HEAD + "b (BatchNormalization)    (None, 28, 28, 1)    2\n",
        "net.txt:4: b: 2 params are not those of 1 maps\n  check Param #: Keras prints 4 for each map, 3 without scale",
        id="two params for each map are torch's",
    ),
    pytest.param(
        TORCH.replace("ReLU-2           [-1, 64, 55, 55]               0", "BatchNorm2d-2    [-1, 64, 55, 55]    192"),
        "net.txt:5: BatchNorm2d: 192 params are not those of 64 maps\n  check Param #: torch prints 2 for each map",
        id="three params for each map are not torch's",
    ),
    pytest.param(
        HEAD + "a (Conv2D)    (None, 28, 28, 8)    80\nb (Activation)    (None, 28, 27, 8)    0\n",
        "net.txt:5: b: a Activation that changes shape or has params\n  check its Output Shape and Param #",
        id="an activation that changes its shape",
    ),
]
OTHER = "another size than the computed one"
PLANTED = [
    # FRAMED: 320 + 18,496 + 16,010 = 34,826; CUT: 155 + 128 + 320 + 330 = 933, of them 64 statistics.
    pytest.param(
        FRAMED.replace("Total params: 34,826", "Total params: 34,286"),
        [
            (
                19,
                "",
                "total params",
                "34,286",
                34_826,
                "the printed 34,286 contradicts the column Param #, which adds up to 34,826",
            )
        ],
        id="a total beside its right trainable params",
    ),
    pytest.param(
        FRAMED.replace("Trainable params: 34,826", "Trainable params: 34,286"),
        [
            (
                20,
                "",
                "params",
                "34,286",
                34_826,
                "the page's figure is 1.6 % too small; two digits of 34,826 changed places",
            )
        ],
        id="trainable params beside their right total",
    ),
    pytest.param(
        CUT.replace("Non-trainable params: 64", "Non-trainable params: 32"),
        [
            (
                13,
                "",
                "non-trainable params",
                "32",
                64,
                "the printed 32 contradicts the rows: only the statistics of batch norms are not trained",
            )
        ],
        id="statistics of a batch norm, half of them missing",
    ),
    pytest.param(
        CUT.replace("Total params: 933", "Total params: 869"),
        [
            (
                11,
                "",
                "total params",
                "869",
                933,
                "the printed 869 contradicts the column Param #, which adds up to 933",
            )
        ],
        id="a total that leaves the statistics out",
    ),
    pytest.param(
        SOURCES.replace("(None, 28, 28, 64)   18496", "(None, 28, 29, 64)   18496"),
        [(6, "conv2d_9", "output", "28x29x64", "28x28x64", OTHER)],
        id="a convolution that widens one side",
    ),
    pytest.param(
        FRAMED.replace("(None, 1600)", "(None, 1601)"),
        [(15, "flatten", "output", "1601", "1600", OTHER)],
        id="a flatten with one feature too many",
    ),
    pytest.param(
        TORCH.replace("ReLU-2           [-1, 64, 55, 55]", "ReLU-2           [-1, 64, 54, 55]"),
        [(5, "relu1", "output", "64x54x55", "55x55x64", OTHER)],
        id="an activation of another height",
    ),
    pytest.param(
        FRAMED.replace("(None, 13, 13, 32)     │             0", "(None, 13, 13, 32)     │            32"),
        [
            (7, "max_pooling2d", "params", "32", 0, "the computed figure is zero"),
            (
                19,
                "",
                "total params",
                "34,826",
                34_858,
                "the printed 34,826 contradicts the column Param #, which adds up to 34,858",
            ),
        ],
        id="a pool with params",
    ),
    pytest.param(
        FRAMED.replace("Total params: 34,826", "Total params: 104,480") + " Optimizer params: 69,654 (272.09 KB)\n",
        [],
        id="a total with the optimizer's two values for each param and two of its own",
    ),
    pytest.param(
        FRAMED.replace("Trainable params: 34,826", "Trainable params: 16,010").replace(
            "Non-trainable params: 0", "Non-trainable params: 18,816"
        ),
        [],
        id="convolutions that are frozen",
    ),
]


PLANTED += [
    pytest.param(
        # He et al. 2015 in Keras: 230 - 7 in steps of 2 are 112, 114 - 3 in steps of 2 are 56.
        "Layer (type)    Output Shape    Param #\n=======\nin (InputLayer)    (None, 224, 224, 3)    0\n"
        "p (ZeroPadding2D)    (None, 230, 230, 3)    0\nc (Conv2D)    (None, 112, 112, 64)    9472\n"
        "q (ZeroPadding2D)    (None, 114, 114, 64)    0\nm (MaxPooling2D)    (None, 56, 56, 64)    0\n",
        [],
        id="a pool whose window is larger than its stride",
    ),
    pytest.param(
        HEAD + "z (ZeroPadding2D)    (None, 30, 30, 1)    0\nc (Conv2D)    (None, 14, 14, 8)    80\n"
        "t (Conv2DTranspose)    (None, 28, 28, 4)    292\ng (GlobalAveragePooling2D)    (None, 4)    0\n"
        "r (Reshape)    (None, 1, 1, 4)    0\nd (Conv2D)    (None, 1, 1, 10)    50\nf (Flatten)    (None, 10)    0\n"
        "Total params: 422\nTrainable params: 422\nNon-trainable params: 0\n",
        [],
        id="a padding of its own, a transposed convolution and a global pool that is a vector, all of them right",
    ),
]


@pytest.mark.parametrize("text, false", PLANTED)
def test_every_shape_param_and_total_of_a_summary_is_checked(text, false):
    claims = report(text, "net.txt").claims
    assert [(c.line, c.layer, c.metric, c.claimed, c.computed, c.why) for c in claims if not c.holds] == false


@pytest.mark.parametrize("text, message", REFUSED)
def test_a_summary_that_lacks_something_is_refused(text, message):
    assert error(text, "net.txt") == message
