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

from tests.budgets.conftest import PAGE
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
    """A folder with a `cnnscope` that runs this checkout, as `bin` of the environment that the action makes."""
    place = tmp_path_factory.mktemp("runner") / "cnnscope" / "bin"
    place.mkdir(parents=True)
    script = place / "cnnscope"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m cnnscope "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return place


def words_of(text):
    """The `cnnscope check` command lines of a recipe."""
    return [shlex.split(line.split("run:")[-1].strip(" -")) for line in text.splitlines() if "cnnscope check -" in line]


@pytest.mark.parametrize("path, text", RECIPES, ids=[f"{path} {index}" for index, (path, _) in enumerate(RECIPES)])
def test_the_commands_of_a_recipe_run_and_leave_the_reports_that_it_names(project, commands, path, text):
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    for words in words_of(text):
        assert subprocess.run(words, cwd=project, env=environment, capture_output=True).returncode == 0
        for name in (word.rpartition(":")[2] for word in words if word.endswith((".json", ".xml"))):
            assert (project / name).stat().st_size
    (project / "net.md").write_text(PAGE.replace("| conv2 | conv | 8 |", "| conv2 | conv | 16 |"), encoding="utf-8")
    for words in words_of(text):
        assert subprocess.run(words, cwd=project, env=environment, capture_output=True).returncode == 1


@pytest.mark.parametrize(
    "args, maps, config, code, verdict",
    [
        ("", 8, "", 0, "pass"),
        ("", 16, "", 1, "fail"),
        ("--exit-zero", 16, "", 0, "fail"),
        ("--check edgy", 8, "", 3, "undecided"),
        ("--check 'two words'", 8, "", 3, "undecided"),
        ("$(touch broken)", 8, "", 2, ""),
        ("; touch broken", 8, "", 2, ""),
        ("", 8, "gone.toml", 2, ""),
    ],
)
def test_the_action_tells_what_came_of_it(project, commands, args, maps, config, code, verdict):
    (project / "net.md").write_text(
        PAGE.replace("| conv2 | conv | 8 |", f"| conv2 | conv | {maps} |"), encoding="utf-8"
    )
    (project / "cnnscope-report.json").write_text('{"verdict": "pass"}', encoding="utf-8")
    output = project / "output"
    environment = {
        **os.environ,
        "ARGS": args,
        "CONFIG": config,
        "REPORT": "cnnscope-report.json",
        "RUNNER_TEMP": str(commands.parents[1]),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(project),
        "GITHUB_STEP_SUMMARY": str(project / "summary"),
    }
    done = subprocess.run(
        ["bash", ROOT / ".ci" / "action"], cwd=project, env=environment, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert output.read_text("utf-8") == f"exit-code={code}\nreport-path=cnnscope-report.json\nverdict={verdict}\n"
    assert not (project / "broken").exists()
    assert ("::error file=net.md,line=8," in done.stdout) == (maps == 16)
