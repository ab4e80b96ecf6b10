"""Chooses what is explained: a metric's definition, a network, or the layers that a name or pattern means."""

from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase

from cnnscope.analysis.report import LayerReport, Report
from cnnscope.errors import UsageError
from cnnscope.explanation.definitions import ALIASES, DEFINITIONS
from cnnscope.explanation.layer import LAYER_METRICS, layer_section
from cnnscope.explanation.network import NETWORK_METRICS, network_sections
from cnnscope.explanation.record import Explanation, Line, Section
from cnnscope.graph import Graph


def define(metric: str = "") -> Explanation:
    """What a metric counts, by which convention, and where that comes from; all metrics where none is named."""
    wanted = [_known(metric, DEFINITIONS)] if metric else list(DEFINITIONS)
    return Explanation("What is counted, and by which convention", tuple(_defined(name) for name in wanted))


def explain_network(report: Report, graph: Graph, metric: str = "") -> Explanation:
    """The network's totals and the layers that make them, or one of them."""
    name = metric and _of_network(metric)
    return _explanation(report, report.network, network_sections(report, graph, name))


def explain_layers(report: Report, layer: str, metric: str = "") -> Explanation:
    """Every operator of the rows that `layer` means: a row, a layer, a block of rows, or a pattern of names."""
    name = metric and _of_layer(metric)
    sections = [layer_section(report, entry, name) for entry in layers(report, layer)]
    # Of many layers, those that have nothing of a figure only hide the others.
    telling = [section for section in sections if any(map(_tells, section.lines))] if name else sections
    return _explanation(report, f"{report.network} {layer}", telling or sections)


def layers(report: Report, wanted: str) -> list[LayerReport]:
    """The layers that a name means: the row's, the layer itself, all under a path, of a type, or that match a pattern.

    UsageError suggests the nearest names.
    """
    tests = (
        lambda entry: entry.row == wanted,
        lambda entry: entry.name == wanted,
        lambda entry: entry.row.startswith(f"{wanted}."),
        lambda entry: entry.type == wanted.lower(),
        lambda entry: fnmatchcase(entry.row, wanted) or fnmatchcase(entry.name, wanted),
        lambda entry: fnmatchcase(entry.row.lower(), wanted.lower()) or entry.name.lower() == wanted.lower(),
    )
    for test in tests:
        if found := [entry for entry in report.layers if test(entry)]:
            return found
    names = dict.fromkeys(name for entry in report.layers for name in (entry.row, entry.name))
    types = dict.fromkeys(entry.type for entry in report.layers)
    near = [name for name in names if wanted and name.lower().startswith(wanted.lower())][:3]
    everything = f" Or '{wanted[:40]}*' for all of them." if len(near) > 1 else ""
    if not any(sign in wanted for sign in "*?["):
        near = near or get_close_matches(wanted, [*names, *types], n=3, cutoff=0.5)
    known = f"known are {', '.join([*names][:8])}{' and more' if len(names) > 8 else ''}; or types: {', '.join(types)}"
    hint = f"did you mean {' or '.join(near)}?{everything}" if near else known
    raise UsageError(f"{report.network} has no layer `{wanted[:40]}`", hint)


def _tells(line: Line) -> bool:
    return any(found.value != 0 for found in line.equations)


def _explanation(report: Report, subject: str, sections: Iterable[Section]) -> Explanation:
    return Explanation(subject, tuple(sections), report.network, report.input_shape, report.dtype)


def _defined(name: str) -> Section:
    definition = DEFINITIONS[name]
    facts = {"definition": definition.plain, "convention": definition.convention, "source": definition.source}
    return Section(name, tuple(Line(what, (), text) for what, text in facts.items() if text), name)


def _of_layer(metric: str) -> str:
    name = _known(metric, DEFINITIONS)
    name = "output_bytes" if name == "activation_bytes" else name
    if name not in LAYER_METRICS:
        raise UsageError(
            f"{name} is a figure of the whole network", f"leave the layer out, or ask for {', '.join(LAYER_METRICS)}"
        )
    return name


def _of_network(metric: str) -> str:
    return _known(metric, NETWORK_METRICS)


def _known(metric: str, known: Iterable[str]) -> str:
    """The metric's own name; UsageError for one that nobody knows."""
    wanted = metric.strip().lower().replace(" ", "_").replace("-", "_")
    wanted = ALIASES.get(wanted, wanted)
    names = tuple(known)
    if wanted not in names:
        near = get_close_matches(wanted, (*names, *ALIASES), n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
        raise UsageError(f"no metric `{metric[:40]}`", hint)
    return wanted
