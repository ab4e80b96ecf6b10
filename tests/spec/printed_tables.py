"""Printed tables with the figures that are published for them; sources in tests/data/papers/README.md."""

from typing import NamedTuple

from tests.spec.reading import DATA

PAPERS = DATA / "papers"


class Published(NamedTuple):
    """A network of a printed table: its column ("" where there is one), params and MACs as published or recomputed."""

    file: str
    column: str
    params: int
    macs: int


PUBLISHED = [
    # torchvision vgg11, 13, 16, 19; columns A-LRN and C by hand (paper_tables section 5).
    Published("vgg.md", "A", 132_863_336, 7_609_090_048),
    Published("vgg.md", "A-LRN", 132_863_336, 7_609_090_048),
    Published("vgg.md", "B", 133_047_848, 11_308_466_176),
    Published("vgg.md", "C", 133_638_952, 11_770_888_192),
    Published("vgg.md", "D", 138_357_544, 15_470_264_320),
    Published("vgg.md", "E", 143_667_240, 19_632_062_464),
    # The same with a line per convolution and merged cells in the first column, as the paper has it.
    Published("vgg_as_printed.md", "A-LRN", 132_863_336, 7_609_090_048),
    Published("vgg_as_printed.md", "C", 133_638_952, 11_770_888_192),
    Published("vgg_as_printed.md", "E", 143_667_240, 19_632_062_464),
    # imgclsmob ZFNet.
    Published("zfnet.md", "", 62_357_608, 1_168_032_896),
    # dlcookbook's Caffe model.
    Published("googlenet.md", "", 6_998_552, 1_582_671_872),
    # imgclsmob BN-Inception: convolutions keep their biases.
    Published("bn_inception.md", "", 11_295_240, 2_032_600_064),
    # torchvision resnet18 ... resnet152; MACs with the stride in the first 1x1, as the table's 7.6 and 11.3 have it.
    Published("resnet.md", "18-layer", 11_689_512, 1_814_073_344),
    Published("resnet.md", "34-layer", 21_797_672, 3_663_761_408),
    Published("resnet.md", "50-layer", 25_557_032, 3_857_973_248),
    Published("resnet.md", "101-layer", 44_549_160, 7_570_194_432),
    Published("resnet.md", "152-layer", 60_192_808, 11_282_415_616),
    # He et al. 2015, table 6: 0.27M.
    Published("cifar_resnet.md", "", 269_722, 40_551_040),
    # torchvision densenet121 ... densenet161; 264 by hand.
    Published("densenet.md", "DenseNet-121", 7_978_856, 2_834_161_664),
    Published("densenet.md", "DenseNet-169", 14_149_480, 3_359_843_328),
    Published("densenet.md", "DenseNet-201", 20_013_928, 4_291_365_888),
    Published("densenet.md", "DenseNet-264", 33_337_704, 5_751_653_376),
    Published("densenet.md", "early versions DenseNet-161", 28_681_000, 7_727_907_072),
    # The paper's own total, 1,248,424.
    Published("squeezenet.md", "", 1_248_424, 832_667_936),
    # Keras mobilenet, the paper's 4.2M and 569M.
    Published("mobilenet_v1.md", "", 4_231_976, 568_740_352),
    # torchvision mobilenet_v2, mobilenet_v3_large, mobilenet_v3_small.
    Published("mobilenet_v2.md", "", 3_504_872, 300_774_272),
    Published("mobilenet_v3_large.md", "", 5_483_032, 216_589_760),
    Published("mobilenet_v3_small.md", "", 2_542_856, 56_510_400),
    # torchvision efficientnet_b0.
    Published("efficientnet_b0.md", "", 5_288_548, 385_814_752),
    # torchvision resnet50, resnext50_32x4d, convnext_tiny.
    Published("resnext.md", "ResNet-50", 25_557_032, 4_089_184_256),
    Published("resnext.md", "ResNeXt-50 (32x4d)", 25_028_904, 4_230_479_872),
    Published("convnext.md", "ResNet-50", 25_557_032, 4_089_184_256),
    Published("convnext.md", "ConvNeXt-T", 28_589_128, 4_455_531_264),
    # Redmon 2016: 5.58 billion operations; imgclsmob and timm darknet53, 18.57 billion operations.
    Published("darknet_19.md", "", 20_842_376, 2_790_989_824),
    Published("darknet_53.md", "", 41_609_928, 9_285_115_904),
    # Schroff et al. 2015, tables 1 and 2: 140M and 1.6B, 7.5M and 1.6B; the sums of their exact rows.
    Published("facenet_nn1.md", "", 140_025_664, 1_605_944_064),
    Published("facenet_nn2.md", "", 7_456_304, 1_596_530_688),
    # imgclsmob ShuffleNet x1.0 with 1, 4 and 8 groups.
    Published("shufflenet_v1.md", "g = 1", 1_531_936, 143_078_976),
    Published("shufflenet_v1.md", "g = 4", 1_968_344, 134_339_776),
    Published("shufflenet_v1.md", "g = 8", 2_434_768, 138_365_952),
    Published("shufflenet_v1_two_headers.md", "g = 8", 2_434_768, 138_365_952),
    # torchvision shufflenet_v2_x0_5 ... x2_0.
    Published("shufflenet_v2.md", "0.5×", 1_366_792, 40_476_448),
    Published("shufflenet_v2.md", "1×", 2_278_604, 144_907_992),
    Published("shufflenet_v2.md", "1.5×", 3_503_624, 295_759_392),
    Published("shufflenet_v2.md", "2×", 7_393_996, 583_253_464),
    # torchvision inception_v3 without its auxiliary head; imgclsmob and timm inception_v4.
    Published("inception_v3_released.md", "", 23_834_568, 5_713_216_096),
    Published("inception_v4.txt", "", 42_679_816, 12_253_974_624),
    # Chollet 2016, table 3: 22,855,952.
    Published("xception.md", "", 22_855_952, 8_357_403_496),
    # Ronneberger et al. 2015: 23 convolutions with biases; sums of the rows by hand.
    Published("unet.md", "", 31_030_658, 150_428_424_448),
    # imgclsmob NIN on CIFAR-10; the Caffe model of NIN on ImageNet.
    Published("nin_cifar.txt", "", 966_986, 222_486_528),
    Published("nin.txt", "", 7_595_176, 1_100_188_800),
    # torchvision regnet_y_400mf, y_3_2gf, x_400mf, x_1_6gf, x_32gf.
    Published("regnet.md", "Y_400MF", 4_344_144, 401_842_848),
    Published("regnet.md", "Y_3.2GF", 19_436_338, 3_176_482_752),
    Published("regnet.md", "X_400MF", 5_495_976, 413_812_608),
    Published("regnet.md", "X_1.6GF", 9_190_136, 1_602_849_792),
    Published("regnet.md", "X_32GF", 107_811_560, 31_735_929_792),
    # imgclsmob WRN-16-10 and WRN-40-8 on CIFAR-10, without the sums of their batch norms.
    Published("wide_resnet.md", "WRN-16-10", 17_116_634, 2_412_173_568),
    Published("wide_resnet.md", "WRN-40-8", 35_748_314, 5_172_024_320),
]
FILES = sorted({network.file for network in PUBLISHED})


def printed(file: str) -> str:
    """The table as the paper prints it."""
    return (PAPERS / file).read_text("utf-8")
