"""The step of action.yml: checks, and tells the workflow what came of it. Its exit code is that of the check."""

import json
import os
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

BAD_USAGE = 2


def main() -> int:
    report = Path(os.environ["REPORT"]).absolute()
    # What an earlier step left must not be taken for the report of this one.
    report.unlink(missing_ok=True)
    code = _check(report)
    verdict = ""
    with suppress(OSError, ValueError, KeyError):
        verdict = json.loads(report.read_text("utf-8"))["verdict"]
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"exit-code={code}\nreport-path={report}\nverdict={verdict}\n")
    return code


def _check(report: Path) -> int:
    """Run `cnnscope check` with the words of ARGS, split as a shell splits them, without running anything in them."""
    config = ["--config", os.environ["CONFIG"]] if os.environ["CONFIG"] else []
    try:
        words = shlex.split(os.environ["ARGS"])
    except ValueError as error:
        sys.stdout.write(f"::error title=cnnscope::args cannot be split into words: {error}\n")
        return BAD_USAGE
    # -P: a folder of the workspace called cnnscope is no module.
    command = [sys.executable, "-P", "-m", "cnnscope", "check", *config, "-o", f"json:{report}", *words]
    code = subprocess.call(command)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
