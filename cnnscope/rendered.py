"""What every result can do: show itself in an output format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnscope.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A record that the API gives a function for every output format, from the record to its text."""

    renderers: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict, repr=False, compare=False)

    def render(self, name: str) -> str:
        """The record in one of the output formats, by its name; UsageError for one that is not known."""
        if name not in self.renderers:
            raise UsageError(f"no output format {name}", f"known are {', '.join(self.renderers)}")
        text: str = self.renderers[name](self)
        return text

    def to_json(self) -> str:
        """What the command writes with --format json."""
        return self.render("json")

    def __str__(self) -> str:
        """What the command prints; the bare record where it did not come from the API."""
        return self.render("terminal") if self.renderers else repr(self)

    def _repr_html_(self) -> str:
        return self.render("html")
