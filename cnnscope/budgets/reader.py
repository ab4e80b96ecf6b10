"""The tables of a configuration -> Config. Every key is known or an error; every value has one type."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from cnnscope.budgets.config import A_BASELINE, Check, Config, Written
from cnnscope.budgets.grammar import Budget, Relative, budget, figure, limit
from cnnscope.budgets.settings import RunSettings
from cnnscope.budgets.source import Source
from cnnscope.budgets.units import quantity
from cnnscope.errors import CellError, UsageError

TOP_KEYS = ("baseline", "on_other_machine", "check")
CHECK_KEYS = ("name", "model", "input", "batch", "dtype", "optimizer", "run", "budget", "message")
BUDGET_KEYS = ("metric", "max", "min", "equal", "min_change", "level")
LIMITS = {"max": "<=", "min": ">=", "equal": "=="}
MOST_CHECKS = 1_000


def configuration(table: Mapping[str, Any], folder: Path, source: Source) -> Config:
    """The configuration of this table; UsageError names file, line and remedy."""
    _known(table, TOP_KEYS, source)
    baseline = table.get("baseline", "")
    if not isinstance(baseline, str) or not baseline.isprintable() or ("baseline" in table and not baseline.strip()):
        _fail(source, source.key("baseline"), "baseline is not a path", f"write {A_BASELINE}")
    other = table.get("on_other_machine", "undecided")
    if other not in ("undecided", "skip"):
        _fail(source, source.key("on_other_machine"), f"on_other_machine is {other!r:.40}", "write undecided or skip")
    entries = table.get("check", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        _fail(source, source.key("check"), "check is not a list of tables", "write [[tool.cnnscope.check]] for each")
    if len(entries) > MOST_CHECKS:
        _fail(source, 1, f"{len(entries):,} checks", f"at most {MOST_CHECKS:,} are read")
    checks = tuple(_check(entry, index, source) for index, entry in enumerate(entries))
    _distinct(checks, source)
    how = source.at_top("baseline", A_BASELINE)
    return Config(source.path, folder, checks, baseline, other == "skip", how)


def _check(entry: Mapping[str, Any], index: int, source: Source) -> Check:
    _known(entry, CHECK_KEYS, source, index)
    name = _text(entry, "name", source, index)
    if not name:
        _fail(source, source.check(index), "a check without a name", 'write name = "mobile"')
    models = entry.get("model")
    models = [models] if isinstance(models, str) else models
    if not isinstance(models, list) or not all(map(_is_model, models)):
        _fail(source, source.key("model", index), f"{name}: no model", 'write model = "vgg16", a file or a pattern')
    if "-" in models:
        _fail(source, source.key("model", index), f"{name}: a check cannot read standard input", "name a file")
    batch = entry.get("batch", 1)
    if type(batch) is not int or batch < 1:
        _fail(source, source.key("batch", index), f"{name}: batch is {batch!r:.20}", "write a number from 1 on")
    written = entry.get("budget")
    if not isinstance(written, list):
        _fail(source, source.key("budget", index), f"{name}: no list of budgets", 'write budget = ["params <= 5M"]')
    budgets = tuple(found for item in written for found in _budgets(item, name, index, source))
    _once(budgets, name, source)
    dtype = _text(entry, "dtype", source, index) or "float32"
    shape = _text(entry, "input", source, index) or None
    return Check(
        name,
        tuple(models),
        budgets,
        shape,
        batch,
        dtype,
        _text(entry, "optimizer", source, index) or "momentum",
        _run(entry.get("run", {}), name, index, source)._replace(dtype=dtype, input=shape),
        _text(entry, "message", source, index),
        source.path,
        source.check(index),
    )


def _is_model(model: object) -> bool:
    return isinstance(model, str) and bool(model) and model.isprintable() and model == model.strip()


def _budgets(item: object, name: str, index: int, source: Source) -> Iterable[Written]:
    if isinstance(item, str):
        line = source.within(index, item) if item.strip() else source.key("budget", index)
        try:
            return [Written(budget(item), source.path, line)]
        except CellError as error:
            _fail(source, line, f"{name}: {error.message}", error.hint)
    if not isinstance(item, dict):
        _fail(source, source.key("budget", index), f"{name}: {item!r:.40} is no budget", 'write "params <= 5M"')
    line = source.within(index, str(item.get("metric", "")), "{")
    for key in item:
        if key not in BUDGET_KEYS:
            _unknown(key, BUDGET_KEYS, source, line)
    try:
        return [Written(found, source.path, line) for found in _from_table(item)]
    except CellError as error:
        _fail(source, line, f"{name}: {error.message}", error.hint)


def _from_table(item: Mapping[str, Any]) -> list[Budget]:
    """{ metric = "latency.median", max = "base + 10%", min_change = "0.5 ms", level = "warn" }"""
    if not isinstance(item.get("metric"), str):
        raise CellError("a budget without a metric", 'write metric = "macs"')
    metric, layers = figure(item["metric"])
    level = item.get("level", "fail")
    if level not in ("fail", "warn"):
        raise CellError(f"level is {level!r:.40}", "write fail or warn")
    limits = [(op, item[key]) for key, op in LIMITS.items() if key in item]
    if not limits:
        raise CellError(f"{item['metric']} has no limit", f"give one of {', '.join(LIMITS)}")
    found = [
        Budget(metric, layers, op, limit(metric, op, _limit_text(value)), level)  # type: ignore[arg-type]
        for op, value in limits
    ]
    if "min_change" not in item:
        return found
    if not metric.measured or not all(isinstance(one.limit, Relative) for one in found):
        raise CellError("min_change is for measured figures beside a base", "take it away: other figures are exact")
    change = quantity(_limit_text(item["min_change"]), metric.kind)
    return [one._replace(min_change=change) for one in found]


def _limit_text(value: object) -> str:
    """The text of a limit; whole numbers need no quotes."""
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise CellError(f"{value!r:.40} is not a limit", 'write it as text: "1.5M"')
    return value.strip()


def _run(table: object, name: str, index: int, source: Source) -> RunSettings:
    line = source.key("run", index)
    if not isinstance(table, dict):
        _fail(source, line, f"{name}: run is not a table", 'write run = { device = "cpu", threads = 1 }')
    keys = tuple(field for field in RunSettings._fields if field not in ("dtype", "input"))
    settings = RunSettings()
    for key, value in table.items():
        if key not in keys:
            _unknown(key, keys, source, line)
        default = getattr(settings, key)
        if isinstance(default, float):
            value = _seconds(value, f"{name}: {key}", source, line)
        elif type(value) is not type(default):
            kind = "a whole number" if isinstance(default, int) else "text"
            _fail(source, line, f"{name}: {key} is {value!r:.40}", f"write {kind}")
        elif isinstance(default, int) and value < (0 if key == "seed" else 1):
            _fail(source, line, f"{name}: {key} is {value}", "write a number from 1 on")
        settings = settings._replace(**{key: value})
    if settings.min_time > settings.max_time:
        if "max_time" not in table:
            return settings._replace(max_time=settings.min_time)
        if "min_time" in table:
            _fail(source, line, f"{name}: min_time is above max_time", "write the shorter time as min_time")
        return settings._replace(min_time=settings.max_time)
    return settings


def _seconds(value: object, what: str, source: Source, line: int) -> float:
    try:
        seconds = float(quantity(value if isinstance(value, str) else repr(value), "seconds").value)
    except CellError as error:
        _fail(source, line, f"{what}: {error.message}", error.hint)
    if not seconds:
        _fail(source, line, f"{what} is zero", "write a time such as 30 s")
    return seconds


def _text(entry: Mapping[str, Any], key: str, source: Source, index: int) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str) or (key in entry and not value.strip()) or not value.isprintable():
        _fail(source, source.key(key, index), f"{key} is {value!r:.40}", "write a line of text in quotes")
    if value != value.strip():
        _fail(source, source.key(key, index), f"{key} {value!r:.40} begins or ends with a space", "take it away")
    return value


def _once(budgets: tuple[Written, ...], name: str, source: Source) -> None:
    seen: dict[str, Written] = {}
    for written in budgets:
        text = str(written.budget)
        if text in seen:
            _fail(source, written.line, f"{name}: {text} is written twice", "keep one")
        seen[text] = written


def _distinct(checks: tuple[Check, ...], source: Source) -> None:
    lines: dict[str, int] = {}
    for check in checks:
        if check.name in lines:
            where = f"the check of line {lines[check.name]} has the name {check.name}"
            _fail(source, check.line, where, "rename one: the baseline goes by names")
        lines[check.name] = check.line


def _known(table: Mapping[str, Any], keys: tuple[str, ...], source: Source, index: int | None = None) -> None:
    for key in table:
        if key not in keys:
            _unknown(key, keys, source, source.key(key, index))


def _unknown(key: str, keys: tuple[str, ...], source: Source, line: int) -> NoReturn:
    from difflib import get_close_matches

    near = get_close_matches(key, keys, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(keys)}"
    if key in TOP_KEYS and source.top:
        hint = f"it is a key of the whole file: write it {source.top}"
    if key in CHECK_KEYS and keys == TOP_KEYS:
        hint = "it is a key of a check: write it below its [[check]]"
    if key == "tool":
        hint = "cnnscope.toml takes the keys without [tool.cnnscope] before them"
    _fail(source, line, f"unknown key `{key[:40]}`", hint)


def _fail(source: Source, line: int, message: str, hint: str) -> NoReturn:
    raise UsageError(f"{source.path}:{line}: {message}", hint)
