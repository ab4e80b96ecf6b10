"""The columns of a layer table and the operators that a row names.

Column titles are compared in lower case with blanks and hyphens as underscores.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from cnnscope.errors import CellError
from cnnscope.ops import SYNONYMS, VOCABULARY, Op
from cnnscope.spec.values import reader

LAYER, TYPE, FROM, REPEAT, WHEN, ACTIVATION, NOTES = "layer", "type", "from", "repeat", "when", "activation", "notes"
PLAIN = (LAYER, TYPE, FROM, REPEAT, WHEN, ACTIVATION, NOTES)

_LONGEST_NAME = max(len(name.split()) for name in (*VOCABULARY, *SYNONYMS))
"""Words in an operator's name."""
LONGEST_CHAIN = 40
"""Words in a type cell."""

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


_OTHER_TYPES = {
    "convolution": "conv",
    "convolutional": "conv",
    "conv2d": "conv",
    "maxpool2d": "max pool",
    "pooling": "max pool",
    "pool": "max pool",
    "subsampling": "avg pool",
    "dense": "fully connected",
    "linear": "fully connected",
    "batchnorm2d": "bn",
    "normalization": "bn",
    "shortcut": "add",
}
"""What papers and libraries call an operator, for the same use."""


def title(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def suggestion(word: str, known: list[str]) -> str:
    """A hint with the nearest known word, or all of them where they are few."""
    if word in _OTHER_WORDS and _OTHER_WORDS[word] in known:
        return f'did you mean "{_OTHER_WORDS[word]}"?'
    if near := nearest(word, known):
        return f'did you mean "{near}"?'
    return f"known are {', '.join(known)}" if len(known) <= 20 else "`docs/operators.md` lists what is known"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that the reader may have meant, or none."""
    from difflib import get_close_matches

    near = get_close_matches(word[:60].lower(), [*known], n=1, cutoff=0.6)
    return near[0] if near else ""


@lru_cache(4096)
def chain(text: str) -> tuple[type[Op], ...]:
    """The operators of a type cell in running order ("bn relu conv"); the longest name wins.

    CellError with a suggestion where a word is none.
    """
    words = text.lower().replace("-", " ").split()
    if not words:
        raise CellError(f"type `{text[:40]}` names no operator", "write one such as conv, or a block's name")
    if len(words) > LONGEST_CHAIN:
        raise CellError(f"a type of {len(words):,} words", f"at most {LONGEST_CHAIN} are read: use a row per operator")
    found: list[type[Op]] = []
    rest = words
    while rest:
        operator, count = _first_operator(rest)
        if operator is None:
            near = _mended(words)
            hint = "`docs/operators.md` lists the operators; a block needs a `## name(...)` table"
            hint = f'did you mean "{near}"?' if near else hint
            raise CellError(f'type "{text[:40]}": no such operator or block', hint)
        found.append(operator)
        rest = rest[count:]
    return tuple(found)


def _first_operator(words: list[str]) -> tuple[type[Op] | None, int]:
    """The operator that these words begin with, and how many of them are its name."""
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        name = " ".join(words[:count])
        if operator := VOCABULARY.get(SYNONYMS.get(name, name)):
            return operator, count
    return None, 0


def _mended(words: list[str]) -> str:
    """The chain with the nearest operators in place of what is none; "" where a word is near to nothing."""
    from difflib import SequenceMatcher

    known = (*VOCABULARY, *_OTHER_TYPES)
    found = []
    while words:
        count = _first_operator(words)[1]
        best = " ".join(words[:count])
        if not count:
            heads = [" ".join(words[:length]) for length in range(min(len(words), _LONGEST_NAME), 0, -1)]
            near = {head: match for head in heads if (match := nearest(head, known))}
            if not near:
                return ""
            head = max(near, key=lambda head: SequenceMatcher(None, near[head], head).ratio())
            count, best = len(head.split()), _OTHER_TYPES.get(near[head], near[head])
        found.append(best)
        words = words[count:]
    return " ".join(found)


@lru_cache(8192)
def operators(kinds: tuple[type[Op], ...], cells: tuple[tuple[str, str], ...]) -> tuple[Op, ...]:
    """The operators of a row with their hyper-parameters.

    A cell goes to the first operator that has its column; CellError where none has, or where one lacks a figure.
    """
    given: list[dict[str, object]] = [{} for _ in kinds]
    _refuse_ambiguous(kinds, cells)
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


def _refuse_ambiguous(kinds: tuple[type[Op], ...], cells: tuple[tuple[str, str], ...]) -> None:
    """A kernel is the first window's, but groups of a convolution and of a group norm are two different things."""
    takers = [kind.type for kind in kinds if "groups" in kind.fields]
    if len(takers) > 1 and any(column == "groups" for column, _ in cells):
        raise CellError(f"groups: {' and '.join(takers)} both have them", "give one of the two a row of its own")


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
            f"{kind.type} needs {' and '.join(missing).replace('_', ' ')}",
            f"fill the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
        )
    return kind(**values)


def suffixes(row: tuple[Op, ...]) -> tuple[str, ...]:
    """What each operator of a row adds to the row's name: nothing for the main one, else ".bn", ".relu", ".relu2".

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
