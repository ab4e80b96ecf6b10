"""Keras code as books, guides and repositories print it: read as text, never executed."""

import pytest

from tests.spec.reading import error, report

MNIST = """from tensorflow.keras import layers
num_classes = 10
input_shape = (28, 28, 1)
model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
"""
ADDED = """model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10))
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(optimizer=sgd, loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
"""
FLOWERS = """img_height, img_width = 180, 180
augmentation = Sequential([
  layers.RandomFlip("horizontal", input_shape=(img_height, img_width, 3)),
  layers.RandomRotation(0.1),
])
model = Sequential([
  augmentation,
  layers.Rescaling(1./255),
  layers.Conv2D(16, 3, padding='same', activation='relu'), layers.MaxPooling2D(),
  layers.Conv2D(32, 3, padding='same', activation='relu'), layers.MaxPooling2D(),
  layers.Conv2D(64, 3, padding='same', activation='relu'), layers.MaxPooling2D(),
  layers.Dropout(0.2),
  layers.Flatten(),
  layers.Dense(128, activation='relu'),
  layers.Dense(5, name="outputs")
])
"""
FUNCTIONAL = """inputs = keras.Input(shape=(32, 32, 3), name="img")
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.Conv2D(64, 3, activation="relu")(x)
block_1_output = layers.MaxPooling2D(3)(x)
x = layers.Conv2D(64, 3, activation="relu", padding="same")(block_1_output)
x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
block_2_output = layers.add([x, block_1_output])
x = layers.Conv2D(64, 3, activation="relu", padding="same")(block_2_output)
x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
block_3_output = layers.Add()([x, block_2_output])
x = layers.Conv2D(64, 3, activation="relu")(block_3_output)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(256, activation="relu")(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="toy_resnet")
"""
PARTIAL = """DefaultConv2D = partial(tf.keras.layers.Conv2D, kernel_size=3, padding="same",
                        activation="relu", kernel_initializer="he_normal")
model = tf.keras.Sequential([
    DefaultConv2D(filters=64, kernel_size=7, input_shape=[28, 28, 1]),
    tf.keras.layers.MaxPool2D(),
    DefaultConv2D(filters=128), DefaultConv2D(filters=128), tf.keras.layers.MaxPool2D(),
    DefaultConv2D(filters=256), DefaultConv2D(filters=256), tf.keras.layers.MaxPool2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(units=128, activation="relu"), tf.keras.layers.Dropout(0.5),
    tf.keras.layers.Dense(units=64, activation="relu"), tf.keras.layers.Dropout(0.5),
    tf.keras.layers.Dense(units=10, activation="softmax")])
"""
KERAS_1 = """model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=(3, 32, 32)))
model.add(Convolution2D(32, 3, 3, subsample=(2, 2)))
model.add(Flatten())
model.add(Dense(output_dim=10))
"""
LOOP = """model = Sequential()
model.add(Input((32, 32, 3)))
for filters in [64, 128]:
    model.add(Conv2D(filters, 3, padding="same"))
    model.add(MaxPool2D())
for _ in range(2):
    model.add(Conv2D(filters // 2, 1))
"""
NETWORKS = [
    pytest.param(MNIST, 34_826, 26 * 26 * 288 + 11 * 11 * 18_432 + 16_000, id="keras.io's MNIST convnet has 34,826"),
    pytest.param(
        ADDED,
        122_570,
        900 * 864 + 169 * 18_432 + 16 * 36_864 + 65_536 + 640,
        id="TensorFlow's CIFAR tutorial has 122,570; losses and optimizers are no layers",
    ),
    pytest.param(
        FLOWERS,
        3_989_285,
        32_400 * 432 + 8_100 * 4_608 + 2_025 * 18_432 + 22 * 22 * 64 * 128 + 640,
        id="TensorFlow's flowers tutorial has 3,989,285; augmentation is passed over",
    ),
    pytest.param(
        FUNCTIONAL,
        223_242,
        900 * 864 + 784 * 18_432 + 81 * 4 * 36_864 + 49 * 36_864 + 64 * 256 + 2_560,
        id="the functional guide's toy_resnet has 223,242",
    ),
    pytest.param(
        PARTIAL,
        1_413_834,
        784 * 3_136 + 196 * (73_728 + 147_456) + 49 * (294_912 + 589_824) + 2_304 * 128 + 8_192 + 640,
        id="Géron's fashion network, its convolution a partial, has 1,413,834",
    ),
    pytest.param(
        KERAS_1,
        896 + 9_248 + 15 * 15 * 32 * 10 + 10,
        1024 * 864 + 225 * 9_216 + 72_000,
        id="Keras 1 writes the window in two numbers and the channels first",
    ),
    pytest.param(
        LOOP,
        1_792 + 73_856 + 8_256 + 4_160,
        1024 * 1_728 + 256 * 73_728 + 64 * (8_192 + 4_096),
        id="a loop over numbers is written out",
    ),
    pytest.param(
        "Sequential([Input((8, 8, 4)), DepthwiseConv2D(3, depth_multiplier=2, use_bias=False), Dense(5)])",
        72 + 45,
        36 * (72 + 40),
        id="a Dense layer behind maps sees every pixel alone",
    ),
    pytest.param(
        "i = Input((4, 4, 16))\ns = GlobalAveragePooling2D()(i)\ns = Reshape((1, 1, 16))(s)\n"
        "s = Conv2D(4, 1, activation='relu')(s)\ns = Conv2D(16, 1, activation='sigmoid')(s)\nx = Multiply()([i, s])\n",
        68 + 80,
        128,
        id="means of maps are reshaped to maps of one pixel",
    ),
    pytest.param(
        "Sequential([Conv2DTranspose(2, 5, strides=2, padding='same', input_shape=(7, 7, 3))])",
        152,
        49 * 150,
        id="a transposed convolution with same padding doubles the size",
    ),
    pytest.param(
        "```python\n>>> m = Sequential([Conv2D(8, 3, name='a#b', input_shape=(9, 9, 1))  # it's\n... Flatten(), Dense(2)])\n",
        80 + 786,
        49 * 72 + 784,
        id="fences, prompts, comments, and a lost comma mean nothing",
    ),
]


@pytest.mark.parametrize("text, params, macs", NETWORKS)
def test_keras_code_is_read_with_keras_s_defaults(text, params, macs):
    result = report(text, "net.py")
    assert (result.params, result.macs) == (params, macs)


def test_a_transposed_convolution_makes_what_keras_makes():
    text = "Sequential([Conv2DTranspose(2, 5, strides=2, padding='same', input_shape=(7, 7, 3))])"
    assert report(text, "net.py").layers[-1].output_shape == (1, 2, 14, 14)


REFUSED = [
    pytest.param(
        "import keras\n\nmodel = Sequential([\n    Conv2D(8, 3, input_shape=(9, 9, 1)),\n    Flatten(),\n",
        "net.py:3: a bracket opens that the text never closes\n  the code is cut off: paste it to its end",
        id="a list of layers that is cut off between two",
    ),
    pytest.param(
        "model.add(Flatten(input_shape=(9, 9, 1)))\nmodel.add(\n    Dense(8, activation='re",
        "net.py:2: a bracket opens that the text never closes\n  the code is cut off: paste it to its end",
        id="a layer that is cut off",
    ),
    pytest.param(
        "model = Sequential([base, Dense(10)])",
        "net.py:1: `base` is not in this text\n  write its layers in its place",
        id="a model that is defined elsewhere",
    ),
    pytest.param(
        "Sequential([\nConv2D(16, 3, stride=2, input_shape=(8, 8, 3))])",
        "net.py:2: Conv2D: `stride` is no argument that is read here\n  Conv2D has filters, kernel_size, strides, "
        "padding, data_format, dilation_rate, groups, activation, use_bias",
        id="an argument that Keras does not have",
    ),
    pytest.param(
        "a = Sequential([Dense(10, input_shape=(3,))])\nb = Sequential([Dense(10, input_shape=(3,))])",
        "net.py: 2 models in one text: a, b\n  leave one of them",
        id="two models",
    ),
    pytest.param(
        "Sequential([Dense(hidden, input_shape=(784,)), Dense(10)])",
        "net.py:1: Dense: the code does not say what `hidden` is\n  write a line hidden = 64 above it",
        id="a width that is defined elsewhere",
    ),
    pytest.param(
        "for n in widths:\n    model.add(Dense(n))",
        "net.py:1: a loop over what the code does not say\n  write its layers out",
        id="a loop over numbers that are defined elsewhere",
    ),
    pytest.param(
        "if deep:\n    model.add(Dense(3))\nmodel.add(Dense(4))",
        "net.py:1: `if` decides about layers\n  write the layers that it chooses, without it",
        id="a condition",
    ),
    pytest.param(
        "x = Input((3, 4, 4))\nx = block(x)\nx = Dense(3)(x)",
        "net.py:2: `block` is not in this text\n  write its layers in its place",
        id="a function that is defined elsewhere",
    ),
    pytest.param(
        "model.add(Dense(3, input_shape=(4,)))\nmodel.ad(Dense(4))",
        "net.py:2: `model.ad(Dense(4))` makes a layer that no model takes\n  write model.add(Dense(10))",
        id="a layer that is not added",
    ),
    pytest.param(
        "i = Input((8, 8, 3))\nlast = Dense(2)\nx = Flatten()(i)",
        "net.py:2: no model takes the layer `last`\n  write x = name(x), or model.add(name)",
        id="a layer that has a name and no place",
    ),
    pytest.param(
        "Sequential([Input((28, 28)), Conv2D(8, 3)])",
        "net.py:1: Conv2D: an input of two numbers\n  write (28, 28, 1): the last is the number of channels",
        id="an input without channels",
    ),
    pytest.param(
        "def block(x, n):\n    return Dense(n)(x)\nx = Input((3,))\nx = block(x, 4)\nx = Dense(3)(x)",
        "net.py:4: `block` is a function of layers\n  write its layers in its place",
        id="a function of layers",
    ),
    pytest.param(
        "Sequential([Dense(10)" + "(" * 300 + ")" * 301 + "]",
        "net.py:1: `Sequential([Dense(10)(((((((((((((((((((` is not understood\n  check its brackets, commas and quotes",
        id="no Python",
    ),
]


@pytest.mark.parametrize("text, message", REFUSED)
def test_what_the_code_does_not_say_is_named(text, message):
    assert error(text, "net.py") == message


def test_a_number_of_classes_that_only_has_a_name_is_assumed():
    result = report("Sequential([Dense(num_classes, input_shape=(784,))])", "net.py")
    assert result.params == 7_850
    assert [(each.what, each.value, each.ground) for each in result.assumptions] == [
        ("num_classes", "10", "convention")
    ]
