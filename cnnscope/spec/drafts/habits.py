"""What printed tables usually mean where they are silent, as choices that a user can override."""

from collections.abc import Sequence
from fractions import Fraction

from cnnscope.errors import CellError, UsageError
from cnnscope.spec.drafts.draft import Draft
from cnnscope.spec.program import input_shape

WEIGHTED = ("conv", "depthwise conv", "fully connected", "transposed conv")


def image(draft: Draft, usual: str = "3x224x224") -> None:
    """The input where the table prints none."""
    if draft.input[1]:
        return
    text = draft.choices.take("input", usual, why="the table prints none; the usual crop")
    try:
        input_shape(text)
    except CellError as error:
        raise UsageError(f"--assume input={text[:40]}: {error.message}", error.hint) from None
    draft.input = (0, text)


def check_image(sides: Sequence[int]) -> None:
    """28x281 is 28x28x1 that lost a sign."""
    if len(sides) == 2 and sides[1] >= 10 * sides[0] and str(sides[1]).startswith(str(sides[0])):
        high, rest = str(sides[0]), str(sides[1]).removeprefix(str(sides[0]))
        raise CellError(f"an image of {high}x{sides[1]}", f"is it {high}x{high}x{rest}?")


def biases(draft: Draft, why: str = "papers count them, tables rarely say so") -> None:
    """Layers with weights have biases unless the user says no; those with a batch norm in their row have none."""
    if draft.choices.take("bias", "yes", "no", why=why) == "no":
        for line in draft.lines:
            if any(line.cells["type"].startswith(kind) for kind in WEIGHTED):
                line.cells["bias"] = "no"


def units(draft: Draft, usual: str = "1000", why: str = "the table leaves the number of classes open") -> str:
    """How many classes a classifier has."""
    return draft.choices.take("classes", usual, why=why)


def whole_choice(draft: Draft, what: str, usual: str, why: str) -> int:
    """A number that the table leaves open."""
    text = draft.choices.take(what, usual, why=why)
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise UsageError(f"--assume {what}={text[:40]} is not a whole number", f"write a number such as {usual}")
    return int(text)


def multiplier(draft: Draft, what: str, why: str) -> Fraction:
    """A factor for all widths or depths, 1 for the network as it is printed."""
    text = draft.choices.take(what, "1", why=why)
    try:
        factor = Fraction(text)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= 100:
        raise UsageError(f"--assume {what}={text[:40]} is not a factor", "write a number such as 1.4")
    return factor


def classifier(draft: Draft, line: int, usual: str = "1000", *, pool: bool = False) -> None:
    """The fully connected layer at the end, where the table ends without one."""
    chosen = draft.choices.take("classifier", usual, why="the table ends without one; `none` leaves it out")
    if chosen == "none":
        return
    if pool:
        draft.add(line, "global avg pool")
    draft.add(line, "fully connected", maps=chosen)
