"""The command line: one file per command; each parses, makes one API call and prints. main() catches all errors.

Exit codes: 0 fine, 1 a budget is broken, a claim is false under --strict or doctor finds something broken, 2 bad usage
or input, 3 undecided or nothing was checked, 4 an error of ours or an unwritten report, 130 interrupted.
"""

import importlib
import os
import sys
import traceback

import typer

from cnnscope.cli.streams import say
from cnnscope.errors import CnnscopeError

COMMANDS = {
    "analyze": "analyze",
    "explain": "explain",
    "claims": "claims",
    "convert": "convert",
    "list": "list_",
    "export": "export",
    "verify": "verify",
    "reconcile": "reconcile",
    "check": "check",
    "baseline": "baseline",
    "profile": "profile",
    "report": "report",
    "calibrate": "calibrate",
    "doctor": "doctor",
}
"""Every command and its module, in the order of the help."""

INTERNAL_ERROR, INTERRUPTED = 4, 130


def application(words: list[str]) -> typer.Typer:
    """The commands for these words of a command line: the one that they begin with, or else all of them.

    Only what runs is imported; help, completion and suggestions see every command.
    """
    app = typer.Typer(
        name="cnnscope",
        help="Shapes, parameters, FLOPs, memory, receptive fields of convolutional networks from their layer tables.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS:
        module = importlib.import_module(f"{__name__}.{COMMANDS[name]}")
        # A command with commands of its own holds them in an app.
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.run)
    return app


def _version(asked: bool) -> None:
    if asked:
        from cnnscope import __version__

        print(f"cnnscope {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    pass


def main() -> None:
    """Run the command line; every error becomes a message on stderr and an exit code."""
    words = sys.argv[1:]
    if not sys.stdout or not sys.stderr:
        # A closed stream is None; there is nowhere to write a result, or a message.
        sys.exit(CnnscopeError.exit_code)
    try:
        application(words)(prog_name="cnnscope")
    except CnnscopeError as error:
        _fail(error, str(error), error.exit_code)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(INTERRUPTED)
    except SystemExit as end:
        # What typer makes of Ctrl-C, without a word.
        if end.code == INTERRUPTED:
            say("interrupted")
        raise
    except BrokenPipeError:
        # The reader of the pipe went away; Python would complain once more while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        remedy = "this is a bug in cnnscope; `cnnscope --debug COMMAND ...` shows where"
        _fail(error, f"internal: {type(error).__name__}: {error}\n  {remedy}", INTERNAL_ERROR)


def _fail(error: Exception, text: str, code: int) -> None:
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    say(f"error: {text}")
    sys.exit(code)
