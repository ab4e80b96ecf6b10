"""Conventions on networks of one layer, by hand: 4x8x8 maps are 256 elements."""

from fractions import Fraction

import pytest

import cnnscope
from cnnscope.errors import UsageError
from cnnscope.reconciliation.reconcile import reconcile
from cnnscope.spec import zoo
from tests.pages import analyzed

CONV = "| layer | type | maps | kernel | padding | bias |\n|-|-|-|-|-|-|\n| c | conv | 4 | 3x3 | 1 | {} |"
GROUPED = (
    "| layer | type | maps | kernel | padding | groups | bias |\n|-|-|-|-|-|-|-|\n| c | conv | 4 | 3x3 | 1 | 4 | no |"
)
TRANSPOSED = (
    "| layer | type | maps | kernel | stride | bias |\n|-|-|-|-|-|-|\n| c | transposed conv | 2 | 2x2 | 2 | no |"
)
POOL = "| layer | type | kernel |\n|-|-|-|\n| p | {} | 2x2 |"
UPSAMPLE = "| layer | type | scale | mode |\n|-|-|-|-|\n| u | upsample | 2 | {} |"
ATTENTION = "| layer | type | heads |\n|-|-|-|\n| t | tokens | |\n| a | attention | 2 |"


def plain(type: str) -> str:
    return f"| layer | type |\n|-|-|\n| x | {type} |"


def figure(table: str, tool: str, quantity: str, input: str = "4x8x8", **calls: str):
    found = reconcile(analyzed(table, input=input), [tool], calls).figures
    (one,) = (entry for entry in found if entry.quantity == quantity)
    return one


FACTS: dict[str, tuple[str, str, dict[str, int]]] = {
    "a convolution of 3 maps, 3x3, with 4 biases: 256 · 27 products, 112 params": (
        CONV.format("yes"),
        "3x8x8",
        {
            "torch FLOPs": 13_824,
            "torchvision GFLOPs": 6_912,
            "torchinfo params": 112,
            "torchinfo mult-adds": 7_168,  # 112 · 64
            "torchinfo forward/backward pass bytes": 2_048,
            "fvcore FLOPs": 6_912,
            "fvcore activations": 256,
            "ptflops-aten MACs": 7_168,
            "ptflops-pytorch MACs": 7_168,
            "thop MACs": 6_912,
            "thop-readme MACs": 7_168,
            "torchscan MACs": 6_912,
            "torchscan FLOPs": 13_824,  # 27 products, 26 additions and the bias, 256 times
            "calflops MACs": 6_912,
            "calflops FLOPs": 14_080,
            "pycls FLOPs": 7_168,
            "pycls activations": 256,
            "imgclsmob FLOPs/2": 6_912,
            "mmcv FLOPs": 7_168,
            "mmengine FLOPs": 6_912,
            "keras params": 112,
            "netscope params": 112,
            "darknet operations": 13_824,
            "darknet weights file bytes": 464,  # 112 · 4 and 16 of the header
            "convnet-burden param bytes": 448,
            "convnet-burden feature bytes": 1_024,
            "slim MACs": 6_912,
            "paper params without biases": 108,
            "paper FLOPs or operations, two per multiply-accumulate": 13_824,
            "paper multiply-accumulates with biases": 7_168,
        },
    ),
    "the same without biases: imgclsmob takes off an addition per pair of maps, torchscan one per output": (
        CONV.format("no"),
        "3x8x8",
        {
            "torchinfo mult-adds": 6_912,
            "imgclsmob FLOPs/2": 6_906,
            "torchscan FLOPs": 13_568,
            "ptflops-aten MACs": 6_912,
        },
    ),
    "one group per map: 256 · 9 products, 4 pairs of maps": (
        GROUPED,
        "4x8x8",
        {"torchinfo mult-adds": 2_304, "imgclsmob FLOPs/2": 2_302, "calflops FLOPs": 4_608, "thop MACs": 2_304},
    ),
    "a transposed convolution: 16 inputs · 32, which torchinfo and thop count at 64 outputs": (
        TRANSPOSED,
        "4x4x4",
        {
            "torchinfo mult-adds": 2_048,
            "thop MACs": 2_048,
            "fvcore FLOPs": 512,
            "torchscan MACs": 2_056,  # and 4 operations on each axis's padding
            "torchscan FLOPs": 3_984,
            "calflops MACs": 512,
        },
    ),
    "a transposed convolution in 2 groups of 2 and 2 maps: 16 inputs · 32, of which calflops takes half": (
        TRANSPOSED.replace("bias |", "bias | groups |")
        .replace("|-|\n| c", "|-|-|\n| c")
        .replace("c | transposed conv | 2", "c | transposed conv | 4")
        .replace("no |", "no | 2 |"),
        "4x4x4",
        {"fvcore FLOPs": 512, "calflops MACs": 256, "calflops FLOPs": 512},
    ),
    "the same with 2 biases at 64 outputs, which calflops puts at 2 x 2 positions": (
        TRANSPOSED.replace("no", "yes"),
        "4x4x4",
        {"fvcore FLOPs": 512, "ptflops-aten MACs": 640, "calflops FLOPs": 1_032},
    ),
    "batch norm: 256 elements of 4 channels": (
        plain("bn"),
        "4x8x8",
        {
            "torch FLOPs": 0,
            "torchinfo mult-adds": 8,
            "fvcore FLOPs": 512,
            "timm GMACs": 512,
            "ptflops-pytorch MACs": 512,
            "ptflops-aten MACs": 0,
            "thop MACs": 1_024,
            "torchscan MACs": 512,
            "torchscan FLOPs": 1_032,
            "calflops FLOPs": 512,
            "imgclsmob FLOPs/2": 512,
            "mmcv FLOPs": 512,
            "mmengine FLOPs": 512,
            "mmengine FLOPs in training mode": 1_280,
            "keras params": 16,
            "netscope params": 17,
            "darknet weights file bytes": 80,
            "paper params without batch norm": 0,
            "slim params without batch norm": 0,
        },
    ),
    "layer norm of 64 positions: 256 elements": (
        plain("layer norm"),
        "4x8x8",
        {
            "torchinfo mult-adds": 8,
            "fvcore FLOPs": 1_280,
            "ptflops-pytorch MACs": 256,
            "thop MACs": 1_024,
            "torchscan FLOPs": 2_176,
            "calflops FLOPs": 1_280,
        },
    ),
    "local response norm of 5 maps: three operations each, and a pool over 8 maps": (
        plain("lrn"),
        "4x8x8",
        {"ptflops-pytorch MACs": 1_280, "calflops FLOPs": 1_280, "fvcore FLOPs": 0, "convnet-burden feature bytes": 0},
    ),
    "ReLU: ptflops meets the module and then its function": (
        plain("relu"),
        "4x8x8",
        {
            "ptflops-pytorch MACs": 512,
            "calflops FLOPs": 256,
            "torchscan FLOPs": 256,
            "fvcore FLOPs": 0,
            "thop MACs": 0,
            "imgclsmob FLOPs/2": 128,
            "mmcv FLOPs": 256,
            "mmengine FLOPs": 0,
        },
    ),
    "SiLU": (plain("silu"), "4x8x8", {"ptflops-pytorch MACs": 256, "calflops FLOPs": 256, "imgclsmob FLOPs/2": 640}),
    "ReLU6": (plain("relu6"), "4x8x8", {"ptflops-pytorch MACs": 256, "calflops FLOPs": 0, "torchscan FLOPs": 512}),
    "a max pool, 2x2: 64 outputs": (
        POOL.format("max pool"),
        "4x8x8",
        {
            "ptflops-pytorch MACs": 512,
            "calflops FLOPs": 256,
            "torchscan MACs": 64,  # nn.MaxPool2d(2), which it takes for 2 values a window
            "thop MACs": 0,
            "imgclsmob FLOPs/2": 128,
            "pycls activations": 64,
            "convnet-burden FLOPs": 256,
        },
    ),
    "an average pool, 2x2": (POOL.format("avg pool"), "4x8x8", {"thop MACs": 64, "torchscan MACs": 192}),
    "a max pool, 2x4: 32 outputs of 8 values": (
        POOL.format("max pool").replace("2x2", "2x4"),
        "4x8x8",
        {"torchscan MACs": 224},
    ),
    "a global average pool": (
        plain("global avg pool"),
        "4x8x8",
        {
            "fvcore FLOPs": 256,
            "thop MACs": 260,
            "ptflops-pytorch MACs": 512,
            "torchscan MACs": 260,
            "mmengine FLOPs": 256,
        },
    ),
    "an adaptive average pool to 4x4": (
        "| layer | type | target |\n|-|-|-|\n| p | adaptive avg pool | 4x4 |",
        "4x8x8",
        {"fvcore FLOPs": 256, "thop MACs": 320, "torchscan MACs": 320, "calflops FLOPs": 256},
    ),
    "ten units on 256 features": (
        "| layer | type | maps |\n|-|-|-|\n| f | fully connected | 10 |",
        "4x8x8",
        {
            "torchinfo mult-adds": 2_570,
            "calflops FLOPs": 5_120,
            "ptflops-pytorch MACs": 2_570,
            "ptflops-meta MACs": 5_130,
            "torchscan FLOPs": 5_120,
            "thop MACs": 2_560,
            "thop-readme MACs": 5_120,
            "mmcv FLOPs": 0,
            "imgclsmob FLOPs/2": 2_560,
        },
    ),
    "ten units on each of 64 tokens, which torchinfo counts once": (
        "| layer | type | maps |\n|-|-|-|\n| t | tokens | |\n| f | fully connected | 10 |",
        "4x8x8",
        {"torchinfo mult-adds": 50, "ptflops-aten MACs": 3_200, "fvcore FLOPs": 2_560},
    ),
    "nearest upsampling to 1,024 values": (
        UPSAMPLE.format("nearest"),
        "4x8x8",
        {"fvcore FLOPs": 1_024, "thop MACs": 1_024, "ptflops-pytorch MACs": 2_048, "calflops FLOPs": 256},
    ),
    "bilinear upsampling": (UPSAMPLE.format("bilinear"), "4x8x8", {"fvcore FLOPs": 4_096, "thop MACs": 11_264}),
    "attention over 16 tokens of 8: 4 · 16 · 64 and 2 · 256 · 8 products": (
        ATTENTION,
        "8x4x4",
        {"torch FLOPs": 16_384, "torchvision GFLOPs": 8_192},
    ),
}


@pytest.mark.parametrize("table, shape, expected", FACTS.values(), ids=FACTS)
def test_every_tool_counts_as_its_definition_says(table, shape, expected):
    found = {f"{one.tool} {one.quantity}": one for one in reconcile(analyzed(table, input=shape)).figures}
    assert {name: found[name].theirs for name in expected} == expected


def test_terms_lead_from_ours_to_theirs():
    for name in ("resnet50", "mobilenet_v3_small", "convnext_tiny", "unet"):
        for one in cnnscope.reconcile(name).figures:
            if one.theirs is not None:
                total = one.times * one.ours + sum(term.value for term in one.terms)
                assert one.theirs == (Fraction(total, 2) if one.halved else total)


@pytest.mark.parametrize(
    "call, count",
    [
        pytest.param("module", 512, id="hook and function"),
        pytest.param("function", 256, id="function alone"),
        pytest.param("method", 0, id="neither"),
    ],
)
def test_how_a_layer_is_called_changes_what_is_seen(call, count):
    assert figure(plain("relu"), "ptflops-pytorch", "MACs", relu=call).theirs == count


def test_a_convolution_written_as_linear_is_counted_at_one_position():
    table = "| layer | type | maps | kernel |\n|-|-|-|-|\n| c | conv | 10 | 1x1 |"
    assert figure(table, "torchinfo", "mult-adds", c="linear").theirs == 50


def test_ptflops_reports_the_mean_over_the_images_of_a_batch():
    # torchvision's resnet18 at 32x32 in ptflops 0.7.5: 37,753,832 for one image and for two.
    found = cnnscope.reconcile("resnet18", tools="ptflops-pytorch", input="3x32x32", batch=2).figures
    assert [one.theirs for one in found] == [11_689_512, 37_753_832]


@pytest.mark.parametrize(
    "tool, quantity, value",
    [
        # torchvision's vgg11 on 3x32x32, as the tools returned it.
        ("torchinfo", "params", 132_863_336),
        ("torchinfo", "mult-adds", 276_558_824),
        ("fvcore", "FLOPs", 276_398_592),
        ("torchscan", "MACs", 276_554_752),
    ],
)
def test_the_classifier_of_torchvision_s_vgg_sees_7x7_at_any_input(tool, quantity, value):
    found = cnnscope.reconcile("vgg11", tools=tool, input="3x32x32").figures
    assert [one.theirs for one in found if one.quantity == quantity] == [value]


@pytest.mark.parametrize(
    "network, tool, quantity, batch, value",
    [
        # torchvision's networks with their auxiliary heads on 3x96x128, as the tools returned it.
        ("fcn_resnet50", "calflops", "FLOPs", 1, 13_898_325_888),
        ("fcn_resnet50", "thop", "MACs", 2, 13_930_561_536),
        ("deeplabv3_mobilenet_v3_large", "calflops", "FLOPs", 1, 929_688_632),
        ("lraspp_mobilenet_v3_large", "calflops", "FLOPs", 1, 191_713_304),
        ("lraspp_mobilenet_v3_large", "thop", "MACs", 2, 199_196_976),
    ],
)
def test_torchvision_s_segmentation_upsamples_by_a_function(network, tool, quantity, batch, value):
    found = cnnscope.reconcile(network, tools=tool, input="3x96x128", batch=batch).figures
    assert [one.theirs for one in found if one.quantity == quantity] == [value]


def test_calflops_counts_positions_where_a_function_upsamples_to_a_size():
    of_module, of_function = (
        figure(UPSAMPLE.format("nearest"), "calflops", "FLOPs", input="2x8x8", **calls).theirs
        for calls in ({}, {"upsample": "function"})
    )
    assert (of_module, of_function) == (2 * 8 * 8, 16 * 16)


def test_a_page_that_only_bears_the_name_is_no_implementation_of_torchvision_s():
    page = zoo.read_page("vgg16.md", "---\nname: vgg16\ninput: 4x8x8\n---\n" + POOL.format("max pool"))
    found = cnnscope.reconcile(cnnscope.Network(page), tools="fvcore")
    assert (found.remark, [one.theirs for one in found.figures]) == ("", [0, 0, 0])


def test_keras_efficientnet_normalizes_its_input_with_seven_values():
    # keras.applications.EfficientNetB0().count_params() is 5,330,571.
    (found,) = cnnscope.reconcile("efficientnet_b0", tools="keras").figures
    assert found.theirs == 5_330_571


def test_what_the_user_says_of_calls_goes_before_what_is_known():
    pooled = 7 * 7 * 1280
    known, said = (
        next(
            one.theirs
            for one in cnnscope.reconcile("mobilenet_v2", tools="thop", calls=calls).figures
            if one.base == "macs"
        )
        for calls in ({}, {"global avg pool": "module"})
    )
    assert said - known == pooled + 1280


def test_what_cannot_be_stated_says_why():
    one = figure(ATTENTION, "thop", "MACs", input="8x4x4")
    assert (one.theirs, one.difference) == (None, None)
    assert one.why == "a: implementations of attention differ in what it would see"


def test_the_last_softmax_is_left_to_the_loss():
    table = "| layer | type | maps | activation |\n|-|-|-|-|\n| f | fully connected | 10 | softmax |"
    assert figure(table, "ptflops-pytorch", "MACs").theirs == 2_570


def test_a_tool_is_found_by_any_spelling():
    assert {one.tool for one in cnnscope.reconcile("lenet5", tools="PTFLOPS_aten").figures} == {"ptflops-aten"}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"tools": "torchinf"}, "no tool `torchinf`\n  did you mean torchinfo?"),
        (
            {"tools": ["zzz"]},
            "no tool `zzz`\n  known are calflops, convnet-burden, darknet, fvcore, imgclsmob, keras, mmcv, mmengine, "
            "netscope, ptflops-aten, ptflops-meta, ptflops-pytorch, pycls, slim, thop, thop-readme, timm, torch, "
            "torchinfo, torchscan, torchvision, paper",
        ),
        (
            {"calls": {"relu": "magic"}},
            "`magic` for relu is no way to call a layer\n  known are module, function, method, subclass, linear, untraced",
        ),
        (
            {"calls": {"gelus": "function"}},
            "lenet5 has no layer or type `gelus`\n  its types are conv, scaled tanh, trainable pool, linked conv, fully connected, rbf",
        ),
    ],
)
def test_an_error_says_what_is_known(options, message):
    with pytest.raises(UsageError) as error:
        cnnscope.reconcile("lenet5", **options)
    assert str(error.value) == message
