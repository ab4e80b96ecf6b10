"""What git knows about another revision: a file at the merge base, and pages as they were there."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnscope.budgets.baseline import Baseline, NoBaseline
from cnnscope.budgets.baseline_file import read_text
from cnnscope.budgets.config import shown
from cnnscope.budgets.measured import Model
from cnnscope.budgets.networks import Load, is_own
from cnnscope.errors import CnnscopeError, UnknownModelError, UsageError
from cnnscope.spec import zoo

if TYPE_CHECKING:
    import tarfile

PREFIX = "git:"


def merge_base(ref: str, folder: Path) -> str:
    """The commit where this branch left `ref`; UsageError without git, the ref, or a common commit."""
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise UsageError(f"`{ref[:40]}` is no revision", "write one such as git:origin/main")
    known = _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if known.returncode:
        # With --quiet git only speaks where it is not the name that is wrong.
        if reason := known.stderr.decode(errors="replace").strip():
            raise UsageError(
                f"git says of {shown(folder)}: {reason.splitlines()[0]}", "mend that, or name a baseline file"
            )
        raise UsageError(
            f"git knows no revision {ref}", "fetch it first; in GitHub Actions, check out with fetch-depth: 0"
        )
    found = _git(folder, "merge-base", "HEAD", ref)
    if found.returncode:
        raise UsageError(
            f"HEAD and {ref} have no common commit", "the clone may be shallow: check out with fetch-depth: 0"
        )
    return found.stdout.decode().strip()


def baseline_at(ref: str, path: Path) -> Baseline | NoBaseline:
    """The baseline file as it was at the merge base with `ref`."""
    revision = merge_base(ref, path.parent)
    name = f"{shown(path)} at {revision[:10]}"
    found = _git(path.parent, "show", f"{revision}:./{path.name}")
    if found.returncode:
        return NoBaseline(f"there is no baseline {name}", "commit one on that branch first")
    return read_text(found.stdout.decode("utf-8", "replace"), name)


def loader_at(ref: str, folder: Path, load: Load) -> Load:
    """A function that loads a model as it was at the merge base with `ref`, nothing where it was not there yet.

    The zoo's networks are always today's.
    """
    revision = merge_base(ref, folder)

    def load_base(model: str) -> Sequence[Model]:
        return load(model) if not is_own(model) else _pages_at(revision, model, load)

    return load_base


def _pages_at(revision: str, model: str, load: Load) -> Sequence[Model]:
    """Load a page from a copy of its folder at this revision."""
    import io
    import tarfile
    import tempfile

    path = Path(model)
    page = zoo.split_variant(path.name)[0]
    listed = _git(path.parent, "ls-tree", "--name-only", revision, "--", f"./{page}")
    if not listed.returncode and not listed.stdout:
        return []
    found = _git(path.parent, "archive", "--format=tar", revision, ".")
    if found.returncode:
        raise UsageError(f"git cannot copy {path.parent} as of {revision[:10]}", "compare with a baseline file instead")
    with tempfile.TemporaryDirectory() as copy:
        with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
            archive.extractall(copy, filter=_inside)
        try:
            return load(str(Path(copy) / path.name))
        except UnknownModelError:
            # A variant of a page that was there.
            return []
        except CnnscopeError as error:
            message = error.message.replace(f"{copy}{os.sep}", "")
            raise UsageError(f"at {revision[:10]}: {message}", error.hint) from None


def _inside(member: "tarfile.TarInfo", folder: str) -> "tarfile.TarInfo | None":
    """What may be unpacked; a link that leads out of the folder is left out, as no page needs it."""
    import tarfile

    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, env=environment, check=False)
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}", "install git, or name a baseline file") from None
