"""convnet-burden: MatConvNet models, float32, MB = 2^20 bytes."""

from cnnscope.reconciliation.counts import area, conv_biases, outputs, over
from cnnscope.reconciliation.subject import Subject
from cnnscope.reconciliation.tool import Rule, Term, Tool
from cnnscope.shapes import elements


def _params(subject: Subject) -> int:
    return sum(layer.params + layer.buffers for layer in subject.layers)


def _features(subject: Subject) -> int:
    """Outputs of every layer; ReLU, normalisation across maps and gates, part of the sum, are in place."""
    free = ("relu", "relu6", "leaky relu", "lrn", "dropout", "flatten", "identity", "multiply")
    return sum(elements(layer.output_shape) for layer in subject.layers if layer.type not in free)


TOOL = Tool(
    "convnet-burden",
    "convnet-burden @9c7f31ba, README.md; MB = 2^20 bytes, two or three digits",
    "a fused multiply-add as one operation, biases, ReLU and pools; every output once, ReLU in place, no input",
    (
        Rule("param bytes", "zero", (Term("params and buffers, 4 bytes each", _params, 4),), refuses={}),
        Rule(
            "feature bytes",
            "zero",
            (Term("outputs of all layers but those in place, 4 bytes each", _features, 4),),
            refuses={},
        ),
        Rule(
            "FLOPs",
            "macs",
            (
                Term("biases of convolutions, per output", conv_biases),
                Term("elements of ReLU", outputs("relu")),
                Term(
                    "values in the windows of pools",
                    over(("max pool", "avg pool"), lambda layer: area(layer) * elements(layer.output_shape)),
                ),
                Term(
                    "inputs of global pools", over(("global avg pool",), lambda layer: elements(layer.input_shapes[0]))
                ),
            ),
        ),
    ),
)
