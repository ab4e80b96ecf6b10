"""The arguments of Keras's layers: their order, their old names, and what they say in the layer-table language."""

import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Cells
from cnnscope.spec.drafts.keras.statements import Unknown, Value

_CONV = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups", "activation")
_POOL = ("pool_size", "strides", "padding", "data_format")
POSITIONAL = {
    "Conv2D": (*_CONV, "use_bias"),
    "Convolution2D": (*_CONV, "use_bias"),
    "Conv2DTranspose": ("filters", "kernel_size", "strides", "padding", "output_padding"),
    "SeparableConv2D": _CONV[:6],
    "DepthwiseConv2D": ("kernel_size", "strides", "padding", "depth_multiplier"),
    "MaxPool2D": _POOL,
    "MaxPooling2D": _POOL,
    "AveragePooling2D": _POOL,
    "AvgPool2D": _POOL,
    "Dense": ("units", "activation", "use_bias"),
    "Dropout": ("rate",),
    "SpatialDropout2D": ("rate",),
    "Activation": ("activation",),
    "LeakyReLU": ("alpha",),
    "ReLU": ("max_value",),
    "Input": ("shape",),
    "InputLayer": ("shape",),
    "ZeroPadding2D": ("padding",),
    "Cropping2D": ("cropping",),
    "UpSampling2D": ("size",),
    "Reshape": ("target_shape",),
}
MORE = {
    "Conv2DTranspose": ("dilation_rate", "activation", "use_bias", "data_format"),
    "SeparableConv2D": ("depth_multiplier", "activation", "use_bias"),
    "DepthwiseConv2D": ("activation", "use_bias", "data_format", "dilation_rate"),
    "BatchNormalization": ("axis", "momentum", "epsilon", "center", "scale", "fused", "renorm", "synchronized"),
    "LeakyReLU": ("negative_slope",),
    "Dropout": ("noise_shape",),
    "UpSampling2D": ("interpolation",),
    "Input": ("batch_shape", "batch_size"),
    "InputLayer": ("batch_shape", "batch_size"),
    "Softmax": ("axis",),
    "PReLU": ("shared_axes",),
    "Concatenate": ("axis",),
    "GlobalAveragePooling2D": ("keepdims",),
    "GlobalAvgPool2D": ("keepdims",),
    "GlobalMaxPooling2D": ("keepdims",),
    "GlobalMaxPool2D": ("keepdims",),
}
PLAIN = {
    "Flatten": "flatten",
    "GlobalAveragePooling2D": "global avg pool",
    "GlobalAvgPool2D": "global avg pool",
    "GlobalMaxPooling2D": "global max pool",
    "GlobalMaxPool2D": "global max pool",
    "Softmax": "softmax",
    "ELU": "elu",
}
IMAGE_ONLY = re.compile(r"Rescaling|Normalization|Random\w+|GaussianNoise|GaussianDropout|ActivityRegularization")
"""Layers that change neither shapes nor figures when the network runs."""
MERGES = {"Add": "add", "Concatenate": "concat", "Multiply": "multiply"}
KNOWN = (*POSITIONAL, *PLAIN, *MERGES, "BatchNormalization", "Rescaling", "PReLU")
ALWAYS = re.compile(
    r"name|data_format|input_shape|batch_input_shape|input_dim|dtype|trainable|weights|seed|init|\w+_(?:initializer|regularizer|constraint)"
)
OLD = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "output_dim": "units",
    "p": "rate",
    "bias": "use_bias",
}
"""Names of Keras 1."""
_ACTIVATIONS = {
    "linear": "", "relu": "relu", "relu6": "relu6", "elu": "elu", "selu": "selu", "gelu": "gelu", "tanh": "tanh",
    "sigmoid": "sigmoid", "hard_sigmoid": "hard sigmoid", "softmax": "softmax", "softplus": "softplus", "swish": "silu",
    "silu": "silu", "hard_swish": "hard swish", "hard_silu": "hard swish", "mish": "mish", "leaky_relu": "leaky relu",
    "leakyrelu": "leaky relu", "softmax_v2": "softmax",
}  # fmt: skip


def of_keras_1(name: str, given: dict[str, Value]) -> dict[str, Value]:
    """Convolution2D(32, 3, 3): rows and columns of the window."""
    if "nb_row" in given and "nb_col" in given:
        return given | {"kernel_size": (given["nb_row"], given["nb_col"])}
    high, wide = given.get("kernel_size"), given.get("strides")
    if isinstance(high, int) and isinstance(wide, int) and name == "Convolution2D":
        return given | {"kernel_size": (high, wide), "strides": 1}
    return given


def transposed(shape: Cells) -> Cells:
    """Keras's same padding: an output of size x stride."""
    if shape["padding"] != "same":
        return {"padding": ""}
    kernel, stride = ([int(n) for n in (shape[column].split("x") * 2)[:2]] for column in ("kernel", "stride"))
    spare = [k - s for k, s in zip(kernel, stride, strict=True)]
    if "dilation" in shape or min(spare) < 0:
        raise CellError(
            "a Conv2DTranspose with a window smaller than its stride", "write its padding as numbers in a page"
        )
    top, left = (each // 2 for each in spare)
    return {"padding": f"{top},{left},{spare[0] - top},{spare[1] - left}"}


def padding(given: dict[str, Value]) -> str:
    text = given.get("padding", "valid")
    if not isinstance(text, str) or text.lower() not in ("same", "valid"):
        raise CellError(f"padding {str(text)[:40]} is not known", "write padding='same' or padding='valid'")
    return text.lower()


def pair(given: Value) -> str:
    numbers = given if isinstance(given, tuple) else (given,)
    whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
    if isinstance(given, Unknown):
        raise CellError(
            f"the code does not say what `{given.text[:40]}` is", "write the number, or a line that defines it"
        )
    if not 1 <= len(numbers) <= 2 or len(whole) < len(numbers) or min(whole) < 1:
        shown = given if isinstance(given, str | int | float) else "this"
        raise CellError(f"`{str(shown)[:40]}` is not a number or a pair", "write 3 or (3, 3)")
    return "x".join(map(str, whole))


def sides(given: Value) -> str:
    """1, (1, 2) or ((0, 1), (0, 1)): top, left, bottom, right."""
    if (
        isinstance(given, tuple)
        and len(given) == 2
        and all(isinstance(each, tuple) and len(each) == 2 for each in given)
    ):
        numbers = [number for each in given if isinstance(each, tuple) for number in each]
        if all(isinstance(number, int) and number >= 0 for number in numbers):
            return f"{numbers[0]},{numbers[2]},{numbers[1]},{numbers[3]}"
    return pair(given)


def activation(given: Value) -> Cells:
    word, *numbers = given if isinstance(given, tuple) else (given,)
    if word is None:
        return {}
    text = str(word.text if isinstance(word, Unknown) else word).lower()
    if text not in _ACTIVATIONS:
        raise CellError(f"activation `{text[:40]}` is not known", f"known are {', '.join(_ACTIVATIONS)}")
    name = _ACTIVATIONS[text]
    slope = str(numbers[0]) if numbers else "0.3" if isinstance(given, tuple) else "0.2"
    return {"activation": name} | ({"slope": slope} if name == "leaky relu" else {}) if name else {}
