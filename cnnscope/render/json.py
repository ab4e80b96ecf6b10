"""JSON: the contract of every other reader. One object for one network, a list for several."""

import json
from collections.abc import Sequence

from cnnscope.analysis.report import Report
from cnnscope.render.records import report_record
from cnnscope.render.sheet import View

SUFFIXES = (".json",)


def render(reports: Sequence[Report], view: View) -> str:
    records = [report_record(report) for report in reports]
    return json.dumps(records[0] if len(records) == 1 else records, indent=1, ensure_ascii=False) + "\n"
