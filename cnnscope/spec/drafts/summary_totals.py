"""The totals below a model.summary(): total = trainable + non-trainable, and the total is that of the column Param #.

Keras counts batch norms' statistics among the params, as those that are not trained; torch does not count them. Behind
training Keras counts the optimizer's values in the total as well.
"""

from collections.abc import Sequence

from cnnscope.graph import Assumption
from cnnscope.spec.drafts.draft import Draft
from cnnscope.spec.drafts.summary_lines import Row, kind_of

TOTAL, TRAINABLE, FIXED, OPTIMIZER = "total params", "trainable params", "non-trainable params", "optimizer params"
Totals = dict[str, tuple[int, str]]


def check_totals(draft: Draft, rows: Sequence[Row], printed: Totals) -> None:
    """Every total becomes a claim, or a contradiction where it is not that of the rows."""
    numbers = {name: int(text.replace(",", "")) for name, (_, text) in printed.items()}
    column = sum(row.params or 0 for row in rows)
    whole = all(row.params is not None for row in rows)
    statistics = sum(2 * row.shape[-1] for row in rows if not row.torch and row.params and kind_of(row) == "bn")
    more = numbers.get(OPTIMIZER, 0)
    if TOTAL in printed and whole and numbers[TOTAL] != column + more:
        adds = f"the column Param #, which adds up to {column:,}" + (f", with the optimizer's {more:,}" if more else "")
        _refute(draft, TOTAL, column + more, printed, adds)
    elif TOTAL in printed and not more:
        draft.figure(printed[TOTAL][0], "params", printed[TOTAL][1])
    fixed = numbers.get(FIXED, statistics)
    if TRAINABLE in printed and whole and fixed > statistics and numbers[TRAINABLE] + fixed == column:
        frozen = f"{fixed - statistics:,} params"
        draft.choices.note(Assumption("frozen", frozen, "the totals count them among those that are not trained"))
        return
    if TRAINABLE in printed:
        draft.figure(printed[TRAINABLE][0], "params", printed[TRAINABLE][1])
    if FIXED in printed and whole and fixed != statistics:
        _refute(draft, FIXED, statistics, printed, "the rows: only the statistics of batch norms are not trained")
    elif FIXED in printed and not any(row.torch for row in rows):
        draft.figure(printed[FIXED][0], "buffers", printed[FIXED][1])


def _refute(draft: Draft, name: str, value: int, printed: Totals, by: str) -> None:
    line, text = printed[name]
    why = f"the printed {text} contradicts {by}"
    draft.choices.note(Assumption(name, f"{value:,}", why, (), (text,), "contradiction", (name, text, line)))
