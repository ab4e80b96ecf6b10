"""Explanations in every format: LaTeX that balances, ASCII, narrow terminals, definitions, the command."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import cnnscope
from cnnscope import render
from cnnscope.explanation.definitions import ALIASES, DEFINITIONS
from cnnscope.explanation.explain import define
from cnnscope.explanation.layer import LAYER_METRICS
from cnnscope.explanation.network import NETWORK_METRICS
from cnnscope.render import View
from tests.cli.shell import cnnscope as command
from tests.cli.shell import on_a_terminal
from tests.pages import one_of_every_page

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "explanation.schema.json").read_text("utf-8"))
HOSTILE = ("{x}_%#&", "\\input{x}", "a|b", "[red]", "<script>x", "=cmd()", "~^")


def balanced(text):
    """Braces, environments and delimiters are closed in the order in which they were opened."""
    code = re.sub(r"(?m)^%.*$", "", text)
    pairs = {"}": "{", "right": "left", "end": "begin"}
    opened = []
    for sign in re.findall(r"\\(left|right|begin|end)(?![a-zA-Z])|(?<!\\)(?:\\\\)*([{}])", code):
        word = sign[0] or sign[1]
        if word in pairs:
            assert opened, "closed before it is open"
            assert opened.pop() == pairs[word]
        else:
            opened.append(word)
    assert not opened
    assert len(re.findall(r"(?<!\\)\$", code)) % 2 == 0


@pytest.mark.parametrize("name", cnnscope.networks())
def test_latex_of_every_network_and_layer_balances(name):
    balanced(cnnscope.explain(name).render("latex"))
    layers = cnnscope.explain(name, "*").render("latex")
    balanced(layers)
    assert re.sub(r"(?m)^%.*$", "", layers).isascii()


def test_latex_aligns_equations():
    text = cnnscope.explain("alexnet", "conv1", metric="output").render("latex")
    assert r"\text{height and width} &= \frac{227 - 11 + 2 \cdot 0}{4} + 1 = 55 \\" in text
    rounded = cnnscope.explain("resnet50", "conv1", metric="output").render("latex")
    assert r"\left\lfloor \frac{224 - 7 + 2 \cdot 3}{2}\right\rfloor + 1 = 112" in rounded


def test_hostile_names_balance_too(tmp_path):
    rows = "".join(f"| {name.replace('|', chr(92) + '|')} | conv | 2 | 1 |\n" for name in HOSTILE)
    path = tmp_path / "net.md"
    path.write_text(f"---\ninput: 1x4x4\n---\n| layer | type | maps | kernel |\n|-|-|-|-|\n{rows}", "utf-8")
    names = [entry.row for entry in cnnscope.load(str(path)).analyze().layers]
    assert len(names) == len(HOSTILE)
    for layer in (None, "*", *names):
        found = cnnscope.explain(str(path), layer)
        balanced(found.render("latex"))
        assert r"\input{" not in re.sub(r"(?m)^%.*$", "", found.render("latex"))
        assert "<script" not in found.render("html") + found.render("markdown").replace(r"\<", "")


def test_markdown_lists_equations():
    assert cnnscope.explain("alexnet", "conv1.relu").render("markdown") == (
        "## alexnet conv1.relu · input 3x227x227 · batch 1 · float32\n\n"
        "### conv1.relu · relu · 96x55x55 -> 96x55x55\n\n"
        "- **compares**: 55·55·96 = 290,400\n- **flops**: 290,400\n"
    )


def test_json_has_exact_numbers_and_their_arithmetic():
    found = json.loads(cnnscope.explain("alexnet", "conv1", metric="params").render("json"))
    assert found["sections"][0]["lines"] == [
        {
            "what": "params",
            "equations": [{"name": "", "arithmetic": "(11·11·3 + 1)·96", "value": 34_944}],
            "remark": "",
        }
    ]


@pytest.mark.parametrize("name", one_of_every_page())
def test_the_json_of_networks_and_layers_is_of_the_published_schema(name):
    jsonschema.validate(json.loads(cnnscope.explain(name).render("json")), SCHEMA)
    jsonschema.validate(json.loads(cnnscope.explain(name, "*").render("json")), SCHEMA)


@pytest.mark.parametrize("model", [None, "lenet5-slide"])
@pytest.mark.parametrize("metric", DEFINITIONS)
def test_the_json_of_every_metric_is_of_the_published_schema(model, metric):
    record = json.loads(cnnscope.explain(model, metric=metric).render("json"))
    jsonschema.validate(record, SCHEMA)
    assert [section["metric"] for section in record["sections"]] == [metric]
    assert [*record] == SCHEMA["required"] == [*SCHEMA["properties"]]
    assert set(DEFINITIONS) == set(SCHEMA["$defs"]["metric"]["enum"])


def test_ascii_writes_other_signs():
    found = cnnscope.explain("resnet50", "conv1")
    plain = render.text("explanation", [found], "terminal", View(plain=True))
    assert plain.isascii()
    assert "floor((224 - 7 + 2*3) / 2) + 1 = 112" in plain
    assert "112*112*64 * 7*7*3 = 118,013,952" in plain
    assert "?" not in plain


def test_ascii_takes_no_product_for_a_difference():
    plain = render.text("explanation", [cnnscope.explain(metric="macs")], "terminal", View(plain=True))
    assert "output values * kernel height * kernel width * input maps / groups" in plain


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_breaks_lines_and_cuts_nothing(columns):
    shown = on_a_terminal(columns, "explain", "vgg16", "--metric", "params", NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= columns
    joined = " ".join(shown.split())
    assert "2,359,808 + 2,359,808 + 9,995,072 = 138,357,544" in joined


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_that_of_the_documents(name):
    text = (ROOT / "docs" / "conventions.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?`) \| (.*) \|$", text, re.MULTILINE)
    (documented,) = [words for names, words in rows if f"`{name}`" in names.split(", ")]
    assert DEFINITIONS[name].text == documented
    assert DEFINITIONS[name].convention


def test_every_metric_of_a_report_is_defined_and_explained():
    text = (ROOT / "docs" / "conventions.md").read_text("utf-8").split("## JSON")[0]
    documented = {
        name for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert documented == set(DEFINITIONS) | {"size", "memory"}
    assert {ALIASES["size"], ALIASES["memory"]} <= set(DEFINITIONS)
    assert set(NETWORK_METRICS) == set(DEFINITIONS)
    assert set(DEFINITIONS) - set(LAYER_METRICS) == {"activation_bytes", "peak_activation_bytes", "depth"}
    assert set(ALIASES.values()) <= set(DEFINITIONS)
    assert [section.title for section in define().sections] == list(DEFINITIONS)


@pytest.mark.parametrize("metric", [*DEFINITIONS, *ALIASES, "Peak memory", "receptive-field"])
def test_every_metric_of_a_network_comes_out(metric):
    assert str(cnnscope.explain("googlenet", metric=metric)).startswith("googlenet · input 3x224x224")
    assert cnnscope.explain(metric=metric).sections[0].lines[0].what == "definition"


def test_the_command_writes_files_and_takes_input_batch_and_dtype(tmp_path):
    run = command("explain", "vgg16", "conv1_1", "-o", tmp_path / "x.tex", "-o", tmp_path / "x.md")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert r"\begin{align*}" in (tmp_path / "x.tex").read_text("utf-8")
    assert "- **params**: (3·3·3 + 1)·64 = 1,792" in (tmp_path / "x.md").read_text("utf-8")
    words = ("explain", "vgg16", "conv1_1", "--metric", "output_bytes", "--input", "3x32x32", "--batch", "8")
    assert "8·32·32·64 · 2 bytes = 1,048,576" in command(*words, "--dtype", "float16").stdout


@pytest.mark.parametrize(
    "words, message",
    [
        (("vgg61",), "error: no network `vgg61`\n  did you mean vgg19 or vgg16 or vgg13?\n"),
        (
            ("vgg16", "conv1_11"),
            "error: vgg16 has no layer `conv1_11`\n  did you mean conv1_1 or conv5_1 or conv4_1?\n",
        ),
        (("vgg16", "--metric", "mcas"), "error: no metric `mcas`\n  did you mean macs?\n"),
        (("vgg16", "--batch", "0"), "error: batch 0\n  write a whole number from 1 to 2^31 - 1\n"),
    ],
)
def test_the_command_s_errors_are_for_people(words, message):
    run = command("explain", *words)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == message


def test_nothing_of_it_is_imported_by_analyze():
    code = (
        "import sys, cnnscope.cli as cli; sys.argv = ['cnnscope', 'analyze', 'lenet5', '--format', 'markdown']\n"
        "try: cli.main()\n"
        "finally: print([name for name in sys.modules if 'explanation' in name], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "[]"


def test_a_definition_names_the_page_that_its_text_links():
    shown = f"{cnnscope.explain(metric='flops')}"
    assert "docs/operators.md has the figures of every operator" in shown
    assert "](" not in shown
