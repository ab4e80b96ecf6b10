"""What else can be asked of a network: its arithmetic, its proof, its latency, other tools' figures, its page's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from cnnscope import render
from cnnscope.analysis import report
from cnnscope.api import Dtype, Network, load, load_all
from cnnscope.errors import CnnscopeError, UsageError
from cnnscope.shapes import Shape
from cnnscope.spec import files

if TYPE_CHECKING:
    from cnnscope.explanation.record import Explanation
    from cnnscope.profiling.protocol import Limits, Progress
    from cnnscope.profiling.record import Profile
    from cnnscope.reconciliation.record import Reconciliation
    from cnnscope.render.pages.claims import Checked
    from cnnscope.runtimes import Settings
    from cnnscope.verification.record import Verification


def explain(
    model: Network | str | None = None,
    layer: str | None = None,
    *,
    metric: str | None = None,
    input: Shape | str | None = None,
    batch: int = 1,
    dtype: Dtype = "float32",
) -> "Explanation":
    """The arithmetic behind the figures of a network, or of the layers that a name or pattern such as "conv2.*" means.

    `metric` picks one figure; without a model it is defined. `str` of the result is what the command prints, and
    `render("latex")` gives equations. UsageError for a layer or metric that nobody knows.
    """
    from cnnscope.explanation import explain as explaining

    if model is None:
        if layer is not None:
            raise UsageError(f"layer `{layer[:40]}` of no network", "name the network before it")
        found = explaining.define(metric or "")
    else:
        network = _loaded(model)
        figures = network.analyze(input=input, batch=batch, dtype=dtype)
        if layer is None:
            found = explaining.explain_network(figures, network.shaped(input), metric or "")
        else:
            found = explaining.explain_layers(figures, layer, metric or "")
    return replace(found, renderers=render.renderers("explanation"))


def verify(
    model: Network | str,
    *,
    input: Shape | str | None = None,
    batch: int = 1,
    dtype: Dtype = "float32",
    seed: int = 0,
    counts_only: bool = False,
    force: bool = False,
    progress: Callable[[str], None] = lambda phase: None,
) -> "Verification":
    """Compare a network's figures with those of onnx, ONNX Runtime and torch, and both runtimes' values.

    Weights and input are random, of `seed`. `counts_only` computes nothing; `force` runs where memory may not suffice;
    `progress` is told what is being done. MissingExtraError where no engine is installed, RunError where one fails.
    """
    from cnnscope.verification.verify import verify as verified

    if seed < 0:
        raise UsageError(f"seed {seed}", "it must be at least 0")
    network = _loaded(model)
    found = verified(
        network.shaped(input),
        network.analyze(input=input, batch=batch, dtype=dtype),
        seed=seed,
        counts_only=counts_only,
        force=force,
        progress=progress,
    )
    return replace(found, renderers=render.renderers("verification"))


def profile(
    model: Network | str,
    settings: "Settings | None" = None,
    limits: "Limits | None" = None,
    *,
    input: Shape | str | None = None,
    kernels: str = "auto",
    ceilings: bool = True,
    force: bool = False,
    progress: "Callable[[Progress], None]" = lambda _: None,
) -> "Profile":
    """The latency of a network, measured in a process of its own, and the time of every layer.

    `settings` say how it runs (ONNX Runtime on one CPU thread if left out), `limits` how long to sample. `kernels` says
    how layers are timed: "runtime" by the runtime in its place, "alone" as networks of their own, "none" not at all.
    `ceilings` compares with what this machine does at most. UsageError for settings that cannot be or need more memory
    than is free, which `force` overrides; RunError where the network cannot be run; KeyboardInterrupt where it was
    interrupted before there was a sample.
    """
    from cnnscope.profiling.profile import profile as profiled
    from cnnscope.profiling.protocol import Limits
    from cnnscope.runtimes import Settings

    network = _loaded(model)
    found = profiled(
        network.shaped(input),
        settings or Settings(),
        limits or Limits(),
        kernels=kernels,
        ceilings=ceilings,
        force=force,
        progress=progress,
    )
    return replace(found, renderers=render.renderers("profile"))


def reconcile(
    model: Network | str,
    *,
    tools: Sequence[str] | str = (),
    input: Shape | str | None = None,
    batch: int = 1,
    calls: Mapping[str, str] | None = None,
) -> "Reconciliation":
    """What other tools would report for a network, each figure term by term from ours.

    `tools` names some of them or a family such as ptflops, all where left out. `calls` says how the implementation
    calls layers, by name, pattern or type, where it is not as torchvision's: {"relu": "function", "global avg pool":
    "method"}. UsageError for a tool or a way to call that nobody knows.
    """
    from cnnscope.reconciliation.reconcile import reconcile as reconciled

    network = _loaded(model)
    names = (tools,) if isinstance(tools, str) else tools
    found = reconciled(network.analyze(input=input, batch=batch), names, calls or {})
    return replace(found, renderers=render.renderers("reconciliation"))


def _loaded(model: Network | str) -> Network:
    return load(model) if isinstance(model, str) else model


def check_claims(models: Iterable[str], *, assume: Mapping[str, str] | None = None) -> "list[Checked]":
    """Every printed figure of these networks; a miss is tried against everything else that the table leaves open."""
    from cnnscope.render.pages.claims import Checked

    checked = []
    for model in models:
        for network in load_all(model, assume=assume):
            shown = network.analyze()
            others = _Otherwise(model, network, assume or {})
            for index, claim in enumerate(shown.claims):
                open_to_more = not (claim.holds or claim.known_false) and index < len(network.graph.claims)
                more = [*others.explain(index), *_whose(shown, claim)] if open_to_more else []
                checked.append(Checked(network.name, shown.path, claim, "; ".join((claim.why, *more))))
    return checked


def _whose(shown: report.Report, claim: report.JudgedClaim) -> list[str]:
    from cnnscope.reconciliation.printed import whose

    return [] if claim.layer else whose(shown, claim.metric, claim.claimed)


class _Otherwise:
    """A printed table read with its other assumptions: do they reproduce what the likeliest do not?"""

    def __init__(self, model: str, network: Network, assume: Mapping[str, str]) -> None:
        self.model, self.network, self.assume = model, network, assume

    def explain(self, index: int) -> list[str]:
        return [
            f"holds with --assume '{what}={value}'" for what, value, claims in self._judged if _holds(claims, index)
        ][:1]

    @cached_property
    def _judged(self) -> "list[tuple[str, str, tuple[report.JudgedClaim, ...]]]":
        found = []
        open_things = [(a.what, value) for a in self.network.program.assumptions for value in a.others if not a.rows]
        for what, value in open_things if self.model != files.STDIN else ():
            try:
                others = load_all(self.model, assume={**self.assume, what: value})
                same = next(other for other in others if other.name == self.network.name)
                found.append((what, value, same.analyze().claims))
            except (CnnscopeError, StopIteration):
                continue
        return found


def _holds(claims: "tuple[report.JudgedClaim, ...]", index: int) -> bool:
    return index < len(claims) and claims[index].holds
