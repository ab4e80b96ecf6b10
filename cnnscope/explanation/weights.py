"""The sum over an operator's weights, written as lectures do: (11·11·3 + 1)·96."""

from collections.abc import Mapping

from cnnscope.explanation.term import Leaf, Product, Term, add, factors_of, multiply, value
from cnnscope.explanation.traced import term_of
from cnnscope.ops.op import Weight
from cnnscope.shapes import elements


def weights_term(weights: Mapping[str, Weight], *, trainable: bool) -> Term:
    """The sum over the weights; a tensor and its bias as (values + 1)·maps."""
    counts = {name: term_of(elements(w.shape)) for name, w in weights.items() if w.trainable == trainable}
    total: Term = Leaf(0)
    for name in list(counts):
        if name not in counts:
            continue
        term, bias = counts.pop(name), counts.pop(name.replace("weight", "bias"), None) if "weight" in name else None
        if bias is not None:
            rest = _without(term, bias)
            term = add(term, bias) if rest in (None, Leaf(1)) else multiply(bias, add(rest, Leaf(1)))
        total = add(total, term)
    return total


def _without(term: Term, factors: Term) -> Term | None:
    """term / factors where every factor of the second is one of the first, else None."""
    left = list(factors_of(term))
    for factor in factors_of(factors):
        match = next((index for index, other in enumerate(left) if value(other) == value(factor)), None)
        if match is None:
            return None
        left.pop(match)
    return Leaf(1) if not left else left[0] if len(left) == 1 else Product(tuple(left))
