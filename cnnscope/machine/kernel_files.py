"""Reads the small text files of /proc and /sys; what is missing or garbled reads as nothing, never as an error."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
"""Every function of this room that reads the kernel's files takes another root, so that tests can plant a tree."""

_UNIFIED = ("sys/fs/cgroup", "sys/fs/cgroup/unified")


def text(path: Path) -> str:
    """The file's text without the white space around it; "" where it cannot be read."""
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def number(path: Path) -> int | None:
    """The file's only whole number; None for any other text, such as cgroup's "max"."""
    found = text(path)
    return int(found) if found.lstrip("-").isdecimal() else None


def fields(path: Path) -> dict[str, int]:
    """Lines such as `MemTotal:  24684100 kB` or `inactive_file 4096` as numbers by name; all others are left out."""
    found = {}
    for line in text(path).splitlines():
        name, *rest = line.replace(":", " ").split()[:2] or [""]
        if rest and rest[0].isdecimal():
            found[name] = int(rest[0])
    return found


def cgroups(controller: str, root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """This process's cgroup for a controller and all above it, nearest first: its directory and its name.

    Version 1 has one hierarchy per controller, version 2 one for all. Inside a container /proc may name a path that
    only the host has: then the directories that do exist are walked, up to the mount, which is the container's own.
    """
    for line in text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(","):
            mounts = (f"sys/fs/cgroup/{controllers}", f"sys/fs/cgroup/{controller}")
        elif number == "0" and not controllers:
            mounts = _UNIFIED
        else:
            continue
        mount = next((root / mount for mount in mounts if (root / mount).is_dir()), None)
        if mount is not None:
            yield from _upwards(mount, path)


def _upwards(mount: Path, path: str) -> Iterator[tuple[Path, str]]:
    names = [name for name in path.split("/") if name not in ("", ".", "..")]
    for count in range(len(names), -1, -1):
        directory = mount.joinpath(*names[:count])
        if directory.is_dir():
            yield directory, "/" + "/".join(names[:count])
