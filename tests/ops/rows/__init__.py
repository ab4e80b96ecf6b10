"""Facts about the operators, a module for each family.

ROWS hold shapes, params and MACs; COSTS arithmetic by kind; BUFFERS what is stored and not trained; NOTES and ERRORS what is
said; VALUES results by hand; WINDOWS what an output sees.
"""

import importlib
from pathlib import Path

from _pytest.mark import ParameterSet

FAMILIES = [
    importlib.import_module(f"{__name__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path != Path(__file__)
]


def table(name: str) -> list[ParameterSet]:
    """The rows of this name in all families."""
    return [row for family in FAMILIES for row in getattr(family, name, ())]
