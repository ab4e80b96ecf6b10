"""The columns of a layer table and the operators that a row names.

Column titles are compared in lower case with blanks and hyphens as underscores.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from cnnscope.errors import CellError
from cnnscope.ops import SYNONYMS, VOCABULARY, Op
from cnnscope.spec.values import reader

LAYER, TYPE, FROM, REPEAT, WHEN, ACTIVATION, NOTES = "layer", "type", "from", "repeat", "when", "activation", "notes"
PLAIN = (LAYER, TYPE, FROM, REPEAT, WHEN, ACTIVATION, NOTES)

FIELDS = frozenset(name for operator in VOCABULARY.values() for name in operator.fields)
"""Every hyper-parameter that some operator has."""

_OTHER_WORDS = {
    "name": LAYER,
    "stage": LAYER,
    "operator": TYPE,
    "layer_type": TYPE,
    "filters": "maps",
    "channels": "maps",
    "out": "maps",
    "units": "maps",
    "kernel_size": "kernel",
    "input": FROM,
    "bottom": FROM,
    "n": REPEAT,
    "layers": REPEAT,
    "pad": "padding",
    "strides": "stride",
}
"""What papers call a column, for the suggestion in an error: the canonical dialect reads canonical names only."""


def title(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def suggestion(word: str, known: list[str]) -> str:
    """A hint with the nearest known word, or all of them where they are few."""
    if word in _OTHER_WORDS and _OTHER_WORDS[word] in known:
        return f'did you mean "{_OTHER_WORDS[word]}"?'
    if near := get_close_matches(word, known, n=1, cutoff=0.6):
        return f'did you mean "{near[0]}"?'
    return f"known are {', '.join(known)}" if len(known) <= 20 else "`docs/operators.md` lists what is known"


@lru_cache(4096)
def chain(text: str) -> tuple[type[Op], ...]:
    """The operators of a type cell in running order ("bn relu conv"); the longest name wins. CellError with a suggestion."""
    words = text.lower().replace("-", " ").split()
    found: list[type[Op]] = []
    while words:
        for count in range(min(len(words), 4), 0, -1):
            name = " ".join(words[:count])
            if operator := VOCABULARY.get(SYNONYMS.get(name, name)):
                found.append(operator)
                words = words[count:]
                break
        else:
            raise unknown_operator(text, " ".join(words))
    return tuple(found)


def unknown_operator(text: str, rest: str) -> CellError:
    near = get_close_matches(rest, VOCABULARY, n=1, cutoff=0.6)
    near = near or get_close_matches(rest.split()[0], VOCABULARY, n=1, cutoff=0.6)
    hint = (
        f'did you mean "{near[0]}"?'
        if near
        else "`docs/operators.md` lists the operators; a block needs a `## name(...)` table"
    )
    return CellError(f'type "{text[:40]}": no such operator or block', hint)


@lru_cache(8192)
def operators(kinds: tuple[type[Op], ...], cells: tuple[tuple[str, str], ...]) -> tuple[Op, ...]:
    """The operators of a row with their hyper-parameters.

    A cell goes to the first operator that has its column; CellError where none has, or where one lacks a figure.
    """
    given: list[dict[str, object]] = [{} for _ in kinds]
    for column, text in cells:
        taker = next((index for index, kind in enumerate(kinds) if column in kind.fields), None)
        if taker is None:
            usable = sorted({name for kind in kinds for name in kind.fields})
            raise CellError(
                f"{' '.join(kind.type for kind in kinds)} has no {column.replace('_', ' ')}",
                f"empty the cell; its columns are {', '.join(usable)}" if usable else "empty the cell",
            )
        try:
            given[taker][column] = reader(column, kinds[taker].fields[column])(text)
        except CellError as error:
            raise CellError(f"{column}: {error.message}", error.hint) from None
    _leave_out_bias(kinds, given)
    _widen(kinds, given)
    return tuple(_make(kind, values) for kind, values in zip(kinds, given, strict=True))


def _leave_out_bias(kinds: tuple[type[Op], ...], given: list[dict[str, object]]) -> None:
    """A bias before a batch norm of the same row is swallowed by it, so it is left out unless asked for."""
    norm = VOCABULARY["bn"]
    for index, kind in enumerate(kinds):
        if "bias" in kind.fields and norm in kinds[index + 1 :]:
            given[index].setdefault("bias", False)


def _widen(kinds: tuple[type[Op], ...], given: list[dict[str, object]]) -> None:
    """A maxout in the row takes `pieces` times the maps that the row yields."""
    for index, kind in enumerate(kinds):
        if not kind.widens:
            continue
        factor = given[index].get(kind.widens, kind.defaults[kind.widens])
        for earlier in given[:index]:
            if isinstance(maps := earlier.get("maps"), int) and isinstance(factor, int):
                earlier["maps"] = maps * factor


def _make(kind: type[Op], values: Mapping[str, object]) -> Op:
    if missing := [name for name in kind.fields if name not in values and name not in kind.defaults]:
        raise CellError(
            f"{kind.type} needs a {missing[0].replace('_', ' ')}",
            f"fill the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
        )
    return kind(**values)


def suffixes(row: tuple[Op, ...]) -> tuple[str, ...]:
    """What each operator of a row adds to the row's name: nothing for the main one, ".bn", ".relu", ".relu2" for others.

    The main operator is the first that stores a tensor of its own: the conv of "bn relu conv" and of "conv bn".
    """
    main = next((index for index, op in enumerate(row) if not op.in_place), 0)
    seen: dict[str, int] = {}
    names = []
    for index, op in enumerate(row):
        name = op.type.replace(" ", "_")
        seen[name] = seen.get(name, 0) + (index != main)
        names.append("" if index == main else f".{name}{seen[name] if seen[name] > 1 else ''}")
    return tuple(names)
