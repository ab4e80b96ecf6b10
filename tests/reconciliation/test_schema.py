"""The JSON of a reconciliation: of the published schema, and every figure is the sum that it states."""

import json
from pathlib import Path

import jsonschema
import pytest

import cnnscope
from cnnscope.reconciliation.tools import all_tools
from tests.pages import one_of_every_page

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reconciliation.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", one_of_every_page())
def test_the_json_of_every_tool_is_of_the_published_schema_and_adds_up(name):
    record = json.loads(cnnscope.reconcile(name).to_json())
    jsonschema.validate(record, SCHEMA)
    assert [*record] == SCHEMA["required"] == [*SCHEMA["properties"]]
    assert {figure["tool"] for figure in record["figures"]} == {tool.name for tool in all_tools()}
    for figure in record["figures"]:
        ours = figure["ours"] if figure["base"] else 0
        whole = figure["times"] * ours + sum(term["value"] for term in figure["terms"])
        assert figure["theirs"] in (None, whole / 2 if figure["halved"] else whole)
        assert all(term["value"] == term["factor"] * term["count"] for term in figure["terms"])


def test_a_refused_figure_needs_a_reason():
    record = json.loads(cnnscope.reconcile("vit_b_16").to_json())
    refused = [figure for figure in record["figures"] if figure["theirs"] is None]
    assert refused
    refused[0]["why"] = ""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, SCHEMA)
