"""The recipes of docs/budgets-in-ci.md, the action and the hooks: valid for whoever reads them, and run."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest
import yaml

from tests.budgets.conftest import CONFIG, git, widen
from tests.cli.shell import ROOT

SCHEMAS = files("check_jsonschema") / "builtin_schemas" / "vendor"
RECIPES = re.findall(r"```yaml\n# (\S+)\n(.*?)```", (ROOT / "docs" / "budgets-in-ci.md").read_text("utf-8"), re.DOTALL)
READERS = {".github/workflows/budgets.yml": "github-workflows", ".gitlab-ci.yml": "gitlab-ci"}


def schema(name):
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))


def loaded(text):
    """YAML 1.1 takes the key `on` for true."""
    record = yaml.safe_load(text)
    return (
        {"on" if key is True else key: value for key, value in record.items()} if isinstance(record, dict) else record
    )


@pytest.mark.parametrize("path, text", RECIPES, ids=[f"{path} {index}" for index, (path, _) in enumerate(RECIPES)])
def test_a_recipe_is_valid_for_its_reader(tmp_path, path, text):
    record = loaded(text)
    if path in READERS:
        known = schema(READERS[path])
        jsonschema.validators.validator_for(known)(known).validate(record)
    else:
        assert path == ".pre-commit-config.yaml"
        config = tmp_path / path
        config.write_text(text, encoding="utf-8")
        subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", str(config)], check=True)


def test_the_hooks_are_valid():
    hooks = ROOT / ".pre-commit-hooks.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(hooks)], check=True)


def test_the_action_is_valid():
    known = schema("github-actions")
    record = loaded((ROOT / "action.yml").read_text("utf-8"))
    jsonschema.validators.validator_for(known)(known).validate(record)
    assert record["runs"]["using"] == "composite"


@pytest.fixture
def commands(tmp_path_factory):
    """A folder with a `cnnscope` that runs this checkout, as a recipe's installation leaves one on the path."""
    place = tmp_path_factory.mktemp("bin")
    script = place / "cnnscope"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -P -m cnnscope "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{place}{os.pathsep}{os.environ['PATH']}"}


def lines_of(path, text):
    """What a recipe runs, line by line as its reader does; what it installs is there already."""
    if path == ".gitlab-ci.yml":
        lines = loaded(text)["budgets"]["script"]
    else:
        lines = [step["run"] for step in loaded(text)["jobs"]["check"]["steps"] if "run" in step]
    return [line for line in lines if not line.startswith("pip install ")]


SCRIPTS = [(path, text) for path, text in RECIPES if path in READERS and "uses: ./" not in text]


@pytest.mark.parametrize("path, text", SCRIPTS, ids=[path for path, _ in SCRIPTS])
def test_the_lines_of_a_recipe_run_and_leave_the_reports_that_it_names(project, commands, path, text):
    lines = lines_of(path, text)
    assert lines
    for maps, code in ((8, 0), (16, 1)):
        widen(project, maps)
        for line in lines:
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", line], cwd=project, env=commands, capture_output=True
            )
            assert done.returncode == code, done.stderr
            for name in (word.rpartition(":")[2] for word in shlex.split(line) if word.endswith((".json", ".xml"))):
                assert (project / name).stat().st_size
                (project / name).unlink()


def test_the_reports_of_gitlab_are_those_that_the_recipe_collects():
    (text,) = (text for path, text in RECIPES if path == ".gitlab-ci.yml")
    job = loaded(text)["budgets"]
    written = [word.partition(":")[2] for line in job["script"] for word in shlex.split(line) if ":" in word]
    assert sorted(written) == sorted(job["artifacts"]["reports"].values())


def test_the_hook_of_the_recipe_stops_a_commit_that_widens_a_layer(branch, commands):
    (text,) = (text for path, text in RECIPES if path == ".pre-commit-config.yaml")
    (branch / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    (branch / "specs").mkdir()
    git(branch, "mv", "net.md", "specs/net.md")
    (branch / "cnnscope.toml").write_text(CONFIG.replace("net.md", "specs/net.md"), encoding="utf-8")
    git(branch, "add", "-A")
    command = [sys.executable, "-m", "pre_commit", "run"]
    environment = {**commands, "PRE_COMMIT_HOME": str(branch / "home")}
    assert subprocess.run(command, cwd=branch, env=environment, capture_output=True).returncode == 0
    page = branch / "specs" / "net.md"
    page.write_text(page.read_text("utf-8").replace("| conv2 | conv | 8 |", "| conv2 | conv | 16 |"), encoding="utf-8")
    git(branch, "add", "-A")
    done = subprocess.run(command, cwd=branch, env=environment, capture_output=True, text=True)
    assert (done.returncode, "net: params <= 6K: 10,882, 81.4 % over" in done.stdout) == (1, True), done.stdout


@pytest.fixture
def action(project, tmp_path_factory):
    """Runs the step of action.yml that checks, as the runner does: the exit code, stdout, and the outputs."""
    step = loaded((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"][-1]
    inputs = loaded((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    runner = tmp_path_factory.mktemp("runner")
    (runner / "cnnscope" / "bin").mkdir(parents=True)
    python = runner / "cnnscope" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)

    def run(**given):
        values = {name: given.get(name.replace("-", "_"), one["default"]) for name, one in inputs.items()}

        def filled(text):
            return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)

        environment = {
            **os.environ,
            **{name: filled(text) for name, text in step["env"].items()},
            "RUNNER_TEMP": str(runner),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(project),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", filled(step["run"])]
        folder = project / filled(step["working-directory"])
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, (runner / "output").read_text("utf-8")

    return run


@pytest.mark.parametrize(
    "args, maps, config, code, verdict",
    [
        ("", 8, "", 0, "pass"),
        ("", 16, "", 1, "fail"),
        ("--exit-zero", 16, "", 0, "fail"),
        ("--check edgy", 8, "", 3, "undecided"),
        ("--check 'two words'", 8, "", 3, "undecided"),
        ("--check 'two\nlines'", 8, "", 3, "undecided"),
        ("--check 'edge", 16, "", 2, ""),
        ("$(touch broken)", 8, "", 2, ""),
        ("; touch broken", 8, "", 2, ""),
        ("", 8, "gone.toml", 2, ""),
    ],
)
def test_the_action_tells_what_came_of_it(project, action, args, maps, config, code, verdict):
    widen(project, maps)
    (project / "cnnscope-report.json").write_text('{"verdict": "pass"}', encoding="utf-8")
    found, text, outputs = action(args=args, config=config)
    assert found == code, text
    assert outputs == f"exit-code={code}\nreport-path={project / 'cnnscope-report.json'}\nverdict={verdict}\n"
    assert not (project / "broken").exists()
    assert ("::error file=net.md,line=8," in text) == (maps == 16 and code != 2)


def test_the_action_works_in_a_folder_and_finds_no_module_of_the_workspace(project, action):
    (project / "cnnscope").mkdir()
    (project / "cnnscope" / "__init__.py").write_text("raise SystemExit(0)", encoding="utf-8")
    (project / "deep").mkdir()
    widen(project)
    assert action()[0] == 1
    code, text, outputs = action(working_directory="deep")
    assert (code, "::error file=net.md,line=8," in text) == (1, True)
    assert f"report-path={project / 'deep' / 'cnnscope-report.json'}\n" in outputs
