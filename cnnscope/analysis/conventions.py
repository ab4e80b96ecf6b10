"""How others count: named conventions in common use, and the slips by which a printed figure goes wrong.

A figure that a convention reproduces holds, and says which. A slip only explains a figure that does not hold.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.graph import Claim
from cnnscope.shapes import elements
from cnnscope.units import Printed, exact

Layers = tuple[LayerReport, ...]
Figure = tuple[int | Fraction, str]
BINARY = "K = 1024"


def conventions(claim: Claim, printed: Printed, layers: Layers, report: Report, computed: int) -> Iterator[Figure]:
    """Figures that other conventions would print for `computed`, each with its name, the likeliest first."""
    if claim.metric == "params":
        yield from _params(claim.printed, layers, computed)
    elif claim.metric == "macs":
        yield from _macs(layers)
    elif claim.metric == "flops":
        macs = sum(layer.macs for layer in layers)
        yield macs, "FLOPs are multiply-accumulates here"
        yield 2 * macs, "FLOPs are two for each multiply-accumulate, nothing else counted"
    elif claim.metric in ("memory", "activation_bytes"):
        if not claim.layer:
            values = elements(report.input_shape)
            yield computed + values * (report.itemsize if printed.in_bytes else 1), "counts the input as well"
        yield from _binary(claim.printed, computed, BINARY)
    elif claim.metric == "weight_bytes":
        yield sum(layer.params for layer in layers) * report.itemsize, "leaves out batch norm's statistics"
        yield from _binary(claim.printed, computed, BINARY)


def _params(text: str, layers: Layers, params: int) -> Iterator[Figure]:
    biases, norms, buffers = _biases(layers), _norms(layers), sum(layer.buffers for layer in layers)
    leaves_out = f"the table leaves out {exact(biases)} biases"
    yield params - biases, leaves_out
    yield params - norms, f"the table leaves out {exact(norms)} params of batch norm"
    yield params - biases - norms, f"{leaves_out} and {exact(norms)} params of batch norm"
    yield params + buffers, "counts buffers as well"
    norm_layers = sum(layer.type == "bn" for layer in layers)
    if norm_layers:
        yield (
            params + buffers + norm_layers,
            "counts buffers and a scale factor for each batch norm, as Caffe stores them",
        )
        yield params - norms // 2, f"leaves out {exact(norms // 2)} factors (gamma) of batch norm"
        yield (
            params - norms // 2 + buffers,
            "leaves out batch norm's factors (gamma) and counts its buffers, as Keras does",
        )
    yield from _binary(text, params, BINARY)
    yield from _binary(text, params - biases, f"{BINARY}, and {leaves_out}")


def _macs(layers: Layers) -> Iterator[Figure]:
    macs, adds = sum(layer.macs for layer in layers), _bias_adds(layers)
    yield 2 * macs, "counts two operations for each multiply-accumulate"
    yield macs + adds, "counts the additions of biases as well"
    yield 2 * macs + adds, "counts two operations for each multiply-accumulate, and the additions of biases"
    normed = sum(elements(layer.output_shape) for layer in layers if layer.type == "bn")
    if normed:
        yield macs + 2 * normed, "counts two operations for each value of a batch norm as well, as fvcore does"


def slips(claim: Claim, printed: Printed, layers: Layers, computed: int) -> list[str]:
    """What may have gone wrong where no convention reproduces the figure; nothing where no slip explains it."""
    found = []
    if claim.metric == "output_elements" and printed.step == 0:
        found += _wrong_factor(int(printed.value), layers)
    if claim.metric in ("params", "macs"):
        found += _two_lines(claim, printed, layers)
    found += swapped(printed, computed)
    if printed.step and computed > printed.value and computed - printed.value < printed.step:
        found.append("cut off rather than rounded")
    telling = printed.step and printed.value >= 100 * printed.step
    for factor in (10, 100, 1000) if telling else ():
        if printed.holds(Fraction(computed, factor)) or printed.holds(computed * factor):
            found.append(f"a slip of the point: {exact(factor)} times ours")
    return found[:2]


def off_by(printed: Printed, value: int | Fraction) -> str:
    off = float((printed.value - value) / value * 100)
    return f"the page's figure is {abs(off):.1f} % too {'large' if off > 0 else 'small'}"


def swapped(printed: Printed, value: int | Fraction) -> list[str]:
    """598,824 is 589,824 with two digits that changed places; figures of fewer digits are met by chance."""
    shown, meant = str(printed.value), str(value)
    differ = [place for place, (one, other) in enumerate(zip(shown, meant, strict=False)) if one != other]
    if printed.step or len(shown) != len(meant) or len(shown) < _TELLING or len(differ) != 2:
        return []
    first, second = differ
    alike = (shown[first], shown[second]) == (meant[second], meant[first])
    return [f"two digits of {exact(round(value))} changed places"] if alike else []


_TELLING = 4


def _wrong_factor(value: int, layers: Layers) -> list[str]:
    """253,440 is 55·48·96 where 55·55·96 was meant."""
    _, maps, *space = layers[-1].output_shape
    factors = [*space, maps]
    right = "·".join(map(str, factors))
    for index, factor in enumerate(factors):
        others = prod(factors) // factor
        if value and value % others == 0:
            shown = [*factors[:index], value // others, *factors[index + 1 :]]
            return [f"should be {exact(prod(factors))}: {right}, not {'·'.join(map(str, shown))}"]
    return [f"should be {exact(prod(factors))}: {right}"]


def _two_lines(claim: Claim, printed: Printed, layers: Layers) -> list[str]:
    """A square window that was counted as one column and one row of it."""
    main = next((layer for layer in layers if layer.macs and "kernel" in layer.layer.node.op.fields), None)
    if main is None or len([layer for layer in layers if layer.macs]) > 1:
        return []
    high, wide = main.layer.node.op.kernel  # type: ignore[attr-defined]
    if high != wide or high == 1:
        return []
    whole = main.params - _biases((main,)) if claim.metric == "params" else main.macs
    for value in (Fraction(whole * 2, high), Fraction(whole * 2 * 1000, high * 1024)):
        if printed.holds(value):
            return [f"a {high}x1 and a 1x{high} window in the place of {high}x{high} would give it"]
    return []


def _biases(layers: Layers) -> int:
    """Biases of convolutions and fully connected layers, the only ones that tables leave out."""
    return sum(
        elements(weight.shape)
        for layer in layers
        if layer.macs
        for name, weight in layer.layer.placed.weights.items()
        if "bias" in name
    )


def _norms(layers: Layers) -> int:
    return sum(layer.params for layer in layers if layer.type == "bn")


def _bias_adds(layers: Layers) -> int:
    return sum(layer.cost.adds for layer in layers if layer.macs and layer.type != "rbf")


def _binary(text: str, computed: int, convention: str) -> Iterator[Figure]:
    """The figure that prints alike when K stands for 1024 and M for 1024²."""
    suffix = text.rstrip()[-1:].lower()
    if suffix in ("k", "m"):
        power = 1 if suffix == "k" else 2
        yield Fraction(computed * 1000**power, 1024**power), convention
