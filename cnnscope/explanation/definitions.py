"""What every metric means: the words of docs/conventions.md, the convention in one line, and where it comes from."""

import re
from typing import NamedTuple


class Definition(NamedTuple):
    """`text` stands in docs/conventions.md word for word, which a test compares."""

    text: str
    convention: str = ""
    source: str = ""

    @property
    def plain(self) -> str:
        """The text without Markdown's links, which lead from docs/ only: [operators.md](operators.md)."""
        return _LINK.sub(r"docs/\1", self.text)


_LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")

DEFINITIONS: dict[str, Definition] = {
    "output": Definition(
        "claims only: height x width, and with the maps (56x56x256 or 256x56x56); the units of features",
        "(n - k + 2p) / s + 1, rounded down unless the row says ceil; the kernel's extent is (k - 1)·dilation + 1",
        "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, arXiv:1603.07285",
    ),
    "output_elements": Definition(
        "values of the layer's output, batch included",
        "batch · maps · height · width",
        "",
    ),
    "params": Definition(
        "trainable elements. Batch norm: 2 per channel",
        "(kernel height · kernel width · input maps / groups + 1)·maps for a convolution, the 1 for its bias",
        "LeCun et al. 1998, Gradient-based learning applied to document recognition, section II.B",
    ),
    "buffers": Definition(
        "stored, not trained: batch norm's running mean and variance (2 per channel), RBF centres",
        "counted apart from params, as torch does; Keras calls them non-trainable params",
        "Ioffe & Szegedy 2015, Batch normalization, arXiv:1502.03167",
    ),
    "weight_bytes": Definition(
        "(params + buffers) × bytes of the dtype",
        "float32 has 4 bytes, float16 and bfloat16 2, int8 1; MB is 10^6 bytes",
        "",
    ),
    "macs": Definition(
        "multiply-accumulates of convolutions, transposed convolutions, fully connected layers, matrix "
        "products, attention and RBF distances. No bias, no normalisation, no pooling. Half of what "
        "`torch.utils.flop_counter` reports, RBF aside, which torch does not know",
        "output values · kernel height · kernel width · input maps / groups; many papers print this number as FLOPs",
        'He et al. 2015, Deep residual learning, arXiv:1512.03385, section 3.3: "FLOPs (multiply-adds)"',
    ),
    "flops": Definition(
        "all arithmetic by kind: `multiply_adds` (pairs, two operations each), `adds`, `multiplies`, "
        "`compares`, `divides`, `transcendentals` (one each); `total` is the sum of operations. "
        "[operators.md](operators.md) has the figures of every operator",
        "2·multiply-adds + adds + multiplies + compares + divides + transcendentals",
        "docs/operators.md has every operator; torch.utils.flop_counter counts 2·macs alone",
    ),
    "output_bytes": Definition(
        "per layer: the output that it stores. Beside a row's main layer element-wise layers (activations, "
        "batch norm, dropout, flatten) run in place and store nothing; in a row of their own neither, unless "
        "another layer still reads their input",
        "output values · bytes of the dtype",
        "the memory column of lectures: Stanford CS231n, Convolutional networks, VGGNet in detail",
    ),
    "activation_bytes": Definition(
        'the sum of `output_bytes`: one output per row, the input excluded. What lectures call "memory"',
        "the sum over the rows; the input is excluded",
        "the memory total of lectures: Stanford CS231n, Convolutional networks, VGGNet in detail",
    ),
    "peak_activation_bytes": Definition(
        "the largest sum of live tensors over the running order. A tensor lives from its layer to its last "
        "reader, outputs to the end, the input to its last reader. Flatten, identity and, in inference, "
        "dropout make no tensor: their output lies in their input's memory, which lives until nobody reads "
        "either. Slices, splits and tokens are copies, as ONNX Runtime makes them; torch shows parts of its "
        "input instead. An element-wise layer takes over an input that nobody else needs (`--no-in-place` "
        "switches this off). `cnnscope verify` measures both",
        "liveness over the running order, one tensor per layer, no workspace of a kernel",
        "measured by `cnnscope verify` in ONNX Runtime and torch",
    ),
    "training_bytes": Definition(
        "weights, gradients, optimizer state (`sgd` 0, `momentum` 1, `adam` 2 values per param) and what "
        "backward needs of the forward pass: every saved tensor once, masks and indices beside",
        "(2 + optimizer values)·params + buffers, times bytes of the dtype, plus what is kept for backward",
        "Rhu et al. 2016, vDNN, arXiv:1602.08124",
    ),
    "bytes_read": Definition(
        "per layer: inputs and weights read once, output written once; `intensity` = FLOPs per byte",
        "(input values + params + buffers) · bytes of the dtype",
        "Williams et al. 2009, Roofline, Communications of the ACM 52(4)",
    ),
    "bytes_written": Definition(
        "per layer: inputs and weights read once, output written once; `intensity` = FLOPs per byte",
        "output values · bytes of the dtype",
        "Williams et al. 2009, Roofline, Communications of the ACM 52(4)",
    ),
    "intensity": Definition(
        "per layer: inputs and weights read once, output written once; `intensity` = FLOPs per byte",
        "flops / (bytes_read + bytes_written)",
        "Williams et al. 2009, Roofline, Communications of the ACM 52(4)",
    ),
    "depth": Definition(
        "layers with multiply-accumulates on the longest path",
        "a convolution or fully connected layer counts one, a pool nothing",
        "He et al. 2015, Deep residual learning, arXiv:1512.03385, section 3.3",
    ),
    "receptive_field": Definition(
        "size, stride and padding at the layer's output, in input pixels; the union over the inputs of a "
        "merge. `status` is `exact`, `misaligned` (branches whose strides or centres differ) or `whole "
        "input`. A 1x1 gate that multiplies whole maps and the statistics of a group norm are left out, as in"
        " published figures. In totals: that of the last layer that does not see the whole input",
        "r + (k - 1)·j and j·s from layer to layer, starting at r = j = 1",
        "Araujo et al. 2019, Computing receptive fields of convolutional neural networks, Distill",
    ),
}
"""Every metric that can be explained, in the order shown."""

ALIASES = {
    "size": "output",
    "shape": "output",
    "parameters": "params",
    "weights": "params",
    "mac": "macs",
    "madds": "macs",
    "multiply_adds": "macs",
    "memory": "activation_bytes",
    "activations": "activation_bytes",
    "peak": "peak_activation_bytes",
    "peak_memory": "peak_activation_bytes",
    "training": "training_bytes",
    "rf": "receptive_field",
}
"""Other words for them, as titles of columns and lectures have them."""
