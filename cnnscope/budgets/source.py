"""Where things stand in a TOML file: readers give no line numbers, and a message without one is half a message."""

import re

_CHECK = re.compile(r"\s*\[\[\s*(?:tool\s*\.\s*cnnscope\s*\.\s*)?check\s*\]\]")
_TABLE = re.compile(r"\s*\[")


class Source:
    """A file's text, asked for the line of a check, of its keys and of the texts in it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._lines = text.split("\n")
        starts = [number for number, line in enumerate(self._lines, 1) if _CHECK.match(line)]
        self._checks = [(start, self._end(start)) for start in starts]

    def _end(self, start: int) -> int:
        """The last line of the table that starts here."""
        for number in range(start + 1, len(self._lines) + 1):
            if _TABLE.match(self._lines[number - 1]) and not self._in_array(start, number):
                return number - 1
        return len(self._lines)

    def _in_array(self, start: int, number: int) -> bool:
        """Is this line inside a list that an earlier line of the table opened? Then it is no table's title."""
        above = "\n".join(self._lines[start : number - 1])
        return above.count("[") > above.count("]")

    def check(self, index: int) -> int:
        """The line of the check with this index, 1 where it is written in another form."""
        return self._checks[index][0] if index < len(self._checks) else 1

    def at_top(self, key: str, text: str) -> str:
        """How to give a key of the whole file: by its line that is commented out, or above the first check."""
        above = self._lines[: self._checks[0][0] - 1] if self._checks else self._lines
        for number, line in enumerate(above, 1):
            if re.match(rf"\s*#\s*{re.escape(key)}\s*=", line):
                return f"uncomment line {number}: {line.strip(' #')}"
        return f"add {text} {self.top}".rstrip()

    @property
    def top(self) -> str:
        """Where keys of the whole file have to stand: TOML gives a key to the last table above it."""
        title = "under [tool.cnnscope]" if self.path.endswith("pyproject.toml") else ""
        if not self._checks:
            return title
        start = self._checks[0][0]
        return f"{title} above the first {self._lines[start - 1].partition('#')[0].strip()}, line {start}".strip()

    def within(self, index: int, *texts: str) -> int:
        """The first line of this check that holds all texts, else that of its budgets."""
        start, end = self._checks[index] if index < len(self._checks) else (1, len(self._lines))
        for number in range(start, end + 1):
            line = self._lines[number - 1]
            if all(text in line for text in texts) and not line.lstrip().startswith("#"):
                return number
        return self.key("budget", index)

    def key(self, name: str, index: int | None = None) -> int:
        """The line where a key is given, in a check or at the top, else that of the check or 1."""
        start, end = self._checks[index] if index is not None and index < len(self._checks) else (1, len(self._lines))
        pattern = re.compile(rf"""(?:^|[{{,.\s])["']?{re.escape(name)}["']?\s*(?:=|\.)""")
        for number in range(start, end + 1):
            line = self._lines[number - 1]
            if pattern.search(line) and not line.lstrip().startswith("#"):
                return number
        return start if index is not None else 1
