"""How torchvision writes the networks that we take from papers: what its modules call as functions, and what it adds.

torchvision 0.28.0, torchvision/models/. A network that is not listed is called as modules throughout.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from cnnscope.ops import AdaptiveAvgPool
from cnnscope.spec.files import folder

CLASSIFIER_POOL = AdaptiveAvgPool(target=(7, 7))
_NONE: Mapping[str, str] = MappingProxyType({})


class Implementation(NamedTuple):
    """Calls by layer name or type; see `subject.Call`."""

    calls: Mapping[str, str] = _NONE
    classifier_pool: bool = False
    unused_params: int = 0
    remark: str = ""


_WITH_AUXILIARY_HEAD = Implementation(
    {"upsample": "function"},
    remark="torchvision builds the auxiliary head with its weights; without them, only where aux_loss=True",
)
_BY_NAME: dict[str, Implementation] = {
    "vgg1[1369]": Implementation(
        classifier_pool=True, remark="torchvision's VGG has an adaptive pool to 7x7 in front of its classifier"
    ),
    "googlenet-torchvision": Implementation(
        {"relu": "function"},
        unused_params=6_379_984,
        remark="torchvision builds two auxiliary heads of 6,379,984 params, and does not run them",
    ),
    "inception_v3": Implementation(
        {"relu": "function", "MaxPool_*": "module", "max pool": "function", "avg pool": "function"},
        unused_params=3_326_696,
        remark="torchvision builds an auxiliary head of 3,326,696 params, and does not run it",
    ),
    "densenet*": Implementation(
        {"*.last.relu": "function", "norm*.relu": "function", "global avg pool": "function"},
        remark="torchvision calls the last ReLU and the global pool as functions",
    ),
    "fcn_resnet*": _WITH_AUXILIARY_HEAD,
    "deeplabv3_*": _WITH_AUXILIARY_HEAD,
    "lraspp_*": Implementation({"upsample": "function"}, remark="torchvision calls the upsampling as a function"),
    "mobilenet_v2*": Implementation(
        {"global avg pool": "function"}, remark="torchvision calls the global pool as a function"
    ),
    "shufflenet_v2*": Implementation(
        {"global avg pool": "method"}, remark="torchvision takes x.mean() for the global pool"
    ),
    "mnasnet*": Implementation({"global avg pool": "method"}, remark="torchvision takes x.mean() for the global pool"),
    "convmixer-*": Implementation(
        {"depthwise conv": "untraced"}, remark="its authors write padding='same', which fvcore does not trace"
    ),
    "mobilenet_v3*": Implementation(
        {"conv3": "linear"}, remark="torchvision writes the 1x1 convolution behind the pool as nn.Linear"
    ),
    "convnext_*": Implementation(
        {
            "*.widen": "linear",
            "*.narrow": "linear",
            "stem.layer_norm": "subclass",
            "down?": "subclass",
            "pool.layer_norm": "subclass",
        },
        remark="torchvision writes the 1x1 convolutions as nn.Linear over positions",
    ),
}


def zoo_name(network: str, path: str) -> str:
    """The network's name if the path is that of a page of the zoo, "" for a page that only bears the same name."""
    page, of_zoo = Path(path), folder()
    return network if page.parent.name == of_zoo.name and (of_zoo / page.name).exists() else ""


def of(network: str) -> Implementation:
    """What is known about torchvision's code for this network of the zoo."""
    return next((known for name, known in _BY_NAME.items() if fnmatchcase(network, name)), Implementation())
