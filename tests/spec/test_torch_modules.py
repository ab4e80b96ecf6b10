"""torch's modules, printed or as nn.Sequential code."""

import pytest

from tests.spec.reading import error, report

ALEXNET = """AlexNet(
  (features): Sequential(
    (0): Conv2d(3, 64, kernel_size=(11, 11), stride=(4, 4), padding=(2, 2))
    (1): ReLU(inplace=True)
    (2): MaxPool2d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=False)
    (3): Conv2d(64, 192, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    (4): ReLU(inplace=True)
    (5): MaxPool2d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=False)
    (6): Conv2d(192, 384, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (7): ReLU(inplace=True)
    (8): Conv2d(384, 256, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (9): ReLU(inplace=True)
    (10): Conv2d(256, 256, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (11): ReLU(inplace=True)
    (12): MaxPool2d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=False)
  )
  (avgpool): AdaptiveAvgPool2d(output_size=(6, 6))
  (classifier): Sequential(
    (0): Dropout(p=0.5, inplace=False)
    (1): Linear(in_features=9216, out_features=4096, bias=True)
    (2): ReLU(inplace=True)
    (3): Dropout(p=0.5, inplace=False)
    (4): Linear(in_features=4096, out_features=4096, bias=True)
    (5): ReLU(inplace=True)
    (6): Linear(in_features=4096, out_features=1000, bias=True)
  )
)
"""
MNIST = """import torch.nn as nn
model = nn.Sequential(
    nn.Conv2d(1, 32, 3, 1),
    nn.ReLU(),
    nn.Conv2d(32, 64, 3, 1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Dropout(0.25),
    nn.Flatten(1),
    nn.Linear(9216, 128),
    nn.ReLU(),
    nn.Linear(128, 10),
)
"""
NAMED = """net = nn.Sequential(OrderedDict([
    ('conv1', nn.Conv2d(3, 16, 3, padding=1, bias=False)), ('norm', nn.BatchNorm2d(16)),
    ('window', nn.Conv2d(16, 16, 3, stride=2, padding=1, groups=16)), ('pool', nn.AdaptiveAvgPool2d(1)),
    ('flat', nn.Flatten()), ('fc', nn.Linear(16, 10)),
]))
"""
MODELS = [
    pytest.param(ALEXNET, "3x224x224", 61_100_840, 714_188_480, id="a printed model: torchvision's alexnet"),
    pytest.param(
        MNIST,
        "1x28x28",
        1_199_882,
        676 * 288 + 576 * 18_432 + 9_216 * 128 + 1_280,
        id="code; the inputs of the first Linear tell the image",
    ),
    pytest.param(
        NAMED,
        "3x224x224",
        432 + 32 + 160 + 170,
        224 * 224 * 432 + 112 * 112 * 144 + 160,
        id="code with names; as many groups as maps are a depthwise window",
    ),
    pytest.param(
        "class Net(nn.Module):\n    def __init__(self):\n        self.flatten = nn.Flatten()\n"
        "        self.stack = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))\n",
        "784",
        784 * 512 + 512 + 5_130,
        784 * 512 + 5_120,
        id="a class with one nn.Sequential, as in torch's quickstart",
    ),
    pytest.param(
        "nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))",
        "784",
        784 * 256 + 256 + 2_570,
        784 * 256 + 2_560,
        id="a network without convolutions",
    ),
]


@pytest.mark.parametrize("text, image, params, macs", MODELS)
def test_modules_are_read_with_torch_s_defaults(text, image, params, macs):
    result = report(text, "net.txt")
    assert ("x".join(map(str, result.input_shape[1:])), result.params, result.macs) == (image, params, macs)


REFUSED = [
    pytest.param(
        "model = nn.Sequential(\n    nn.Conv2d(3, 16, 3),\n    nn.ReLU(),\n",
        "net.txt: line 1: a bracket opens that the text never closes\n  the code is cut off: paste it to its end",
        id="code that is cut off",
    ),
    pytest.param(
        "Net(\n  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))\n  (pool): MaxPool2d(kernel_size=2)\n)",
        "net.txt: line 2: a Net does not print how its parts are joined\n"
        "  forward() may use a part twice, or add: paste one nn.Sequential(...), or what torchinfo or torchsummary prints",
        id="parts of a class, which its forward() joins",
    ),
    pytest.param(
        "Sequential(\n  (0): Conv2d(3, 6, kernel_size=(5, 5))\n  (1): BasicBlock(\n    (a): Conv2d(6, 6, kernel_size=(1, 1))\n",
        "net.txt: line 3: a BasicBlock does not print how its parts are joined\n"
        "  it may add, or use a part twice: paste one nn.Sequential(...), or what torchinfo or torchsummary prints",
        id="a block of a class",
    ),
    pytest.param(
        "class Net(nn.Module):\n    def __init__(self):\n        self.conv = nn.Conv2d(3, 6, 5)\n",
        "net.txt: a Conv2d outside nn.Sequential in this code\n"
        "  forward() says how parts are joined: paste one nn.Sequential(...), or what torchinfo or torchsummary prints",
        id="code of a class",
    ),
    pytest.param(
        "nn.Sequential(nn.Conv2d(3, 16, 3), nn.Conv2d(32, 8, 3))",
        "net.txt:1: Conv2d: Conv2d takes 32 maps, the module before it makes 16\n  check the order",
        id="maps that do not fit",
    ),
    pytest.param(
        "nn.Sequential(nn.Conv2d(3, 16, 3), nn.Flatten(), nn.Linear(100, 10))",
        "net.txt: no square image makes the 100 inputs of the first Linear\n"
        "  say which image: --assume input=3x224x224",
        id="inputs that no image makes",
    ),
]


@pytest.mark.parametrize("text, message", REFUSED)
def test_modules_that_do_not_say_how_they_are_joined_are_refused(text, message):
    assert error(text, "net.txt") == message
