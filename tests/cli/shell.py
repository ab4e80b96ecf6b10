"""Runs the command line as a user does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def cnnscope(*words, stdin=None, cwd=ROOT, **environment):
    """A finished run of `cnnscope WORDS`, its streams as text."""
    return subprocess.run(
        [sys.executable, "-m", "cnnscope", *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "TERMINAL_WIDTH": "100",
            **environment,
        },
    )


def on_a_terminal(columns, *words, **environment):
    """What `cnnscope WORDS` prints on a terminal of so many columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    settings = {**os.environ, "TERM": "xterm", **environment}
    for name in ("COLUMNS", "TERMINAL_WIDTH", "FORCE_COLOR"):
        settings.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnscope", *words], stdout=theirs, stderr=theirs, cwd=ROOT, env=settings
    )
    os.close(theirs)
    out = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(ours)
    process.wait()
    return out.decode("utf-8").replace("\r\n", "\n")
