"""cnnscope check, as a team and its pull requests meet it."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cnnscope
from cnnscope.cli.reports import LARGEST_SUMMARY, summary
from cnnscope.render.sheet import View
from tests.budgets.conftest import CONFIG, PAGE, git, widen
from tests.cli.shell import ROOT
from tests.cli.shell import cnnscope as shell
from tests.schemas import valid

HEAVY = ("torch", "onnx", "onnxruntime", "numpy", "pandas", "pydantic", "junitparser", "jinja2", "rich")


def test_the_terminal_shows_headroom_always_and_names_the_rows_that_moved(project, run):
    widen(project)
    code, out, err = run("check")
    assert (code, err) == (1, "")
    assert out == (
        "budgets of cnnscope.toml\n"
        "verdict  check  network  budget                value    base     headroom\n"
        "-------------------------------------------------------------------------\n"
        "✗ fail   edge   net      params <= 6K         10,882   5,466  81.4 % over\n"
        "✗ fail   edge   net      macs <= base + 1%    49,408  25,856  89.2 % over\n"
        "✗ fail   edge   net      params@conv* <= 400     632     336  58.0 % over\n"
        "verdict          NOT within budget: 3 broken -> exit 1\n"
        "✗ net: params <= 6K: 10,882, 81.4 % over, base 5,466; the baseline held it with 5,466; "
        "moved: conv2 (line 8, edited) 296 -> 592; fc (line 9) 5,130 -> 10,250 (net.md:8)\n"
        "✗ net: macs <= base + 1%: 49,408, 89.2 % over, base 25,856; "
        "moved: conv2 (line 8, edited) 18,432 -> 36,864; fc (line 9) 5,120 -> 10,240 (net.md:8)\n"
        "✗ net: params@conv* <= 400: 632, 58.0 % over, base 336; the baseline held it with 336; "
        "moved: conv2 (line 8, edited) 296 -> 592 (net.md:8)\n"
        "edge: Ask the edge team.\n"
    )


def test_one_reason_for_many_networks_is_told_once(folder, run):
    (folder / "cnnscope.toml").write_text(
        '[[check]]\nname = "edge"\nmodel = ["vgg11", "vgg13", "vgg16"]\nbudget = ["macs <= base"]\n', encoding="utf-8"
    )
    code, out, _ = run("check")
    assert (code, out.count("? undecided")) == (3, 3)
    # Macs as the literature has them: 7.609G (torchvision 0.22).
    assert out.splitlines()[-1] == (
        "? vgg11: macs <= base: 7,609,090,048; no baseline is named; "
        'add baseline = "cnnscope.baseline.json" above the first [[check]], line 1, then `cnnscope baseline update`; '
        "likewise 2 more, up to vgg16: macs <= base "
        "(cnnscope.toml:4)"
    )


def test_a_raised_baseline_turns_a_relative_limit_green(project, run):
    text = CONFIG.replace('"params <= 6K", ', "").replace(', "params@conv* <= 400"', "")
    (project / "cnnscope.toml").write_text(text, encoding="utf-8")
    assert run("baseline", "prune")[0] == 0
    widen(project)
    assert run("check")[0] == 1
    assert run("baseline", "update")[0] == 0
    assert run("check")[0] == 0


@pytest.mark.parametrize(
    "source, old, new, line, rows",
    [
        pytest.param(
            "tests/data/keras_summary.txt",
            "(None, 28, 28, 16)        2320",
            "(None, 28, 28, 24)        3480",
            7,
            # By hand: 28 * 28 * 3 * 3 * 16 * 16, then with 24 maps; 14 * 14 * 16 * 64, then with 24.
            "moved: conv2d_1 (line 7, edited) 1,806,336 -> 2,709,504; dense (line 13) 200,704 -> 301,056",
            id="a printed summary",
        ),
        pytest.param(
            "tests/data/vgg16_ledger.txt",
            "memory: 56*56*256=800K params: (3*3*128)*256 = 294,912",
            "memory: 56*56*320=1.0M params: (3*3*128)*320 = 368,640",
            8,
            # By hand: 56 * 56 * 9 * 128 * 256, then * 320; 56 * 56 * 9 * 256 * 256, then 320 * 256.
            "moved: conv5 (line 8, edited) 924,844,032 -> 1,156,055,040; conv6 (line 9) 1,849,688,064 -> 2,312,110,080",
            id="a ledger off a slide",
        ),
        pytest.param(
            "specs/vgg.md",
            "| conv3_1   | conv            | 256       |",
            "| conv3_1   | conv            | 320       |",
            24,
            "moved: conv3_1 (line 24, edited) 924,844,032 -> 1,156,055,040; conv3_2 (line 25) ",
            id="a page with variants",
        ),
    ],
)
def test_a_widened_layer_is_annotated_on_its_row_until_the_baseline_is_raised(
    folder, run, source, old, new, line, rows
):
    name = Path(source).name
    text = (ROOT / source).read_text("utf-8")
    if name == "vgg16_ledger.txt":
        new, old = (f"3x3 conv, {maps}\t{part}" for maps, part in ((320, new), (256, old)))
    assert text.count(old) == 1
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "cnnscope.toml").write_text(
        f'baseline = "b.json"\n[[check]]\nname = "edge"\nmodel = "{name}"\nbudget = ["macs <= base + 1%"]\n',
        encoding="utf-8",
    )
    assert run("baseline", "update")[0] == 0
    assert run("check")[0] == 0
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    code, out, _ = run("check", "--format", "github")
    annotations = out.splitlines()
    assert code == 1
    assert all(one.startswith(f"::error file={name},line={line},title=cnnscope%3A edge::") for one in annotations)
    assert all(rows in one for one in annotations)
    assert run("baseline", "update")[0] == 0
    assert run("check")[0] == 0


def test_the_nearest_configuration_wins_and_its_paths_are_its_own(project, run, monkeypatch):
    (project / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(project / "deep" / "er")
    assert run("check")[0] == 0
    (project / "deep" / "pyproject.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    assert run("check")[0] == 0
    (project / "deep" / "pyproject.toml").write_text("[tool.cnnscope]\n", encoding="utf-8")
    assert run("check")[0] == 3


def test_pyproject_takes_the_same_tables(project, run):
    text = CONFIG.replace("[[check]]", "[[tool.cnnscope.check]]")
    (project / "cnnscope.toml").unlink()
    (project / "pyproject.toml").write_text(f"[tool.cnnscope]\n{text}", encoding="utf-8")
    assert run("check")[0] == 0
    (project / "pyproject.toml").write_text(
        f"[tool.cnnscope]\n{text.replace('5M', '5').replace('6K', '6')}", encoding="utf-8"
    )
    code, out, _ = run("check", "--format", "github")
    assert (code, "::error file=pyproject.toml,line=7," in out) == (1, False)


def test_budgets_on_the_command_line(folder, run):
    assert run("check", "net.md", "--budget", "params<=6K", "--budget", "macs <= 30K")[0] == 0
    assert run("check", "net.md", "vgg16", "--budget", "params<=6K")[0] == 1
    assert run("check", "net.md", "--budget", "params<=6K", "--input", "1x16x16")[0] == 1
    assert run("check", "net.md", "--budget", "weight_bytes <= 11 kB", "--dtype", "float16")[0] == 0


def test_reports_are_written_beside_the_terminal(project, run):
    names = ["r.json", "r.xml", "r.sarif", "r.md", "r.html", "gitlab:gl.json", "github:a.txt", "r.codequality.json"]
    code, out, _ = run("check", *(word for name in names for word in ("-o", name)))
    assert (code, "within budget" in out) == (0, True)
    assert json.loads((project / "r.json").read_text("utf-8"))["exit_code"] == 0
    assert json.loads((project / "r.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert (project / "gl.json").read_text("utf-8") == (project / "r.codequality.json").read_text("utf-8") == "[]\n"
    assert (project / "a.txt").read_text("utf-8") == ""
    assert (project / "r.xml").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    "budgets, words, code",
    [
        pytest.param(["params <= 6K", "claims == hold"], [], 0, id="all hold"),
        pytest.param(["params <= 5K", "macs <= base", "latency.p90 <= 1 ms"], [], 1, id="broken and undecided"),
        pytest.param(["params <= 5500", "macs <= base"], ["--baseline", "gone.json"], 3, id="thin and undecided"),
        pytest.param([], [], 3, id="nothing to check"),
    ],
)
def test_real_reports_keep_to_their_schemas(folder, run, budgets, words, code):
    (folder / "cnnscope.toml").write_text(
        f'[[check]]\nname = "edge"\nmodel = "net.md"\nbudget = {json.dumps(budgets)}\n', encoding="utf-8"
    )
    for name in ("json", "junit", "sarif", "gitlab"):
        assert run("check", "-o", f"{name}:{name}", *words)[0] == code
        valid[name]((folder / name).read_text("utf-8"))


def test_a_full_disk_is_not_green(project):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "cnnscope", "check"]
        done = subprocess.run(command, cwd=project, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, "stdout cannot be written" in done.stderr) == (4, True)


def test_a_reader_that_goes_away_does_not_turn_a_broken_budget_green(project):
    widen(project)
    ours, theirs = os.pipe()
    os.close(ours)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cnnscope", "check"]
    done = subprocess.run(command, cwd=project, env=environment, stdout=theirs, stderr=subprocess.PIPE, text=True)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.fixture
def actions(project, monkeypatch):
    """A step of GitHub Actions; the path of its summary."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    return project / "summary.md"


def test_in_actions_annotations_and_summary_need_no_option(project, run, actions):
    widen(project)
    actions.write_text("before\n", encoding="utf-8")
    code, out, _ = run("check")
    assert code == 1
    assert "\n::error file=net.md,line=8,title=cnnscope%3A edge::net: params <= 6K: " in out
    assert actions.read_text("utf-8").startswith("before\nbudgets of cnnscope.toml\n\n| verdict | check |")


def test_in_actions_machine_formats_stay_whole(project, run, actions):
    widen(project)
    code, out, err = run("check", "--format", "json")
    assert json.loads(out)["exit_code"] == code == 1
    assert err.startswith("::error file=net.md,line=8,")


def test_in_actions_annotations_come_once(project, run, actions):
    widen(project)
    _, out, err = run("check", "--format", "github")
    assert (out.count("::error file=net.md,line=8,"), err) == (3, "")
    widen(project, 8)
    assert run("check", "--format", "junit")[2] == ""


def test_in_actions_a_bad_configuration_is_annotated_on_its_line(project, run, actions):
    (project / "cnnscope.toml").write_text(CONFIG.replace("params <= 6K", "parms <= 6K"), encoding="utf-8")
    code, _, err = run("check")
    assert (code, err.splitlines()[0]) == (
        2,
        "::error file=cnnscope.toml,line=6,title=cnnscope::cnnscope.toml:6: edge: no metric `parms`"
        "%0Adid you mean params?",
    )


def test_a_summary_that_cannot_be_written_is_not_green(project, run, actions, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project))
    code, _, err = run("check")
    assert (code, err) == (4, f"error: {project} cannot be written: Is a directory\n")


def test_a_name_cannot_give_orders_to_the_job(project, run, actions):
    page = PAGE.replace("name: net", "name: '::warning::x'").replace("| conv2 |", "| ::add-mask::a |")
    (project / "net.md").write_text(page, encoding="utf-8")
    _, out, _ = run("check")
    orders = [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert orders
    assert all(line.startswith("::error ") for line in orders)


def test_a_summary_keeps_within_githubs_size():
    from cnnscope.budgets.verdicts import Verdict, Verdicts

    many = Verdicts(tuple(Verdict("c", f"net{i}", "macs <= 1", "macs", "fail", why="w" * 200) for i in range(5_000)))
    text = summary(many)
    assert len(text.encode()) <= LARGEST_SUMMARY
    assert "more are in the log. All of them: NOT within budget: 5000 broken -> exit 1" in text
    assert View() == View()


def test_the_first_configuration_holds_at_once(folder, run):
    code, _, err = run("check", "--init", "net.md", "vgg16", "mlp-3-4-2", "specs/none.md")
    assert code == 2
    code, _, err = run("check", "--init", "net.md", "vgg16", "mlp-3-4-2", "keras-example")
    assert (code, err) == (0, "cnnscope.toml: written; `cnnscope check` holds the networks to it\n")
    text = (folder / "cnnscope.toml").read_text("utf-8")
    assert '    "params <= 6.02K",' in text
    assert len(tomllib.loads(text)["check"]) == 4
    code, out, _ = run("check")
    assert (code, "≠ thin" in out) == (0, False)
    assert run("check", "--init", "net.md")[0] == 2
    assert run("check", "--init", "net.md", "--force")[0] == 0
    assert run("check", "--init")[0] == 2


@pytest.mark.parametrize(
    "models, told",
    [
        (["net.md", "net.md"], "error: two networks are called net\n  give each a check of its own by hand\n"),
        (["inception_v3.md"], "error: inception_v3.md: its figures are lower bounds: the page leaves out the filter"),
    ],
)
def test_a_first_configuration_that_would_not_hold_is_not_written(folder, run, models, told):
    shutil.copy(ROOT / "tests" / "data" / "papers" / "inception_v3.md", folder)
    code, _, err = run("check", "--init", *models)
    assert (code, err.startswith(told)) == (2, True), err
    assert not (folder / "cnnscope.toml").exists()


def test_a_name_with_brackets_is_found_by_itself(folder, run):
    text = CONFIG.partition("\n\n")[2].replace('"edge"', '"edge[1]"').replace('"macs <= base + 1%", ', "")
    (folder / "cnnscope.toml").write_text(text, encoding="utf-8")
    assert run("check", "--check", "edge[1]")[0] == 0


def test_every_network_of_the_zoo_gets_a_configuration_that_holds(folder, run):
    assert run("check", "--init", *cnnscope.networks())[0] == 0
    code, out, _ = run("check")
    assert code == 0, out


def test_a_pull_request_is_compared_with_the_merge_base(branch, run):
    """Raising the committed baseline on the branch does not raise that of the merge base."""
    text = CONFIG.replace('"params <= 6K", ', "").replace(', "params@conv* <= 400"', "")
    (branch / "cnnscope.toml").write_text(text, encoding="utf-8")
    widen(branch)
    assert run("baseline", "update")[0] == 0
    assert run("baseline", "prune")[0] == 0
    git(branch, "commit", "-qam", "wider")
    assert run("check")[0] == 0
    code, out, _ = run("check", "--baseline", "git:main")
    assert (code, "conv2 (line 8, edited)" in out) == (1, True)


@pytest.mark.parametrize(
    "ref, code, told",
    [
        ("git:no-such-branch", 2, "error: git knows no revision no-such-branch\n  fetch it first; in GitHub Actions"),
        ("git:--help", 2, "error: `--help` is no revision"),
        ("git:", 2, "error: `` is no revision"),
    ],
)
def test_a_revision_that_is_not_there(branch, run, ref, code, told):
    found, _, err = run("check", "--baseline", ref)
    assert (found, told in err) == (code, True), err


def test_a_merge_base_without_a_baseline_is_undecided(branch, run):
    git(branch, "checkout", "-q", "--orphan", "fresh")
    git(branch, "rm", "-q", "--cached", "base.json")
    git(branch, "commit", "-qm", "no baseline")
    code, out, _ = run("check", "--baseline", "git:HEAD")
    assert (code, "there is no baseline base.json at" in out) == (3, True)
    code, _, err = run("check", "--baseline", "git:main")
    assert (code, "HEAD and main have no common commit" in err) == (2, True)


def test_ab_loads_the_page_of_the_merge_base(branch, run, monkeypatch):
    """Both pages are handed to the clock: the planted clock takes as long as the network has MACs."""
    from cnnscope import gate
    from cnnscope.budgets.measured import Measured

    def planted(network, settings):
        took = network.analyze().macs * 1e-6
        return Measured(30, took, took * 0.999, took * 1.001, {"throughput": 1 / took}, (took,) * 30, "m")

    monkeypatch.setattr(gate, "measure", planted)
    text = CONFIG.replace('"macs <= base + 1%"', '"latency.median <= base + 10%"')
    (branch / "cnnscope.toml").write_text(text, encoding="utf-8")
    (branch / "base.json").unlink()
    assert run("baseline", "update")[0] == 0
    assert run("check", "--ab", "main")[0] == 0
    widen(branch, 10)
    code, out, _ = run("check", "--ab", "main", "--format", "json")
    (slow,) = [one for one in json.loads(out)["assertions"] if one["metric"] == "latency.median"]
    assert (code, slow["status"], slow["why"]) == (1, "fail", "+22.8% (+22.8% to +22.8%) in turns with the base")
    assert run("check", "--ab", "gone")[0] == 2


def test_forty_assertions_on_twenty_networks_take_no_library():
    """`make bench` times the same configuration."""
    words = ("check", "--config", "tests/bench/budgets.toml")
    done = shell(*words, NO_COLOR="1")
    assert (done.returncode, "40 hold" in done.stdout) == (0, True)
    script = (
        "import sys; from cnnscope.cli import main\n"
        f"sys.argv = ['cnnscope', *{words!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stderr == "\n"
