"""A worker that goes wrong in the way that the request's `kernels` says; the tests put it in the place of the real one."""

import json
import os
import pickle
import signal
import sys
import time


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def ended():
    sys.exit(3)


def stumbled():
    raise ValueError("no such thing")


def chatty():
    sys.stdout.write("Welcome to the library\n[1, 2]\n{}\nnull\n" + json.dumps({"other": 1}) + "\n")
    say(progress=["loading", 0, None, None])
    say(result={"seen": True})


def interrupted():
    say(interrupted=True)


def quiet():
    """Says what it is, and then nothing: it can be ended only from outside."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say(progress=[str(os.getpid()), 0, None, None])
    time.sleep(60)


def deaf():
    """As Python before our code runs: Ctrl-C ends it, and it says nothing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    say(progress=[str(os.getpid()), 0, None, None])
    time.sleep(60)


if __name__ == "__main__":
    behaviour = pickle.load(sys.stdin.buffer).kernels
    kind, _, rest = behaviour.partition(":")
    if kind == "error":
        say(error=[rest, "what", "what next"])
    else:
        {f.__name__: f for f in (killed, ended, stumbled, chatty, interrupted, quiet, deaf)}[kind]()
