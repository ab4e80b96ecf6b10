"""A profile: the latency and how well it is known, and the time of every row beside what it had to do."""

from typing import Any

from cnnscope.profiling import protocol, statistics
from cnnscope.profiling.plain import to_record
from cnnscope.profiling.record import MOST_OVERHEAD, Profile
from cnnscope.profiling.rows import CACHE, TimedRow, rows
from cnnscope.render.sheet import Column, Remark, Sheet, Value, View, arrange, number, words
from cnnscope.shapes import dims, elements
from cnnscope.units import exact, short_bytes, short_rate, short_seconds

_STOPS = {
    "interval": f"the median was known to {protocol.PRECISION:.0%}",
    "plateau": "more samples no longer made the series calmer",
    "time": "the time was up (--max-time)",
    "interrupted": "it was INTERRUPTED",
}

_CACHED = f"{CACHE}: above the roof, since it is memory's copy ceiling: the data of small layers stays in faster caches"


def _count(value: Value) -> str:
    return exact(value) if isinstance(value, int) and value else ""


def _scaled(scale: float, form: str) -> Any:
    """Shows a number in a unit that people read."""
    return lambda value: "" if value is None else format(value * scale, form)


COLUMNS: tuple[Column[TimedRow], ...] = (
    words("layer", "layer", lambda row: row.name, wrap=1),
    words("type", "type", lambda row: row.type, 6),
    Column(
        "output",
        "output",
        lambda row: dims(row.output_shape) if row.output_shape else "",
        lambda row: dims(row.output_shape) if row.output_shape else "",
        5,
        order=lambda row: elements(row.output_shape) if row.output_shape else 0,
    ),
    number("macs", "MACs", lambda row: row.macs, 2, _count),
    number("bytes_moved", "bytes", lambda row: row.bytes_moved, 4, _count),
    number("intensity", "FLOP/byte", lambda row: row.intensity, 4, _scaled(1, ".1f")),
    number("seconds", "us", lambda row: row.seconds, 0, _scaled(1e6, ",.1f")),
    number("share", "share", lambda row: row.share, 0, _scaled(1, ".1%")),
    number("flops_per_second", "GFLOP/s", lambda row: row.flops_per_second, 1, _scaled(1e-9, ",.1f")),
    number("of_roof", "of roof", lambda row: row.of_roof, 3, _scaled(1, ".0%"), sparse=True),
    words("bound", "bound", lambda row: row.bound, 3, sparse=True),
    words("kernels", "kernels", lambda row: row.kernels, 7, wrap=2, sparse=True),
)


def sheet(profile: Profile, view: View) -> Sheet[TimedRow]:
    timed = rows(profile, view.depth)
    if not profile.times_hold:
        timed = [row._replace(seconds=None, flops_per_second=None, of_roof=None, bound="") for row in timed]
    settings = profile.settings
    threads = "" if settings.is_cuda else f", {settings.threads} thread{'s' if settings.threads > 1 else ''}"
    in_cache = any(row.bound == CACHE for row in timed)
    return arrange(COLUMNS, timed, view)._replace(
        network=profile.network,
        headline=f"{profile.network} · input {dims(profile.input_shape)} · batch {settings.batch} · {settings.dtype} · "
        f"{settings.runtime} on {settings.device}{threads}",
        totals=_totals(profile),
        legend=[_CACHED] if in_cache else [],
        summary=_summary(profile),
        remarks=[Remark(f"≠ {note}") for note in profile.notes],
    )


def record(profile: Profile) -> dict[str, Any]:
    return to_record(profile)


def _totals(profile: Profile) -> dict[str, str]:
    return {
        "layer": "latency (median)",
        "macs": exact(profile.macs),
        "seconds": f"{profile.median * 1e6:,.1f}",
        "share": "100.0%",
        "flops_per_second": f"{profile.flops_per_second / 1e9:,.1f}",
        "of_roof": "" if profile.share_of_peak is None else f"{profile.share_of_peak:.0%}",
    }


def _summary(profile: Profile) -> list[tuple[str, str]]:
    latency, environment = profile.latency, profile.environment
    measured = f", {short_bytes(profile.memory.measured)} held" if profile.memory.measured else ""
    lines = [
        ("latency", _latency(profile)),
        ("verdict", _verdict(profile)),
        ("throughput", f"{profile.throughput:,.1f} images/s"),
        ("speed", _speed(profile)),
        (
            "start",
            f"loaded in {short_seconds(latency.creation_seconds)}, first run {short_seconds(latency.first_run)}, "
            f"{latency.warm_up_runs} runs of warm-up",
        ),
        ("layers", _layers(profile)),
        (
            "memory",
            f"{short_bytes(profile.memory.predicted)} predicted{measured}, "
            f"{short_bytes(profile.memory.available)} were free",
        ),
    ]
    if environment:
        lines.append(("machine", _machine(profile)))
    facts = "; ".join(f"{name} {_plain(value)}" for name, value in profile.facts.items())
    return [*lines, ("runtime", facts)] if facts else lines


def _plain(fact: Any) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, list) else str(fact)


def _latency(profile: Profile) -> str:
    known = profile.summary
    parts = [
        f"{short_seconds(known.median)} median, {short_seconds(known.low)} to {short_seconds(known.high)} with "
        f"{statistics.CONFIDENCE:.0%} confidence",
        f"min {short_seconds(known.min)}, max {short_seconds(known.max)}",
    ]
    too_few = []
    for percent in statistics.PERCENTILES:
        value = getattr(known, f"p{percent}")
        if value is None:
            too_few.append(f"p{percent} ({statistics.fewest_samples(percent)})")
        else:
            parts.append(f"p{percent} {short_seconds(value)}")
    small = f", too few for {', '.join(too_few)}" if too_few else ""
    inner = f" of {profile.latency.inner} runs each" if profile.latency.inner > 1 else ""
    return f"{'; '.join(parts)}; n = {known.n}{inner}{small}"


def _verdict(profile: Profile) -> str:
    known = profile.summary
    word = "stable" if known.stable else "NOT stable"
    return (
        f"{word}: standard deviation {known.cv:.1%} of the mean, interquartile range {known.iqr / known.median:.1%} of "
        f"the median; stopped when {_STOPS[profile.latency.stop]}"
    )


def _speed(profile: Profile) -> str:
    text = f"{short_rate(profile.flops_per_second, 'FLOP')}, two for each of {exact(profile.macs)} MACs"
    if not profile.ceilings or profile.share_of_peak is None:
        return text
    return (
        f"{text}; without products with padding {profile.share_of_peak:.0%} of the "
        f"{short_rate(profile.ceilings.compute, 'FLOP')} that this machine does at most ({profile.ceilings.source})"
    )


def _layers(profile: Profile) -> str:
    if not profile.kernels:
        return "not timed"
    found = profile.kernel_seconds
    if not found:
        return f"no kernel took a microsecond, which is the least that is counted; by {profile.method}"
    lines: dict[str, float] = {}
    for kernel in profile.kernels:
        if kernel.line:
            lines[kernel.line] = lines.get(kernel.line, 0.0) + kernel.seconds
    of_which = "".join(f", of it {seconds / found:.1%} {line}" for line, seconds in lines.items() if line != "other")
    named = {name for kernel in profile.kernels for name in kernel.layers}
    text = (
        f"{1 - profile.unattributed / found:.2%} of kernel time is on layers{of_which}; {len(named)} of "
        f"{len(profile.layers)} layers ran in {len(profile.kernels)} kernels, {len(profile.removed)} removed; "
        f"by {profile.method}"
    )
    if profile.overhead is None:
        return text
    held = "" if profile.times_hold else f", so only shares are shown (above {MOST_OVERHEAD:.0%})"
    return f"{text}; timing kernels changed a run by {profile.overhead:+.1%}{held}"


def _machine(profile: Profile) -> str:
    found = profile.environment
    packages = found["packages"]
    runtime = " ".join(f"{name} {version}" for name, version in packages.items() if name.startswith(("onnxr", "torch")))
    gpus = ", ".join(gpu["name"] for gpu in found["gpus"]) if profile.settings.is_cuda else ""
    cpu = found["cpu"]
    governor = f", governor {cpu['governor']}" if cpu["governor"] else ""
    virtual = ", virtual" if cpu["virtual"] else ""
    return f"{gpus or cpu['model']}{virtual}{governor}; {runtime}; fingerprint {found['fingerprint']}"
