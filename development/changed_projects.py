"""Which projects a change touches, for CI to build: a JSON list on stdout, the reason on stderr.

    uv run python development/changed_projects.py [--since REF]

REF defaults to the last `stable-*` tag in the history of HEAD. In doubt the answer is all of them: no tag, an
unknown ref (a shallow clone, a rewritten branch), or a change to a file that every project is built from. On
each of these `poly diff` would say nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

# What a wheel or an image is made of besides the bricks and the project's own folder.
SHARED_FILES = frozenset(
    {
        "uv.lock",
        "pyproject.toml",
        "workspace.toml",
        "Dockerfile",
        ".dockerignore",
        ".ci/uv-requirements.txt",
    }
)


def main() -> None:
    """Print the projects to build."""
    parser = argparse.ArgumentParser(description="Print the projects that a change touches, as a JSON list.")
    parser.add_argument(
        "--since", metavar="REF", help="commit or tag to compare with (default: last stable-* tag)"
    )
    projects, reason = changed_projects(parser.parse_args().since)
    print(reason, file=sys.stderr)
    print(json.dumps(projects))


def changed_projects(since: str | None) -> tuple[list[str], str]:
    """Return the folders of `projects/` to build, and why these."""
    everything = sorted(pyproject.parent.name for pyproject in Path("projects").glob("*/pyproject.toml"))
    since = since or latest_stable_tag()
    if since is None:
        return everything, "there is no stable-* tag yet: every project"
    if not is_commit(since):
        return everything, f"{since} is no commit of this clone: every project"
    shared = sorted(SHARED_FILES.intersection(git("diff", "--name-only", "--no-renames", since).splitlines()))
    if shared:
        return everything, f"every project is built from {', '.join(shared)}, changed since {since}"
    changed = sorted(set(everything) & poly_diff(since))
    return changed, f"changed since {since}: {', '.join(changed) or 'no project'}"


def latest_stable_tag() -> str | None:
    """Return the nearest `stable-*` tag in the history of HEAD."""
    command = ["git", "describe", "--tags", "--match=stable-*", "--abbrev=0"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or None


def is_commit(ref: str) -> bool:
    """Tell whether this clone has the commit."""
    command = ["git", "rev-parse", "--quiet", "--verify", "--end-of-options", f"{ref}^{{commit}}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def poly_diff(since: str) -> set[str]:
    """Return what `poly diff` calls affected."""
    # Its git diff would not see that a file was moved out of a brick, and its output wraps at 80 columns.
    environment = os.environ | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "diff.renames",
        "GIT_CONFIG_VALUE_0": "false",
        "COLUMNS": "10000",
    }
    command = [str(Path(sys.executable).with_name("poly")), "diff", "--short", "--since", since]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return set(re.split(r"[,\s]+", done.stdout)) - {""}


def git(*arguments: str) -> str:
    """Return what a git command prints."""
    return subprocess.run(["git", *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
