"""The guards of the house hold, and each is shown to fail when its rule is broken."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
HEAVY = ("torch", "onnx", "onnxruntime", "pandas", "numpy", "pydantic", "jinja2", "matplotlib", "yaml")
LONGEST_MODULE = 300


def run(
    *command: str | Path, cwd: Path, pythonpath: Path | None = None, exit_code: int = 0
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "FORCE_COLOR"}}
    environment |= {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    if pythonpath:
        environment["PYTHONPATH"] = str(pythonpath)
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == exit_code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the package and its settings, to break rules in."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT / "cnnscope", copy / "cnnscope", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def plant(checkout: Path, code: str) -> Path:
    """A new module among the operators; it starts with the docstring that every module needs."""
    module = checkout / "cnnscope" / "ops" / "planted.py"
    module.write_text(f'"""Planted."""\n\n{code}\n', encoding="utf-8")
    return module


def test_imports_keep_to_the_floors_in_the_package_as_it_is(checkout: Path) -> None:
    assert "0 broken" in run(SCRIPTS / "lint-imports", "--no-cache", cwd=checkout).stdout


@pytest.mark.parametrize(
    "code, edge",
    [
        pytest.param("import cnnscope.cli", "cnnscope.ops.planted -> cnnscope.cli", id="upwards, from ops to cli"),
        pytest.param(
            "def late():\n    from cnnscope.graph import Graph\n\n    return Graph",
            "cnnscope.ops.planted -> cnnscope.graph",
            id="upwards by one floor, inside a function",
        ),
        pytest.param(
            "def late():\n    import torch\n\n    return torch",
            "cnnscope.ops.planted -> torch",
            id="a library away from the edges, inside a function",
        ),
    ],
)
def test_lint_imports_names_a_planted_import(checkout: Path, code: str, edge: str) -> None:
    plant(checkout, code)
    output = run(SCRIPTS / "lint-imports", "--no-cache", cwd=checkout, exit_code=1).stdout
    assert edge in output
    assert "1 broken" in output


def test_lint_imports_asks_for_the_floor_of_a_new_room(checkout: Path) -> None:
    (checkout / "cnnscope" / "planted.py").write_text('"""Planted."""\n', encoding="utf-8")
    assert "planted" in run(SCRIPTS / "lint-imports", "--no-cache", cwd=checkout, exit_code=1).stdout


def ruff(checkout: Path, *, exit_code: int = 0) -> str:
    command = (SCRIPTS / "ruff", "check", "--no-cache", "--output-format", "concise", "cnnscope")
    return run(*command, cwd=checkout, exit_code=exit_code).stdout


def test_ruff_passes_the_package_as_it_is(checkout: Path) -> None:
    assert "TID253" not in ruff(checkout)


def test_ruff_names_each_heavy_import_at_module_level(checkout: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    banned = settings["flake8-tidy-imports"]["banned-module-level-imports"]
    assert set(HEAVY) - {"yaml"} == set(banned)
    module = plant(checkout, "\n".join(f"import {library}" for library in banned)).relative_to(checkout)
    output = ruff(checkout, exit_code=1)
    for line, library in enumerate(banned, start=3):
        assert f"{module}:{line}:8: TID253 `{library}` is banned at the module level" in output


def heavy_modules_after(tmp_path: Path, first: str = "") -> Sequence[str]:
    """The libraries loaded once `cnnscope analyze vgg16` has run in a process of its own."""
    script = f"""\
import sys
{first}
from cnnscope.cli import main

sys.argv = ["cnnscope", "analyze", "vgg16"]
try:
    exit_code = main()
except SystemExit as stop:
    exit_code = stop.code
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print("", *loaded, file=sys.stderr)
sys.exit(exit_code)
"""
    done = run(sys.executable, "-c", script, cwd=tmp_path, pythonpath=ROOT)
    assert done.stdout, "the command printed nothing"
    return done.stderr.splitlines()[-1].split()


def test_analyze_loads_no_heavy_library(tmp_path: Path) -> None:
    assert heavy_modules_after(tmp_path) == []


def test_a_heavy_library_would_be_noticed(tmp_path: Path) -> None:
    assert heavy_modules_after(tmp_path, first="import numpy") == ["numpy"]


def test_the_wheel_carries_the_zoo_and_needs_no_checkout(tmp_path: Path) -> None:
    wheels, target, elsewhere = (tmp_path / name for name in ("wheels", "target", "elsewhere"))
    elsewhere.mkdir()
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, cwd=elsewhere)
    (wheel,) = wheels.glob("cnnscope-*.whl")
    run(*pip, "install", wheel, "--no-deps", "--no-index", "--target", target, cwd=elsewhere)

    pages = {page.relative_to(ROOT / "specs") for page in (ROOT / "specs").rglob("*.md")}
    assert pages
    assert pages <= {page.relative_to(target / "cnnscope" / "specs") for page in target.rglob("specs/**/*.md")}

    where = (sys.executable, "-c", "import cnnscope; print(cnnscope.__file__)")
    assert Path(run(*where, cwd=elsewhere, pythonpath=target).stdout.strip()).is_relative_to(target)

    analyze = (sys.executable, "-m", "cnnscope", "analyze", "vgg16", "--format", "json")
    report = json.loads(run(*analyze, cwd=elsewhere, pythonpath=target).stdout)
    # Simonyan & Zisserman 2015, table 2 rounds configuration D to 138 million; the sum by hand is exact.
    assert report["totals"]["params"] == 138_357_544


def test_every_module_is_short_enough_to_read_at_once() -> None:
    lengths = {
        str(module.relative_to(ROOT)): len(module.read_text(encoding="utf-8").splitlines())
        for module in (ROOT / "cnnscope").rglob("*.py")
    }
    assert lengths
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}
