"""Windows that a model.summary() leaves unsaid, from params and from the sizes above and below."""

from math import isqrt

from cnnscope.spec.drafts.summary_lines import Shape


def filter_side(kind: str, params: int, channels: int, maps: int) -> tuple[int, bool]:
    """The side of the square window that has these params, and whether there are biases; 0 where there is none."""
    for bias in (True, False):
        weights = params - maps * bias
        if kind == "separable":
            area, rest = divmod(weights - channels * maps, channels)
        elif kind == "depthwise":
            area, rest = divmod(weights, maps)
        else:
            area, rest = divmod(weights, channels * maps)
        if rest == 0 and area > 0 and isqrt(area) ** 2 == area:
            return isqrt(area), bias
    return 0, False


def pool_window(before: int, after: int) -> tuple[int, int]:
    """A pool's window and stride along one side: as large as its stride, or the next larger that leads to the size."""
    if before < 2 * after - 1:
        return (before - after + 1, 1) if before != after else (1, 1)
    step = max(1, round(before / after))
    fits = (side for side in range(step, 2 * step) if after in ((before - side) // step + 1, -(-before // step)))
    return next(fits, step), step


def step_and_padding(side: int, before: Shape, behind: Shape) -> tuple[int, str]:
    """The first stride that leads from one size to the other, and the padding where one alone does."""
    for step in range(1, 17):
        for padding in ("valid", "same"):
            made = [-(-(size - (side - 1 if padding == "valid" else 0)) // step) for size in before[:2]]
            if made == [*behind[:2]] and min(made) > 0:
                return step, "" if side == 1 else padding
    return max(1, round(before[0] / behind[0])), ""
