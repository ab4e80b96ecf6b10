"""Results on stdout, messages on stderr."""

import sys
from contextlib import suppress

from cnnscope.errors import WriteError


def say(text: str) -> None:
    """A message on stderr; text from files can neither move the cursor nor fail to encode.

    Where stderr is gone or full nobody can be told, and the exit code must do.
    """
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
    encoding = sys.stderr.encoding or "ascii"
    with suppress(OSError):
        print(shown.encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)


def put(text: str) -> None:
    """A result on stdout; WriteError where it cannot be written, as on a full disk. A closed pipe is main()'s."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still in the buffer would fail once more at exit.
        sys.stdout = None
        raise WriteError(
            f"stdout cannot be written: {error.strerror}", "check the disk, or write to a file with -o"
        ) from None
