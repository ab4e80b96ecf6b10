"""Families of printed tables: Document -> Program. One file each, found by file name.

A dialect is a module with EXPECTS (what such a table looks like, one line for errors), WORD (what only such tables
have), claims(document) and read(document, given), which returns one draft for each network of the table; LINES where it
reads lines, so that what is wrong with tables is no matter. The canonical language reads every page with front matter
and every table with a `type` column that no other dialect claims.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import ModuleType

from cnnscope.errors import Fault, SpecError, UsageError
from cnnscope.graph import Assumption
from cnnscope.spec.drafts.prose import without_prose
from cnnscope.spec.faults import refusal
from cnnscope.spec.program import Program
from cnnscope.spec.tables.document import Document, Table, TableRow

_CANONICAL = "canonical"


@lru_cache(1)
def dialects() -> tuple[str, ...]:
    """The names of all dialects but the canonical one."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name != _CANONICAL)


def read(document: Document, given: Mapping[str, str] | None = None) -> Program:
    """Read a document in the one dialect that claims it; SpecError when two do, or none.

    `given` is what the user assumes where the table is silent; UsageError for something that the table does not leave
    open.
    """
    canonical = _load(_CANONICAL)
    around: list[Assumption] = []
    if not document.has_front:
        document, around = without_prose(_without_captions(document))
    modules = [] if document.has_front else [_load(name) for name in dialects()]
    document, claiming = _claimed(document, modules, canonical)
    if len(claiming) > 1:
        words = " or ".join(f"`{module.WORD}`" for module in claiming)
        hint = f"{_expectations(claiming)}\n  a word settles it: keep only one of {words}"
        raise SpecError(document.path, [Fault(0, "", "two dialects read this table, each in its own way", hint)])
    if not claiming and not canonical.claims(document):
        if document.faults:
            raise refusal(document.path, document.faults)
        raise SpecError(document.path, [_nothing(document, [canonical, *modules])])
    if claiming:
        from cnnscope.spec.drafts.drafted import program

        found = program(document, claiming[0], given or {})
        if getattr(claiming[0], "LINES", False):
            found.assumptions += tuple(around)
        return found
    if given:
        raise UsageError(
            f"--assume {next(iter(given))}: nothing is assumed about {document.path}",
            "a page in the layer-table language says everything itself: change its cells",
        )
    read_page: Program = canonical.read(document)
    if not document.has_front:
        read_page.page = document
    return read_page


def _claimed(document: Document, modules: list[ModuleType], canonical: ModuleType) -> tuple[Document, list[ModuleType]]:
    """The dialects that claim a document, and the document as they read it."""
    claiming = [module for module in modules if module.claims(document)]
    if claiming or not modules or canonical.claims(document):
        return document, claiming
    # Titles over two rows: the lower ones name the columns.
    lower = _with_lower_titles(document)
    if claiming := [module for module in modules if hasattr(module, "TITLES") and module.claims(lower)]:
        return lower, claiming
    from cnnscope.spec.drafts import loose_text

    loose = loose_text.tables(document, modules)
    return (loose, [module for module in modules if module.claims(loose)]) if loose else (document, [])


def _with_lower_titles(document: Document) -> Document:
    """The document with the first row of each table in its header, where it fills it."""
    tables = []
    for table in document.tables:
        first, *rest = table.rows or [TableRow(table.line, ())]
        titles = tuple(below or above for above, below in zip(table.header, first.cells, strict=False))
        tables.append(replace(table, header=titles, rows=rest) if rest else table)
    return replace(document, tables=tables)


def _without_captions(document: Document) -> Document:
    """The document with tables whose first row is a caption over all columns begun below it."""
    if not any(_is_caption(table) for table in document.tables):
        return document
    tables = []
    for table in document.tables:
        while _is_caption(table):
            (line, titles), *rows = table.rows
            table = replace(table, line=line, header=titles, rows=rows)
        tables.append(table)
    return replace(document, tables=tables)


def _is_caption(table: Table) -> bool:
    """One text over all columns, or over the first of three or more, with a row of different titles below it."""
    if not table.rows:
        return False
    titles = {title for title in table.header if title}
    over_all = all(table.header) or (len(table.header) > 2 and table.header[0] != "" and not any(table.header[1:]))
    below = table.rows[0].cells
    return len(titles) == 1 and len(table.header) > 1 and over_all and all(below) and len({*below}) == len(below)


def _nothing(document: Document, modules: list[ModuleType]) -> Fault:
    if not document.tables:
        return Fault(0, "", "no table of layers in this file", _expectations(modules))
    table = document.tables[0]
    header = ", ".join(table.header)[:60]
    hint = "\n  ".join((*_nearest(table, modules), _expectations(modules)))
    return Fault(table.line, "", f"no dialect reads a table with the columns {header}", hint)


def _nearest(table: Table, modules: list[ModuleType]) -> list[str]:
    """The dialect that knows most of a table's titles, and which of its own are not there; none where it knows few."""
    from cnnscope.spec.drafts.titles import found

    titled = [module for module in modules if hasattr(module, "TITLES")]
    best = max(titled, key=lambda module: len(found(table, module.TITLES)))
    known = {*found(table, best.TITLES).values()}
    if len(known) < 2:
        return []
    count = len(known)
    known |= {*getattr(best, "OPTIONAL", ())}
    missing = ", ".join(name.replace("_", " ") for name in best.TITLES if name not in known)
    name = best.__name__.rpartition(".")[2]
    return [f"nearest is {name}: it knows {count} of the columns, and has others: {missing}"]


def _expectations(modules: list[ModuleType]) -> str:
    return "\n  ".join(f"{module.__name__.rpartition('.')[2]}: {module.EXPECTS}" for module in modules)


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
