"""How many of a page's faults one run reports: all that can be found, but no more than a person reads."""

from collections.abc import Iterable

from cnnscope.errors import Fault, SpecError

MOST_FAULTS = 50


def refusal(path: str, faults: Iterable[Fault]) -> SpecError:
    """The error for these faults; of very many only the first, and a last line that says so."""
    error = SpecError(path, faults)
    if len(error.faults) <= MOST_FAULTS:
        return error
    shown = error.faults[:MOST_FAULTS]
    return SpecError(path, [*shown, Fault(shown[-1].line, "", f"more than {MOST_FAULTS} faults", "mend these first")])
