"""Where measured ceilings are kept between runs."""

import os
from pathlib import Path

VARIABLE = "CNNSCOPE_CACHE_DIR"


def directory() -> Path:
    """The platform's cache directory for cnnscope, or what CNNSCOPE_CACHE_DIR names; it need not exist."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("cnnscope", appauthor=False)


def fault(path: Path) -> str:
    """Why nothing can be written in this directory, "" where it can be; nothing is created to find out."""
    nearest = path
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        return f"{nearest} is not a directory"
    return "" if os.access(nearest, os.W_OK | os.X_OK) else f"{nearest} cannot be written"
