"""What surrounds a check: links, folders, git, streams. A hole in any of them must not turn it green."""

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest

from tests.budgets.conftest import CONFIG, PAGE, git, widen
from tests.cli.shell import ROOT

RELATIVE = """baseline = "base.json"

[[check]]
name = "edge"
model = "net.md"
budget = ["macs <= base"]
"""


@pytest.mark.parametrize(
    "name, leads_to, told",
    [
        pytest.param("cnnscope.toml", "cnnscope.toml", "Too many levels of symbolic links", id="a loop"),
        pytest.param("cnnscope.toml", "gone.toml", "No such file or directory", id="a link to nothing"),
        pytest.param(
            "pyproject.toml", "pyproject.toml", "Too many levels of symbolic links", id="a shared file's loop"
        ),
        pytest.param("pyproject.toml", "gone.toml", "No such file or directory", id="a shared file's link to nothing"),
    ],
)
def test_a_broken_link_does_not_let_a_configuration_further_up_decide(project, run, monkeypatch, name, leads_to, told):
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert run("check")[0] == 0
    (project / "deep" / name).symlink_to(leads_to)
    code, _, err = run("check")
    assert (code, told in err) == (2, True), err


def test_a_page_that_is_a_loop_of_links_is_undecided(project, run):
    (project / "net.md").unlink()
    (project / "net.md").symlink_to("net.md")
    code, out, err = run("check")
    assert (code, "net.md: cannot be read (Too many levels of symbolic links)" in out, err) == (3, True, "")


def test_a_variant_of_a_page_is_looked_for_beside_the_configuration(project, run, monkeypatch):
    (project / "cnnscope.toml").write_text(CONFIG.replace("net.md", "net.md:net"), encoding="utf-8")
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert run("check")[0] == 0
    widen(project)
    code, out, _ = run("check", "--format", "github")
    assert (code, out.count("/net.md,line=8,")) == (1, 3)


def test_a_report_goes_where_a_link_leads_and_the_link_stays(project, run):
    (project / "reports").mkdir()
    (project / "latest.json").symlink_to("reports/1.json")
    assert run("check", "-o", "latest.json")[0] == 0
    assert (project / "latest.json").is_symlink()
    assert json.loads((project / "reports" / "1.json").read_text("utf-8"))["verdict"] == "pass"


def test_a_report_into_a_pipe_leaves_the_pipe(project, run):
    pipe = project / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    assert run("check", "-o", f"json:{pipe}")[0] == 0
    reader.join(timeout=10)
    assert pipe.is_fifo()
    assert json.loads(read[0])["verdict"] == "pass"


def test_a_baseline_where_nothing_can_be_written_is_an_error(project, run):
    (project / "cnnscope.toml").write_text(CONFIG.replace("base.json", "/proc/self/base.json"), encoding="utf-8")
    code, _, err = run("baseline", "update")
    assert (code, err.startswith("error: /proc/self/base.json cannot be written: ")) == (2, True), err


def without_a_reader(project, *words, **environment):
    """The exit code of `cnnscope check WORDS` whose stderr nobody reads any more."""
    ours, theirs = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "cnnscope", "check", *words]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=project, env=settings, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    return done.returncode


def test_messages_that_nobody_reads_change_no_exit_code(project):
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": ""}
    assert without_a_reader(project, "--format", "json", **actions) == 0
    assert without_a_reader(project, "--config", "gone.toml") == 2
    assert without_a_reader(project, "-o", "no/such/report.json") == 4
    widen(project)
    assert without_a_reader(project, "--format", "json", **actions) == 1


@pytest.fixture
def wider(branch, run):
    """A branch whose page is wider, and whose committed baseline was raised with it."""
    (branch / "cnnscope.toml").write_text(RELATIVE, encoding="utf-8")
    widen(branch)
    assert [run("baseline", word)[0] for word in ("update", "prune")] == [0, 0]
    assert run("check")[0] == 0
    git(branch, "commit", "-qam", "wider")
    return branch


def test_a_detached_head_is_compared_with_its_merge_base(wider, run):
    git(wider, "checkout", "-q", "--detach")
    code, out, _ = run("check", "--baseline", "git:main")
    assert (code, "macs <= base: 49,408, 91.1 % over, base 25,856" in out) == (1, True), out


@pytest.mark.parametrize(
    "ref, told",
    [
        pytest.param("main..wide", "git knows no revision main..wide", id="a range"),
        pytest.param("main:net.md", "git knows no revision main:net.md", id="a file"),
        pytest.param("main^{tree}", "git says of .: error: main^{tree}^{commit}: expected commit type", id="a tree"),
        pytest.param(" main", "git knows no revision  main", id="a space before it"),
        pytest.param("origin/", "git knows no revision origin/", id="a variable that is empty"),
    ],
)
def test_what_is_no_commit_is_no_base(wider, run, ref, told):
    code, _, err = run("check", "--baseline", f"git:{ref}")
    assert (code, told in err) == (2, True), err


def test_a_base_outside_of_git_is_an_error_that_says_so(project, run):
    for words in (("--baseline", "git:main"), ("--ab", "main")):
        code, _, err = run("check", *words)
        assert code == 2
        assert err.startswith("error: git says of .: fatal: not a git repository")
        assert err.endswith("\n  mend that, or name a baseline file\n")


def test_a_base_without_git_is_an_error_that_says_so(wider, run, monkeypatch):
    monkeypatch.setenv("PATH", "/no/such/folder")
    code, _, err = run("check", "--baseline", "git:main")
    told = "error: git cannot be run: No such file or directory\n  install git, or name a baseline file\n"
    assert (code, err) == (2, told)


def test_a_base_in_a_repository_without_a_commit(project, run):
    git(project, "init", "-q", "-b", "main")
    code, _, err = run("check", "--baseline", "git:main")
    assert (code, err.startswith("error: git knows no revision main\n  fetch it first; ")) == (2, True)


def test_a_shallow_clone_has_no_merge_base_and_says_what_to_do(wider, run, monkeypatch):
    git(wider, "checkout", "-q", "main")
    git(wider, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(wider, "clone", "-q", "--depth", "1", "--no-single-branch", wider.as_uri(), "shallow")
    monkeypatch.chdir(wider / "shallow")
    git(wider / "shallow", "checkout", "-q", "wide")
    code, _, err = run("check", "--baseline", "git:origin/main")
    assert (code, err) == (
        2,
        "error: HEAD and origin/main have no common commit\n"
        "  the clone may be shallow: check out with fetch-depth: 0\n",
    )


def test_a_corrupt_baseline_at_the_merge_base_is_undecided_whatever_the_branch_has(wider, run):
    git(wider, "checkout", "-q", "main")
    (wider / "base.json").write_text("{", encoding="utf-8")
    git(wider, "commit", "-qam", "a bad merge")
    git(wider, "checkout", "-qb", "later")
    (wider / "cnnscope.toml").write_text(RELATIVE, encoding="utf-8")
    git(wider, "checkout", "-q", "wide", "--", "base.json")
    code, out, _ = run("check", "--baseline", "git:main")
    assert (code, "is corrupt: line 1: " in out) == (3, True), out


def test_a_branch_that_takes_the_baseline_out_of_its_configuration_is_an_error(wider, run):
    (wider / "cnnscope.toml").write_text(RELATIVE.partition("\n")[2], encoding="utf-8")
    code, _, err = run("check", "--baseline", "git:main")
    told = (
        "error: cnnscope.toml names no baseline\n"
        '  add baseline = "cnnscope.baseline.json" above the first [[check]], line 2\n'
    )
    assert (code, err) == (2, told)


@pytest.fixture
def clock(monkeypatch):
    """A planted clock: a network takes as many microseconds as it has MACs."""
    from cnnscope import gate
    from cnnscope.budgets.measured import Measured

    def planted(network, settings):
        took = network.analyze().macs * 1e-6
        return Measured(30, took, took * 0.999, took * 1.001, {"throughput": 1 / took}, (took,) * 30, "m")

    monkeypatch.setattr(gate, "measure", planted)


def latency(model, *more):
    """A configuration of one check of a latency beside the base."""
    budget = json.dumps(["latency.median <= base + 10%", *more])
    return f'[[check]]\nname = "edge"\nmodel = "{model}"\nbudget = {budget}\n'


@pytest.mark.parametrize("model", ["net.md", "net.md:net", "*.md", "./net.md"])
def test_in_turns_the_base_is_the_page_of_the_merge_base_however_it_is_named(wider, run, clock, model):
    (wider / "cnnscope.toml").write_text(latency(model), encoding="utf-8")
    code, out, _ = run("check", "--ab", "main")
    told = "+91.1% (+91.1% to +91.1%) in turns with the base; moved: conv2 (line 8, edited) (net.md:8)"
    assert (code, told in out) == (1, True), out


def test_in_turns_a_page_that_the_base_does_not_have_is_new_where_a_limit_guards_it(wider, run, clock):
    shutil.move(wider / "net.md", wider / "young.md")
    (wider / "cnnscope.toml").write_text(latency("young.md"), encoding="utf-8")
    code, out, _ = run("check", "--ab", "main")
    assert (code, "the base has no network net yet; an absolute limit guards a new network" in out) == (3, True), out
    (wider / "cnnscope.toml").write_text(latency("young.md", "latency.median <= 1 s"), encoding="utf-8")
    code, out, _ = run("check", "--ab", "main")
    assert (code, "1 hold, 1 new" in out) == (0, True), out


@pytest.mark.parametrize(
    "spoil, code, told",
    [
        pytest.param(
            lambda folder: (folder / ".gitattributes").write_text("net.md export-ignore\n", encoding="utf-8"),
            3,
            "net.md: no such file",
            id="a page that git keeps out of archives is not new",
        ),
        pytest.param(
            lambda folder: (folder / "far").symlink_to("/no/such/folder"),
            1,
            "+91.1% (+91.1% to +91.1%) in turns with the base",
            id="a link that leads out of the repository is passed over",
        ),
    ],
)
def test_in_turns_the_base_is_the_page_of_git_whatever_stands_beside_it(branch, run, clock, spoil, code, told):
    git(branch, "checkout", "-q", "main")
    spoil(branch)
    git(branch, "add", "-A")
    git(branch, "commit", "-qm", "spoilt")
    git(branch, "checkout", "-qb", "later")
    widen(branch)
    (branch / "cnnscope.toml").write_text(latency("net.md", "latency.median <= 1 s"), encoding="utf-8")
    found, out, err = run("check", "--ab", "main")
    assert (found, told in out) == (code, True), out + err


def test_in_turns_a_page_outside_of_the_repository_is_not_new(wider, run, clock, tmp_path_factory):
    page = tmp_path_factory.mktemp("elsewhere") / "net.md"
    page.write_text(PAGE, encoding="utf-8")
    (wider / "cnnscope.toml").write_text(latency(page, "latency.median <= 1 s"), encoding="utf-8")
    code, out, _ = run("check", "--ab", "main")
    assert (code, f"git cannot copy {page.parent} as of " in out) == (3, True), out


def test_in_turns_a_page_that_the_base_cannot_read_is_undecided(wider, run, clock):
    git(wider, "checkout", "-q", "main")
    (wider / "net.md").write_text("# nothing", encoding="utf-8")
    git(wider, "commit", "-qam", "broken")
    git(wider, "checkout", "-qb", "mended")
    (wider / "net.md").write_text(PAGE, encoding="utf-8")
    (wider / "cnnscope.toml").write_text(latency("net.md", "latency.median <= 1 s"), encoding="utf-8")
    code, out, _ = run("check", "--ab", "main")
    assert (code, f"at {git(wider, 'rev-parse', 'main')[:10]}: net.md" in out) == (3, True), out
