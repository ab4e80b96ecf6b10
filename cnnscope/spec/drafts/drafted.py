"""Drafts -> Program: what is unsaid is solved, then the draft is read as a page in the layer-table language."""

from types import ModuleType

from cnnscope.errors import CnnscopeError, Fault, SpecError, UsageError
from cnnscope.graph import Assumption, walk
from cnnscope.spec.build import build
from cnnscope.spec.dialects import canonical
from cnnscope.spec.drafts.draft import Draft, Given
from cnnscope.spec.drafts.solve import solve
from cnnscope.spec.drafts.told import obey
from cnnscope.spec.drafts.totals import Totals, without_totals
from cnnscope.spec.faults import refusal
from cnnscope.spec.figures import figures
from cnnscope.spec.program import Program
from cnnscope.spec.tables.document import Document
from cnnscope.units import Printed, parse_printed


def program(document: Document, dialect: ModuleType, given: Given) -> Program:
    """The network of a printed table, or one per column; UsageError for a `given` that nothing in the table needs."""
    if document.faults and not getattr(dialect, "LINES", False):
        # A row that its table could not take would be missing.
        raise refusal(document.path, document.faults)
    totals: Totals = []
    if not getattr(dialect, "LINES", False):
        document, totals = without_totals(document)
    read_now = dialect.read(document, given)
    if isinstance(read_now, Program):
        _refuse_unused([*read_now.assumptions], given)
        return read_now
    drafts = _with_fitting_input(document, dialect, given, _solve_all(document, read_now))
    for what, values in _open_by_totals(drafts).items():
        tried = [drafts, *(_solved(document, dialect, {**given, what: value}) for value in values[1:])]
        best = max(range(len(values)), key=lambda index: _agreement(document, tried[index], what))
        drafts = tried[best]
        _say_how_totals_agree(drafts, what, values[best], values)
    assumed = [assumption for draft in drafts for assumption in draft.choices.made.values()]
    _refuse_unused(assumed, given)
    for draft in drafts:
        draft.figures += totals
    _name_apart(drafts)
    programs = [_program(document, draft) for draft in drafts]
    if len(programs) == 1:
        return programs[0]
    whole = Program(document.path, programs[0].name, programs[0].network)
    whole.columns = {made.name: made for made in programs}
    return whole


def _name_apart(drafts: list[Draft]) -> None:
    """Networks of one name in one table get numbers: DenseNet, DenseNet 2."""
    seen: dict[str, int] = {}
    for draft in drafts:
        seen[draft.name] = seen.get(draft.name, 0) + 1
        if seen[draft.name] > 1:
            draft.name = f"{draft.name} {seen[draft.name]}"


def _with_fitting_input(document: Document, dialect: ModuleType, given: Given, drafts: list[Draft]) -> list[Draft]:
    """Another usual input, where the first contradicts the printed sizes and this one does not."""
    first = drafts[0].choices.made.get("input") if drafts else None
    if len(drafts) != 1 or first is None or first.ground != "convention" or not _contradicts(drafts):
        return drafts
    for usual in _USUAL_INPUTS:
        others = _solved(document, dialect, {**given, "input": usual})
        if not _contradicts(others):
            made = others[0].choices.made
            made["input"] = first._replace(value=usual, why="reproduces every printed size", ground="solved")
            return others
    return drafts


_USUAL_INPUTS = ("3x32x32", "1x28x28", "1x32x32", "3x227x227", "3x299x299", "3x448x448")


def _contradicts(drafts: list[Draft]) -> bool:
    return any(a.ground == "contradiction" for draft in drafts for a in draft.choices.made.values())


def _solved(document: Document, dialect: ModuleType, given: Given) -> list[Draft]:
    return _solve_all(document, dialect.read(document, given))


def _solve_all(document: Document, drafts: list[Draft]) -> list[Draft]:
    if not drafts:
        raise SpecError(
            document.path, [Fault(0, "", "the table has no networks", "write a column, or a row, per network")]
        )
    for draft in drafts:
        if not draft.lines:
            name = f"{draft.name}: " if draft.name else ""
            raise SpecError(document.path, [Fault(0, "", f"{name}the table has no layers", "write one row per layer")])
        obey(draft)
        solve(draft)
    return drafts


def _program(document: Document, draft: Draft) -> Program:
    page = draft.page(document.path)
    page.footnotes = document.footnotes
    if not draft.name:
        page.headings[0] = (*page.headings[0][:2], _stem(document.path))
    made: Program = canonical.read(page)
    made.assumptions = tuple(draft.choices.made.values())
    made.page = page
    # The front matter holds one line for each metric.
    whole = [figure for entry in draft.figures for figure in figures(*entry, document.footnotes)]
    made.figures = tuple(whole) or made.figures
    made.missing = tuple(draft.missing)
    return made


def _stem(path: str) -> str:
    from pathlib import PurePath

    return PurePath(path).stem or "network"


def _refuse_unused(assumed: list[Assumption], given: Given) -> None:
    """Whatever the user tells is obeyed, and listed as told, or refused."""
    told = [assumption for assumption in assumed if assumption.ground == "given"]
    for what, value in given.items():
        row, _, column = what.rpartition(".")
        if any(each.what == what or (each.what == column and row in each.rows) for each in told):
            continue
        if any(each.what == what for each in assumed):
            hint = "`cnnscope convert` writes the table as a page, where you can change it"
            raise UsageError(f"--assume {what[:40]}={value[:40]}: --assume cannot change this", hint)
        known = ", ".join(dict.fromkeys(each.what for each in assumed)) or "nothing"
        raise UsageError(f"--assume {what[:40]}: the table does not leave this open", f"it leaves open {known}")


def _open_by_totals(drafts: list[Draft]) -> dict[str, tuple[str, ...]]:
    """Choices that no size decides but printed totals may, with their values, the habit first."""
    if not any(metric == "macs" for draft in drafts for _, metric, _ in draft.figures):
        return {}
    found = [a for draft in drafts for a in draft.choices.made.values() if a.what in _BY_TOTALS]
    return {a.what: (a.value, *a.others) for a in found if a.ground == "convention"}


_BY_TOTALS = ("stride in",)


def _agreement(document: Document, drafts: list[Draft], what: str) -> tuple[bool, float]:
    """Does the smallest network with this choice reproduce its printed total, and how near does it come?"""
    printing = [draft for draft in drafts if what in draft.choices.made and _macs(draft)]
    if not printing:
        return False, 0.0
    smallest = min(printing, key=lambda draft: sum(int(line.cells.get("repeat", "1")) for line in draft.lines))
    figure = _macs(smallest)[0]
    try:
        macs = sum(layer.placed.cost.macs for layer in walk(build(_program(document, smallest))))
    except CnnscopeError:
        return False, float("-inf")
    return figure.holds(macs), -abs(float(figure.value) - macs) / max(macs, 1)


def _macs(draft: Draft) -> list[Printed]:
    return [parse_printed(text) for _, metric, text in draft.figures if metric == "macs"]


def _say_how_totals_agree(drafts: list[Draft], what: str, best: str, values: tuple[str, ...]) -> None:
    for draft in drafts:
        if what in draft.choices.made:
            others = tuple(value for value in values if value != best)
            made = draft.choices.made[what]
            why = "comes nearest to the printed totals"
            draft.choices.made[what] = made._replace(value=best, others=others, ground="solved", why=why)
