"""What printed tables usually mean where they are silent, as choices that a user can override."""

import re
from collections.abc import Sequence
from fractions import Fraction

from cnnscope.errors import CellError, UsageError
from cnnscope.spec.drafts.draft import Cells, Choices, Draft
from cnnscope.spec.program import input_shape

_WEIGHTED = r"(?<![\w-])(?:conv|fully connected)(?![\w-])"


def image(draft: Draft, usual: str = "3x224x224") -> None:
    """The input where the table prints none."""
    if draft.input[1]:
        return
    draft.input = (0, told_input(draft.choices, usual, "the table prints none; the usual crop"))


def told_input(choices: Choices, usual: str, why: str) -> str:
    """An image that is not printed."""
    text = choices.take("input", usual, why=why)
    try:
        input_shape(text)
    except CellError as error:
        raise UsageError(f"--assume input={text[:40]}: {error.message}", error.hint) from None
    return text


def check_image(sides: Sequence[int]) -> None:
    """28x281 is 28x28x1 that lost a sign."""
    if len(sides) == 2 and sides[1] >= 10 * sides[0] and str(sides[1]).startswith(str(sides[0])):
        high, rest = str(sides[0]), str(sides[1]).removeprefix(str(sides[0]))
        raise CellError(f"an image of {high}x{sides[1]}", f"is it {high}x{high}x{rest}?")


def biases(draft: Draft, why: str = "papers count them, tables rarely say so") -> None:
    """Layers with weights have biases unless the user says no; those with a batch norm in their row have none."""
    if draft.choices.take("bias", "yes", "no", why=why) == "no":
        inside = (cells for rows in draft.blocks.values() for cells in rows)
        for cells in (*(line.cells for line in draft.lines), *inside):
            if re.search(_WEIGHTED, cells["type"]):
                cells["bias"] = "no"


def told_activation(choices: Choices, usual: str, why: str) -> str:
    """The function behind convolutions; "" where the user says none."""
    chosen = choices.take("activation", usual, why=why)
    return chosen if chosen == usual else function(chosen)


def function(text: str) -> str:
    """The activation that a user names, "" for none; UsageError for what is none."""
    from cnnscope.ops import SYNONYMS, VOCABULARY, Relu

    word = " ".join(text.lower().split())
    word = SYNONYMS.get(word, word)
    known = [name for name, operator in VOCABULARY.items() if operator.__module__ == Relu.__module__]
    if word not in (*known, "none"):
        raise UsageError(f"--assume activation={text[:40]}: no such activation", f"write none, {', '.join(known)}")
    return "" if word == "none" else word


def units(draft: Draft, usual: str = "1000", why: str = "the table leaves the number of classes open") -> str:
    """How many classes a classifier has."""
    return str(whole_choice(draft.choices, "classes", usual, why))


def told_window(choices: Choices, why: str = "the table prints none") -> str:
    """The window of blocks that print none."""
    text = choices.take("window", "3x3", why=why)
    if not re.fullmatch(r"[1-9]\d?x[1-9]\d?", text):
        raise UsageError(f"--assume window={text[:40]}: no window", "write 3x3")
    return text


def told_pool(choices: Choices, what: str, usual: str, why: str, rows: tuple[str, ...] = ()) -> Cells:
    """Window and stride of pools that print none: 2x2 with stride 2, or what the user tells."""
    text = choices.take(what, usual, why=why, rows=rows)
    match = re.fullmatch(r"([1-9]\d?)x([1-9]\d?)(?: max pools)?(?:(?:,| with)? stride ([1-9])| ?/ ?([1-9]))?", text)
    if not match:
        raise UsageError(f"--assume {what}={text[:40]}: no window of a pool", "write 3x3, stride 2")
    return {"kernel": f"{match[1]}x{match[2]}", "stride": match[3] or match[4] or "2"}


def told_ratio(choices: Choices, what: str, usual: str, why: str) -> str:
    """How wide a gate's first layer is, as a share of the block's input maps; "" where the user says none."""
    text = choices.take(what, usual, why=why)
    if text in ("none", "0"):
        return ""
    if not re.fullmatch(r"[01]|0?\.\d{1,4}|1/\d{1,3}", text) or not Fraction(text):
        raise UsageError(f"--assume {what}={text[:40]}: no share of the maps", "write 0.25, or none")
    return text


def whole_choice(choices: Choices, what: str, usual: str, why: str) -> int:
    """A number that the table leaves open."""
    text = choices.take(what, usual, why=why)
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


_ENDS = "the table ends without one; `none` leaves it out"


def classifier(draft: Draft, line: int, usual: str = "1000", *, pool: bool = False, why: str = _ENDS) -> None:
    """The fully connected layer at the end, where the table ends without one."""
    if draft.choices.given.get("classifier") == "none":
        draft.choices.take("classifier", usual, why=why)
        return
    chosen = whole_choice(draft.choices, "classifier", usual, why)
    if pool:
        draft.add(line, "global avg pool")
    draft.add(line, "fully connected", maps=str(chosen))
