"""The baseline file: what it keeps, who writes it, and that nothing can leave half of one."""

import json
import os
import shutil
import signal
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnscope.budgets.baseline import Baseline, MeasuredFigure, NetworkEntry, NoBaseline, RowEntry, text
from cnnscope.budgets.baseline_file import read_text
from cnnscope.budgets.config import Check, Config, Written
from cnnscope.budgets.grammar import budget
from cnnscope.budgets.measured import CannotMeasure
from cnnscope.budgets.settings import RunSettings
from cnnscope.budgets.updating import NothingToRecord, update
from tests.budgets.conftest import CONFIG, MACS, PAGE, PARAMS, widen
from tests.budgets.test_measured import Planted, measured
from tests.schemas import ROOT, valid

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
seconds = st.floats(1e-9, 1e3)
figures = st.one_of(
    st.integers(0, 10**15),
    st.fractions(0, 10**6, max_denominator=1000),
    st.builds(
        MeasuredFigure,
        seconds,
        st.none() | seconds,
        st.none() | seconds,
        st.integers(1, 10**6),
        seconds,
        names,
        st.just(RunSettings()),
    ),
)
rows = st.builds(RowEntry, names, st.dictionaries(st.sampled_from(["macs", "params"]), st.integers(1, 10**12)))
entries = st.builds(
    NetworkEntry,
    names,
    st.lists(st.integers(1, 512), min_size=1, max_size=4).map(tuple),
    names,
    names,
    st.dictionaries(names, figures, max_size=3),
    st.dictionaries(names, rows, max_size=3),
)
baselines = st.builds(Baseline, st.dictionaries(names, st.dictionaries(names, entries, max_size=2), max_size=2))


@given(baselines)
def test_what_is_written_is_read_back(kept):
    found = read_text(text(kept), "b.json")
    assert isinstance(found, Baseline), found
    assert found.checks == kept.checks
    assert text(found) == text(kept)
    valid["baseline"](text(kept))


@given(baselines, st.data())
def test_a_file_that_was_cut_is_corrupt(kept, data):
    whole = text(kept).rstrip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert isinstance(read_text(whole[:cut], "b.json"), NoBaseline)


def test_every_figure_and_row_has_a_line_of_its_own(project):
    text = (project / "base.json").read_text("utf-8")
    valid["baseline"](text)
    lines = text.splitlines()
    assert f'     "macs": {MACS},' in lines
    assert f'     "params": {PARAMS},' in lines
    assert '     "params@conv*": 336' in lines
    assert sum(line.startswith('     "conv1": {"is": "Conv(') for line in lines) == 1
    keys = [line.split('"')[1] for line in lines if line.startswith('     "')]
    assert keys == sorted(keys[:3]) + sorted(keys[3:])


def test_the_baseline_of_this_repository_keeps_to_the_schema():
    kept = (ROOT / "cnnscope.baseline.json").read_text("utf-8")
    valid["baseline"](kept)
    assert isinstance(read_text(kept, "cnnscope.baseline.json"), Baseline)


def test_fractions_are_exact():
    kept = Baseline({"c": {"n": NetworkEntry("s", (1,), "float32", "sgd", {"receptive_field": Fraction(435, 2)}, {})}})
    assert '"receptive_field": "435/2"' in text(kept)
    assert read_text(text(kept), "b").checks["c"]["n"].figures["receptive_field"] == Fraction(435, 2)


def test_check_never_writes(project, run):
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    (project / "net.md").write_text(PAGE.replace("| conv2 | conv | 8 |", "| conv2 | conv | 9 |"), encoding="utf-8")
    assert run("check")[0] == 1
    assert {name: (project / name).read_bytes() for name in before if name != "net.md"} == {
        name: content for name, content in before.items() if name != "net.md"
    }


def kept_macs(project):
    return json.loads((project / "base.json").read_text("utf-8"))["checks"]["edge"]["net"]["figures"]["macs"]


def test_tighten_lowers_and_never_raises(project, run):
    widen(project, 16)
    assert run("baseline", "update", "--tighten")[0] == 0
    assert kept_macs(project) == MACS
    widen(project, 4)
    assert run("baseline", "update", "--tighten")[0] == 0
    assert kept_macs(project) < MACS
    widen(project, 8)
    assert run("baseline", "update")[0] == 0
    assert kept_macs(project) == MACS


def test_an_update_of_one_check_leaves_the_others(project, run):
    (project / "cnnscope.toml").write_text(
        CONFIG + CONFIG.partition("\n\n")[2].replace("edge", "other"), encoding="utf-8"
    )
    widen(project, 4)
    assert run("baseline", "update", "--check", "other")[0] == 0
    assert kept_macs(project) == MACS
    assert json.loads((project / "base.json").read_text("utf-8"))["checks"]["other"]["net"]["figures"]["macs"] < MACS


@pytest.mark.parametrize(
    "config, words, code, told",
    [
        (CONFIG.replace('baseline = "base.json"', ""), [], 2, "cnnscope.toml names no baseline\n  add baseline = "),
        (CONFIG, ["--check", "edgy"], 3, "no check matches edgy\n  known are edge\n"),
        ('baseline = "base.json"\n', [], 3, "no check names a figure: there is nothing to record"),
        (CONFIG.replace("params@conv*", "params@stem*"), [], 3, "edge, net: params@stem* cannot be had"),
        (CONFIG.replace("net.md", "gone.md"), [], 2, "edge: gone.md: no such file"),
        (CONFIG.replace("params@conv* <= 400", "latency.median <= base"), [], 3, "latency cannot be measured here"),
        (CONFIG.replace("base.json", "no/such/base.json"), [], 2, "there is no directory"),
    ],
)
def test_an_update_that_cannot_be_whole_writes_nothing(project, run, config, words, code, told):
    before = (project / "base.json").read_bytes()
    (project / "cnnscope.toml").write_text(config, encoding="utf-8")
    found, _, err = run("baseline", "update", *words)
    assert (found, told in err) == (code, True), err
    assert (project / "base.json").read_bytes() == before


def test_lower_bounds_are_no_baseline(folder, run):
    """The real page of a paper that prints the filter banks of its modules in figures, which nobody can read here."""
    shutil.copy(ROOT / "tests" / "data" / "papers" / "inception_v3.md", folder)
    (folder / "cnnscope.toml").write_text(CONFIG.replace("net.md", "inception_v3.md"), encoding="utf-8")
    code, _, err = run("baseline", "update")
    assert code == 3
    assert err.startswith(
        "error: edge, inception_v3: its totals are lower bounds: "
        "the page leaves out the filter banks of 3 modules (line 10) and 2 more\n  a line `figure 5: "
    )
    code, out, _ = run("check", "inception_v3.md", "--budget", "params <= 30M", "--budget", "claims == hold")
    assert (code, "2 undecided" in out) == (3, True), out


def test_an_update_does_not_write_over_a_corrupt_file(project, run):
    (project / "base.json").write_text("{", encoding="utf-8")
    code, _, err = run("baseline", "update")
    assert (code, "is corrupt" in err) == (2, True)
    assert (project / "base.json").read_text("utf-8") == "{"


def test_prune_removes_what_nobody_asks_for_and_turns_check_green(project, run):
    (project / "cnnscope.toml").write_text(CONFIG.replace('"macs <= base + 1%", ', ""), encoding="utf-8")
    code, out, _ = run("check")
    assert (code, "the baseline has an entry that no check asks for: net, macs" in out) == (1, True)
    code, _, err = run("baseline", "prune")
    assert (code, err) == (0, "removed edge, net, macs\nentries removed: 1\n")
    assert run("check")[0] == 0


@pytest.mark.parametrize(
    "name, config, told",
    [
        pytest.param(
            "cnnscope.toml",
            "# Ours.\n# baseline = 'b.json'\n\n[[check]]\n",
            "cnnscope.toml names no baseline\n  uncomment line 2: baseline = 'b.json'",
            id="a line that stands there commented out is to be uncommented",
        ),
        pytest.param(
            "cnnscope.toml",
            "# Ours.\n\n[[ check ]]  # the first\n# baseline = 'b.json'\n",
            'cnnscope.toml names no baseline\n  add baseline = "cnnscope.baseline.json" above the first [[ check ]], line 3',
            id="one below the first check would be that check's",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.cnnscope]\n\n[[tool.cnnscope.check]]\n",
            "pyproject.toml names no baseline\n"
            '  add baseline = "cnnscope.baseline.json" under [tool.cnnscope] above the first [[tool.cnnscope.check]], line 3',
            id="a shared file needs the table's title too",
        ),
    ],
)
def test_a_baseline_that_is_not_named_is_told_where_to_be_named(folder, run, name, config, told):
    (folder / name).write_text(config + CONFIG.partition("[[check]]\n")[2], encoding="utf-8")
    assert run("baseline", "update") == (2, "", f"error: {told}\n")


def test_an_update_without_a_configuration_says_how_to_begin(folder, run):
    told = "error: no configuration is found\n  `cnnscope check --init MODEL` writes cnnscope.toml\n"
    assert run("baseline", "update") == (2, "", told)


def test_what_init_writes_needs_one_line_uncommented(folder, run):
    assert run("check", "--init", "net.md")[0] == 0
    assert run("baseline", "update") == (
        2,
        "",
        'error: cnnscope.toml names no baseline\n  uncomment line 5: baseline = "cnnscope.baseline.json"\n',
    )
    text = (folder / "cnnscope.toml").read_text("utf-8")
    (folder / "cnnscope.toml").write_text(text.replace("# baseline", "baseline"), encoding="utf-8")
    assert run("baseline", "update")[0] == 0


def test_an_update_says_what_changed_and_which_budgets_do_not_hold(project, run):
    """By hand: conv2 of 16 maps has 592 params, 36,864 macs; fc 10,250 and 10,240; conv1 40 and 2,304."""
    assert run("baseline", "update") == (0, "", "base.json: figures 3, checks 1, none changed; commit it\n")
    widen(project, 16)
    assert run("baseline", "update") == (
        0,
        "",
        "edge, net: macs 25,856 -> 49,408\n"
        "edge, net: params 5,466 -> 10,882\n"
        "edge, net: params@conv* 336 -> 632\n"
        "base.json: figures 3, checks 1, changed 3; commit it\n"
        "does not hold: net: params <= 6K: 10,882, 81.4 % over (cnnscope.toml:6)\n"
        "does not hold: net: params@conv* <= 400: 632, 58.0 % over (cnnscope.toml:6)\n",
    )
    (project / "base.json").unlink()
    assert run("baseline", "update")[2].startswith("base.json: figures 3, checks 1, all new; commit it\n")
    text = CONFIG.replace('"params <= 6K"', '"depth <= 3"').replace(', "params@conv* <= 400"', "")
    (project / "cnnscope.toml").write_text(text, encoding="utf-8")
    assert run("baseline", "update") == (
        0,
        "",
        "edge, net: depth 3, new\n"
        "edge, net: params 10,882, gone\n"
        "edge, net: params@conv* 632, gone\n"
        "base.json: figures 2, checks 1, changed 3; commit it\n",
    )


def test_prune_without_a_baseline_is_an_error(folder, run):
    (folder / "cnnscope.toml").write_text(CONFIG, encoding="utf-8")
    assert run("baseline", "prune")[0] == 2


def test_show_prints_every_figure(project, run):
    code, out, _ = run("baseline", "show")
    assert code == 0
    assert out == (
        "baseline base.json\n"
        "check  network  figure         value\n"
        "------------------------------------\n"
        "edge   net      macs          25,856\n"
        "edge   net      params         5,466\n"
        "edge   net      params@conv*     336\n"
        "3 figures\n"
    )
    code, out, _ = run("baseline", "show", "--format", "json")
    valid["baseline"](out)


LATENCY = Check("slow", ("net.md",), tuple(Written(budget(one)) for one in ("latency.median <= base", "params <= 6K")))


def test_measured_figures_are_kept_with_n_median_interval_and_fingerprint(folder):
    config = Config("c.toml", folder, (LATENCY,), "b.json")
    kept, _ = update(config, load=lambda model: [Planted()], measure=lambda network, settings: measured(10))
    valid["baseline"]((folder / "b.json").read_text("utf-8"))
    figure = kept.checks["slow"]["net"].figures["latency.median"]
    assert (figure.n, figure.fingerprint, figure.value) == (100, "this machine", figure.median)
    assert figure.low < figure.value < figure.high


def test_a_static_update_keeps_measured_figures(folder):
    config = Config("c.toml", folder, (LATENCY,), "b.json")
    update(config, load=lambda model: [Planted()], measure=lambda network, settings: measured(10))

    def no_clock(network, settings):
        raise CannotMeasure("no clock")

    with pytest.raises(CannotMeasure):
        update(config, load=lambda model: [Planted()], measure=no_clock)
    kept, _ = update(config, load=lambda model: [Planted()], measure=no_clock, static=True)
    assert set(kept.checks["slow"]["net"].figures) == {"latency.median", "params"}


def test_a_measured_figure_that_nothing_compares_with_is_not_recorded(folder):
    """It would be another one each time, and a noisy run would keep all others from being recorded."""
    budgets = tuple(Written(budget(one)) for one in ("latency.median <= 1 s", "params <= 6K"))
    config = Config("c.toml", folder, (Check("slow", ("net.md",), budgets),), "b.json")
    kept, _ = update(config, load=lambda model: [Planted()], measure=lambda network, settings: measured(stable=False))
    assert set(kept.checks["slow"]["net"].figures) == {"params"}


def test_a_noisy_run_is_not_recorded(folder):
    config = Config("c.toml", folder, (LATENCY,), "b.json")
    with pytest.raises(NothingToRecord) as fault:
        update(config, load=lambda m: [Planted()], measure=lambda n, s: measured(10, stable=False, why="cv 40 %"))
    assert fault.value.message == "slow, net: latency.median cannot be had: the run is not stable (cv 40 %)"
    assert fault.value.hint == "measure on a quieter machine, or keep measured figures as they are with --static"
    assert not (folder / "b.json").exists()


def updating(project, *words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "cnnscope", "baseline", "update", *words],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_writers_at_the_same_time_lose_nothing(project):
    """Every writer records a check of its own; a writer that read before another wrote would undo it."""
    checks = [f"check{number}" for number in range(6)]
    part = CONFIG.partition("\n\n")[2]
    (project / "cnnscope.toml").write_text(
        CONFIG + "".join("\n" + part.replace("edge", name) for name in checks), encoding="utf-8"
    )
    writers = [updating(project, "--check", name) for name in checks]
    assert [(writer.communicate()[1], writer.returncode)[1] for writer in writers] == [0] * len(checks)
    kept = read_text((project / "base.json").read_text("utf-8"), "base.json")
    assert set(kept.checks) == {"edge", *checks}


KILLED = """
import os, signal, sys
from pathlib import Path
from cnnscope.budgets import baseline, updating
from cnnscope.cli import main

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

{plant}
sys.argv = ["cnnscope", "baseline", "update"]
main()
"""


@pytest.mark.parametrize(
    "plant",
    [
        pytest.param("updating.merged = die", id="before it writes, with the lock held"),
        pytest.param("baseline.text = lambda kept: '{'; Path.chmod = die", id="with half of the new file written"),
        pytest.param("Path.replace = die", id="with all of the new file written"),
    ],
)
def test_a_writer_that_is_killed_leaves_the_old_file_and_no_lock(project, plant):
    before = (project / "base.json").read_bytes()
    widen(project, 16)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED.format(plant=plant)], cwd=project, env=environment)
    assert done.returncode == -signal.SIGKILL
    assert (project / "base.json").read_bytes() == before
    last = updating(project)
    assert (last.communicate(timeout=60)[1], last.returncode)[1] == 0
    # By hand: 2,304 in conv1, 36,864 in conv2, 10,240 in fc.
    assert kept_macs(project) == 49_408


@pytest.mark.parametrize("words, code", [([], 0), (["--check", "edge"], 2)])
def test_a_file_of_another_time_is_recorded_anew_as_a_whole_or_not_at_all(project, run, words, code):
    text = (project / "base.json").read_text("utf-8").replace('"convention": 1', '"convention": 0')
    (project / "base.json").write_text(text, encoding="utf-8")
    found, _, err = run("baseline", "update", *words)
    assert found == code
    if code:
        assert err.endswith("\n  update all of it, without --check: the rest would be lost\n")
        assert (project / "base.json").read_text("utf-8") == text


def test_a_folder_that_cannot_be_locked_is_an_error_that_says_so(project, run, monkeypatch):
    def refused(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refused)
    code, _, err = run("baseline", "update")
    assert (code, "cannot be locked: No locks available\n  check the folder's mode" in err) == (2, True), err
