"""What doctor says: one finding per thing it looked at."""

from typing import Literal, NamedTuple

Status = Literal["ok", "warn", "broken"]


class Finding(NamedTuple):
    """One thing that was looked at. The remedy is what to do about it, "" where nothing has to be done.

    broken: something that was asked for, by installing it, does not work. warn: measured times will suffer, or a
    command is missing a package. What nobody asked for and is not there is ok.
    """

    name: str
    status: Status
    found: str
    remedy: str = ""


class Diagnosis(NamedTuple):
    """All findings, in the order in which they are worth reading."""

    findings: tuple[Finding, ...]

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status == "broken"]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status == "warn"]
