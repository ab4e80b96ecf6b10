"""Figures that papers and tools published, each with its source; what lectures claim is in `published_claims`.

Counts follow the package's convention: params are trainable, macs leave out biases, norms and pooling.
"recomputed" is a figure that an independent script derived; it equals, or rounds to, what the named source printed.
None stands for a figure that no source gives. Where two sources disagree the row keeps the right one and says so.
"""

from typing import NamedTuple

Shape = tuple[int, ...]


class Network(NamedTuple):
    """Totals of one network; `buffers` are stored but not trained."""

    name: str
    params: int | None
    macs: int | None
    source: str
    buffers: int | None = None


class ReceptiveField(NamedTuple):
    """`layer_role` is the end point as its source calls it, or "last" for what feeds the classifier."""

    network: str
    layer_role: str
    size: int
    stride: int | None
    padding: int | None
    source: str


class Layer(NamedTuple):
    """`output` is (C, H, W), or (units,) of a fully connected layer."""

    network: str
    layer: str
    output: Shape
    params: int | None
    macs: int | None
    source: str


AALTO = "Abdurakhmanova 2022, Aalto CS-EJ3311"
HUST = "HUST SoICT, lesson 2: Convolutional Neural Networks"
VARLI = "Varlı, Computer Vision slides"
TABLE = f"Géron's table in {AALTO}"
LECUN = "LeCun et al. 1998, section II.B"
KRIZHEVSKY = "Krizhevsky et al. 2012"
ZEILER = "Zeiler & Fergus 2013, Figure 3"
VGG = "Simonyan & Zisserman 2014, Tables 1 and 2"
SZEGEDY = "Szegedy et al. 2014, Table 1"
HE = "He et al. 2015, Table 1, recomputed"
OPTION_A = "He et al. 2015, Table 1, recomputed with option A shortcuts"
CIFAR = "He et al. 2015, section 4.2 and Table 6, recomputed with option A shortcuts"
TORCHVISION = "torchvision 0.22.0a0 weights meta (exact params, GMACs to 3 decimals), MACs recomputed"
TORCHVISION_COUNTED = (
    "torchvision 0.28 weights meta (exact params, GMACs to 3 decimals), MACs by torch's flop counter on its model"
)
TIMM_COUNTED = "timm 1.0.31, params and MACs counted on its model (its lists print both to 2 decimals)"
MMPRETRAIN = "mmpretrain @ee7f2e88, metafile.yml (exact params, deploy form)"
IMGCLSMOB_PARAMS = "imgclsmob @c1a844dd, gluon/README.md (exact params)"
IMGCLSMOB = "imgclsmob @c1a844dd (exact params), MACs recomputed"
CAFFE = "dlcookbook's Caffe/netscope blob counts (exact params), MACs recomputed"
RF_TABLE = "google-research/receptive_field @f12ae8e7, RECEPTIVE_FIELD_TABLE.md (TF-Slim)"
RF_ENGINE = "recomputed by an engine that reproduces google-research/receptive_field @f12ae8e7"

NETWORKS: tuple[Network, ...] = (
    Network("lenet5", 60_000, None, f"{LECUN}: 60,000 trainable; the RBF output's 840 are fixed", 840),
    Network("lenet5-slide", 60_856, 416_520, f"{TABLE}, recomputed: full C3, plain pooling, RBF output", 840),
    Network("alexnet", 60_965_224, 724_406_816, f"{KRIZHEVSKY}, two groups, 227 input; {CAFFE}"),
    Network("alexnet-slide", 62_378_344, 1_135_256_096, f"{TABLE}, no groups, 227; darknet alexnet.cfg: 2.27 Bn ops"),
    Network("alexnet-torchvision", 61_100_840, 714_188_480, TORCHVISION),
    Network("zfnet", 62_357_608, 1_168_032_896, f"{ZEILER}; {IMGCLSMOB}"),
    Network("nin", 7_595_176, 1_100_188_800, "Lin et al. 2013, the authors' ImageNet prototxt at 224, recomputed"),
    Network("squeezenet", 1_248_424, 832_667_936, "Iandola et al. 2016, table 1, whose sizes need a 227 input"),
    Network("squeezenet1_0", 1_248_424, 818_924_576, "torchvision 0.22: 1,248,424 and 0.819 GMACs; ceil pools at 224"),
    Network("squeezenet1_1", 1_235_496, 349_151_936, "torchvision 0.28 and its flop counter"),
    Network("nin-cifar", 966_986, 222_486_528, f"Lin et al. 2013, CIFAR-10; {IMGCLSMOB}"),
    Network("vgg11", 132_863_336, 7_609_090_048, f"{VGG}, column A (133M); {TORCHVISION}"),
    Network("vgg11-lrn", 132_863_336, 7_609_090_048, f"{VGG}, column A-LRN (133M), recomputed"),
    Network("vgg13", 133_047_848, 11_308_466_176, f"{VGG}, column B (133M); {TORCHVISION}"),
    Network("vgg16c", 133_638_952, 11_770_888_192, f"{VGG}, column C (134M), recomputed"),
    Network("vgg16", 138_357_544, 15_470_264_320, f"{VGG}, column D (138M); {TORCHVISION}"),
    Network("vgg19", 143_667_240, 19_632_062_464, f"{VGG}, column E (144M); {TORCHVISION}"),
    Network("vgg11_bn", 132_868_840, 7_609_090_048, TORCHVISION),
    Network("vgg13_bn", 133_053_736, 11_308_466_176, TORCHVISION),
    Network("vgg16_bn", 138_365_992, 15_470_264_320, TORCHVISION),
    Network("vgg19_bn", 143_678_248, 19_632_062_464, TORCHVISION),
    Network(
        "googlenet", 6_998_552, 1_582_671_872, f"{CAFFE}; {SZEGEDY} prints columns that sum to 6,797.7K and 1,502M"
    ),
    Network("googlenet-torchvision", 6_624_904, 1_498_376_192, f"{TORCHVISION}; without auxiliary heads"),
    Network("inception-naive", None, 854_196_224, f"{HUST}: 854M ops, recomputed"),
    Network("inception-bottleneck", None, 271_351_808, f"{HUST}, recomputed; the lecture's own 353M is false"),
    Network("resnet18", 11_689_512, 1_814_073_344, TORCHVISION),
    Network("resnet34", 21_797_672, 3_663_761_408, TORCHVISION),
    Network("resnet50", 25_557_032, 4_089_184_256, f"{TORCHVISION}; stride in the 3x3", 53_120),
    Network("resnet101", 44_549_160, 7_801_405_440, f"{TORCHVISION}; stride in the 3x3", 105_344),
    Network("resnet152", 60_192_808, 11_513_626_624, f"{TORCHVISION}; stride in the 3x3", 151_424),
    Network("resnet50-v1", 25_557_032, 3_857_973_248, f"{HE}: stride in the first 1x1; its 3.8G is 1.5% low", 53_120),
    Network("resnet101-v1", 44_549_160, 7_570_194_432, f"{HE}: stride in the first 1x1 (7.6G)", 105_344),
    Network("resnet152-v1", 60_192_808, 11_282_415_616, f"{HE}: stride in the first 1x1 (11.3G)", 151_424),
    Network("resnet50-slim", 25_557_032, 3_482_255_360, "TF-Slim, recomputed: stride in a stage's last block (3.48G)"),
    Network("resnet18-a", 11_515_688, 1_794_805_760, f"{OPTION_A} (1.8G)"),
    Network("resnet34-a", 21_623_848, 3_644_493_824, f"{OPTION_A} (3.6G, which projections would miss)"),
    Network("resnet20-cifar", 269_722, 40_551_040, f"{CIFAR} (0.27M)"),
    Network("resnet32-cifar", 464_154, 68_862_592, f"{CIFAR} (0.46M)"),
    Network("resnet44-cifar", 658_586, 97_174_144, f"{CIFAR} (0.66M)"),
    Network("resnet56-cifar", 853_018, 125_485_696, f"{CIFAR} (0.85M)"),
    Network("resnet110-cifar", 1_727_962, 252_887_680, f"{CIFAR} (1.7M)"),
    Network("plain20-cifar", 269_722, 40_551_040, f"{CIFAR}; plain counts equal option A's"),
    Network(
        "plain56-cifar", 853_018, 125_485_696, f"{CIFAR}; pycls @5719de66 V-56: 853,018 / 125,485,706 with fc biases"
    ),
    Network("keras-example", 203_898, 2_120_576, f"{AALTO}, the Keras listing, recomputed"),
    Network("mlp-3-4-2", 26, None, f"{VARLI}: 20 weights + 6 biases"),
    Network("conv-760", 760, None, f"{VARLI} and CSC 578 slides: ten 5x5 filters on 32x32x3"),
    Network("conv-150", 15_200, 225_000_000, f"{AALTO}: 200 kernels 5x5x3 on 150x100; params 200 * (5*5*3 + 1)"),
    Network("mobilenet_v1", 4_231_976, 568_740_352, f"Howard et al. 2017, table 6 (4.2M, 569M); {IMGCLSMOB}"),
    Network("mobilenet_v1_0.75", 2_585_560, 325_400_448, f"Howard et al. 2017, table 6 (2.6M, 325M); {IMGCLSMOB}"),
    Network("mobilenet_v1_0.5", 1_331_592, 149_497_088, f"Howard et al. 2017, table 6 (1.3M, 149M); {IMGCLSMOB}"),
    Network(
        "mobilenet_v1_0.25",
        470_072,
        41_030_272,
        "Howard et al. 2017, table 6 (0.5M, 41M); imgclsmob's README (exact params), MACs recomputed",
    ),
    Network("mobilenet_v2", 3_504_872, 300_774_272, TORCHVISION_COUNTED, 34_112),
    Network("mobilenet_v2_1.4", 6_108_776, 582_195_824, "TF-Slim (582M), timm mobilenetv2_140 (6.11M), recomputed"),
    Network("mobilenet_v2_0.75", 2_636_424, 209_069_792, "timm mobilenetv2_075 (2.64M), recomputed"),
    Network("mobilenet_v2_0.5", 1_968_680, 97_131_840, "TF-Slim (97M), timm mobilenetv2_050 (1.97M), recomputed"),
    Network("mobilenet_v2_0.35", None, 59_285_808, "TF-Slim (59M), recomputed; its 1.66M params leave out batch norm"),
    Network("mobilenet_v3_large", 5_483_032, 216_589_760, TORCHVISION_COUNTED, 24_400),
    Network("mobilenet_v3_small", 2_542_856, 56_510_400, TORCHVISION_COUNTED, 12_112),
    Network("mnasnet0_5", 2_218_512, 104_455_968, TORCHVISION_COUNTED, 20_624),
    Network("mnasnet0_75", 3_170_208, 215_493_104, TORCHVISION_COUNTED, 29_808),
    Network("mnasnet1_0", 4_383_312, 314_415_872, TORCHVISION_COUNTED, 37_920),
    Network("mnasnet1_3", 6_282_256, 526_362_432, TORCHVISION_COUNTED, 48_816),
    Network("shufflenet_v1_g1", 1_531_936, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g2", 1_733_848, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g3", 1_865_728, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g4", 1_968_344, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g8", 2_434_768, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g1_x0_75", 975_214, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g3_x0_75", 1_238_266, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g1_x0_5", 534_484, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g3_x0_5", 718_324, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g1_x0_25", 209_746, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v1_g3_x0_25", 305_902, None, IMGCLSMOB_PARAMS),
    Network("shufflenet_v2_x0_5", 1_366_792, 40_476_448, TORCHVISION_COUNTED, 7_952),
    Network("shufflenet_v2_x1_0", 2_278_604, 144_907_992, TORCHVISION_COUNTED, 16_180),
    Network("shufflenet_v2_x1_5", 3_503_624, 295_759_392, TORCHVISION_COUNTED, 23_440),
    Network("shufflenet_v2_x2_0", 7_393_996, 583_253_464, TORCHVISION_COUNTED, 33_716),
    Network("efficientnet_b0", 5_288_548, 385_814_752, TORCHVISION_COUNTED, 42_016),
    Network("efficientnet_b1", 7_794_184, 686_802_832, TORCHVISION_COUNTED, 62_048),
    Network("efficientnet_b2", 9_109_994, 993_561_872, TORCHVISION_COUNTED, 67_568),
    Network("efficientnet_b3", 12_233_232, 1_827_141_392, TORCHVISION_COUNTED, 87_296),
    Network("efficientnet_b4", 19_341_616, 4_393_771_024, TORCHVISION_COUNTED, 125_200),
    Network("efficientnet_b5", 30_389_784, 10_266_384_752, TORCHVISION_COUNTED, 172_736),
    Network("efficientnet_b6", 43_040_704, 19_067_593_536, TORCHVISION_COUNTED, 224_432),
    Network("efficientnet_b7", 66_347_960, 37_745_884_192, TORCHVISION_COUNTED, 310_720),
    Network("efficientnet_v2_s", 21_458_488, 8_365_617_152, TORCHVISION_COUNTED, 153_872),
    Network("efficientnet_v2_m", 54_139_356, 24_582_460_384, TORCHVISION_COUNTED, 292_032),
    Network("efficientnet_v2_l", 118_515_272, 56_079_699_008, TORCHVISION_COUNTED, 512_576),
    Network(
        "efficientnet_v2_s-v1", 23_940_048, 8_597_814_784, "Tan & Le 2021, table 4, first versions (24M), recomputed"
    ),
    Network("resnext50_32x4d", 25_028_904, 4_230_479_872, TORCHVISION_COUNTED, 68_224),
    Network("resnext101_32x8d", 88_791_336, 16_414_015_488, TORCHVISION_COUNTED, 202_880),
    Network("resnext101_64x4d", 83_455_272, 15_460_270_080, TORCHVISION_COUNTED, 202_880),
    Network("resnext101_32x4d", 44_177_704, 7_969_996_800, IMGCLSMOB),
    Network("wide_resnet50_2", 68_883_240, 11_398_021_120, TORCHVISION_COUNTED, 68_224),
    Network("wide_resnet101_2", 126_886_696, 22_753_050_624, TORCHVISION_COUNTED, 137_856),
    Network("seresnet18", 11_778_592, None, IMGCLSMOB_PARAMS),
    Network("seresnet50", 28_088_024, 4_091_699_200, TIMM_COUNTED, 53_120),
    Network("seresnet101", 49_326_872, 7_806_148_608, TIMM_COUNTED, 105_344),
    Network("seresnet152", 66_821_848, 11_520_204_800, TIMM_COUNTED, 151_424),
    Network("seresnext50_32x4d", 27_559_896, 4_232_994_816, TIMM_COUNTED, 68_224),
    Network("seresnext101_32x4d", 48_955_416, 7_974_739_968, TIMM_COUNTED, 137_856),
    Network("seresnext101_32x8d", 93_569_048, 16_418_758_656, TIMM_COUNTED, 202_880),
    Network("seresnext101_64x4d", 88_232_984, 15_465_013_248, TIMM_COUNTED, 202_880),
    Network("senet154", 115_088_984, 20_688_363_520, TIMM_COUNTED, 247_552),
    Network("resnet18d", 11_708_744, 2_053_713_920, TIMM_COUNTED, 9_728),
    Network("resnet34d", 21_816_904, 3_903_401_984, TIMM_COUNTED, 17_152),
    Network("resnet50d", 25_576_264, 4_328_824_832, TIMM_COUNTED, 53_248),
    Network("resnet101d", 44_568_392, 8_041_046_016, TIMM_COUNTED, 105_472),
    Network("resnet152d", 60_212_040, 11_753_267_200, TIMM_COUNTED, 151_552),
    Network("preresnet18", 11_687_848, None, IMGCLSMOB_PARAMS),
    Network("preresnet34", 21_796_008, None, IMGCLSMOB_PARAMS),
    Network("preresnet50", 25_549_480, None, IMGCLSMOB_PARAMS),
    Network("preresnet101", 44_541_608, None, IMGCLSMOB_PARAMS),
    Network("preresnet152", 60_185_256, None, IMGCLSMOB_PARAMS),
    Network("preresnet200", 64_666_280, None, IMGCLSMOB_PARAMS),
    Network("preresnet269", 102_065_832, None, IMGCLSMOB_PARAMS),
    Network("densenet121", 7_978_856, 2_834_161_664, TORCHVISION_COUNTED, 83_648),
    Network("densenet161", 28_681_000, 7_727_907_072, TORCHVISION_COUNTED, 219_936),
    Network("densenet169", 14_149_480, 3_359_843_328, TORCHVISION_COUNTED, 158_400),
    Network("densenet201", 20_013_928, 4_291_365_888, TORCHVISION_COUNTED, 229_056),
    Network("densenet264", 33_337_704, 5_751_653_376, "Huang et al. 2016, table 1, recomputed"),
    Network("densenet40-k12-cifar", 1_019_722, 264_812_928, "Huang et al. 2016, table 2, recomputed"),
    Network("densenet100-k12-cifar", 6_979_642, None, "Huang et al. 2016, table 2, recomputed"),
    Network("densenet100-k24-cifar", 27_249_082, 6_889_347_744, "Huang et al. 2016, table 2, recomputed"),
    Network("densenet-bc40-k12-cifar", 176_122, None, IMGCLSMOB_PARAMS),
    Network("densenet-bc40-k24-cifar", 690_346, None, IMGCLSMOB_PARAMS),
    Network("densenet-bc40-k36-cifar", 1_542_682, None, IMGCLSMOB_PARAMS),
    Network("densenet-bc100-k12-cifar", 769_162, 287_929_692, IMGCLSMOB),
    Network("densenet-bc250-k24-cifar", 15_324_406, None, IMGCLSMOB_PARAMS),
    Network("densenet-bc190-k40-cifar", 25_624_430, None, IMGCLSMOB_PARAMS),
    Network("wrn-16-10-cifar", 17_116_634, None, IMGCLSMOB_PARAMS),
    Network("wrn-28-10-cifar", 36_479_194, None, IMGCLSMOB_PARAMS),
    Network("wrn-40-8-cifar", 35_748_314, None, IMGCLSMOB_PARAMS),
    Network("resnext29_32x4d-cifar", 4_775_754, None, IMGCLSMOB_PARAMS),
    Network("resnext29_16x64d-cifar", 68_155_210, None, IMGCLSMOB_PARAMS),
    Network("regnet_x_400mf", 5_495_976, 413_812_608, TORCHVISION_COUNTED, 37_856),
    Network("regnet_x_800mf", 7_259_656, 799_699_712, TORCHVISION_COUNTED, 37_312),
    Network("regnet_x_1_6gf", 9_190_136, 1_602_849_792, TORCHVISION_COUNTED, 43_504),
    Network("regnet_x_3_2gf", 15_296_552, 3_176_621_952, TORCHVISION_COUNTED, 62_560),
    Network("regnet_x_8gf", 39_572_648, 7_995_132_416, TORCHVISION_COUNTED, 90_464),
    Network("regnet_x_16gf", 54_278_536, 15_940_755_456, TORCHVISION_COUNTED, 111_168),
    Network("regnet_x_32gf", 107_811_560, 31_735_929_792, TORCHVISION_COUNTED, 162_016),
    Network("regnet_y_400mf", 4_344_144, 401_842_848, TORCHVISION_COUNTED, 27_152),
    Network("regnet_y_800mf", 6_432_512, 833_856_256, TORCHVISION_COUNTED, 30_432),
    Network("regnet_y_1_6gf", 11_202_430, 1_612_076_160, TORCHVISION_COUNTED, 52_672),
    Network("regnet_y_3_2gf", 19_436_338, 3_176_482_752, TORCHVISION_COUNTED, 66_160),
    Network("regnet_y_8gf", 39_381_472, 8_473_070_592, TORCHVISION_COUNTED, 86_528),
    Network("regnet_y_16gf", 83_590_140, 15_911_510_272, TORCHVISION_COUNTED, 122_816),
    Network("regnet_y_32gf", 145_046_770, 32_279_552_832, TORCHVISION_COUNTED, 158_288),
    Network("regnet_y_128gf", 644_812_894, 127_517_815_680, TORCHVISION_COUNTED, 415_072),
    Network("regnet_x_200mf", 2_684_792, 199_039_872, TIMM_COUNTED, 20_848),
    Network("regnet_x_600mf", 6_196_040, 600_890_112, TIMM_COUNTED, 33_280),
    Network("regnet_x_4gf", 22_118_248, 3_964_498_816, TIMM_COUNTED, 76_064),
    Network("regnet_x_6_4gf", 26_209_256, 6_460_291_264, TIMM_COUNTED, 74_208),
    Network("regnet_x_12gf", 46_106_056, 12_086_678_016, TIMM_COUNTED, 96_384),
    Network("regnet_y_200mf", 3_162_996, 199_514_080, TIMM_COUNTED, 20_848),
    Network("regnet_y_600mf", 6_055_160, 601_220_992, TIMM_COUNTED, 29_760),
    Network("regnet_y_4gf", 20_646_656, 3_973_288_448, TIMM_COUNTED, 62_272),
    Network("regnet_y_6_4gf", 30_583_252, 6_355_204_992, TIMM_COUNTED, 82_432),
    Network("regnet_y_12gf", 51_822_544, 12_092_376_576, TIMM_COUNTED, 96_384),
    Network(
        "regnet_x_400mf-pycls",
        5_157_512,
        397_677_568,
        "pycls @5719de66: 5,157,512 and 397,678,568, which counts the classifier's 1,000 biases",
    ),
    Network("regnet_y_800mf-pycls", 6_263_168, None, IMGCLSMOB_PARAMS),
    Network("regnet_y_8gf-pycls", 39_180_068, None, IMGCLSMOB_PARAMS),
    Network("repvgg_a1", 12_789_864, None, MMPRETRAIN),
    Network("repvgg_a2", 25_499_944, None, MMPRETRAIN),
    Network("repvgg_b1", 51_829_480, None, MMPRETRAIN),
    Network("repvgg_b1g2", 41_360_104, None, MMPRETRAIN),
    Network("repvgg_b2", 80_315_112, None, MMPRETRAIN),
    Network("repvgg_b3g4", 75_626_728, None, MMPRETRAIN),
    Network("repvgg_d2se", 120_387_572, None, MMPRETRAIN),
    Network("repvgg_a0-train", 9_108_968, 1_512_581_120, TIMM_COUNTED, 23_648),
    Network("repvgg_a1-train", 14_092_264, 2_626_488_320, TIMM_COUNTED, 29_824),
    Network("repvgg_a2-train", 28_210_600, 5_685_345_280, TIMM_COUNTED, 42_560),
    Network("repvgg_b0-train", 15_817_960, 3_397_191_680, TIMM_COUNTED, 35_200),
    Network("repvgg_b1-train", 57_415_016, 13_128_089_600, TIMM_COUNTED, 68_096),
    Network("repvgg_b1g4-train", 39_966_056, 8_118_517_760, TIMM_COUNTED, 68_096),
    Network("repvgg_b2-train", 89_022_376, 20_418_170_880, TIMM_COUNTED, 85_056),
    Network("repvgg_b2g4-train", 61_758_376, 12_590_714_880, TIMM_COUNTED, 85_056),
    Network("repvgg_b3-train", 123_085_288, 29_120_696_320, TIMM_COUNTED, 99_968),
    Network("repvgg_b3g4-train", 83_825_128, 17_849_159_680, TIMM_COUNTED, 99_968),
    Network("repvgg_d2se-train", 133_334_836, 36_476_744_192, TIMM_COUNTED, 134_976),
    Network("ghostnet", 5_182_508, 141_150_512, TIMM_COUNTED, 21_968),
    Network("ghostnet_1.3", 7_358_820, 227_003_256, TIMM_COUNTED, 28_536),
    Network("ghostnet_0.5", 2_587_292, 42_328_152, TIMM_COUNTED, 10_984),
    Network("res2net50_26w_4s", 25_699_120, 4_255_166_464, TIMM_COUNTED, 59_492),
    Network("res2net50_26w_6s", 37_051_448, 6_295_523_328, TIMM_COUNTED, 71_764),
    Network("res2net50_26w_8s", 48_403_776, 8_335_880_192, TIMM_COUNTED, 84_036),
    Network("res2net50_48w_2s", 25_287_304, 4_159_832_064, TIMM_COUNTED, 55_008),
    Network("res2net50_14w_8s", 25_059_816, 4_178_898_944, TIMM_COUNTED, 62_796),
    Network("res2net101_26w_4s", 45_206_688, 8_066_974_464, TIMM_COUNTED, 119_060),
    Network("res2next50", 24_671_464, 4_172_677_120, TIMM_COUNTED, 64_448),
)

RECEPTIVE_FIELDS: tuple[ReceptiveField, ...] = (
    ReceptiveField("alexnet", "conv1", 11, 4, 0, RF_TABLE),
    ReceptiveField("alexnet", "pool1", 19, 8, 0, RF_TABLE),
    ReceptiveField("alexnet", "conv2", 51, 8, 16, RF_TABLE),
    ReceptiveField("alexnet", "conv3", 99, 16, 32, RF_TABLE),
    ReceptiveField("alexnet", "conv4", 131, 16, 48, RF_TABLE),
    ReceptiveField("alexnet", "conv5", 163, 16, 64, RF_TABLE),
    ReceptiveField("alexnet", "pool5", 195, 32, 64, RF_TABLE),
    ReceptiveField("vgg11", "conv1/conv1_1", 3, 1, 1, RF_TABLE),
    ReceptiveField("vgg11", "pool1", 4, 2, 1, RF_TABLE),
    ReceptiveField("vgg11", "conv2/conv2_1", 8, 2, 3, RF_TABLE),
    ReceptiveField("vgg11", "pool2", 10, 4, 3, RF_TABLE),
    ReceptiveField("vgg11", "conv3/conv3_1", 18, 4, 7, RF_TABLE),
    ReceptiveField("vgg11", "conv3/conv3_2", 26, 4, 11, RF_TABLE),
    ReceptiveField("vgg11", "pool3", 30, 8, 11, RF_TABLE),
    ReceptiveField("vgg11", "conv4/conv4_1", 46, 8, 19, RF_TABLE),
    ReceptiveField("vgg11", "conv4/conv4_2", 62, 8, 27, RF_TABLE),
    ReceptiveField("vgg11", "pool4", 70, 16, 27, RF_TABLE),
    ReceptiveField("vgg11", "conv5/conv5_1", 102, 16, 43, RF_TABLE),
    ReceptiveField("vgg11", "conv5/conv5_2", 134, 16, 59, RF_TABLE),
    ReceptiveField("vgg11", "pool5", 150, 32, 59, RF_TABLE),
    ReceptiveField("vgg16", "conv1/conv1_1", 3, 1, 1, RF_TABLE),
    ReceptiveField("vgg16", "pool1", 6, 2, 2, RF_TABLE),
    ReceptiveField("vgg16", "conv2/conv2_1", 10, 2, 4, RF_TABLE),
    ReceptiveField("vgg16", "pool2", 16, 4, 6, RF_TABLE),
    ReceptiveField("vgg16", "conv3/conv3_1", 24, 4, 10, RF_TABLE),
    ReceptiveField("vgg16", "conv3/conv3_2", 32, 4, 14, RF_TABLE),
    ReceptiveField("vgg16", "pool3", 44, 8, 18, RF_TABLE),
    ReceptiveField("vgg16", "conv4/conv4_1", 60, 8, 26, RF_TABLE),
    ReceptiveField("vgg16", "conv4/conv4_2", 76, 8, 34, RF_TABLE),
    ReceptiveField("vgg16", "pool4", 100, 16, 42, RF_TABLE),
    ReceptiveField("vgg16", "conv5/conv5_1", 132, 16, 58, RF_TABLE),
    ReceptiveField("vgg16", "conv5/conv5_2", 164, 16, 74, RF_TABLE),
    ReceptiveField("vgg16", "pool5", 212, 32, 90, RF_TABLE),
    # Slim's "same" max pool on 112 pads one pixel at the end only, so the paddings below count 0 for it.
    ReceptiveField("resnet50-slim", "block1", 35, 8, 15, RF_TABLE),
    ReceptiveField("resnet50-slim", "block2", 99, 16, 47, RF_TABLE),
    ReceptiveField("resnet50-slim", "block3", 291, 32, 143, RF_TABLE),
    ReceptiveField("resnet50-slim", "block4", 483, 32, 239, RF_TABLE),
    ReceptiveField("resnet101-slim", "block1", 35, 8, 15, RF_TABLE),
    ReceptiveField("resnet101-slim", "block2", 99, 16, 47, RF_TABLE),
    ReceptiveField("resnet101-slim", "block3", 835, 32, 415, RF_TABLE),
    ReceptiveField("resnet101-slim", "block4", 1027, 32, 511, RF_TABLE),
    ReceptiveField("resnet152-slim", "block1", 35, 8, 15, RF_TABLE),
    ReceptiveField("resnet152-slim", "block2", 163, 16, 79, RF_TABLE),
    ReceptiveField("resnet152-slim", "block3", 1315, 32, 655, RF_TABLE),
    ReceptiveField("resnet152-slim", "block4", 1507, 32, 751, RF_TABLE),
    ReceptiveField("resnet200-slim", "block1", 35, 8, 15, RF_TABLE),
    ReceptiveField("resnet200-slim", "block2", 419, 16, 207, RF_TABLE),
    ReceptiveField("resnet200-slim", "block3", 1571, 32, 783, RF_TABLE),
    ReceptiveField("resnet200-slim", "block4", 1763, 32, 879, RF_TABLE),
    ReceptiveField("resnet18", "last", 435, 32, None, RF_ENGINE),
    ReceptiveField("resnet34", "last", 899, 32, None, RF_ENGINE),
    ReceptiveField("resnet50", "last", 427, 32, None, RF_ENGINE),
    ReceptiveField("resnet101", "last", 971, 32, None, RF_ENGINE),
    ReceptiveField("resnet152", "last", 1451, 32, None, RF_ENGINE),
    ReceptiveField("resnet50-v1", "last", 483, 32, None, RF_ENGINE),
    ReceptiveField("resnet101-v1", "last", 1027, 32, None, RF_ENGINE),
    ReceptiveField("resnet152-v1", "last", 1507, 32, None, RF_ENGINE),
    ReceptiveField("alexnet-torchvision", "last", 195, 32, None, RF_ENGINE),
    ReceptiveField("googlenet-torchvision", "last", 379, None, None, RF_ENGINE),
    ReceptiveField("vgg13", "pool5", 156, None, None, RF_ENGINE),
    ReceptiveField("vgg16c", "pool5", 156, None, None, RF_ENGINE),
    ReceptiveField("vgg19", "pool5", 268, None, None, RF_ENGINE),
    ReceptiveField("three-3x3", "last", 7, 1, None, f"{VARLI}: three 3x3 convolutions see what one 7x7 sees"),
    *(
        ReceptiveField("lenet5-slide", layer, size, None, None, f"{TABLE}, recomputed")
        for layer, size in (("C1", 5), ("S2", 6), ("C3", 14), ("S4", 16), ("C5", 32))
    ),
    *(
        ReceptiveField("alexnet-slide", layer, size, None, None, f"{TABLE}, recomputed")
        for layer, size in (
            *(("C1", 11), ("S2", 19), ("C3", 51), ("S4", 67)),
            *(("C5", 99), ("C6", 131), ("C7", 163), ("S8", 195)),
        )
    ),
    *(
        ReceptiveField("googlenet", layer, size, None, None, f"{SZEGEDY}, recomputed and checked with a second list")
        for layer, size in (
            *(("conv1", 7), ("pool1", 11), ("conv2", 19), ("pool2", 27), ("3a", 59), ("3b", 91), ("pool3", 107)),
            *(("4a", 171), ("4b", 235), ("4c", 299), ("4d", 363), ("4e", 427), ("pool4", 459)),
            *(("5a", 587), ("5b", 715), ("avgpool", 907)),
        )
    ),
    ReceptiveField("mobilenet_v1", "Conv2d_0/conv0", 3, 2, 0, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_1_pointwise/conv1", 7, 2, 2, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_2_pointwise/conv2", 11, 4, 2, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_3_pointwise/conv3", 19, 4, 6, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_4_pointwise/conv4", 27, 8, 6, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_5_pointwise/conv5", 43, 8, 14, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_6_pointwise/conv6", 59, 16, 14, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_11_pointwise/conv7", 219, 16, 94, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_12_pointwise/conv12", 251, 32, 94, RF_TABLE),
    ReceptiveField("mobilenet_v1", "Conv2d_13_pointwise/conv13", 315, 32, 126, RF_TABLE),
    ReceptiveField("mnasnet1_0", "last", 843, None, None, RF_ENGINE),
    ReceptiveField("shufflenet_v2_x1_0", "last", 527, None, None, RF_ENGINE),
    ReceptiveField("shufflenet_v2_x1_5", "last", 527, None, None, RF_ENGINE),
    ReceptiveField("efficientnet_b1", "last", 1183, None, None, RF_ENGINE),
    ReceptiveField("efficientnet_b4", "last", 1799, None, None, RF_ENGINE),
    ReceptiveField("efficientnet_b5", "last", 2131, None, None, RF_ENGINE),
    ReceptiveField("efficientnet_b6", "last", 2523, None, None, RF_ENGINE),
    ReceptiveField("resnext50_32x4d", "last", 427, None, None, RF_ENGINE),
    ReceptiveField("resnext101_64x4d", "last", 971, None, None, RF_ENGINE),
    ReceptiveField("wide_resnet50_2", "last", 427, None, None, RF_ENGINE),
    ReceptiveField("wide_resnet101_2", "last", 971, None, None, RF_ENGINE),
    ReceptiveField("densenet169", "last", 3351, None, None, RF_ENGINE),
    ReceptiveField("regnet_x_1_6gf", "last", 471, None, None, RF_ENGINE),
    ReceptiveField("regnet_x_8gf", "last", 583, None, None, RF_ENGINE),
    ReceptiveField("regnet_x_32gf", "last", 551, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_400mf", "last", 575, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_800mf", "last", 383, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_3_2gf", "last", 519, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_16gf", "last", 439, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_32gf", "last", 487, None, None, RF_ENGINE),
    ReceptiveField("regnet_y_128gf", "last", 679, None, None, RF_ENGINE),
)

LAYERS: tuple[Layer, ...] = (
    Layer("lenet5", "C1", (6, 28, 28), 156, 117_600, LECUN),
    Layer("lenet5", "S2", (6, 14, 14), 12, None, f"{LECUN}: one coefficient and one bias per map"),
    Layer("lenet5", "C3", (16, 10, 10), 1_516, None, f"{LECUN}: 60 of 96 links"),
    Layer("lenet5", "S4", (16, 5, 5), 32, None, f"{LECUN}: one coefficient and one bias per map"),
    Layer("lenet5", "C5", (120, 1, 1), 48_120, None, LECUN),
    Layer("lenet5", "F6", (84,), 10_164, None, LECUN),
    Layer("lenet5", "Out", (10,), 0, None, f"{LECUN}: 840 fixed RBF centres"),
    Layer("lenet5-slide", "C1", (6, 28, 28), 156, 117_600, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "S2", (6, 14, 14), 0, 0, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "C3", (16, 10, 10), 2_416, None, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "S4", (16, 5, 5), 0, 0, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "C5", (120, 1, 1), 48_120, None, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "F6", (84,), 10_164, None, f"{TABLE}, recomputed"),
    Layer("lenet5-slide", "Out", (10,), 0, None, f"{TABLE}, recomputed: 840 fixed centres; 850 params were it linear"),
    Layer("alexnet", "conv1", (96, 55, 55), 34_944, 105_415_200, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "pool1", (96, 27, 27), 0, 0, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "conv2", (256, 27, 27), 307_456, 223_948_800, f"{KRIZHEVSKY}, recomputed: two groups"),
    Layer("alexnet", "pool2", (256, 13, 13), 0, 0, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "conv3", (384, 13, 13), 885_120, 149_520_384, f"{KRIZHEVSKY}, recomputed: sees both halves"),
    Layer("alexnet", "conv4", (384, 13, 13), 663_936, 112_140_288, f"{KRIZHEVSKY}, recomputed: two groups"),
    Layer("alexnet", "conv5", (256, 13, 13), 442_624, 74_760_192, f"{KRIZHEVSKY}, recomputed: two groups"),
    Layer("alexnet", "pool5", (256, 6, 6), 0, 0, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "fc6", (4096,), 37_752_832, 37_748_736, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "fc7", (4096,), 16_781_312, 16_777_216, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet", "fc8", (1000,), 4_097_000, 4_096_000, f"{KRIZHEVSKY}, recomputed"),
    Layer("alexnet-slide", "C1", (96, 55, 55), 34_944, 105_415_200, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "S2", (96, 27, 27), 0, 0, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "C3", (256, 27, 27), 614_656, 447_897_600, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "S4", (256, 13, 13), 0, 0, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "C5", (384, 13, 13), 885_120, 149_520_384, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "C6", (384, 13, 13), 1_327_488, 224_280_576, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "C7", (256, 13, 13), 884_992, 149_520_384, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "S8", (256, 6, 6), 0, 0, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "F9", (4096,), 37_752_832, 37_748_736, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "F10", (4096,), 16_781_312, 16_777_216, f"{TABLE}, recomputed"),
    Layer("alexnet-slide", "Out", (1000,), 4_097_000, 4_096_000, f"{TABLE}, recomputed"),
    Layer("zfnet", "conv1", (96, 110, 110), None, None, ZEILER),
    Layer("zfnet", "pool1", (96, 55, 55), 0, 0, f"{ZEILER}: rounds up"),
    Layer("zfnet", "conv2", (256, 26, 26), None, None, ZEILER),
    Layer("zfnet", "pool2", (256, 13, 13), 0, 0, f"{ZEILER}: rounds up"),
    Layer("zfnet", "conv3", (384, 13, 13), None, None, ZEILER),
    Layer("zfnet", "conv4", (384, 13, 13), None, None, ZEILER),
    Layer("zfnet", "conv5", (256, 13, 13), None, None, ZEILER),
    Layer("zfnet", "pool5", (256, 6, 6), 0, 0, ZEILER),
    Layer("vgg16", "conv1_1", (64, 224, 224), 1_792, 86_704_128, f"{VGG}, recomputed with its 64 biases"),
    # GoogLeNet's sources give operations to 0.1M only: see GOOGLENET_TABLE in published_claims.
    Layer("googlenet", "conv1", (64, 112, 112), 9_472, None, f"{SZEGEDY}, params recomputed; its 2.7K is false"),
    Layer("googlenet", "pool1", (64, 56, 56), 0, 0, SZEGEDY),
    Layer("googlenet", "conv2", (192, 56, 56), 114_944, None, f"{SZEGEDY}, recomputed with the 1x1 of 64 before it"),
    Layer("googlenet", "pool2", (192, 28, 28), 0, 0, SZEGEDY),
    Layer("googlenet", "3a", (256, 28, 28), 163_696, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "3b", (480, 28, 28), 388_736, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "pool3", (480, 14, 14), 0, 0, SZEGEDY),
    Layer("googlenet", "4a", (512, 14, 14), 376_176, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "4b", (512, 14, 14), 449_160, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "4c", (512, 14, 14), 510_104, None, f"{SZEGEDY}, params recomputed; its 463K is false"),
    Layer("googlenet", "4d", (528, 14, 14), 605_376, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "4e", (832, 14, 14), 868_352, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "pool4", (832, 7, 7), 0, 0, SZEGEDY),
    Layer("googlenet", "5a", (832, 7, 7), 1_043_456, None, f"{SZEGEDY}, params recomputed; its 1072K is false"),
    Layer("googlenet", "5b", (1024, 7, 7), 1_444_080, None, f"{SZEGEDY}, params recomputed"),
    Layer("googlenet", "avgpool", (1024, 1, 1), 0, 0, SZEGEDY),
    Layer("googlenet", "linear", (1000,), 1_025_000, 1_024_000, f"{SZEGEDY}, recomputed"),
    Layer("inception-naive", "1x1", (128, 28, 28), None, 25_690_112, f"{HUST}, recomputed"),
    Layer("inception-naive", "3x3", (192, 28, 28), None, 346_816_512, f"{HUST}, recomputed"),
    Layer("inception-naive", "5x5", (96, 28, 28), None, 481_689_600, f"{HUST}, recomputed"),
    Layer("inception-naive", "concat", (672, 28, 28), 0, 0, f"{HUST}, recomputed: with the pooled input's 256 maps"),
    Layer("inception-bottleneck", "1x1", (128, 28, 28), None, 25_690_112, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "3x3 reduce", (64, 28, 28), None, 12_845_056, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "3x3", (192, 28, 28), None, 86_704_128, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "5x5 reduce", (64, 28, 28), None, 12_845_056, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "5x5", (96, 28, 28), None, 120_422_400, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "pool proj", (64, 28, 28), None, 12_845_056, f"{HUST}, recomputed"),
    Layer("inception-bottleneck", "concat", (480, 28, 28), 0, 0, f"{HUST}, recomputed"),
    Layer("keras-example", "conv1", (16, 28, 28), 160, 112_896, f"{AALTO}, the Keras listing, recomputed"),
    Layer("keras-example", "conv2", (16, 28, 28), 2_320, 1_806_336, f"{AALTO}, the Keras listing, recomputed"),
    Layer("keras-example", "pool", (16, 14, 14), 0, 0, f"{AALTO}, the Keras listing, recomputed"),
    Layer("keras-example", "flatten", (3136,), 0, 0, f"{AALTO}, the Keras listing, recomputed"),
    Layer("keras-example", "dense1", (64,), 200_768, 200_704, f"{AALTO}, the Keras listing, recomputed"),
    Layer("keras-example", "dense2", (10,), 650, 640, f"{AALTO}, the Keras listing, recomputed"),
    Layer("conv-760", "conv", (10, 32, 32), 760, None, f"{VARLI} and CSC 578 slides"),
    Layer("conv-150", "conv", (200, 150, 100), 15_200, 225_000_000, f"{AALTO}: needs pad 2; params by its own rule"),
    Layer("dense-100", "hidden", (100,), 1_000_100, 1_000_000, f"{AALTO}: a 100x100 grey image, recomputed"),
)

LENET5_CONNECTIONS: tuple[tuple[str, int], ...] = (
    ("C1", 122_304),
    ("S2", 5_880),
    ("C3", 151_600),
    ("S4", 2_000),
    ("C5", 48_120),
    ("F6", 10_164),
    ("Out", 840),
)
"""LeCun et al. 1998, section II.B: they add up to the paper's 340,908, the fixed RBF output included."""
