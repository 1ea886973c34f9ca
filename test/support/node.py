"""AsyncAPI's own parser, on the Node that comes with the environment."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.missing import miss

_BIN = Path(sys.executable).parent
_INSTALL_S, _VALIDATE_S = 300, 60
# Codes of npm for a registry that cannot be reached: no fault of the document's.
_NO_WAY_THERE = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "CERT",
    "E403",
    "E407",
    "E502",
    "E503",
)


@dataclass(frozen=True)
class Complaint:
    """One thing that the parser says of a document."""

    severity: str
    code: str
    message: str
    path: str


class AsyncApiParser:
    """What is in `development/asyncapi`, installed as its lock says; a test without it is skipped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        installed = folder / "node_modules" / ".package-lock.json"
        lock = folder / "package-lock.json"
        if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
            self._install()

    def complaints(self, documents: Sequence[str], scratch: Path) -> list[list[Complaint]]:
        """Have the documents parsed, and return the errors and warnings of each."""
        files = [scratch / f"{number}.json" for number in range(len(documents))]
        for file, document in zip(files, documents, strict=True):
            file.write_text(document, "utf-8")
        answer = self._run([str(_BIN / "node"), "validate.mjs", *map(str, files)], _VALIDATE_S)
        assert answer.returncode == 0, answer.stderr
        found: list[list[dict[str, Any]]] = json.loads(answer.stdout)
        return [
            [Complaint(**each) for each in said if each["severity"] in ("error", "warning")] for said in found
        ]

    def _install(self) -> None:
        npm = _BIN / "npm"
        if not npm.is_file():
            miss("Node is not installed: uv sync --group asyncapi")
        try:
            answer = self._run([str(npm), "ci"], _INSTALL_S)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm ci did not end within {_INSTALL_S} s")
        if answer.returncode != 0:
            said = [text for text in answer.stderr.splitlines() if text.startswith("npm error")]
            reason = f"AsyncAPI's parser cannot be installed by npm ci: {'; '.join(said[:2])}"
            if any(code in answer.stderr for code in _NO_WAY_THERE):
                pytest.skip(reason)
            miss(reason)

    def _run(self, command: list[str], seconds: float) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            # npm starts `node` by name.
            "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
            # As pip and uv do: a proxy's own authority is known there and not to Node.
            "NODE_OPTIONS": "--use-system-ca",
        }
        return subprocess.run(
            command,
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
