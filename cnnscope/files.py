"""Files that are complete or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cnnscope.errors import UsageError, WriteError


@contextmanager
def complete(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes its name only when the block has ended well; an existing file keeps its mode.

    A link stays a link, and a device or pipe what it is: that is written to as the bytes come. UsageError where the
    path cannot be a file, WriteError where it cannot be written (permissions, a full disk).
    """
    import tempfile

    require_place(path)
    temporary = None
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        target = Path(os.path.realpath(path))
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            yield file  # type: ignore[misc]
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(
            f"{path} cannot be written: {reason}", "check the directory, its permissions and space"
        ) from None
    finally:
        if temporary:
            with suppress(OSError):
                temporary.unlink()


def require_place(path: Path) -> None:
    """UsageError where no file of this path can be."""
    if path.is_dir():
        raise UsageError(f"{path} is a directory", "name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no directory {path.parent}", "create it first")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
