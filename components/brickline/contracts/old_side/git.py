"""Reading files of a git revision, without a touch of the work tree."""

import io
import os
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brickline.contracts.errors import UnknownBase

_DEADLINE_S = 60
_WHAT_TO_NAME = (
    "name a branch, tag or commit of a checkout that has its history "
    "(of a shallow clone: git fetch --unshallow)"
)
_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
"""What git tells its hooks of the repository they run for, which need not be the one asked about."""


@dataclass(frozen=True)
class Commit:
    """A commit of the repository in which a folder lies."""

    root: Path
    ref: str
    """What it was called by whoever asked for it."""
    digest: str

    @classmethod
    def named(cls, root: Path, ref: str) -> "Commit":
        """Look a commit up by branch, tag or digest. Raises `UnknownBase`."""
        what = f"{ref!r} cannot be looked up in {root}"
        git_output(root, what, "rev-parse", "--git-dir")
        what = f"{ref!r} is no commit of the repository of {root}"
        try:
            found = git_output(root, what, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
        except UnknownBase as error:  # what git says of it is how it looked
            raise UnknownBase(f"{what}: {_WHAT_TO_NAME}") from error
        return cls(root, ref, found.decode().strip())

    def files(self, folder: str) -> Mapping[str, bytes]:
        """Return every file below a folder of the root, by its path from there; none if there is no folder.

        Raises `UnknownBase`.
        """
        what = f"{folder} of {self.ref!r} cannot be read"
        # From a folder within the repository git takes and gives paths from that folder.
        if not git_output(self.root, what, "ls-tree", "--name-only", "-z", self.digest, "--", folder):
            return {}
        packed = git_output(self.root, what, "archive", "--format=tar", self.digest, "--", folder)
        found: dict[str, bytes] = {}
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None:
                    found[member.name.removeprefix(f"{folder}/")] = content.read()
        return found


def git_output(root: Path, what: str, *arguments: str) -> bytes:
    """Return what git prints in the repository in which `root` lies, whatever a hook says of another.

    `what` begins the sentence of a failure, as "'main' is no commit". Raises `UnknownBase`.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and what is asked for comes behind --end-of-options
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git its user has
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_DEADLINE_S,
        )
    except FileNotFoundError as error:
        raise UnknownBase(f"{what}: there is no git on the PATH; install it") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().partition("\n")[0][:200]
        raise UnknownBase(f"{what}: git says {said!r}; {_WHAT_TO_NAME}") from error
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UnknownBase(f"{what}: {str(error)[:200]}") from error
    return done.stdout
