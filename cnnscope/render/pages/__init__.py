"""One file per kind of result: what it shows, whatever the format. `sheet.Page` says what such a file holds."""

import importlib
from typing import cast

from cnnscope.render.sheet import Page


def module(name: str) -> Page:
    return cast(Page, importlib.import_module(f"{__name__}.{name}"))
