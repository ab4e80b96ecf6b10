"""Transposed convolution."""

from fractions import Fraction

import pytest

from cnnscope.ops import Cost, TransposedConv
from cnnscope.shapes import Axis

DCGAN = TransposedConv(maps=512, kernel=(4, 4), stride=(2, 2), padding=(1, 1, 1, 1), bias=False)
FCN = TransposedConv(maps=21, kernel=(4, 4), stride=(2, 2), bias=False)
UNET = TransposedConv(maps=32, kernel=(2, 2), stride=(2, 2))
ODD = TransposedConv(maps=2, kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1), output_padding=(1, 1))
UNEVEN = TransposedConv(maps=1, kernel=(3, 3), stride=(2, 2), padding=(0, 1, 1, 0))

ROWS = [
    pytest.param(DCGAN, [(1, 1024, 4, 4)], (1, 512, 8, 8), 8_388_608, 134_217_728, id="DCGAN's first doubling: (4 - 1) x 2 - 2 + 4 = 8 (Radford et al. 2015)"),
    pytest.param(FCN, [(1, 21, 16, 16)], (1, 21, 34, 34), 7_056, 1_806_336, id="FCN's learned upsampling without padding: 16 -> 34 (Long et al. 2014)"),
    pytest.param(UNET, [(1, 64, 14, 14)], (1, 32, 28, 28), 8_224, 1_605_632, id="U-Net's 2x2 up-convolution (Ronneberger et al. 2015)"),
    pytest.param(ODD, [(1, 4, 7, 7)], (1, 2, 14, 14), 74, 3_528, id="an output padding of 1 gives 14, not 13"),
    pytest.param(UNEVEN, [(1, 1, 5, 5)], (1, 1, 10, 10), 10, 225, id="padding on two sides cuts one row and one column off 11x11"),
    pytest.param(TransposedConv(maps=6, kernel=(3, 3), dilation=(2, 2), groups=2), [(1, 4, 5, 5)], (1, 6, 9, 9), 114, 2_700, id="two groups and holes: 4 + 5 = 9"),
    pytest.param(TransposedConv(maps=2, kernel=(1, 1), stride=(3, 3), output_padding=(2, 0), bias=False), [(1, 1, 3, 3)], (1, 2, 9, 7), 2, 18, id="a kernel smaller than the stride leaves zeros between"),
]  # fmt: skip

COSTS = [
    pytest.param(UNET, [(1, 64, 14, 14)], Cost(macs=1_605_632, multiply_adds=1_605_632, adds=25_088), id="multiply-accumulates per input value, a bias add per output: 32 x 28 x 28"),
    pytest.param(DCGAN, [(1, 1024, 4, 4)], Cost(macs=134_217_728, multiply_adds=134_217_728), id="no bias, no adds"),
]  # fmt: skip

NEEDS_MAPS = "a fully connected, flatten or tokens row leaves no height and width: put this row before it"

ERRORS = [
    pytest.param(UNET, [(1, 196, 64)], "needs maps (channels x height x width), got 196x64", NEEDS_MAPS, id="tokens have no height"),
    pytest.param(TransposedConv(maps=4, kernel=(2, 2), groups=4), [(1, 6, 5, 5)], "6 input channels cannot be split into 4 groups", "groups must divide 6", id="groups that do not divide the input"),
    pytest.param(TransposedConv(maps=5, kernel=(2, 2), groups=2), [(1, 6, 5, 5)], "5 maps cannot be split into 2 groups", "groups must divide 5", id="groups that do not divide the maps"),
    pytest.param(TransposedConv(maps=1, kernel=(3, 3), stride=(3, 2), dilation=(4, 4), output_padding=(2, 2)), [(1, 1, 5, 5)], "an output_padding of 2 with stride 2", "it must be smaller than the stride", id="an output padding that reaches the stride, which ONNX Runtime refuses too"),
    pytest.param(TransposedConv(maps=3, kernel=(2, 2), padding=(1, 1, 1, 1)), [(1, 1, 1, 2)], "the output 3x0x1 is empty", "every axis must be at least 1", id="padding that cuts everything off"),
]  # fmt: skip

WINDOWS = [
    pytest.param(UNET, [(1, 64, 14, 14)], (Axis(1, Fraction(1, 2), Fraction(1, 4)),) * 2, id="2x2 by 2: outputs 0 and 1 see input 0, on average at 0, and lie at -1/4 and 1/4"),
    pytest.param(DCGAN, [(1, 1024, 4, 4)], (Axis(2, Fraction(1, 2), Fraction(3, 4)),) * 2, id="4x4 by 2: output 0 sees inputs -1 and 0, output 1 sees 0 and 1"),
    pytest.param(UNEVEN, [(1, 1, 5, 5)], (Axis(2, Fraction(1, 2), 1), Axis(2, Fraction(1, 2), Fraction(1, 2))), id="only the padding before counts"),
    pytest.param(TransposedConv(maps=1, kernel=(3, 3), padding=(1, 0, 1, 0)), [(1, 1, 5, 5)], (Axis(3, 1, 1), Axis(3, 1, 2)), id="by 1 it is a convolution whose padding is the kernel's rest"),
]  # fmt: skip
