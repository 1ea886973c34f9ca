"""A workspace with many payloads, made of this one: run by the same commands."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.contracts import bulk
from benchmarks.errors import ContestantFailed

_ROOT = Path(__file__).parents[3]
_COMMAND = str(Path(sys.executable).with_name("brickline"))
_PARTS = ("components", "bases", "projects", "docs", "workspace.toml", "README.md")
_SCHEMAS = Path("components", "brickline", "schemas")

_WRITER = '''"""Writes all of them."""

from brickline.events import Service
from brickline.schemas.bulk import BULK

SERVICE = Service("bulk_writer", tier=3, publishes=BULK)
'''
_READER = '''"""Reads all of them."""

from brickline.events import Consumer, EventContext, Service
from brickline.schemas import BaseEvent
from brickline.schemas import bulk

{consumers}

SERVICE = Service("bulk_reader", tier=4, consumers=({names},))
'''
_CONSUMER = """
class C{number:03d}(Consumer[bulk.T{number:03d}]):
    group_id = "bulk.g{number:03d}"

    async def process_message(self, event: bulk.T{number:03d}, context: EventContext) -> None:
        pass
"""


_MORE_PAYLOADS = """
from brickline.schemas.bulk import BULK  # noqa: E402

PAYLOADS = (*PAYLOADS, *BULK)
"""
_MORE_ROUTES = """
from brickline.schemas.bulk import BULK  # noqa: E402

_GROUPS = {each.topic: (each.topic.replace("bulk.t", "bulk.g"),) for each in BULK}
ROUTES = MappingProxyType({**ROUTES, **_GROUPS})
"""


class BulkWorkspace:
    """A checkout with `bulk.TOPICS` topics more than this one, at their last version, all recorded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in _PARTS:
            source = _ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, root / name)
        self._add_bases()
        for name, more in (("payloads.py", _MORE_PAYLOADS), ("routes.py", _MORE_ROUTES)):
            path = root / _SCHEMAS / name
            path.write_text(path.read_text("utf-8") + more, "utf-8")
        self._git("init", "--quiet")
        for version in range(1, bulk.VERSIONS + 1):
            self.write(bulk.source(version))
            self.run("contracts", "accept")
        self.run("contracts", "graph", "--update")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "As it is")

    def change(self, topics: Iterable[int]) -> None:
        """Rename a field in some of the topics, at the same version."""
        self.write(bulk.source(bulk.VERSIONS, changed=topics))

    def write(self, text: str) -> None:
        """Replace the payloads."""
        (self.root / _SCHEMAS / "bulk.py").write_text(text, "utf-8")

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run the command there and return what it prints. Raises `ContestantFailed`."""
        done = subprocess.run(
            [_COMMAND, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            said = done.stderr or done.stdout
            raise ContestantFailed(
                f"`brickline {' '.join(arguments)}` ended with {done.returncode}:\n{said[:2000]}"
            )
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process import the bricks of there."""
        path = os.pathsep.join((str(self.root / "components"), str(self.root / "bases")))
        return {**os.environ, "PYTHONPATH": path}

    def _add_bases(self) -> None:
        numbers = range(bulk.TOPICS)
        reader = _READER.format(
            consumers="\n".join(_CONSUMER.format(number=number) for number in numbers),
            names=", ".join(f"C{number:03d}" for number in numbers),
        )
        for name, text in (("bulk_writer", _WRITER), ("bulk_reader", reader)):
            base, project = self.root / "bases" / "brickline" / name, self.root / "projects" / name
            base.mkdir()
            project.mkdir()
            (base / "__init__.py").write_text(text, "utf-8")
            listed = f'[tool.polylith.bricks]\n"../../bases/brickline/{name}" = "brickline/{name}"\n'
            (project / "pyproject.toml").write_text(listed, "utf-8")

    def _git(self, *arguments: str) -> None:
        who = {"NAME": "Someone", "EMAIL": "someone@localhost"}
        names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        none = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(["git", *arguments], cwd=self.root, env={**os.environ, **names, **none}, check=True)
