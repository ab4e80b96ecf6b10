"""Profiles as JSON: there and back, by the published schema, and refused in our words when they are broken."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest

from cnnscope import render
from cnnscope.errors import UsageError
from cnnscope.profiling.plain import from_record, to_record
from cnnscope.profiling.trace import chrome_trace
from cnnscope.render import View, formats
from cnnscope.render.pages import profile as page
from cnnscope.runtimes import Settings
from tests.profiling.samples import FUSED, profiled, roofs

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/profile.schema.json").read_text("utf-8"))
PROFILES = {
    "fused": profiled(ceilings=roofs(1e11, 2e10)),
    "too short to time": profiled(profiled_seconds=300e-6),
    "not timed by layers": profiled(kernels=(), removed=(), profiled_seconds=None),
    "of halves": profiled(settings=Settings(batch=8, dtype="float16", threads=2), notes=("the neighbours are noisy",)),
}


def stored(profile):
    return json.loads(json.dumps(to_record(profile)))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_record_is_of_the_published_schema_and_the_schema_knows_all_of_it(profile):
    jsonschema.validate(stored(profile), SCHEMA)
    assert [*to_record(profile)] == SCHEMA["required"] == [*SCHEMA["properties"]]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_comes_back_as_it_was(profile):
    found = from_record(stored(profile))
    assert found == profile
    assert stored(found) == stored(profile)


@pytest.mark.parametrize("format_name", formats.names())
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_that_was_kept_looks_as_it_did(profile, format_name):
    for view in (View(), View(width=60), View(depth=1, sort="seconds")):
        assert render.text(page, [from_record(stored(profile))], format_name, view) == render.text(
            page, [profile], format_name, view
        )


def test_the_layers_seconds_are_those_of_the_kernels_with_layers():
    record = stored(profiled())
    assert sum(layer["seconds"] or 0 for layer in record["layers"]) == pytest.approx(58e-6)
    assert record["attribution"]["unattributed_seconds"] == 2e-6
    assert record["attribution"]["between_kernels_seconds"] == pytest.approx(40e-6)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"kind": "analysis"}, "this is no profile of cnnscope"),
        ({"schema_version": 2}, "a profile of schema version 2; 1 can be read"),
        ({"schema_version": True}, "a profile of schema version True; 1 can be read"),
        ({"schema_version": None}, "a profile of schema version None; 1 can be read"),
        ({"layers": 7}, "the profile is damaged: `layers` cannot be 7"),
        ({"removed": ["nobody"]}, "the profile is damaged: there is no layer `nobody`"),
        ({"dtype": None, "network": None}, "the profile is damaged: `network` cannot be None"),
        ({"environment": {"fingerprint": "x"}}, "the profile is damaged: it has no 'packages'"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_in_our_words(change, message):
    with pytest.raises(UsageError) as caught:
        from_record(stored(profiled()) | change)
    assert caught.value.message == message


@pytest.mark.parametrize("record", [None, 7, "text", [], {}, [{}]])
def test_foreign_json_is_no_profile(record):
    with pytest.raises(UsageError, match="this is no profile of cnnscope"):
        from_record(record)


def _places(value, path=()):
    """Every place in a record; of lists the first two entries."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, entry in entries:
        yield from _places(entry, (*path, name))


def _changed(record, path, change):
    copy = deepcopy(record)
    *way, last = path
    parent = copy
    for name in way:
        parent = parent[name]
    if change is KeyError:
        del parent[last]
    else:
        parent[last] = change
    return copy


@pytest.mark.parametrize("change", [KeyError, None, "x", -1, 0, 1e300, True, [], {}, [None], {"a": []}], ids=repr)
def test_a_record_that_was_tampered_with_is_refused_or_shown_and_never_a_failure_of_ours(change):
    record = stored(PROFILES["fused"])
    record["latency"]["samples"] = record["latency"]["samples"][:3]
    for path in _places(record):
        try:
            found = from_record(_changed(record, path, change))
        except UsageError:
            continue
        render.text(page, [found], "terminal", View())
        render.text(page, [found], "json", View())
        chrome_trace([found])


def test_a_chrome_trace_has_what_the_format_asks_for_and_sums_up():
    """Trace Event Format: complete events ("X") need name, ph, ts, dur, pid and tid; metadata ("M") name, ph, pid, args."""
    traced = json.loads(json.dumps(chrome_trace([*PROFILES.values()])))
    assert [*traced] == ["traceEvents", "displayTimeUnit"]
    for event in traced["traceEvents"]:
        assert {"X": {"name", "ph", "ts", "dur", "pid", "tid"}, "M": {"name", "ph", "pid", "args"}}[event["ph"]] <= {
            *event
        }
    for track in (1, 2):
        slices = [event for event in traced["traceEvents"] if (event["ph"], event["pid"]) == ("X", 1)]
        slices = [event for event in slices if event["tid"] == track]
        assert sum(event["dur"] for event in slices) == pytest.approx(60)
        ends = [0.0, *(event["ts"] + event["dur"] for event in slices)]
        assert [event["ts"] for event in slices] == pytest.approx(ends[:-1])
    rows = [event["name"] for event in traced["traceEvents"] if (event["pid"], event.get("tid")) == (1, 1)]
    assert rows == ["thread_name", "stage.a", "stage.a", "stage.b", "fc", "fc", "other"]
    assert len(FUSED) == 6
