"""The Python interface."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import cnnscope

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))


def test_the_public_names_are_these():
    assert set(cnnscope.__all__) == {
        "load",
        "load_all",
        "networks",
        "explain",
        "verify",
        "reconcile",
        "check",
        "check_config",
        "export_onnx",
        "build_torch",
        "profile",
        "Settings",
        "Limits",
        "Profile",
        "Network",
        "Report",
        "Explanation",
        "Verification",
        "Reconciliation",
        "Verdicts",
        "CnnscopeError",
        "SpecError",
        "UnknownModelError",
        "UsageError",
    }
    for name in cnnscope.__all__:
        assert getattr(cnnscope, name).__doc__
        assert name in dir(cnnscope)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        cnnscope.analyse  # noqa: B018


def test_import_costs_no_submodule():
    code = "import sys, cnnscope; print([name for name in sys.modules if name.startswith('cnnscope.')])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("name", cnnscope.networks())
def test_the_json_of_a_network_is_of_the_published_schema_and_adds_up(name):
    record = json.loads(cnnscope.load(name).analyze().to_json())
    jsonschema.validate(record, SCHEMA)
    totals, layers = record["totals"], record["layers"]
    for metric in ("params", "buffers", "macs"):
        assert totals[metric] == sum(layer[metric] for layer in layers)
    for kind, count in totals["flops"].items():
        assert count == sum(layer["flops"][kind] for layer in layers)
    flops = totals["flops"]
    assert flops["total"] == 2 * flops["multiply_adds"] + sum(
        flops[kind] for kind in ("adds", "compares", "divides", "transcendentals", "multiplies")
    )
    assert totals["activation_bytes"] == sum(layer["output_bytes"] for layer in layers)
    assert totals["peak_activation_bytes"] == sum(entry["bytes"] for entry in record["peak"]["alive"])
    assert totals["weight_bytes"] == 4 * (totals["params"] + totals["buffers"])


def test_a_dataframe_has_one_row_per_layer_and_exact_integers():
    report = cnnscope.load("vgg16").analyze()
    frame = report.to_pandas()
    assert len(frame) == len(report.layers)
    assert frame["params"].sum() == 138_357_544
    assert frame.set_index("name").loc["conv1_1", "macs"] == 86_704_128


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(cnnscope.UsageError) as error:
        cnnscope.load("vgg16").analyze().to_pandas()
    assert str(error.value) == "pandas is not installed\n  pip install 'cnnscope[pandas]'"


def test_a_notebook_shows_a_table_of_the_report():
    html = cnnscope.load("lenet5-slide").analyze()._repr_html_()
    assert html.count("<tr>") == 1 + 7 + 1
    assert "60,856" in html
    assert "<script" not in html


def test_a_report_knows_its_formats():
    with pytest.raises(cnnscope.UsageError, match="no output format yaml"):
        cnnscope.load("vgg16").analyze().render("yaml")


@pytest.mark.parametrize("spelling", ["vgg16-bn", "VGG16_BN", "vgg16_bn"])
def test_names_differ_neither_in_case_nor_in_hyphens(spelling):
    assert cnnscope.load(spelling).analyze().params == 138_365_992


def test_a_near_miss_is_suggested():
    with pytest.raises(cnnscope.UnknownModelError) as error:
        cnnscope.load("vgg15")
    assert error.value.message == "no network `vgg15`"
    assert error.value.hint.startswith("did you mean vgg1")


def test_a_page_of_several_networks_needs_a_name():
    page = str(ROOT / "specs" / "resnet.md")
    with pytest.raises(cnnscope.UsageError, match="name one, such as"):
        cnnscope.load(page)
    assert cnnscope.load(f"{page}:resnet50").analyze().params == 25_557_032
    assert len(cnnscope.load_all(page)) > 5
    with pytest.raises(cnnscope.UnknownModelError, match="has no variant `resnet51`"):
        cnnscope.load(f"{page}:resnet51")


def test_a_pattern_means_every_network_of_every_page():
    found = {network.name for network in cnnscope.load_all(str(ROOT / "specs" / "*.md"))}
    assert found == set(cnnscope.networks())


@pytest.mark.parametrize("shape", [(3, 64, 96), "3x64x96", "3×64×96"])
def test_another_input_changes_sizes_and_no_parameters_of_a_fully_convolutional_network(shape):
    own, other = cnnscope.load("nin").analyze(), cnnscope.load("nin").analyze(input=shape)
    assert other.input_shape == (1, 3, 64, 96)
    assert other.params == own.params
    assert other.macs < own.macs


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch": 0}, "batch 0"),
        ({"batch": 1.5}, "batch 1.5"),
        ({"batch": 2**31}, "batch 2147483648"),
        ({"dtype": "float8"}, "dtype `float8` is not known"),
        ({"optimizer": "lion"}, "optimizer `lion` is not known"),
        ({"input": "3x0x4"}, "input `3x0x4`: `0` is too small"),
        ({"input": (3, 224)}, "input `3x224` is neither CxHxW nor a number of features"),
        ({"input": "224x224x3"}, "input `224x224x3`: channels stand first"),
        ({"input": "224"}, "input `224` is one number, and vgg16 reads maps"),
    ],
)
def test_an_argument_that_cannot_be_is_refused(options, message):
    with pytest.raises(cnnscope.UsageError) as error:
        cnnscope.load("vgg16").analyze(**options)
    assert error.value.message == message


@pytest.mark.parametrize("given, hint", [("28x28x1", "write 1x28x28"), ("192", "write 3x192x192")])
def test_an_input_in_another_order_or_of_one_side_is_told_how_to_write_it(given, hint):
    with pytest.raises(cnnscope.UsageError) as error:
        cnnscope.load("vgg16").analyze(input=given)
    assert error.value.hint == hint


def test_an_input_that_does_not_fit_names_the_row():
    with pytest.raises(cnnscope.SpecError) as error:
        cnnscope.load("alexnet-torchvision").analyze(input=(3, 8, 8))
    assert "alexnet" in str(error.value)
    assert "does not fit" in str(error.value)


def test_a_program_that_reads_its_input_s_size_is_built_anew(tmp_path):
    page = tmp_path / "net.md"
    page.write_text(
        "---\ninput: 1x8x8\n---\n# net\n\n| layer | type |\n|-|-|\n| a | shrink |\n\n"
        "## shrink()\n\n| layer | type | kernel | when |\n|-|-|-|-|\n| r | relu | | |\n| p | max pool | 2 | {in.height > 8} |\n"
    )
    network = cnnscope.load(str(page))
    assert network.analyze().layers[-1].output_shape == (1, 1, 8, 8)
    assert network.analyze(input="1x16x16").layers[-1].output_shape == (1, 1, 8, 8)


def test_maps_that_follow_from_the_size_build_the_network_anew(tmp_path):
    """Behind a matrix product in.maps is the number of tokens."""
    page = tmp_path / "net.md"
    page.write_text(
        "---\ninput: 3x4x4\n---\n# net\n\n| layer | type | transpose | from |\n|-|-|-|-|\n| t | tokens | | |\n"
        "| m | matrix product | yes | t, t |\n| b | head | | |\n\n"
        "## head()\n\n| layer | type | maps |\n|-|-|-|\n| f | fully connected | {in.maps} |\n"
    )
    network = cnnscope.load(str(page))
    assert network.analyze().params == 16 * 16 + 16
    assert network.analyze(input="3x8x8").params == 64 * 64 + 64


def test_every_result_shows_itself_as_its_command_does():
    network = cnnscope.load("lenet5")
    quick = cnnscope.profile(network, limits=cnnscope.Limits(0.01, 0.05), ceilings=False)
    for result in (network.analyze(), cnnscope.explain(network, "C1"), cnnscope.reconcile(network), quick):
        assert str(result) == result.render("terminal")
        assert result._repr_html_() == result.render("html") != str(result)
        assert isinstance(json.loads(result.to_json()), dict)
        with pytest.raises(cnnscope.UsageError, match="no output format pdf"):
            result.render("pdf")


def test_a_record_without_renderers_is_shown_bare():
    from cnnscope.analysis.report import analyze

    assert str(analyze(cnnscope.load("lenet5").graph)).startswith("Report(network='lenet5'")
