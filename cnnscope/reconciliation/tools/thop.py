"""thop: hooks on modules of exactly the types that it lists."""

from cnnscope.analysis.report import LayerReport
from cnnscope.reconciliation.counts import GLOBAL_POOLS, inputs, outputs, over, params, transposed_at_outputs, upsampled
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements

MODULE = ("module",)
HOOKED = ("conv", "depthwise conv", "linked conv", "transposed conv", "fully connected", "bn", "layer norm", "prelu")


def _adaptive(layer: LayerReport) -> int:
    """Input over output, as a fraction, plus one, for each output."""
    return elements(layer.input_shapes[0]) + elements(layer.output_shape)


def _softmax(layer: LayerReport) -> int:
    values = elements(layer.input_shapes[0])
    return 3 * values - values // layer.input_shapes[0][-1 if len(layer.input_shapes[0]) == 3 else 1]


def _unhooked(subject: Subject) -> int:
    """Params of modules for which it has no hook, or of no module."""
    hooked = params(*HOOKED, calls=("module", "linear"))(subject)
    return sum(layer.params for layer in subject.layers) - hooked


TOOL = Tool(
    "thop",
    "thop 0.1.1.post2209072238, thop/profile.py (register_hooks), thop/vision/calc_func.py",
    "multiply-accumulates, 4 per element of batch and layer norm, average pools; only modules with a hook",
    (
        Rule("params", "params", (Term("params of modules without a hook", _unhooked, -1),), refuses={}),
        Rule(
            "MACs",
            "macs",
            (
                Term("elements of batch and layer norm", inputs("bn", "layer norm", calls=MODULE), 4),
                Term("inputs and outputs of adaptive and global average pools", over(GLOBAL_POOLS, _adaptive, MODULE)),
                Term("outputs of average pools", outputs("avg pool", calls=MODULE)),
                Term("elements of PReLU", inputs("prelu", calls=MODULE)),
                Term("operations of softmax", over(("softmax",), _softmax, MODULE)),
                Term("outputs of nearest upsampling", upsampled("nearest", MODULE)),
                Term("outputs of bilinear upsampling", upsampled("bilinear", MODULE), 11),
                Term("products of transposed convolutions at outputs instead of inputs", transposed_at_outputs),
            ),
        ),
    ),
)
