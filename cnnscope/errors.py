"""Every fault that the person at the keyboard can mend.

CnnscopeError            exit code 2
├── UsageError           an argument, option or file that cannot be used as given
│   ├── UnknownModelError    a network name nobody knows
│   └── MissingExtraError    an optional package that is not installed
├── CellError            a table's cell that cannot be read (raised bare; the reader adds file, line and row)
├── ShapeError           an operator cannot take these input shapes (raised bare; walk() and build() add the place)
├── RunError             a network that a runtime cannot load or run, or a measurement that did not end
│   └── RefusedError         a layer that an engine cannot take as it is spelled
├── SpecError            a page that cannot be read or built: one Fault per place
└── WriteError           exit code 2: a file that the user named cannot be written

Anything else that reaches main() is a bug of ours and exits 4.
"""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple


class CnnscopeError(Exception):
    """A fault with a remedy: `message` says what, where and why, `hint` what to do next."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(CnnscopeError):
    """An argument, option or file that cannot be used as given."""


class UnknownModelError(UsageError):
    """No network of this name is known."""


class MissingExtraError(UsageError):
    """An optional package is needed and not installed; the hint names the extra."""


class CellError(CnnscopeError):
    """A table's cell that cannot be read; the bare fact, without a place."""


class ShapeError(CnnscopeError):
    """An operator cannot take its input shapes; the bare fact, without a place."""


class RunError(CnnscopeError):
    """A runtime cannot load or run the network, or its process died."""


class RefusedError(RunError):
    """An engine cannot take a layer as it is spelled; `reason` is the engine's own."""

    def __init__(self, layer: str, engine: str, reason: str) -> None:
        self.layer, self.engine = layer, engine
        self.reason = " ".join(reason.split())[:300]
        super().__init__(f"{layer or 'network'}: {engine} refuses it: {self.reason}")


class WriteError(CnnscopeError):
    """A file that the user asked for cannot be written."""


class Fault(NamedTuple):
    """One thing wrong at one place of a page; `row` may be empty, `line` is 0 when the whole file is meant."""

    line: int
    row: str
    message: str
    hint: str = ""


class SpecError(CnnscopeError):
    """A page that cannot be read or built; holds every fault that was found, each once, in line order."""

    def __init__(self, path: str, faults: Iterable[Fault]) -> None:
        once = {(fault.line, fault.message): fault for fault in faults}
        self.path = path
        self.faults = sorted(once.values(), key=lambda fault: fault.line)
        super().__init__("\n".join(self._text(fault) for fault in self.faults))

    def _text(self, fault: Fault) -> str:
        place = f"{self.path}:{fault.line}" if fault.line else self.path
        row = f"{fault.row}: " if fault.row else ""
        hint = f"\n  {fault.hint}" if fault.hint else ""
        return f"{place}: {row}{fault.message}{hint}"
