"""What a table of stacks leaves unsaid about its blocks: whose family they are, and what is assumed for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnscope.errors import CellError, SpecError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Draft, fault
from cnnscope.spec.drafts.habits import whole_choice
from cnnscope.spec.drafts.stack_cells import Stack

_NO_GATES = ("a squeeze-and-excitation in blocks with their norms first", "read it with --assume order=post-activation")


@dataclass(slots=True)
class Settled:
    """The choices for one network; each has a meaning in some families only."""

    family: str = ""
    growth: int = 0
    """Maps that a dense layer adds."""
    halves: bool = True
    """Do transitions between dense blocks halve the maps?"""
    shortcut: str = "projection"
    in_window: bool = False
    """Is the stride of a stack in its first window larger than 1x1, or in its first convolution?"""
    norm: str = "bn"
    norm_first: bool = False
    """Do blocks begin with batch norm and ReLU?"""


def family(stack: Stack, name: str) -> str:
    """residual, dense or convnext; "" for a convolution alone, which is of any."""
    first = stack.items[0]
    if first.depthwise:
        return "convnext"
    if not any(item.maps for item in stack.items):
        # A convolution without a width, repeated, adds k maps each time.
        return "" if "pool" in name or "pool" in first.kind else "dense"
    return "residual" if len(stack.items) > 1 else ""


def settle(draft: Draft, found: str, stacks: Sequence[Stack], growth: int, *, beside_residual: bool) -> Settled:
    """Choose, and record, what the family of these stacks leaves open."""
    settled = Settled(found, growth, norm_first=found == "dense")
    if found == "dense":
        _dense(draft, settled, narrow=any(len(stack.items) > 1 for stack in stacks))
    elif found == "residual":
        _residual(draft, settled, stacks)
    elif found == "convnext":
        parts = "layer norms, GELU, factors per map, biases, 2x2 convolutions with stride 2 between stages"
        why = "blocks that begin with a depthwise window have them"
        draft.choices.note(Assumption("between the windows", parts, why))
    else:
        values = ("bn", "none") if beside_residual else ("none", "bn")
        why = "as the networks beside it" if beside_residual else "the table names none"
        settled.norm = draft.choices.take("norm", *values, why=why)
    return settled


def _dense(draft: Draft, settled: Settled, *, narrow: bool) -> None:
    why = "the title of the column prints none"
    settled.growth = settled.growth or whole_choice(draft.choices, "growth", "32", why)
    values = ("0.5", "1") if narrow else ("1", "0.5")
    why = "transitions halve the maps" if narrow else "they keep the maps where layers have no 1x1 convolutions"
    settled.halves = draft.choices.take("compression", *values, why=why) == "0.5"
    order = "BN-ReLU-conv; 1x1 convolutions of 4k maps; the first has 2k"
    draft.choices.note(Assumption("dense layers", order, "the table prints neither widths nor norms"))


def _residual(draft: Draft, settled: Settled, stacks: Sequence[Stack]) -> None:
    choices = draft.choices
    why = "a 1x1 convolution where the shape changes; `padded` is option A"
    settled.shortcut = choices.take("shortcut", "projection", "padded", "none", why=why)
    if any(len({geometry.kernel for geometry in stack.items}) > 1 for stack in stacks):
        why = "the table does not say which convolution of a stack halves the size"
        settled.in_window = choices.take("stride in", "the window", "the first 1x1", why=why) == "the window"
    orders = ("post-activation", "pre-activation")
    printed = any(stack.norm_first for stack in stacks)
    why = "the stacks print it" if printed else "batch norm and ReLU behind the convolutions, as in most tables"
    settled.norm_first = choices.take("order", *(orders[::-1] if printed else orders), why=why) == "pre-activation"
    if settled.norm_first and any(stack.squeezed for stack in stacks):
        raise SpecError("", [fault(0, draft.name, CellError(*_NO_GATES))])
    side = "before" if settled.norm_first else "behind"
    choices.alike("norm", "bn", "none", why=f"{side} every convolution, which then has no bias")
