"""The command line: one file per command, each parses, makes one API call and prints. main() is the only error boundary.

Exit codes: 0 fine, 1 a claim is false under --strict, 2 bad usage or input, 4 an error of ours, 130 interrupted.
"""

import os
import sys

import typer

from cnnscope.cli import analyze, list_
from cnnscope.errors import CnnscopeError

INTERNAL_ERROR, INTERRUPTED = 4, 130

app = typer.Typer(
    name="cnnscope",
    help="A layer table is the program: shapes, parameters, FLOPs, memory and receptive fields of convolutional networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("analyze")(analyze.analyze)
app.command("list")(list_.list_networks)


def _version(asked: bool) -> None:
    if asked:
        import cnnscope

        print(f"cnnscope {cnnscope.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    pass


def main() -> None:
    """Run the command line; every error becomes a message on stderr and an exit code."""
    try:
        app()
    except CnnscopeError as error:
        if "--debug" in sys.argv:
            raise
        _say(str(error), "error")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain once more while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _say(f"{type(error).__name__}: {error}", "internal error")
        _say("this is a bug in cnnscope; --debug before the command shows where", "")
        sys.exit(INTERNAL_ERROR)


def _say(text: str, kind: str) -> None:
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
    encoding = sys.stderr.encoding or "ascii"
    print(f"{kind}: {shown}".removeprefix(": ").encode(encoding, "replace").decode(encoding), file=sys.stderr)
